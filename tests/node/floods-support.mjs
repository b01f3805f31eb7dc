// Bodies of 64 KiB that are slow to read: one piece of XML repeated, in four places.

const LIMIT = 64 * 1024;

const PIECES = [
  ...['<', '<a>', '<a/>', '<a b="', '&', '&#', '&amp;', '<![CDATA[', '<![CDATA[]]>', '<!--', '<?', ']]>', ' ', '\r\n'],
  ...['<a b="c"/>', '<a\n', '</a>', '"', '<xml>', '=', '&#1', '<a:b xmlns:a="x"/>', '!', '<!', 'a'],
];

/** Each as its place in words, and the body. */
export function* floods() {
  for (const piece of PIECES) {
    const flood = piece.repeat(Math.floor((LIMIT - 40) / piece.length));
    const what = JSON.stringify(piece);
    yield [`${what} alone`, flood];
    yield [`${what} as fields`, `<xml>${flood}</xml>`];
    yield [`${what} as a value`, `<xml><a>${flood}</a></xml>`];
    yield [`${what} as attributes`, `<xml><a ${flood}`];
  }
}
