// The contents of a genuine notice, and the shop's own order that it must agree with.
import type { PaidMembers, PaymentMembers, RefundMembers } from '../generated/notices.js';
import type { Fields } from '../params.js';

/** An id as databases return it: text or a number. Null means that the order has no such id. */
export type StoredId = string | number | bigint | null | undefined;

/** The stored order that a notice must agree with. Throws `ERR_MISMATCH` if they differ. */
export interface ExpectedOrder {
  /** The shop's number of the order. */
  out_trade_no?: string | undefined;
  /** The stored amount, in fen. */
  total_fee?: number | bigint | string | undefined;
  /** The stored currency. If it is absent or null, and there is an amount, `CNY` is expected. */
  fee_type?: string | null | undefined;
  /** The merchant of this order. Without it, an order of another merchant with the same number passes. */
  mch_id?: StoredId;
  /** The app id of the order. For service providers the app id of the sub-merchant is allowed too. */
  appid?: StoredId;
  /** The sub-merchant of this order (service providers). */
  sub_mch_id?: StoredId;
}

/** The merchant and app of a notice. */
export interface NoticeIds {
  /** The app id with which the order was made. */
  appid: string;
  /** The merchant. An order number is unique for one merchant only: look orders up by number and merchant. */
  mch_id: string;
  /** The sub-merchant's app, if the notice names it (service providers). */
  sub_appid: string | undefined;
  /** The sub-merchant, if there is one (service providers). */
  sub_mch_id: string | undefined;
}

/** A genuine payment notice (支付结果通知). */
export interface PaymentNotice extends NoticeIds, PaymentMembers {
  kind: 'payment';
  /** Whether the order is paid. */
  paid: boolean;
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
}

/**
 * A refund notice (退款结果通知). Its cipher lets an attacker rearrange blocks of real notices: confirm it with `refundQuery`
 * before you act on it.
 */
export interface RefundNotice extends NoticeIds, RefundMembers {
  kind: 'refund';
  /**
   * Every field as text, with the decrypted fields of `req_info`. `sub_mch_id`, `sub_appid` and `nonce_str` are not encrypted:
   * anybody who has the notice can change them.
   */
  fields: Fields;
}

/** The result of `openNotify`. */
export type Notice = PaymentNotice | RefundNotice;
