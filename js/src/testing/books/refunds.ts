// The books of money that goes back: every refund, and the ways to find it.

import { formatBeijingDateTime } from '../wire/beijing-time.js';
import type { Order, OrderOwner } from './orders.js';

/** The states a refund has here (manual: 查询退款, refund_status). */
export type RefundStatus = 'PROCESSING' | 'SUCCESS';

/** A refund as the gateway keeps it. */
export interface Refund {
  readonly order: Order;
  /** The call that asked for it, members without a value left out. */
  readonly request: ReadonlyMap<string, string>;
  readonly out_refund_no: string;
  readonly refund_id: string;
  /** In fen. */
  readonly refund_fee: number;
  readonly createdMs: number;
  refund_status: RefundStatus;
  /** When the money was back, in milliseconds since 1970-01-01 UTC. */
  successMs?: number;
}

/** A refund as the books show it: a copy, in WeChat's words. */
export interface RefundRecord {
  appid: string;
  mch_id: string;
  sub_mch_id?: string;
  out_trade_no: string;
  transaction_id: string;
  out_refund_no: string;
  refund_id: string;
  /** The order's amount, in fen. */
  total_fee: number;
  /** In fen. */
  refund_fee: number;
  refund_status: RefundStatus;
  refund_account: string;
  refund_desc?: string;
  notify_url?: string;
  /** `yyyy-MM-dd HH:mm:ss` in UTC+8. */
  success_time?: string;
  /** There where it was asked for in the sandbox. */
  sandbox?: true;
}

/** The books. */
export interface RefundBook {
  /** Takes a new refund, whose number its merchant has used for no other. */
  add(refund: Refund): void;
  find(owner: OrderOwner, out_refund_no: string): Refund | undefined;
  findById(refund_id: string): Refund | undefined;
  /** The refunds of an order, oldest first. */
  of(order: Order): readonly Refund[];
  /** Every refund, oldest first. */
  all(): readonly Refund[];
}

/** Opens empty books. */
export function createRefundBook(): RefundBook {
  const refunds: Refund[] = [];
  return {
    add: (refund) => void refunds.push(refund),
    find: (owner, out_refund_no) =>
      refunds.find(
        (refund) =>
          refund.out_refund_no === out_refund_no &&
          refund.order.merchant.mch_id === owner.merchant.mch_id &&
          refund.order.sub_mch_id === owner.sub_mch_id,
      ),
    findById: (refund_id) => refunds.find((refund) => refund.refund_id === refund_id),
    of: (order) => refunds.filter((refund) => refund.order === order),
    all: () => refunds,
  };
}

/** What the merchant paid the refund from. */
export function refundAccount(refund: Refund): string {
  return refund.request.get('refund_account') ?? 'REFUND_SOURCE_UNSETTLED_FUNDS';
}

/** The copy of a refund that is shown outside. */
export function refundRecord(refund: Refund): RefundRecord {
  const { order, request, out_refund_no, refund_id, refund_fee, refund_status, successMs } = refund;
  const optional = (name: string) => (request.has(name) ? { [name]: request.get(name) } : {});
  return {
    appid: order.merchant.appid,
    mch_id: order.merchant.mch_id,
    ...(order.sub_mch_id !== undefined && { sub_mch_id: order.sub_mch_id }),
    out_trade_no: order.out_trade_no,
    transaction_id: order.payment?.transaction_id ?? '',
    out_refund_no,
    refund_id,
    total_fee: order.total_fee,
    refund_fee,
    refund_status,
    refund_account: refundAccount(refund),
    ...optional('refund_desc'),
    ...optional('notify_url'),
    ...(successMs !== undefined && { success_time: formatBeijingDateTime(successMs) }),
  };
}
