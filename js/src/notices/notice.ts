// The members of genuine notices in both generations, and the shop's own order that they must agree with.
import type { PaymentMembers, RefundMembers } from '../generated/notices.js';

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
  /** The app id with which the order was made. A refund notice of APIv3 names none. */
  appid: string | undefined;
  /** The merchant. An order number is unique for one merchant only: look orders up by number and merchant. */
  mch_id: string;
  /** The sub-merchant's app, if the notice names it (service providers). */
  sub_appid: string | undefined;
  /** The sub-merchant, if there is one (service providers). */
  sub_mch_id: string | undefined;
}

/** The members of a payment notice in both generations. */
export interface AnyPayment extends NoticeIds, PaymentMembers {
  kind: 'payment';
  /** Whether the order is paid. */
  paid: boolean;
}

/** The notice of a payment that succeeded, in both generations. */
export interface AnyPaid extends AnyPayment {
  paid: true;
  /** The order's amount, in fen. */
  total_fee: number;
  /** WeChat's number of the payment; the same for every repetition. */
  transaction_id: string;
}

/** The members of a refund notice in both generations. */
export interface AnyRefund extends NoticeIds, RefundMembers {
  kind: 'refund';
}

/** A combined payment of APIv3 (合单支付): one notice for several orders, all of which are paid. */
export interface AnyCombined extends NoticeIds {
  kind: 'combined';
  /** The shop's number of the combined order, `combine_out_trade_no`. */
  out_trade_no: string;
  /** The sum of its orders, in fen. */
  total_fee: number;
  /** The currency; absent means `CNY`. */
  fee_type: string | undefined;
  /** When the last of its orders was paid, `yyyyMMddHHmmss` in Beijing time. */
  time_end: string | undefined;
  /** The payer. */
  openid: string | undefined;
}

/** Another event of APIv3: genuine, and never a payment. */
export interface AnyEvent extends NoticeIds {
  kind: 'other';
}

/** A genuine notice of either generation. */
export type AnyNotice = AnyPayment | AnyRefund | AnyCombined | AnyEvent;

/** The types of the notices that the listeners of one handler receive. */
export interface NoticeKinds {
  paid: AnyPaid;
  refund: AnyRefund;
  failed: AnyPayment;
  combined: AnyCombined;
  event: AnyEvent;
}
