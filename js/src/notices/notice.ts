// What a genuine notice says, and the shop's own order that it has to agree with.
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
export interface PaymentNotice extends NoticeIds {
  kind: 'payment';
  /** Whether the order is paid. */
  paid: boolean;
  /** The shop's number of the order. */
  out_trade_no: string;
  /** WeChat's number of the payment; the same for every repetition. */
  transaction_id: string | undefined;
  /** The order's amount, in fen. Compare it with your own record, or let `expect` do so. */
  total_fee: number | undefined;
  /** What the payer paid, in fen. */
  cash_fee: number | undefined;
  /** The currency; absent means `CNY`. */
  fee_type: string | undefined;
  /** The payer. */
  openid: string | undefined;
  /** How it was paid. */
  trade_type: string | undefined;
  /** When it was paid, `yyyyMMddHHmmss` in Beijing time. */
  time_end: string | undefined;
  /** What the order carried. */
  attach: string | undefined;
  /** Every field as text. */
  fields: Fields;
}

/** The notice of a payment that succeeded: these fields are always there. */
export interface PaidNotice extends PaymentNotice {
  paid: true;
  transaction_id: string;
  total_fee: number;
  cash_fee: number;
  openid: string;
  trade_type: string;
  time_end: string;
}

/** The notice of a payment that failed: `fields.err_code` and `fields.err_code_des` may say why. */
export interface FailedNotice extends PaymentNotice {
  paid: false;
}

/**
 * A refund notice (退款结果通知). Its cipher lets blocks of real notices be put together anew: confirm with `refundQuery` before
 * anything depends on it.
 */
export interface RefundNotice extends NoticeIds {
  kind: 'refund';
  /** WeChat's number of the payment. */
  transaction_id: string;
  /** The shop's number of the order. */
  out_trade_no: string;
  /** WeChat's number of the refund. */
  refund_id: string;
  /** The shop's number of the refund. */
  out_refund_no: string;
  /** The order's amount, in fen. */
  total_fee: number;
  /** What was asked to be refunded, in fen. */
  refund_fee: number;
  /** What is refunded without coupons that are not cash, in fen. */
  settlement_refund_fee: number | undefined;
  /** `SUCCESS`, `CHANGE` (the payer's card is void: refund by other means) or `REFUNDCLOSE` (closed). */
  refund_status: string;
  /** When it was done, `yyyy-MM-dd HH:mm:ss` in Beijing time; only at `SUCCESS`. */
  success_time: string | undefined;
  /** Who gets the money, in words. The name is misspelt on the wire. */
  refund_recv_accout: string | undefined;
  /**
   * Every field as text, those inside `req_info` among them. `sub_mch_id`, `sub_appid` and `nonce_str` stand outside of it: anybody who
   * holds the notice can change them.
   */
  fields: Fields;
}

/** What `openNotify` gives. */
export type Notice = PaymentNotice | RefundNotice;
