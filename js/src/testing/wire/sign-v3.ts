// APIv3's signatures and encryption. The code is the gateway's own, so that it shares no mistake with what it judges.

import { createCipheriv, type KeyObject, sign, verify } from 'node:crypto';

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

/** A resource of a notice: AES-256-GCM, the tag at the end, in base64 (docs: 回调报文解密). */
export function sealResource(text: string, apiV3Key: string, nonce: string, associated_data: string): string {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key, 'ascii'), Buffer.from(nonce, 'ascii'));
  cipher.setAAD(Buffer.from(associated_data, 'utf8'));
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}
