// The books: every order, its state, and the ways to find it.

import type { Clock } from '../wire/clock.js';
import type { SignType } from '../wire/sign.js';
import type { GatewayMerchant } from './merchants.js';

/** The states an order has here (manual: 查询订单, trade_state). The last three are of pay-code orders only. */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'PAYERROR' | 'REVOKED';

/** Whose an order is. */
export interface OrderOwner {
  readonly merchant: GatewayMerchant;
  /** The sub-merchant that a service provider acted for. */
  readonly sub_mch_id: string | undefined;
}

/** An order as the gateway keeps it. */
export interface Order extends OrderOwner {
  /** The order's algorithm: the notice and `paySign` use it too. */
  readonly signType: SignType;
  /** The call that placed the order, members without a value left out. */
  readonly request: ReadonlyMap<string, string>;
  readonly trade_type: string;
  readonly out_trade_no: string;
  /** In fen. */
  readonly total_fee: number;
  readonly createdMs: number;
  /** `time_expire` in milliseconds since 1970-01-01 UTC: from then on the order is closed. */
  readonly expiresMs: number | undefined;
  /** The latest of the order's prepay ids; a pay-code order has none. */
  prepay: Prepay | undefined;
  trade_state: TradeState;
  payment?: Payment;
  /** There where a paid pay-code order was reversed: the money went back. */
  reversal?: Reversal;
}

/** What the payer's phone is given to pay with. */
export interface Prepay {
  readonly prepay_id: string;
  readonly expiresMs: number;
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
  /** The payer as the sub-merchant's mini program knows him. */
  readonly sub_openid?: string;
}

/** How the money of a reversed order went back. */
export interface Reversal {
  readonly refund_id: string;
  readonly timeMs: number;
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
  /** When it was placed, in milliseconds since 1970-01-01 UTC. */
  createdMs: number;
  sign_type: SignType;
  /** Empty for a pay-code order. */
  notify_url: string;
  /** Empty for a pay-code order. */
  prepay_id: string;
  openid?: string;
  sub_appid?: string;
  sub_mch_id?: string;
  sub_openid?: string;
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
  /** There where the order was placed in the sandbox. */
  sandbox?: true;
}

/** The books. Whatever way an order is found, an unpaid one whose `time_expire` has come is CLOSED. */
export interface OrderBook {
  /** Takes a new order, which nobody else may have under the same owner and `out_trade_no`. */
  add(order: Order): void;
  /** Remembers another prepay id of an order. */
  addPrepay(order: Order, prepay: Prepay): void;
  /** Books the payment of an order of this book. */
  pay(order: Order, payment: Payment): void;
  find(owner: OrderOwner, out_trade_no: string): Order | undefined;
  findPaid(transaction_id: string): Order | undefined;
  /** The order that a call is about: by `transaction_id`, which wins, or `out_trade_no`; only one of the caller's own. */
  findMeant(caller: OrderOwner, parameters: ReadonlyMap<string, string>): Order | undefined;
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

  function find(owner: OrderOwner, out_trade_no: string): Order | undefined {
    const order = byNumber.get(numberKey(owner, out_trade_no));
    return order && current(order);
  }

  function addPrepay(order: Order, prepay: Prepay): void {
    order.prepay = prepay;
    byPrepay.set(prepay.prepay_id, { order, expiresMs: prepay.expiresMs });
  }

  return {
    add(order) {
      byNumber.set(numberKey(order, order.out_trade_no), order);
      if (order.prepay !== undefined) addPrepay(order, order.prepay);
    },
    addPrepay,
    pay(order, payment) {
      order.trade_state = 'SUCCESS';
      order.payment = payment;
      byTransaction.set(payment.transaction_id, order);
    },
    find,
    findPaid: (transaction_id) => byTransaction.get(transaction_id),
    findMeant(caller, parameters) {
      const transaction_id = parameters.get('transaction_id');
      const order =
        transaction_id === undefined
          ? find(caller, parameters.get('out_trade_no') ?? '')
          : byTransaction.get(transaction_id);
      // An order of another merchant, or of another mini program of the same merchant, does not exist for this one.
      return order?.merchant === caller.merchant && order.sub_mch_id === caller.sub_mch_id ? order : undefined;
    },
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
    trade_type: order.trade_type,
    trade_state: order.trade_state,
    body: text('body'),
    total_fee: order.total_fee,
    fee_type: 'CNY',
    createdMs: order.createdMs,
    sign_type: order.signType,
    notify_url: text('notify_url'),
    prepay_id: order.prepay?.prepay_id ?? '',
    ...optional('openid'),
    ...optional('sub_appid'),
    ...optional('sub_mch_id'),
    ...optional('sub_openid'),
    ...optional('attach'),
    ...optional('device_info'),
    ...optional('time_expire'),
    ...payment,
  };
}

/** The members that tell of a payment, in the query and in the notice; none for an order that is not paid. */
export function paymentFields(order: Order): Map<string, string | number> {
  if (order.payment === undefined) return new Map();
  const { openid, sub_openid, bank_type, cash_fee, transaction_id, time_end } = order.payment;
  const fields = new Map<string, string | number>([
    ['openid', openid],
    // Newer pages of the manual: always N, whoever follows the account.
    ['is_subscribe', 'N'],
    ['trade_type', order.trade_type],
    ['bank_type', bank_type],
    ['total_fee', order.total_fee],
    ['fee_type', 'CNY'],
    ['cash_fee', cash_fee],
    ['transaction_id', transaction_id],
    ['time_end', time_end],
  ]);
  return sub_openid === undefined ? fields : fields.set('sub_openid', sub_openid).set('sub_is_subscribe', 'N');
}

/** Members of the order's call that the query and the notice repeat. */
export function repeatedFields(order: Order, names: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const name of names) {
    const value = order.request.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  return fields;
}

/**
 * A number is unique for a merchant, and in a service provider's hands for each sub-merchant. JSON keeps the parts apart,
 * whatever they hold.
 */
function numberKey({ merchant, sub_mch_id }: OrderOwner, out_trade_no: string): string {
  return JSON.stringify([merchant.mch_id, sub_mch_id ?? '', out_trade_no]);
}
