// Why a message of APIv3 was refused: what the doctor needs, kept beside the error.
import { WxPayError } from '../errors.js';
import type { WholeReply } from '../http/exchange.js';
import { withReason } from '../reasons.js';
import type { SignatureHead } from '../wasm/v3-data.js';
import type { WechatpayKeys } from './keys.js';

/** What opens a notice. */
interface Opening {
  apiV3Keys: readonly string[];
  keys: WechatpayKeys;
}

/** Keeps a notice beside the error that refuses its signature or its cipher. */
export function withNoticeReason(
  error: unknown,
  head: SignatureHead,
  body: Uint8Array,
  { apiV3Keys, keys }: Opening,
): unknown {
  if (!(error instanceof WxPayError) || !['ERR_SIGNATURE', 'ERR_DECRYPT'].includes(error.code)) return error;
  const headers = {
    'wechatpay-timestamp': head.timestamp,
    'wechatpay-nonce': head.nonce,
    'wechatpay-signature': head.signature,
    'wechatpay-serial': head.serial,
    'wechatpay-signature-type': head.signatureType,
  };
  const nowMs = keys.nowMs();
  return withReason(error, (doctor) =>
    doctor.explainV3Notice({ headers, body, apiV3Key: apiV3Keys[0], wechatpayKeys: keys.texts, nowMs }),
  );
}

/** A request as it was sent. */
interface Sent {
  method: string;
  /** Path and query. */
  path: string;
  body: string;
  authorization: string;
  nowMs: number;
}

/** Keeps a request beside the error with which WeChat refuses its signature. */
export function withRefusalReason(error: unknown, sent: Sent, { status, header, body }: WholeReply): unknown {
  if (!(error instanceof WxPayError) || status !== 401) return error;
  const headers = Object.fromEntries(['wechatpay-serial', 'date'].map((name) => [name, header(name) ?? '']));
  const { path: url, ...request } = sent;
  return withReason(error, (doctor) => doctor.explainV3Request({ ...request, url, answer: { status, headers, body } }));
}
