// The cryptography of the host: RSA and AES-GCM. The entry file of the host injects it.

/** Signs with the private key of a merchant. */
export interface RequestSigner {
  /** The serial of the merchant's certificate. */
  readonly serial: string;
  /** RSASSA-PKCS1-v1_5 with SHA-256, in base64. */
  sign(text: string): Promise<string>;
}

/** Where the key of a merchant comes from. */
export interface SignerOptions {
  mchid: string;
  privateKey?: string | undefined;
  certificate?: string | undefined;
  serial?: string | undefined;
  pfx?: Uint8Array | undefined;
}

/** The parts of a signed text, one after the other. */
export type SignedParts = readonly (string | Uint8Array)[];

/** The encrypted resource of a notice. */
export interface Encrypted {
  nonce: string;
  associated_data: string;
  /** Base64, with the tag at its end. */
  ciphertext: string;
}

/** The cryptography of a host. */
export interface CryptoHost {
  /** Reads and checks the key of a merchant. What cannot work is `ERR_CONFIG`. */
  signer(options: SignerOptions): RequestSigner;
  /** Reads a public key or a platform certificate. What cannot work is `ERR_CONFIG`. */
  verifier(name: string, pem: string): (parts: SignedParts, signature: string) => boolean | Promise<boolean>;
  /** HMAC-SHA256 in hexadecimal digits. */
  hmac(key: string, text: string): string | Promise<string>;
  /** Decrypts AES-256-GCM, or returns undefined where the tag is wrong. */
  decrypt(key: string, encrypted: Encrypted): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

let host: CryptoHost;

/** Takes the cryptography of the host. */
export function useCrypto(crypto: CryptoHost): void {
  host = crypto;
}

/** The cryptography of the host. */
export const crypto = (): CryptoHost => host;
