// WeChat Pay's signature (manual: 安全规范 4_3), written here on its own so that no mistake is shared with the code it judges.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The two algorithms of APIv2, spelled as in `sign_type`. */
export type SignType = 'MD5' | 'HMAC-SHA256';

/** The members of one message by name. A map and no object: a member called `__proto__` is a name like any other. */
export type Fields = ReadonlyMap<string, string | number>;

/** Reads a `sign_type`; absent or empty means MD5, an unknown one gives undefined. */
export function readSignType(text: string | undefined): SignType | undefined {
  if (text === undefined || text === '' || text === 'MD5') return 'MD5';
  return text === 'HMAC-SHA256' ? text : undefined;
}

/** The signature of a message: everything but `sign` and empty values, sorted by name in byte order. */
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

/** Says whether `claimed` is the signature of the message, letter by letter. */
export function isSignedWith(claimed: string, fields: Fields, key: string, signType: SignType): boolean {
  return isSameText(claimed, sign(fields, key, signType));
}

/** Compares two secrets; takes the same time wherever the first difference stands. */
export function isSameText(left: string, right: string): boolean {
  // Hashing both first gives two values of equal length, which timingSafeEqual demands.
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
