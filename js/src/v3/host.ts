// The cryptography of the host: RSA, AES-GCM and certificates. The entry file of the host injects it.
import type { CertificateFacts } from '../certificate.js';

/** A value now, or later. Node's cryptography needs no wait, and WebCrypto does. */
export type Maybe<T> = T | Promise<T>;

/** The private key of a merchant. */
export interface PrivateKey {
  /** RSASSA-PKCS1-v1_5 with SHA-256, in base64. */
  sign(text: string): Promise<string>;
  /** Decrypts RSAES-OAEP with SHA-1 from base64, or returns undefined if it was not encrypted for this key. */
  decrypt(ciphertext: string): Maybe<Uint8Array | undefined>;
}

/** The parts of a signed text, one after the other. */
export type SignedParts = readonly (string | Uint8Array)[];

/** A public key of WeChat. */
export interface PublicKey {
  /** Whether a signature in base64 is that of the whole text. */
  verify(parts: SignedParts, signature: string): Maybe<boolean>;
  /** Encrypts with RSAES-OAEP and SHA-1, in base64. The text has at most 214 bytes. */
  encrypt(text: string): Maybe<string>;
}

/** Decrypts a file of AES-256-GCM piece by piece. */
export interface Decipher {
  /** The plain bytes of a piece. */
  update(piece: Uint8Array): Maybe<Uint8Array>;
  /** The last plain bytes. Undefined if the tag at the end of the file is wrong, where the host checks it. */
  end(): Maybe<Uint8Array | undefined>;
}

/** The encrypted resource of a notice. */
export interface Encrypted {
  nonce: string;
  associated_data: string;
  /** Base64, with the tag at its end. */
  ciphertext: string;
}

/** The errors about a key. */
export interface KeyErrors {
  /** It is damaged. */
  damaged(): Error;
  /** It is of another kind, such as EC. */
  notRsa(): Error;
  /** It has fewer than `LEAST_BITS` bits. */
  short(bits: number): Error;
}

/** A private key and the certificate that it must belong to. */
export interface KeyTexts extends KeyErrors {
  /** PEM with a private key. */
  readonly key: string;
  /** PEM with a certificate, if there is one. */
  readonly cert: string | undefined;
  /** The error for a key that does not belong to the certificate. */
  unrelated(): Error;
}

/** The fewest bits of an RSA key. WeChat's keys and those of merchants have as many. */
export const LEAST_BITS = 2048;

/** The cryptography of a host. */
export interface CryptoHost {
  /** Reads a certificate from PEM, or returns undefined where it is damaged. */
  readCertificate(pem: string): CertificateFacts | undefined;
  /** Opens a PKCS#12 file, and returns certificate and key as PEM. */
  readonly openPkcs12?: ((pfx: unknown, passphrase: string) => { cert: string; key: string }) | undefined;
  /** Reads a private key. A key that cannot work is refused at once, or by its first use. */
  privateKey(texts: KeyTexts): PrivateKey;
  /** Reads a public key or a certificate as PEM. A key that cannot work is refused at once, or by its first use. */
  publicKey(pem: string, errors: KeyErrors): PublicKey;
  /** HMAC-SHA256 in hexadecimal digits. */
  hmac(key: string, text: string): Maybe<string>;
  /** Decrypts AES-256-GCM, or returns undefined where the tag is wrong. */
  decrypt(key: string, encrypted: Encrypted): Maybe<Uint8Array | undefined>;
  /** Decrypts a file whose end is the tag. The key has 32 bytes. */
  decipher(key: Uint8Array, nonce: string): Decipher;
}

let host: CryptoHost | undefined;
let make: () => CryptoHost;

/** Takes what makes the cryptography of the host. The first use calls it. */
export function useCrypto(maker: () => CryptoHost): void {
  make = maker;
}

/** The cryptography of the host. */
export function crypto(): CryptoHost {
  host ??= make();
  return host;
}
