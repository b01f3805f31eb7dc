// DER and base64 for WebCrypto: the bytes of a PEM text, and an old private key as PKCS#8.

/** The bytes of base64 without any other character, or undefined for another text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const text = atob(base64);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  // Unused bits at the end must be zero.
  return btoa(text) === base64 ? bytes : undefined;
}

/** Bytes as base64. */
export const base64Of = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** The bytes of the first part of a PEM text with this label. */
export function derOf(pem: string, label: string): Uint8Array<ArrayBuffer> | undefined {
  const [, rest] = pem.split(`-----BEGIN ${label}-----`);
  const [base64, end] = rest?.split(`-----END ${label}-----`) ?? [];
  return base64 === undefined || end === undefined ? undefined : bytesOf(base64.replace(/\s/g, ''));
}

/**
 * A private key of PKCS#1 as PKCS#8 (RFC 5208):
 *
 * ```text
 * 30 length
 *   02 01 00                                      version 0
 *   30 0d 06 09 2a864886f70d010101 05 00          rsaEncryption
 *   04 length                                     the key of PKCS#1
 * ```
 */
export function pkcs8Of(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const [version, algorithm] = [
    [0x02, 0x01, 0x00],
    [0x30, 0x0d, 0x06, 0x09, ...RSA_ENCRYPTION, 0x05, 0x00],
  ];
  return Uint8Array.from(element(0x30, [...version, ...algorithm, ...element(0x04, [...pkcs1])]));
}

/** Whether the structure of a key begins with the algorithm rsaEncryption. Its name comes before the key itself. */
export function isRsa(der: Uint8Array): boolean {
  const beginning = der.subarray(0, 32).join();
  return beginning.includes(RSA_ENCRYPTION.join());
}

/**
 * The bits of the modulus in `SubjectPublicKeyInfo` (RFC 5280 and RFC 8017):
 *
 * ```text
 * 30 length
 *   30 0d 06 09 2a864886f70d010101 05 00          rsaEncryption
 *   03 length 00                                  a string of bits
 *     30 length
 *       02 length                                 the modulus
 * ```
 *
 * It is 0 for a structure of another form.
 */
export function modulusBits(spki: Uint8Array): number {
  const whole = contentOf(spki, 0x30);
  const algorithm = contentOf(whole, 0x30);
  const bits = contentOf(whole.subarray(algorithm.byteOffset + algorithm.length - whole.byteOffset), 0x03);
  const modulus = contentOf(contentOf(bits.subarray(1), 0x30), 0x02);
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8;
}

/** The content of the first element, or nothing if it is another one. */
function contentOf(der: Uint8Array, tag: number): Uint8Array {
  const [found, short = 0] = der;
  const count = short < 0x80 ? 0 : short & 0x7f;
  const length = count === 0 ? short : der.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return found === tag ? der.subarray(2 + count, 2 + count + length) : new Uint8Array();
}

const RSA_ENCRYPTION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/** One element. Private keys are longer than 127 bytes, so the length has two bytes. */
const element = (tag: number, content: readonly number[]): number[] => [
  tag,
  0x82,
  content.length >> 8,
  content.length & 0xff,
  ...content,
];
