// The books of orders: every order, its state, and the ways to find it.

import type { Clock } from '../wire/clock.js';
import type { JsonObject } from '../wire/json.js';
import type { SignType } from '../wire/sign.js';
import type { Merchant } from './merchants.js';

/** The states of an order (manual: 查询订单, trade_state). The last three are for pay-code orders only. */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'PAYERROR' | 'REVOKED';

/** The states in WeChat's words, as the query and the notice repeat them. */
export const TRADE_STATE_WORDS: Record<TradeState, string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  CLOSED: '订单已关闭',
  USERPAYING: '需要用户输入支付密码',
  PAYERROR: '支付失败，请重新下单支付',
  REVOKED: '订单已撤销',
};

/** How an order was signed: `sign_type` of APIv2, or RSA, which is APIv3. */
export type OrderSignType = SignType | 'RSA';

/** Whose an order is. */
export interface OrderOwner {
  readonly merchant: Merchant;
  /** The sub-merchant that a service provider acted for. */
  readonly sub_mch_id: string | undefined;
}

/** An order in the books. */
export interface Order extends OrderOwner {
  /** The order's algorithm: the notice and `paySign` use it too. */
  readonly signType: OrderSignType;
  /** The parameters of the call that placed the order, without empty ones. */
  readonly request: ReadonlyMap<string, string>;
  /** The body of the call, where APIv3 placed the order. `request` then has the same in the words of APIv2. */
  readonly json?: JsonObject;
  readonly trade_type: string;
  readonly out_trade_no: string;
  /** In fen. */
  readonly total_fee: number;
  readonly createdMs: number;
  /** `time_expire` in milliseconds since 1970-01-01 UTC. The order is closed from then on. */
  readonly expiresMs: number | undefined;
  /** The latest prepay id. A pay-code order has none. */
  prepay: Prepay | undefined;
  trade_state: TradeState;
  payment?: Payment;
  /** Set if a paid pay-code order was reversed: the money was returned. */
  reversal?: Reversal;
  /** Set if the order is paid together with others (合单). */
  readonly combination?: Combination;
}

/** Orders that are paid together: all of them, or not one. */
export interface Combination {
  /** The merchant who combined them. The others may be other merchants' orders. */
  readonly merchant: Merchant;
  readonly combine_out_trade_no: string;
  /** The body of the call. */
  readonly json: JsonObject;
  /** In the sequence of the call. */
  readonly orders: readonly Order[];
}

/** Returns the merchant who calls the payment up and gets its notice. */
export function payeeOf({ merchant, combination }: Order): Merchant {
  return combination?.merchant ?? merchant;
}

/** Returns the orders that are paid with this one, itself included. */
export function paidTogether(order: Order): readonly Order[] {
  return order.combination?.orders ?? [order];
}

/** The id with which the payer's phone pays. */
export interface Prepay {
  readonly prepay_id: string;
  readonly expiresMs: number;
}

/** The facts of a payment. */
export interface Payment {
  readonly transaction_id: string;
  /** `yyyyMMddHHmmss` in UTC+8. */
  readonly time_end: string;
  readonly bank_type: string;
  /** In fen. */
  readonly cash_fee: number;
  readonly openid: string;
  /** The payer's openid in the sub-merchant's mini program. */
  readonly sub_openid?: string;
}

/** The return of the money of a reversed order. */
export interface Reversal {
  readonly refund_id: string;
  readonly timeMs: number;
}

/** A copy of an order for callers, in WeChat's words. */
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
  /** The time of the order, in milliseconds since 1970-01-01 UTC. */
  createdMs: number;
  sign_type: OrderSignType;
  /** Empty for a pay-code order. */
  notify_url: string;
  /** Empty for a pay-code order. */
  prepay_id: string;
  openid?: string;
  sub_appid?: string;
  sub_mch_id?: string;
  sub_openid?: string;
  /** Set if the order is paid together with others (合单). */
  combine_out_trade_no?: string;
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
  /** Set if the order was placed in the sandbox. */
  sandbox?: true;
}

/** The books. An unpaid order is CLOSED from its `time_expire` on, in every result. */
export interface OrderBook {
  /** Adds a new order. Its owner must not have another with the same `out_trade_no`. */
  add(order: Order): void;
  /** Adds a prepay id to an order. */
  addPrepay(order: Order, prepay: Prepay): void;
  /** Records the payment of an order. */
  pay(order: Order, payment: Payment): void;
  find(owner: OrderOwner, out_trade_no: string): Order | undefined;
  findPaid(transaction_id: string): Order | undefined;
  /** Returns the order of this number that the merchant placed for any sub-merchant. */
  findOfSub(mch_id: string, out_trade_no: string): Order | undefined;
  /** Returns the caller's own order that a call names, by `transaction_id` first, or by `out_trade_no`. */
  findMeant(caller: OrderOwner, parameters: ReadonlyMap<string, string>): Order | undefined;
  /** Returns the order of a prepay id, and the end of that prepay id. */
  findPrepay(prepay_id: string): { order: Order; expiresMs: number } | undefined;
  /** Returns every order, oldest first. */
  all(): Order[];
}

/** Makes empty books. */
export function createOrderBook(clock: Clock): OrderBook {
  const byNumber = new Map<string, Order>();
  const ofSubs = new Map<string, Order>();
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
      if (order.sub_mch_id !== undefined) ofSubs.set(subKey(order.merchant.mch_id, order.out_trade_no), order);
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
    findOfSub(mch_id, out_trade_no) {
      const order = ofSubs.get(subKey(mch_id, out_trade_no));
      return order && current(order);
    },
    findMeant(caller, parameters) {
      const transaction_id = parameters.get('transaction_id');
      const order =
        transaction_id === undefined
          ? find(caller, parameters.get('out_trade_no') ?? '')
          : byTransaction.get(transaction_id);
      // For this caller, orders of other merchants and of its other mini programs do not exist.
      return order?.merchant === caller.merchant && order.sub_mch_id === caller.sub_mch_id ? order : undefined;
    },
    findPrepay(prepay_id) {
      const found = byPrepay.get(prepay_id);
      return found && { order: current(found.order), expiresMs: found.expiresMs };
    },
    all: () => [...byNumber.values()].map(current),
  };
}

/** Makes the copy of an order for callers. */
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
    ...(order.combination && { combine_out_trade_no: order.combination.combine_out_trade_no }),
    ...optional('attach'),
    ...optional('device_info'),
    ...optional('time_expire'),
    ...payment,
  };
}

/** Returns the members of a payment for query and notice. It is empty for an unpaid order. */
export function paymentFields(order: Order): Map<string, string | number> {
  if (order.payment === undefined) return new Map();
  const { openid, sub_openid, bank_type, cash_fee, transaction_id, time_end } = order.payment;
  const fields = new Map<string, string | number>([
    ['openid', openid],
    // Newer pages of the manual: always N.
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

/** Returns members of the order's call that query and notice repeat. */
export function repeatedFields(order: Order, names: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const name of names) {
    const value = order.request.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  return fields;
}

/**
 * Makes the key of an order. A number is unique for a merchant, or for each sub-merchant of a service provider. JSON separates
 * the parts safely.
 */
function numberKey({ merchant, sub_mch_id }: OrderOwner, out_trade_no: string): string {
  return JSON.stringify([merchant.mch_id, sub_mch_id ?? '', out_trade_no]);
}

function subKey(mch_id: string, out_trade_no: string): string {
  return JSON.stringify([mch_id, out_trade_no]);
}
