// The signatures of APIv3: the header of a request, the second signature, the check of a message.
import { paramError, textFault } from '../errors.js';
import { own } from '../own.js';
import { refuseCipher } from '../wasm/v3.js';
import { crypto, type RequestSigner } from './host.js';
import { checkApiV3Key } from './options.js';

/** What the `Authorization` header says. */
interface Authorized {
  mchid: string;
  serial: string;
  timestamp: number;
  nonce: string;
  signature: string;
}

/** The value of the `Authorization` header. */
export function authorizationHeader({ mchid, serial, timestamp, nonce, signature }: Authorized): string {
  return `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serial}"`;
}

/** The argument of `wx.requestPayment`, signed with RSA. */
export interface RequestPayment {
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: 'RSA';
  paySign: string;
}

/** Signs an order of APIv3 for `wx.requestPayment` (小程序调起支付). */
export async function signedPayment(
  { appId, prepay_id, nowMs }: { appId: string; prepay_id: string; nowMs: number },
  signer: RequestSigner,
): Promise<RequestPayment> {
  const fault = textFault(prepay_id);
  if (fault !== undefined) throw paramError('prepay_id', fault);
  if (!/^[\w-]{1,128}$/.test(prepay_id)) throw paramError('prepay_id', 'must be the id alone, letters, digits, _ or -');
  const timeStamp = String(Math.floor(nowMs / 1000));
  const nonceStr = nonceOf();
  const pack = `prepay_id=${prepay_id}`;
  const paySign = await signer.sign(`${appId}\n${timeStamp}\n${nonceStr}\n${pack}\n`);
  return { timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
}

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 32 random letters and digits, from the host's own source of random numbers. */
export function nonceOf(): string {
  const random = globalThis.crypto.getRandomValues(new Uint8Array(32));
  return Array.from(random, (byte) => SYMBOLS[byte & 31]).join('');
}

/** The options of `authorization`. */
export interface AuthorizationOptions {
  method: string;
  /** The whole URL, or its path and query. */
  url: string;
  /** The exact text that is sent; empty for none. */
  body?: string | undefined;
  mchid: string;
  serial: string;
  privateKey: string;
  /** In seconds. Default now. */
  timestamp?: number | undefined;
  nonce_str?: string | undefined;
}

/** The `Authorization` header of a request of APIv3 (签名生成), for programs that send by themselves. */
export async function authorization(options: AuthorizationOptions): Promise<string> {
  const { method, url, body = '', mchid, serial, privateKey } = options;
  const { timestamp = Math.floor(Date.now() / 1000), nonce_str = nonceOf() } = options;
  const { pathname, search } = new URL(url, 'https://api.mch.weixin.qq.com');
  const signer = crypto().signer({ mchid, serial, privateKey });
  const signature = await signer.sign(`${method}\n${pathname}${search}\n${timestamp}\n${nonce_str}\n${body}\n`);
  return authorizationHeader({ mchid, serial, timestamp, nonce: nonce_str, signature });
}

/** The options of `verifySignature`. */
export interface SignatureOptions {
  timestamp: string;
  nonce: string;
  body: string | Uint8Array;
  signature: string;
  /** A public key or a certificate, as PEM. */
  key: string;
}

/** Whether WeChat signed this answer or notice (验证签名). It does not look at the time. */
export async function verifySignature({ timestamp, nonce, body, signature, key }: SignatureOptions): Promise<boolean> {
  return crypto().verifier('key', key)([`${timestamp}\n${nonce}\n`, body, '\n'], signature);
}

/** An encrypted resource of a notice, or of the list of platform certificates. */
export interface EncryptedResource {
  /** `AEAD_AES_256_GCM`. */
  algorithm: string;
  /** 12 bytes. */
  nonce: string;
  associated_data?: string | undefined;
  /** Base64, with the tag at its end. */
  ciphertext: string;
}

/**
 * Decrypts a resource with the APIv3 key (证书和回调报文解密), and returns its text. It proves only that the sender has the key: verify
 * the signature of a notice first, or use `openNotify`. Throws `ERR_DECRYPT`.
 */
export async function decryptResource(resource: EncryptedResource, apiV3Key: string): Promise<string> {
  if (typeof resource !== 'object' || resource === null) throw paramError('resource', 'must be an object');
  const { algorithm, nonce, associated_data = '', ciphertext } = own(resource);
  checkApiV3Key(apiV3Key);
  const isKnown = algorithm === 'AEAD_AES_256_GCM' && typeof nonce === 'string' && nonce.length === 12;
  const isText = typeof ciphertext === 'string' && typeof associated_data === 'string';
  const plain = isKnown && isText && (await crypto().decrypt(apiV3Key, { nonce, associated_data, ciphertext }));
  if (!plain) refuseCipher();
  return new TextDecoder().decode(plain || undefined);
}
