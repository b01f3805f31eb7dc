// Notices of payments and refunds: opened, verified and compared with the shop's own order; and the reply.

import { atCaller } from '../caller.js';
import { configError, optionalTextFault, paramError, WxPayError } from '../errors.js';
import { type ErrCode, NOTICE_BYTES } from '../generated/constants.js';
import { type PaidMembers, paymentMembers, refundMembers } from '../generated/notices.js';
import { checkCount, checkSpelling, isThere, type Names } from '../names.js';
import type { Listeners } from '../notices/listeners.js';
import type { AnyPayment, AnyRefund, ExpectedOrder, NoticeIds, NoticeKinds } from '../notices/notice.js';
import type { NoticeReceiver } from '../notices/opener.js';
import { repliesOf } from '../notices/replies.js';
import { checkAgreement, checkedOrder } from '../notices/stored-order.js';
import { own } from '../own.js';
import type { Fields } from '../params.js';
import { bodyBytes } from '../wasm/bodies.js';
import * as core from '../wasm/messages.js';
import { withSignatureReason } from './reasons.js';
import { isHmac, plainKey, type SignType } from './signing.js';

/** A genuine payment notice (支付结果通知). */
export interface PaymentNotice extends AnyPayment {
  appid: string;
  /** Every field as text. */
  fields: Fields;
}

/** The notice of a payment that succeeded: its members are always present. */
export interface PaidNotice extends Omit<PaymentNotice, keyof PaidMembers>, PaidMembers {
  paid: true;
}

/** The notice of a payment that failed: `fields.err_code` and `fields.err_code_des` may say why. */
export interface FailedNotice extends PaymentNotice {
  paid: false;
  fields: Fields & { err_code?: ErrCode | (string & {}) };
}

/**
 * A refund notice (退款结果通知). Its cipher lets an attacker rearrange blocks of real notices: confirm it with `refundQuery`
 * before you act on it.
 */
export interface RefundNotice extends AnyRefund {
  appid: string;
  /**
   * Every field as text, with the decrypted fields of `req_info`. `sub_mch_id`, `sub_appid` and `nonce_str` are not encrypted:
   * anybody who has the notice can change them.
   */
  fields: Fields;
}

/** The result of `openNotify`. */
export type Notice = PaymentNotice | RefundNotice;

/** The notices that listeners of APIv2 receive. */
export interface Kinds extends NoticeKinds {
  paid: PaidNotice;
  refund: RefundNotice;
  failed: FailedNotice;
}

/** The listeners of a client's `notifyHandler`. */
export interface NotifyListeners extends Omit<Listeners<Kinds>, 'onEvent'> {}

/** The expected values of a notice. */
export interface NotifyOptions {
  /** The merchant's APIv2 key; while it is being changed, the new one and the old one. */
  key: string | readonly string[];
  /** The mini program's own id. */
  appid?: string | undefined;
  /** The merchant's own number. */
  mch_id?: string | undefined;
  /** The ways of signing that are accepted, never the sender's choice. Default `MD5`, as in the manual. */
  signType?: SignType | readonly SignType[] | undefined;
  /** The sub-merchant's own app (service providers). A notice without it is accepted. */
  sub_appid?: string | undefined;
  /** The sub-merchant's own number (service providers). A notice without it is accepted. */
  sub_mch_id?: string | undefined;
  /** The stored order. */
  expect?: ExpectedOrder | undefined;
}

/**
 * Opens a notice: size, UTF-8, XML, signature, ids, form of the fields, the stored order, in this order. If a check fails, no
 * data of the body is returned. Pass the raw bytes of the body.
 *
 * A notice arrives at least once and carries no signed time: act on it only once per `mch_id` and `out_trade_no`.
 */
export const openNotify = atCaller(function openNotify(body: string | Uint8Array, options: NotifyOptions): Notice {
  if (typeof options !== 'object' || options === null) throw paramError('options', 'must be an object');
  const given = own(options);
  checkMembers(options, given);
  const { key, expect } = given;
  const order = expect === undefined ? undefined : namedOrder(expect);
  const keys = Array.isArray(key) ? key : [key];
  if (keys.length === 0) throw configError('key', 'is an empty list; put the new key first, then the old one');
  const notice = openWith(body, keys, given);
  if (order !== undefined) checkAgreement(notice, order, given.sub_mch_id);
  return notice;
});

/** The order to compare with. Without its amount, a misspelt one would go unnoticed, and an underpaid order would be delivered. */
function namedOrder(expect: ExpectedOrder): ExpectedOrder {
  const order = checkedOrder(expect);
  if (order.total_fee !== undefined && order.total_fee !== null) return order;
  checkSpelling(expect, { total_fee: true }, REFUSING);
  if (Object.hasOwn(expect, 'amount'))
    throw paramError('expect', 'has an amount and no total_fee; pass total_fee, in fen');
  return order;
}

function checkMembers(options: NotifyOptions, given: NotifyOptions): void {
  const { key, appid, mch_id, signType, sub_appid, sub_mch_id, expect } = given;
  const usual = isThere(key) + isThere(appid) + isThere(mch_id) + isThere(signType) + isThere(expect);
  checkCount(options, usual + isThere(sub_appid) + isThere(sub_mch_id), NOTIFY, REFUSING);
}

