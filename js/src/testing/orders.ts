// The books: every order, its state, and the ways to find it.

import type { Clock } from './clock.js';
import type { GatewayMerchant } from './merchants.js';
import type { SignType } from './sign.js';

/** The states an order has here (manual: 查询订单, trade_state). */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'CLOSED';

/** An order as the gateway keeps it. */
export interface Order {
  readonly merchant: GatewayMerchant;
  /** The order's algorithm: the notice and `paySign` use it too. */
  readonly signType: SignType;
  /** The unified order as it was first sent, members without a value left out. */
  readonly request: ReadonlyMap<string, string>;
  readonly out_trade_no: string;
  /** In fen. */
  readonly total_fee: number;
  readonly createdMs: number;
  /** `time_expire` in milliseconds since 1970-01-01 UTC: from then on the order is closed. */
  readonly expiresMs: number | undefined;
  /** The latest of the order's prepay ids. */
  prepay: { readonly prepay_id: string; readonly expiresMs: number };
  trade_state: TradeState;
  payment?: Payment;
}

/** What is known of an order once it is paid. */
export interface Payment {
  readonly transaction_id: string;
  /** `yyyyMMddHHmmss` in UTC+8. */
  readonly time_end: string;
  readonly bank_type: string;
  /** In fen. */
  readonly cash_fee: number;
  readonly openid: string;
}

/** An order as the books show it: a copy, in WeChat's words. */
export interface OrderRecord {
  appid: string;
  mch_id: string;
  out_trade_no: string;
  trade_type: string;
  trade_state: TradeState;
  body: string;
  /** In fen. */
  total_fee: number;
  fee_type: string;
  sign_type: SignType;
  notify_url: string;
  prepay_id: string;
  openid?: string;
  attach?: string;
  device_info?: string;
  /** `yyyyMMddHHmmss` in UTC+8. */
  time_expire?: string;
  transaction_id?: string;
  /** `yyyyMMddHHmmss` in UTC+8. */
  time_end?: string;
  bank_type?: string;
  /** In fen. */
  cash_fee?: number;
}

/** The books. Whatever way an order is found, an unpaid one whose `time_expire` has come is CLOSED. */
export interface OrderBook {
  /** Takes a new order, which nobody else may have under the same `mch_id` and `out_trade_no`. */
  add(order: Order): void;
  /** Remembers another prepay id of an order. */
  addPrepay(order: Order, prepay: Order['prepay']): void;
  /** Books a payment. */
  pay(order: Order, payment: Payment): void;
  find(mch_id: string, out_trade_no: string): Order | undefined;
  findPaid(transaction_id: string): Order | undefined;
  /** The order of a prepay id, and when that prepay id ends. */
  findPrepay(prepay_id: string): { order: Order; expiresMs: number } | undefined;
  /** Every order, oldest first. */
  all(): Order[];
}

/** Opens empty books. */
export function createOrderBook(clock: Clock): OrderBook {
  const byNumber = new Map<string, Order>();
  const byTransaction = new Map<string, Order>();
  const byPrepay = new Map<string, { order: Order; expiresMs: number }>();

  function current(order: Order): Order {
    const expired = order.expiresMs !== undefined && order.expiresMs <= clock.now();
    if (expired && order.trade_state === 'NOTPAY') order.trade_state = 'CLOSED';
    return order;
  }

  function addPrepay(order: Order, prepay: Order['prepay']): void {
    order.prepay = prepay;
    byPrepay.set(prepay.prepay_id, { order, expiresMs: prepay.expiresMs });
  }

  return {
    add(order) {
      byNumber.set(numberKey(order.merchant.mch_id, order.out_trade_no), order);
      addPrepay(order, order.prepay);
    },
    addPrepay,
    pay(order, payment) {
      order.trade_state = 'SUCCESS';
      order.payment = payment;
      byTransaction.set(payment.transaction_id, order);
    },
    find(mch_id, out_trade_no) {
      const order = byNumber.get(numberKey(mch_id, out_trade_no));
      return order && current(order);
    },
    findPaid: (transaction_id) => byTransaction.get(transaction_id),
    findPrepay(prepay_id) {
      const found = byPrepay.get(prepay_id);
      return found && { order: current(found.order), expiresMs: found.expiresMs };
    },
    all: () => [...byNumber.values()].map(current),
  };
}

/** The copy of an order that is shown outside. */
export function orderRecord(order: Order): OrderRecord {
  const { merchant, request, payment } = order;
  const text = (name: string) => request.get(name) ?? '';
  const optional = (name: string) => (request.has(name) ? { [name]: text(name) } : {});
  return {
    appid: merchant.appid,
    mch_id: merchant.mch_id,
    out_trade_no: order.out_trade_no,
    trade_type: text('trade_type'),
    trade_state: order.trade_state,
    body: text('body'),
    total_fee: order.total_fee,
    fee_type: 'CNY',
    sign_type: order.signType,
    notify_url: text('notify_url'),
    prepay_id: order.prepay.prepay_id,
    ...optional('openid'),
    ...optional('attach'),
    ...optional('device_info'),
    ...optional('time_expire'),
    ...payment,
  };
}

/** The members that tell of a payment, in the query and in the notice; none for an order that is not paid. */
export function paymentFields(order: Order): Map<string, string | number> {
  if (order.payment === undefined) return new Map();
  const { openid, bank_type, cash_fee, transaction_id, time_end } = order.payment;
  return new Map<string, string | number>([
    ['openid', openid],
    // Newer pages of the manual: always N, whoever follows the account.
    ['is_subscribe', 'N'],
    ['trade_type', order.request.get('trade_type') ?? ''],
    ['bank_type', bank_type],
    ['total_fee', order.total_fee],
    ['fee_type', 'CNY'],
    ['cash_fee', cash_fee],
    ['transaction_id', transaction_id],
    ['time_end', time_end],
  ]);
}

/** `mch_id` comes from the gateway's own merchants and JSON keeps the two parts apart, whatever the second holds. */
function numberKey(mch_id: string, out_trade_no: string): string {
  return JSON.stringify([mch_id, out_trade_no]);
}
