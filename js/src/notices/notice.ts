// What a genuine notice says, and the shop's own order that it has to agree with.
import type { PaidMembers, PaymentMembers, RefundMembers } from '../generated/notices.js';
import type { Fields } from '../params.js';

/** An id as databases return it: text or a number. Null means that the order has no such id. */
export type StoredId = string | number | bigint | null | undefined;

/** The stored order that a notice must agree with; `ERR_MISMATCH` where it does not. */
export interface ExpectedOrder {
  /** The shop's number of the order. */
  out_trade_no?: string | undefined;
  /** The stored amount, in fen. */
  total_fee?: number | bigint | string | undefined;
  /** The stored currency; `CNY` when it is absent or null and an amount is given. */
  fee_type?: string | null | undefined;
  /** The merchant who takes the money of this order. Without it, an order of another merchant with the same number passes. */
  mch_id?: StoredId;
  /** The mini program that ordered; for service providers that of the sub-merchant may be given instead. */
  appid?: StoredId;
  /** The sub-merchant who takes the money (service providers). */
  sub_mch_id?: StoredId;
}

/** Whom a notice is about. */
export interface NoticeIds {
  /** The app that the merchant ordered with. */
  appid: string;
  /** The merchant. An order's number is unique for one merchant only: look orders up by both. */
  mch_id: string;
  /** The sub-merchant's app, where the notice names it (service providers). */
  sub_appid: string | undefined;
  /** The sub-merchant who takes the money, where there is one (service providers). */
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

/** The notice of a payment that succeeded: its members are always there. */
export interface PaidNotice extends Omit<PaymentNotice, keyof PaidMembers>, PaidMembers {
  paid: true;
}

/** The notice of a payment that failed: `fields.err_code` and `fields.err_code_des` may say why. */
export interface FailedNotice extends PaymentNotice {
  paid: false;
}

/**
 * A refund notice (退款结果通知). Its cipher lets blocks of real notices be put together anew: confirm with `refundQuery` before
 * anything depends on it.
 */
export interface RefundNotice extends NoticeIds, RefundMembers {
  kind: 'refund';
  /**
   * Every field as text, those inside `req_info` among them. `sub_mch_id`, `sub_appid` and `nonce_str` stand outside of it: anybody who
   * holds the notice can change them.
   */
  fields: Fields;
}

/** What `openNotify` gives. */
export type Notice = PaymentNotice | RefundNotice;