const NOTIFY: Names<NotifyOptions> = {
  key: true,
  appid: true,
  mch_id: true,
  signType: true,
  sub_appid: true,
  sub_mch_id: true,
  expect: true,
};
const REFUSING = { error: paramError };

/** Opens a notice with the first of the keys that opens it. */
export function openWith(
  body: string | Uint8Array,
  keys: readonly string[],
  ids: Omit<NotifyOptions, 'key' | 'expect'>,
): Notice {
  try {
    return firstOpened(keys, (key) => opened(body, key, ids));
  } catch (error) {
    throw withSignatureReason(error, body, keys, ids.signType);
  }
}

/** The result for the first of several keys or clients that opens a notice. Throws the most informative error. */
export function firstOpened<With, Result>(several: readonly With[], open: (one: With) => Result): Result {
  let refused: unknown;
  for (const one of several) {
    try {
      return open(one);
    } catch (error) {
      if (!isOfKey(error)) throw error;
      if (refused === undefined || isOfSignType(error)) refused = error;
    }
  }
  throw refused;
}

/** Whether the key is right and signType is wrong. */
const isOfSignType = (error: unknown) => error instanceof WxPayError && error.message.includes('signType');

/** Whether another key may open a notice that this key did not open. */
const isOfKey = (error: unknown) =>
  error instanceof WxPayError && (error.code === 'ERR_SIGNATURE' || error.code === 'ERR_DECRYPT');

function opened(body: string | Uint8Array, key: string, options: Omit<NotifyOptions, 'key' | 'expect'>): Notice {
  const reader = {
    appid: option('appid', options.appid),
    mch_id: option('mch_id', options.mch_id),
    sub_appid: option('sub_appid', options.sub_appid),
    sub_mch_id: option('sub_mch_id', options.sub_mch_id),
    key: plainKey(key),
    signTypes: signTypes(options.signType),
  };
  // Checked before the input is written: a refused key must not stay in the input buffer.
  const bytes = bodyBytes(body, NOTICE_BYTES);
  const { fields, isRefund, isPaid } = core.openNotify(reader, bytes);
  return isRefund ? refund(fields) : payment(fields, isPaid);
}

/**
 * The XML that WeChat waits for, with HTTP status 200. Without a reason the notice is accepted. With a reason WeChat sends the
 * notice again. The reason is sent unencrypted: write nothing that helps a forger.
 */
export const replyNotify = atCaller(function replyNotify(error?: string): string {
  if (error !== undefined && typeof error !== 'string') throw paramError('error', 'must be text');
  return core.replyNotify(error?.slice(0, 256));
});

/** The answers to a request. A refused notice of APIv3 is answered with a status that APIv3 does not take for success. */
export function repliesInXml(): NoticeReceiver['replies'] {
  const replies = (status: number) =>
    repliesOf({
      type: 'text/xml; charset=utf-8',
      accepted: replyNotify(),
      refused: replyNotify('refused'),
      status,
    });
  const [usual, toV3] = [replies(200), replies(500)];
  return (_, header) => (header('wechatpay-signature') === undefined ? usual : toV3);
}

const payment = (fields: Fields, paid: boolean): PaymentNotice => ({
  kind: 'payment',
  paid,
  ...idsOf(fields),
  ...paymentMembers(fields),
  fields,
});

const refund = (fields: Fields): RefundNotice => ({
  kind: 'refund',
  ...idsOf(fields),
  ...refundMembers(fields),
  fields,
});

/** The ids of a message. */
export function idsOf({ appid = '', mch_id = '', sub_appid, sub_mch_id }: Fields): NoticeIds & { appid: string } {
  return { appid, mch_id, sub_appid: sub_appid || undefined, sub_mch_id: sub_mch_id || undefined };
}

/** The accepted ways of signing, each once. Any other value must not be taken for one of them, or for both. */
function signTypes(accepted: SignType | readonly SignType[] = 'MD5'): string {
  if (typeof accepted === 'string') return SIGN_TYPES[isHmac(accepted) ? 1 : 0] as string;
  if (!Array.isArray(accepted) || accepted.length === 0)
    throw paramError('signType', "must be 'MD5', 'HMAC-SHA256' or both in an array");
  // Not forEach, which would skip a hole.
  for (const one of accepted) isHmac(one);
  return SIGN_TYPES.filter((type) => accepted.includes(type)).join(',');
}

const SIGN_TYPES: readonly SignType[] = ['MD5', 'HMAC-SHA256'];

/** An option that is left out is not checked. An empty one, as from a missing setting, is an error. */
function option(field: string, value: string | undefined): string {
  if (value === undefined) return '';
  const fault = optionalTextFault(value);
  if (fault !== undefined) throw paramError(field, fault);
  if (value.length > 128 || value.includes('\0'))
    throw paramError(field, 'is too long for an id, or contains NUL; copy it again');
  return value;
}
