// How long APIv3 blocks the event loop while 2,000 orders are signed at once: `npm run bench -- blocks`.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';

const CALLS = 2000;
const ROUNDS = 7;
/** The calls by which the rounds are shifted. Without a shift the collector stops the same call in each of them. */
const SHIFT = 37;

/** When the thread pool returned the last signature, in milliseconds. */
let signedAt;
const { sign } = crypto;
crypto.sign = (name, text, key, done) =>
  sign(name, text, key, (error, signature) => {
    signedAt = performance.now();
    done(error, signature);
  });
syncBuiltinESMExports();

// They use the function above.
const { contestantsV3 } = await import('./contestants.mjs');
const { order } = await import('./messages-v3.mjs');

/**
 * The pieces of each call, in microseconds. The first ends when the call returns. The second begins with the signature and ends with
 * the result. The answer comes at once, so nothing else runs in between. A call that waits for no signature is one piece.
 */
async function pieces({ methods }) {
  const found = { first: [], second: [], whole: [] };
  const pending = [];
  signedAt = undefined;
  for (let call = 0; call < CALLS; call += 1) {
    await nextTurn();
    const start = performance.now();
    const result = methods.order(order);
    found.first[call] = (performance.now() - start) * 1000;
    const ended = () => {
      const piece = signedAt === undefined ? 'whole' : 'second';
      found[piece][call] = (performance.now() - (signedAt ?? start)) * 1000;
    };
    pending.push(result.then(ended));
  }
  await Promise.all(pending);
  return found;
}

const at = (numbers, share) => [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) * share)];

/** The fastest round of each call. In a slower one the system stopped the thread, or the engine compiled or collected. */
const fastest = (rounds) => rounds[0].map((_, call) => Math.min(...rounds.map((round) => round[call])));

function row(title, rounds) {
  const all = rounds.flat();
  const figures = [at(all, 0.5), at(all, 0.99), Math.max(...fastest(rounds))].map((figure) => figure.toFixed(0));
  console.log(`| ${title} | ${figures.join(' | ')} |`);
}

console.log(`node ${process.version}, ${CALLS} orders at once, ${ROUNDS} rounds; microseconds\n`);
console.log('| the event loop is blocked | median | 99 of 100 | longest of the fastest |');
console.log('|---|---:|---:|---:|');
for (const contestant of await contestantsV3()) {
  await pieces(contestant);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let call = 0; call < SHIFT * round; call += 1) await contestant.methods.order(order);
    rounds.push(await pieces(contestant));
  }
  const of = (piece) => rounds.map((round) => round[piece]);
  if (rounds[0].whole.length > 0) row(`${contestant.name}, the whole call`, of('whole'));
  else {
    row(`${contestant.name}, until the call returns`, of('first'));
    row(`${contestant.name}, from the signature on`, of('second'));
  }
}
