// Random numbers from a seed. A number depends only on its purpose, not on the order of the draws.

import { createHash } from 'node:crypto';

/** Makes `draw(...what)`: a number from 0 up to but not 1. The same arguments always have the same number. */
export function createDraw(seed) {
  return (...what) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, ...what]))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}

/** Makes dice with a counter for each purpose: the n-th throw for it is always the same. */
export function createThrows(draw) {
  const thrown = new Map();
  return (...what) => {
    const name = what.join(' ');
    const times = (thrown.get(name) ?? 0) + 1;
    thrown.set(name, times);
    return draw(...what, times);
  };
}

/** A whole number from `least` to `most`. */
export const between = (chance, least, most) => least + Math.floor(chance * (most - least + 1));

/** One of the names, each as often as its share says; the shares add up to 1. */
export function choose(chance, shares) {
  let sum = 0;
  const names = Object.keys(shares);
  return (
    names.find((name) => {
      sum += shares[name];
      return chance < sum;
    }) ?? names.at(-1)
  );
}
