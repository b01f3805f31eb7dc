// A merchant's signatures of APIv3: of requests, and of payments on the phone.

import { createPrivateKey, createVerify, sign, X509Certificate } from 'node:crypto';
import type { Given } from './usage.js';

/** The parts of an `Authorization` header. */
export interface AuthorizationParts {
  readonly mchid: string;
  readonly serial_no: string;
  readonly nonce_str: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** Reads an `Authorization` header. Returns undefined if it does not follow the grammar. */
export function authorizationParts(header: string): AuthorizationParts | undefined {
  const found = /^WECHATPAY2-SHA256-RSA2048 (.*)$/.exec(header.trim());
  const pairs = [...(found?.[1] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  const { mchid, serial_no, nonce_str, timestamp, signature }: Partial<AuthorizationParts> = Object.fromEntries(pairs);
  if (mchid === undefined || serial_no === undefined || nonce_str === undefined) return undefined;
  return timestamp === undefined || signature === undefined
    ? undefined
    : { mchid, serial_no, nonce_str, timestamp, signature };
}

/** The parts of the text that is signed, each followed by a line feed. */
export type SignedParts = readonly (string | Uint8Array)[];

/** Path and query of a URL, as they are sent. */
export const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/?#]*/, '').replace(/#.*$/, '') || '/';

/** Signs the parts. Throws a `UsageError` if the key cannot be read. */
export function signed(parts: SignedParts, privateKey: string, given: Given): string {
  try {
    return sign('RSA-SHA256', whole(parts), createPrivateKey(privateKey)).toString('base64');
  } catch {
    throw given.wrong({
      en: '--private-key is not a readable RSA key; pass apiclient_key.pem',
      zh: '--private-key 不是可读的 RSA 私钥；请用 apiclient_key.pem',
    });
  }
}

/** Whether the owner of the certificate signed the parts. */
export function isSigned(parts: SignedParts, signature: string, certificate: string, given: Given): boolean {
  const key = certificateOf(certificate, given).publicKey;
  return createVerify('RSA-SHA256').update(whole(parts)).verify(key, signature, 'base64');
}

/** Reads the certificate of `--certificate`. */
export function certificateOf(pem: string, given: Given): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw given.wrong({
      en: '--certificate is not a readable certificate; pass apiclient_cert.pem',
      zh: '--certificate 不是可读的证书；请用 apiclient_cert.pem',
    });
  }
}

const whole = (parts: SignedParts): Buffer =>
  Buffer.concat(parts.flatMap((one) => [Buffer.from(one), Buffer.from('\n')]));
