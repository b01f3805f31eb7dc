// Random text for ids and nonces, and dice for failures. A seed repeats both exactly.

import { createHash, createHmac } from 'node:crypto';

/** A stream of random text. */
export interface RandomText {
  /** Returns `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** Returns `length` decimal digits. */
  digits(length: number): string;
  /** Returns `length` bytes in base64. */
  base64(length: number): string;
}

/** Makes a stream. The same seed makes the same text in the same order. */
export function createRandomText(seed: string | number): RandomText {
  const streamKey = keyOf(seed);
  let drawn = 0;

  function bytes(length: number): Buffer {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHmac('sha256', streamKey).update(String(drawn)).digest());
      drawn += 1;
    }
    return Buffer.concat(blocks).subarray(0, length);
  }

  return {
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    digits: (length) => Array.from(bytes(length), (byte) => byte % 10).join(''),
    base64: (length) => bytes(length).toString('base64'),
  };
}

/**
 * Returns `count` numbers from 0 to below 1 for a subject. Each further throw for a subject has other numbers. They do not depend
 * on throws for other subjects, so concurrent calls may come in any order.
 */
export type Dice = (what: readonly string[], count: number) => number[];

/** Makes dice. With the same seed, the n-th throw for a subject always has the same numbers. */
export function createDice(seed: string | number): Dice {
  const diceKey = keyOf(seed);
  const thrown = new Map<string, number>();
  return (what, count) => {
    const name = JSON.stringify(what);
    const times = thrown.get(name) ?? 0;
    thrown.set(name, times + 1);
    const bytes = createHmac('sha256', diceKey)
      .update(JSON.stringify([what, times]))
      .digest();
    return Array.from({ length: count }, (_, index) => bytes.readUInt32BE(4 * index) / 2 ** 32);
  };
}

function keyOf(seed: string | number): Buffer {
  return createHash('sha256').update(String(seed)).digest();
}
