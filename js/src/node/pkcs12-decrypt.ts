// The decryption of today's PKCS#12 files (PBES2 of RFC 8018), with Node's own cryptography.
import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';
import { BYTES, type Element, OBJECT, Unreadable } from './ber.js';

/** The derivation of a key from a passphrase. */
export interface Derivation {
  /** The key length in bytes, if the file states it. */
  readonly keyBytes: number | undefined;
  /** Returns the key, or undefined if this module does not know the hash of the derivation. */
  key(passphrase: string, length: number): Buffer | undefined;
}

/** The hashes of PBKDF2 (RFC 8018, B.1) by object identifier, in hex. */
const HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d0207': 'sha1',
  '2a864886f70d0208': 'sha224',
  '2a864886f70d0209': 'sha256',
  '2a864886f70d020a': 'sha384',
  '2a864886f70d020b': 'sha512',
};

/** The ciphers by object identifier, in hex, with the length of their keys in bytes. */
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  '608648016503040102': ['aes-128-cbc', 16],
  '608648016503040116': ['aes-192-cbc', 24],
  '60864801650304012a': ['aes-256-cbc', 32],
  '2a864886f70d0307': ['des-ede3-cbc', 24],
  '2a811ccf55016802': ['sm4-cbc', 16],
};

/** PBKDF2. The default hash is SHA-1. */
export function pbkdf2(
  salt: Buffer,
  rounds: number,
  keyBytes: number | undefined,
  hash = '2a864886f70d0207',
): Derivation {
  const digest = HASHES[hash];
  const key = (passphrase: string, length: number) =>
    digest === undefined ? undefined : pbkdf2Sync(passphrase, salt, rounds, length, digest);
  return { keyBytes, key };
}

/** scrypt (RFC 7914). Node refuses parameters that need more than 32 MiB; so does OpenSSL. */
export function scrypt(
  salt: Buffer,
  cost: { N: number; r: number; p: number },
  keyBytes: number | undefined,
): Derivation {
  return { keyBytes, key: (passphrase, length) => scryptSync(passphrase, salt, length, cost) };
}

/**
 * Decrypts a text. Returns undefined if this module does not know the hash or the cipher. Throws `Unreadable` if decryption fails;
 * usually the passphrase is wrong.
 */
export function decrypted(
  cipher: Element,
  derivation: Derivation,
  passphrase: string,
  text: Buffer,
): Buffer | undefined {
  const [kind, firstBlock] = cipher.parts;
  const known = kind?.tag === OBJECT ? CIPHERS[kind.bytes.toString('hex')] : undefined;
  if (known === undefined || firstBlock?.tag !== BYTES) return undefined;
  const secrets: Buffer[] = [];
  try {
    const key = derivation.key(passphrase, known[1]);
    if (key === undefined) return undefined;
    const decipher = createDecipheriv(known[0], key, firstBlock.bytes);
    secrets.push(key, decipher.update(text), decipher.final());
    return Buffer.concat(secrets.slice(1));
  } catch {
    throw new Unreadable();
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}
