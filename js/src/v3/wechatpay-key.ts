// One key of WeChat: read from PEM, and the check of a signature with it.
import { isPrivate, type PemFile, pemFault, pemText } from '../pem.js';
import { refuseSignature } from '../wasm/v3.js';
import type { SignatureHead } from '../wasm/v3-data.js';
import { crypto, type Maybe, type PublicKey } from './host.js';
import { keyErrors } from './serial.js';
import { step } from './step.js';

/** A key of WeChat. */
export interface WechatpayKey extends PublicKey {
  /** The id or serial as requests name it. */
  readonly name: string;
  /** When its certificate ends, in milliseconds since 1970. A public key has no end. */
  readonly endMs: number;
}

/** Refuses a message that this key has not signed. */
export function checkSigned(
  what: string,
  head: SignatureHead,
  body: Uint8Array,
  key: PublicKey | undefined,
): Maybe<void> {
  if (key === undefined) return refuseSignature(what, head, false);
  return step(key.verify([`${head.timestamp}\n${head.nonce}\n`, body, '\n'], head.signature), (isRight) => {
    if (isRight !== true) return refuseSignature(what, head, true);
  });
}

/** Reads a public key or a certificate of WeChat. Throws `ERR_CONFIG` for a text that cannot work. */
export function wechatKey(of: PemFile, given: unknown): PublicKey {
  const pem = pemText(of, given);
  if (isPrivate(pem)) throw pemFault(of, `is a private key; pass the contents of ${of.file}`);
  return crypto().publicKey(pem, keyErrors(of));
}
