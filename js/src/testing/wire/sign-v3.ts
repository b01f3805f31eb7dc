// APIv3's signatures and encryption. The code is the gateway's own, so that it shares no mistake with what it judges.

import { constants, createCipheriv, type KeyObject, privateDecrypt, sign, verify } from 'node:crypto';
import { decodeUtf8 } from './body.js';

/** The one algorithm, as `Authorization` and `Wechatpay-Signature-Type` spell it. */
export const V3_ALGORITHM = 'WECHATPAY2-SHA256-RSA2048';

/** The text that is signed: each line ends with a line feed, the last one too (docs: 签名生成). */
export function signedLines(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The signature of a text in base64: RSASSA-PKCS1-v1_5 with SHA-256. */
export function signRsa(text: string, privateKey: KeyObject): string {
  return sign('sha256', Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

/** Says whether the signature is that of the bytes. Base64 that is not in its one form is refused. */
export function isSignedRsa(bytes: Uint8Array, signature: string, publicKey: KeyObject): boolean {
  const claimed = Buffer.from(signature, 'base64');
  return claimed.toString('base64') === signature && verify('sha256', bytes, publicKey, claimed);
}

/** The members of `Wechatpay-Signature` and its companions. */
export interface V3Signature {
  readonly timestamp: string;
  readonly nonce: string;
  readonly serial: string;
  readonly signature: string;
}

/** The headers of a signed answer or notice. */
export function signatureHeaders({ timestamp, nonce, serial, signature }: V3Signature): Record<string, string> {
  return {
    'wechatpay-nonce': nonce,
    'wechatpay-signature': signature,
    'wechatpay-timestamp': timestamp,
    'wechatpay-serial': serial,
    'wechatpay-signature-type': V3_ALGORITHM,
  };
}

/** A text in base64, sealed with AES-256-GCM and the tag at the end (docs: 回调报文解密). */
export function sealResource(text: string, apiV3Key: string, nonce: string, associated_data: string): string {
  return sealBytes(Buffer.from(text, 'utf8'), apiV3Key, nonce, associated_data).toString('base64');
}

/** The same for the bytes of a file. Key and nonce are texts of ASCII. */
export function sealBytes(bytes: Uint8Array, key: string, nonce: string, associated_data = ''): Buffer {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'ascii'), Buffer.from(nonce, 'ascii'));
  cipher.setAAD(Buffer.from(associated_data, 'utf8'));
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The text of an encrypted member: RSAES-OAEP with SHA-1 and MGF1 of SHA-1, in base64 (docs: 敏感信息加解密). Undefined for anything
 * else: plain text, another key, another padding, or bytes that are no UTF-8.
 */
export function openSecret(secret: string, key: KeyObject): string | undefined {
  const sealed = Buffer.from(secret, 'base64');
  if (sealed.toString('base64') !== secret) return undefined;
  try {
    return decodeUtf8(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, sealed));
  } catch {
    return undefined;
  }
}
