// The serial of a certificate as WeChat writes it, and the errors about an RSA key.
import { damaged, type PemFile, pemFault } from '../pem.js';
import { canonicalSerial } from '../wasm/v3.js';
import { type KeyErrors, LEAST_BITS } from './host.js';

/**
 * A serial as WeChat writes it: hexadecimal digits in upper case, an even number of them. The id of a public key is without blanks.
 * Undefined for a text that is neither.
 */
export function writtenSerial(text: string): string | undefined {
  const serial = canonicalSerial(text);
  if (serial === undefined || serial.startsWith('PUB_KEY_ID_')) return serial;
  return serial.padStart(serial.length + (serial.length % 2), '0');
}

/** The errors about the key in an option. */
export const keyErrors = (of: PemFile): KeyErrors => ({
  damaged: () => damaged(of),
  notRsa: () => pemFault(of, `is not an RSA key; pass the contents of ${of.file}`),
  short: (bits) => pemFault(of, `has ${bits} bits, and ${LEAST_BITS} are needed; pass the contents of ${of.file}`),
});
