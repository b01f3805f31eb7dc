// The books of refunds: every refund, and the ways to find it.

import { formatBeijingDateTime } from '../wire/beijing-time.js';
import type { JsonObject } from '../wire/json.js';
import type { Order, OrderOwner } from './orders.js';

/** The states of a refund in the words of APIv3 (docs: 查询单笔退款, status). APIv2 calls ABNORMAL `CHANGE`. */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'ABNORMAL';

/** Where the money of a refund goes, if it cannot go the way of the payment. */
export interface RefundReceiver {
  readonly channel: 'OTHER_BANKCARD';
  /** The account, in WeChat's words. */
  readonly account: string;
}

/** A refund in the books. */
export interface Refund {
  readonly order: Order;
  /** The parameters of the call, without empty ones. */
  readonly request: ReadonlyMap<string, string>;
  /** The body of the call, where APIv3 took the refund. `request` then has the same in the words of APIv2. */
  readonly json?: JsonObject;
  readonly out_refund_no: string;
  readonly refund_id: string;
  /** In fen. */
  readonly refund_fee: number;
  readonly createdMs: number;
  refund_status: RefundStatus;
  /** The time of its success, in milliseconds since 1970-01-01 UTC. */
  successMs?: number;
  /** The time when its money came back, in milliseconds since 1970-01-01 UTC. Set while it is ABNORMAL. */
  abnormalMs?: number;
  receiver?: RefundReceiver;
}

/** A copy of a refund for callers, in WeChat's words. */
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
  /** Set for a refund in the sandbox. */
  sandbox?: true;
}

/** The books. */
export interface RefundBook {
  /** Adds a new refund. Its merchant must not have used its number for another. */
  add(refund: Refund): void;
  find(owner: OrderOwner, out_refund_no: string): Refund | undefined;
  findById(refund_id: string): Refund | undefined;
  /** Returns the refunds of an order, oldest first. */
  of(order: Order): readonly Refund[];
  /** Returns every refund, oldest first. */
  all(): readonly Refund[];
}

/** Makes empty books. */
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

/** Returns the account that paid the refund. */
export function refundAccount(refund: Refund): string {
  return refund.request.get('refund_account') ?? 'REFUND_SOURCE_UNSETTLED_FUNDS';
}

/** Returns the state in the words of APIv2 (manual: 查询退款, refund_status). */
export function refundStatusV2({ refund_status }: Refund): string {
  return refund_status === 'ABNORMAL' ? 'CHANGE' : refund_status;
}

/** Makes the copy of a refund for callers. */
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
