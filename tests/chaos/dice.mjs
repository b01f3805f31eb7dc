// What a seed decides: numbers that depend on what they are drawn for and on nothing else, in whatever order they are drawn.

import { createHash } from 'node:crypto';

/** Makes `draw(...what)`: a number from 0 up to but not 1, for the same things always the same one. */
export function createDraw(seed) {
  return (...what) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, ...what]))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}

/** Makes dice for the same thing over and over: the n-th throw for it always falls the same. */
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
