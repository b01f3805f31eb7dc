// A writer of DER (ITU-T X.690), for the types in certificates only.

/** One value with its tag and length. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content]);
}

/** SEQUENCE of values. */
export const sequence = (...values: readonly Uint8Array[]): Buffer => der(0x30, ...values);

/** SET of one value. */
export const setOf = (value: Uint8Array): Buffer => der(0x31, value);

/** OCTET STRING. */
export const octetString = (content: Uint8Array): Buffer => der(0x04, content);

/** BIT STRING. The last `unused` bits do not count. */
export const bitString = (content: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.from([unused]), content);

/** BOOLEAN true. */
export const TRUE: Buffer = der(0x01, Buffer.from([0xff]));

/** UTF8String. */
export const utf8String = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'));

/** PrintableString, as a country requires. */
export const printableString = (text: string): Buffer => der(0x13, Buffer.from(text, 'ascii'));

/** A positive INTEGER from big-endian bytes, whose first byte is not zero. */
export function integer(bytes: Uint8Array): Buffer {
  // If the first bit is set, a zero byte keeps it positive.
  return (bytes[0] ?? 0) >= 0x80 ? der(0x02, Buffer.from([0]), bytes) : der(0x02, bytes);
}

/** OBJECT IDENTIFIER from its dotted text. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

/** A time from milliseconds since 1970-01-01 UTC: UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5). */
export function time(timeMs: number): Buffer {
  const text = `${new Date(timeMs).toISOString().replaceAll(/[-T:]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2), 'ascii')) : der(0x18, Buffer.from(text, 'ascii'));
}
