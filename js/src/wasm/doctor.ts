// One typed function for each export of the doctor's module (src/wasm/doctor.rs).
import * as glue from '../generated/doctor.js';
import { Instance } from './instance.js';

export type { DiagnosisData } from '../generated/doctor.js';

/** The module. Its entry file starts it. */
export const doctor = new Instance(glue.initSync, glue.__wbg_reset_state);

/** The arguments of {@link explainSignature}. */
export interface SignatureData {
  /** The message as text, or `undefined` for fields. */
  text: string | undefined;
  /** Names and values in turn. */
  fields: string[];
  key: string;
  signature: string | undefined;
  signType: string;
  /** Names and keys in turn. */
  keys: string[];
  /** Characters beyond ASCII, and the two bytes of each in GBK. */
  letters: string;
  gbk: Uint8Array;
  isChinese: boolean;
}

/** Explains a signature of APIv2. */
export function explainSignature(data: SignatureData): glue.DiagnosisData {
  const { text, fields, key, signature, signType, keys, letters, gbk, isChinese } = data;
  return doctor.run(() => glue.explainSignature(text, fields, key, signature, signType, keys, letters, gbk, isChinese));
}

/** The arguments of {@link explainRequest}. */
export interface RequestData {
  method: string;
  url: string;
  body: Uint8Array;
  authorization: string;
  certificate: string | undefined;
  privateKey: string | undefined;
  /** The status of WeChat's answer, or `undefined` for none. */
  answerStatus: number | undefined;
  /** Names and values in turn. */
  answerHeaders: string[];
  answerBody: Uint8Array;
  /** `NaN` if the time is unknown. */
  nowMs: number;
  isChinese: boolean;
}

/** Explains a request of APIv3. */
export function explainRequest(data: RequestData): glue.DiagnosisData {
  const { method, url, body, authorization, certificate, privateKey, nowMs, isChinese } = data;
  const { answerStatus, answerHeaders, answerBody } = data;
  return doctor.run(() =>
    glue.explainRequest(
      ...([method, url, body, authorization, certificate, privateKey] as const),
      ...([answerStatus, answerHeaders, answerBody, nowMs, isChinese] as const),
    ),
  );
}

/** The arguments of {@link explainNotice}. */
export interface NoticeData {
  /** Names and values in turn. */
  headers: string[];
  body: Uint8Array;
  apiV3Key: string | undefined;
  /** Serials or ids, and PEM texts, in turn. */
  wechatpayKeys: string[];
  /** `NaN` if the time is unknown. */
  nowMs: number;
  isChinese: boolean;
}

/** Explains a notice of APIv3. */
export function explainNotice(data: NoticeData): glue.DiagnosisData {
  const { headers, body, apiV3Key, wechatpayKeys, nowMs, isChinese } = data;
  return doctor.run(() => glue.explainNotice(headers, body, apiV3Key, wechatpayKeys, nowMs, isChinese));
}

/** The arguments of {@link explainPayment}. */
export interface PaymentData {
  /** Names and values in turn. */
  payment: string[];
  appId: string;
  certificate: string | undefined;
  privateKey: string | undefined;
  keyV2: string | undefined;
  isChinese: boolean;
}

/** Explains `paySign` of APIv3. */
export function explainPayment(data: PaymentData): glue.DiagnosisData {
  const { payment, appId, certificate, privateKey, keyV2, isChinese } = data;
  return doctor.run(() => glue.explainPayment(payment, appId, certificate, privateKey, keyV2, isChinese));
}
