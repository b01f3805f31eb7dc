// Ids and nonces: every one comes from one stream, which a seed repeats exactly.

import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A stream of random text. */
export interface RandomText {
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` decimal digits. */
  digits(length: number): string;
  /** `length` bytes in base64. */
  base64(length: number): string;
}

/** Makes a stream: the same seed gives the same text in the same order; without a seed no two streams are alike. */
export function createRandomText(seed: string | number | undefined): RandomText {
  const streamKey = createHash('sha256')
    .update(seed === undefined ? randomBytes(32) : String(seed))
    .digest();
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
