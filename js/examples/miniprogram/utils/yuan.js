// Money for people: fen as yuan.
module.exports = (fen) => (fen / 100).toFixed(2);
