// The signatures of APIv3: the header of a request, the second signature, the check of a message.
import { paramError, textFault } from '../errors.js';
import { BASE_URL } from '../generated/constants.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { authorizationHeader, nonce, paymentText, refuseCipher, requestText } from '../wasm/v3.js';
import { crypto } from './host.js';
import { type MerchantKey, merchantKey } from './merchant-key.js';
import { checkApiV3Key } from './options.js';
import { wechatKey } from './wechatpay-key.js';

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
  key: MerchantKey,
): Promise<RequestPayment> {
  checkPrepayId(prepay_id);
  const timeStamp = String(Math.floor(nowMs / 1000));
  const nonceStr = nonce();
  const pack = `prepay_id=${prepay_id}`;
  const paySign = await key.sign(paymentText(appId, timeStamp, nonceStr, pack));
  return { timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
}

/** The argument of the call in an app (APP调起支付), signed with RSA. */
export interface AppPayment {
  appid: string;
  /** The merchant that gets the money. */
  partnerid: string;
  prepayid: string;
  package: 'Sign=WXPay';
  noncestr: string;
  timestamp: string;
  sign: string;
}

/** Whose app is called, and who gets the money. */
export interface AppPayee {
  /** The app. Default that of the client. */
  appid?: string | undefined;
  /** The merchant that gets the money. Default that of the client. */
  partnerid?: string | undefined;
}

/** Signs an order of APIv3 for an app. Unlike a mini program, it signs the bare `prepay_id`. */
export async function signedAppPayment(
  { appid, partnerid, prepay_id, nowMs }: { appid: string; partnerid: string; prepay_id: string; nowMs: number },
  key: MerchantKey,
): Promise<AppPayment> {
  checkPrepayId(prepay_id);
  for (const [name, text] of Object.entries({ appid, partnerid })) {
    const fault = textFault(text);
    if (fault !== undefined) throw paramError(name, fault);
  }
  const timestamp = String(Math.floor(nowMs / 1000));
  const noncestr = nonce();
  const sign = await key.sign(paymentText(appid, timestamp, noncestr, prepay_id));
  return { appid, partnerid, prepayid: prepay_id, package: 'Sign=WXPay', noncestr, timestamp, sign };
}

function checkPrepayId(prepay_id: string): void {
  const fault = textFault(prepay_id);
  if (fault !== undefined) throw paramError('prepay_id', fault);
  if (!/^[\w-]{1,128}$/.test(prepay_id)) throw paramError('prepay_id', 'must be the id alone, letters, digits, _ or -');
}

/** The parts of the text that is signed for a request. */
export interface SignedRequest {
  method: string;
  /** Path and query as they are sent. */
  path: string;
  body: string;
  timestamp: number;
  nonce: string;
}

/** Signs a request. Returns the signed text, the signature and the `Authorization` header. */
export async function signedRequest(
  { method, path, body, timestamp, nonce }: SignedRequest,
  mchid: string,
  key: MerchantKey,
): Promise<{ text: string; signature: string; header: string }> {
  const text = requestText(method, path, timestamp, nonce, body);
  const signature = await key.sign(text);
  return { text, signature, header: authorizationHeader(mchid, key.serial, timestamp, nonce, signature) };
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
  if (typeof options !== 'object' || options === null) throw paramError('options', 'must be an object');
  checkNames(options, AUTHORIZATION, { error: paramError });
  const {
    method,
    url,
    body = '',
    mchid,
    serial,
    privateKey,
    timestamp = seconds(),
    nonce_str = nonce(),
  } = own(options);
  if (typeof method !== 'string' || !/^[A-Z]+$/.test(method))
    throw paramError('method', 'must be in capital letters, as it is sent: GET or POST');
  if (typeof body !== 'string') throw paramError('body', 'must be the exact text that is sent; empty for none');
  if (typeof url !== 'string' || !URL.canParse(url, BASE_URL))
    throw paramError('url', 'must be a URL, or path and query');
  if (typeof mchid !== 'string' || !/^\d{1,32}$/.test(mchid))
    throw paramError('mchid', 'must be the merchant number, 1 to 32 digits');
  if (typeof nonce_str !== 'string' || !/^[\w-]{1,32}$/.test(nonce_str))
    throw paramError('nonce_str', 'must be 1 to 32 letters, digits, _ or -');
  if (!(Number.isInteger(timestamp) && timestamp >= 1e9 && timestamp < 1e10))
    throw paramError('timestamp', 'must be seconds since 1970, ten digits; milliseconds have thirteen');
  const { pathname, search } = new URL(url, BASE_URL);
  const key = merchantKey({ mchid, serial, privateKey, nowMs: Date.now });
  const request = { method, path: pathname + search, body, timestamp, nonce: nonce_str };
  return (await signedRequest(request, mchid, key)).header;
}

const AUTHORIZATION: Names<AuthorizationOptions> = {
  method: true,
  url: true,
  body: true,
  mchid: true,
  serial: true,
  privateKey: true,
  timestamp: true,
  nonce_str: true,
};

const seconds = () => Math.floor(Date.now() / 1000);

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
export async function verifySignature(options: SignatureOptions): Promise<boolean> {
  if (typeof options !== 'object' || options === null) throw paramError('options', 'must be an object');
  const { timestamp, nonce, body, signature, key } = own(options);
  for (const [name, text] of Object.entries({ timestamp, nonce, signature })) {
    if (typeof text !== 'string') throw paramError(name, 'must be the text of the header');
  }
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw paramError('body', 'must be the raw bytes or the untouched text');
  return wechatKey(KEY, key).verify([`${timestamp}\n${nonce}\n`, body, '\n'], signature);
}

const KEY = { field: 'key', file: 'pub_key.pem or of the platform certificate' };

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
  const isKnown =
    algorithm === 'AEAD_AES_256_GCM' && typeof nonce === 'string' && new TextEncoder().encode(nonce).length === 12;
  const isText = typeof ciphertext === 'string' && typeof associated_data === 'string';
  const plain = isKnown && isText && (await crypto().decrypt(apiV3Key, { nonce, associated_data, ciphertext }));
  const text = plain ? utf8(plain) : undefined;
  return text ?? refuseCipher();
}

/** The text of these bytes, or undefined if they are not UTF-8. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
