// Why a request, a notice or a payment of APIv3 is refused.

import type { Diagnosis, Language } from '../diagnosis.js';
import { configError, paramError, textFault } from '../errors.js';
import { checkNames } from '../names.js';
import { own } from '../own.js';
import { mended } from '../pem.js';
import { type HeadersLike, headerTexts } from '../v3/head.js';
import * as wasm from './module.js';
import { isChinese } from './signature.js';

/** A request of APIv3, and what is known of it. */
export interface V3RequestFacts {
  /** The HTTP method. */
  method: string;
  /** The address as it was sent: whole, or from the path on. */
  url: string;
  /** The body as it was sent. Leave it out for a request without one. */
  body?: string | Uint8Array | undefined;
  /** The value of the `Authorization` header. */
  authorization: string;
  /** `apiclient_cert.pem`. */
  certificate?: string | undefined;
  /** `apiclient_key.pem`. Only its public half is read. */
  privateKey?: string | undefined;
  /** WeChat's answer. That of a 401 shows the text that WeChat verified. */
  answer?: { status: number; headers?: HeadersLike; body?: string | Uint8Array } | undefined;
  /** Now, in milliseconds since 1970. Without it the age is not checked. */
  nowMs?: number | undefined;
  /** The language of messages. Default `en`. */
  lang?: Language | undefined;
}

const REQUEST = {
  method: true,
  url: true,
  body: true,
  authorization: true,
  certificate: true,
  privateKey: true,
  answer: true,
  nowMs: true,
  lang: true,
} as const;

/**
 * Explains why WeChat refuses a request of APIv3 (签名错误, 401). It checks header, certificate, time and the signed text.
 * Pass at least one of `certificate` and `privateKey`.
 *
 * @throws `ERR_PARAM` for a member that is missing, `ERR_CONFIG` for a key or a certificate that is no PEM text.
 */
export async function explainV3Request(facts: V3RequestFacts): Promise<Diagnosis> {
  const { method, url, body, authorization, certificate, privateKey, answer, nowMs, lang } = checked(facts, REQUEST);
  return wasm.explainRequest({
    method: text('method', method).toUpperCase(),
    url: text('url', url),
    body: bytes('body', body),
    authorization: text('authorization', authorization),
    certificate: pem('certificate', certificate),
    privateKey: pem('privateKey', privateKey),
    answerStatus: answer?.status,
    answerHeaders: answer?.headers === undefined ? [] : headerTexts(answer.headers),
    answerBody: bytes('answer', answer?.body),
    nowMs: nowMs ?? Number.NaN,
    isChinese: isChinese(lang),
  });
}

/** A notice of APIv3, and what is known of it. */
export interface V3NoticeFacts {
  /** The headers of the request, as your server has them. */
  headers: HeadersLike;
  /** The raw body. */
  body: string | Uint8Array;
  /** The APIv3 key, to see whether it opens the notice. */
  apiV3Key?: string | undefined;
  /** WeChat Pay's keys: ids of public keys or serials of certificates, and the PEM text of each. */
  wechatpayKeys?: Readonly<Record<string, string>> | undefined;
  /** Now, in milliseconds since 1970. Without it the age is not checked. */
  nowMs?: number | undefined;
  /** The language of messages. Default `en`. */
  lang?: Language | undefined;
}

const NOTICE = { headers: true, body: true, apiV3Key: true, wechatpayKeys: true, nowMs: true, lang: true } as const;

/**
 * Explains why a notice of APIv3 is refused. It checks headers, the key of the serial, body, age and the APIv3 key.
 *
 * @throws `ERR_PARAM` for a body that is neither text nor bytes.
 */
export async function explainV3Notice(facts: V3NoticeFacts): Promise<Diagnosis> {
  const { headers, body, apiV3Key, wechatpayKeys = {}, nowMs, lang } = checked(facts, NOTICE);
  const keys = Object.entries(wechatpayKeys).flatMap(([id, key]) => [id, pem(`wechatpayKeys.${id}`, key) ?? '']);
  return wasm.explainNotice({
    headers: headerTexts(headers),
    body: bytes('body', body),
    apiV3Key,
    wechatpayKeys: keys,
    nowMs: nowMs ?? Number.NaN,
    isChinese: isChinese(lang),
  });
}

/** The argument of `wx.requestPayment` in APIv3, and what is known of it. */
export interface V3PaymentFacts {
  /** `timeStamp`, `nonceStr`, `package`, `signType` and `paySign`. */
  payment: Readonly<Record<string, unknown>>;
  /** The appid of the mini program. */
  appId: string;
  /** `apiclient_cert.pem`. */
  certificate?: string | undefined;
  /** `apiclient_key.pem`. Only its public half is read. */
  privateKey?: string | undefined;
  /** The APIv2 key, if it may have been signed in the way of APIv2. */
  keyV2?: string | undefined;
  /** The language of messages. Default `en`. */
  lang?: Language | undefined;
}

const PAYMENT = { payment: true, appId: true, certificate: true, privateKey: true, keyV2: true, lang: true } as const;

/**
 * Explains why `paySign` of APIv3 is wrong (小程序调起支付). Pass at least one of `certificate` and `privateKey`.
 *
 * @throws `ERR_PARAM` for a member that is missing, `ERR_CONFIG` for a key or a certificate that is no PEM text.
 */
export async function explainV3Payment(facts: V3PaymentFacts): Promise<Diagnosis> {
  const { payment, appId, certificate, privateKey, keyV2, lang } = checked(facts, PAYMENT);
  if (typeof payment !== 'object' || payment === null)
    throw paramError('payment', 'must be the argument of wx.requestPayment');
  return wasm.explainPayment({
    payment: Object.entries(payment).flatMap(([name, value]) => [name, String(value ?? '')]),
    appId: text('appId', appId),
    certificate: pem('certificate', certificate),
    privateKey: pem('privateKey', privateKey),
    keyV2,
    isChinese: isChinese(lang),
  });
}

function checked<Facts extends object>(facts: Facts, names: Readonly<Record<keyof Facts, true>>): Facts {
  if (typeof facts !== 'object' || facts === null) throw paramError('facts', 'must be an object');
  checkNames(facts, names, { error: paramError });
  return own(facts);
}

function text(field: string, given: unknown): string {
  const fault = textFault(given);
  if (fault !== undefined) throw paramError(field, fault);
  return given as string;
}

function bytes(field: string, given: unknown): Uint8Array {
  if (given === undefined || given === null) return new Uint8Array();
  if (typeof given === 'string') return new TextEncoder().encode(given);
  if (given instanceof Uint8Array) return given;
  throw paramError(field, 'must be text or bytes, as it was sent');
}

function pem(field: string, given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const read = mended(given);
  if (read === undefined) throw configError(field, 'must be PEM text');
  return read;
}
