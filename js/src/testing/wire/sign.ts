// WeChat Pay's signature (manual: 安全规范 4_3), independent of the code under test so that they share no mistake.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The two algorithms of APIv2, spelled as in `sign_type`. */
export type SignType = 'MD5' | 'HMAC-SHA256';

/** The members of one message by name. It is a map, so that `__proto__` is a normal name. */
export type Fields = ReadonlyMap<string, string | number>;

/** Reads a `sign_type`. Missing or empty means MD5. Returns undefined for an unknown one. */
export function readSignType(text: string | undefined): SignType | undefined {
  if (text === undefined || text === '' || text === 'MD5') return 'MD5';
  return text === 'HMAC-SHA256' ? text : undefined;
}

/** Makes the signature of a message: all members except `sign` and empty values, sorted by name in byte order. */
export function sign(fields: Fields, key: string, signType: SignType): string {
  const text = [...fields]
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    .map(([name, value]) => `${name}=${value}&`)
    .join('');
  // With HMAC the key is used twice: appended to the text, and as the key of the HMAC.
  const hash = signType === 'MD5' ? createHash('md5') : createHmac('sha256', key);
  return hash.update(`${text}key=${key}`, 'utf8').digest('hex').toUpperCase();
}

/** Returns whether `claimed` is exactly the signature of the message. */
export function isSignedWith(claimed: string, fields: Fields, key: string, signType: SignType): boolean {
  return isSameText(claimed, sign(fields, key, signType));
}

/** Compares two secrets. The time does not depend on the place of the first difference. */
export function isSameText(left: string, right: string): boolean {
  // timingSafeEqual requires equal lengths, which the hashes have.
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
