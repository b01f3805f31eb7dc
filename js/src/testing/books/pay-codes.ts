// Pay codes of both generations: how a scanned one ends, and the state of its order afterwards.

import type { Tell } from '../events.js';
import { own } from '../own.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Timers } from '../wire/timers.js';
import type { Order, OrderBook } from './orders.js';
import { newPayment } from './payments.js';

/** A scanned pay code. */
export interface Micropay {
  readonly appid: string;
  readonly mch_id: string;
  readonly out_trade_no: string;
  /** In fen. */
  readonly total_fee: number;
  /** The 18 digits from the payer's phone. */
  readonly auth_code: string;
}

/** The result of a pay code: paid at once, paid or failed after the password, or refused. */
export type MicropayDecision =
  | { result: 'SUCCESS' }
  /** The answer is USERPAYING. `afterMs` milliseconds later, by the gateway's clock, the order has this state. */
  | { result: 'USERPAYING'; afterMs: number; trade_state: 'SUCCESS' | 'PAYERROR' }
  /**
   * The answer has this `err_code`, such as `NOTENOUGH` or `SYSTEMERROR`. `trade_state` is the real state, which a query returns.
   * Default `PAYERROR`; `SUCCESS` means that the money was taken although the answer is an error.
   */
  | { result: 'FAIL'; err_code: string; err_code_des?: string; trade_state?: 'PAYERROR' | 'NOTPAY' | 'SUCCESS' };

/** Decides the result of a pay code. */
export type DecideMicropay = (payment: Micropay) => MicropayDecision;

/** The default decision: every code is paid at once. */
export const alwaysPaid: DecideMicropay = () => ({ result: 'SUCCESS' });

/** The order of a pay code, as its call names it. */
export type ScannedOrder = Pick<
  Order,
  'merchant' | 'sub_mch_id' | 'signType' | 'request' | 'json' | 'out_trade_no' | 'total_fee'
>;

/** The till. */
export interface Till {
  /** Books a new order, whose `request` has `auth_code`, and carries out what is decided. */
  scan(scanned: ScannedOrder): { readonly order: Order; readonly decision: MicropayDecision };
}

/** What the till needs. */
export interface TillParts {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly decideMicropay: DecideMicropay;
}

/** Makes the till. */
export function createTill(parts: TillParts): Till {
  const { orders, clock, timers, random, tell, decideMicropay } = parts;

  function pay(order: Order): void {
    orders.pay(order, newPayment(order, undefined, { clock, random }));
  }

  function carryOut(order: Order, decision: MicropayDecision): void {
    if (decision.result === 'USERPAYING') {
      order.trade_state = 'USERPAYING';
      timers.after(decision.afterMs, () => {
        // The order may be reversed by now.
        if (order.trade_state !== 'USERPAYING') return;
        if (decision.trade_state === 'SUCCESS') pay(order);
        else order.trade_state = 'PAYERROR';
      });
      return;
    }
    const { trade_state = 'PAYERROR' } = decision.result === 'FAIL' ? decision : { trade_state: 'SUCCESS' as const };
    if (trade_state === 'SUCCESS') pay(order);
    else order.trade_state = trade_state;
  }

  return {
    scan(scanned) {
      const order: Order = {
        ...scanned,
        trade_type: 'MICROPAY',
        createdMs: clock.now(),
        expiresMs: undefined,
        prepay: undefined,
        trade_state: 'NOTPAY',
      };
      orders.add(order);
      const { out_trade_no, total_fee } = order;
      const { appid, mch_id } = order.merchant;
      const auth_code = order.request.get('auth_code') ?? '';
      const decided = decideMicropay({ appid, mch_id, out_trade_no, total_fee, auth_code });
      const decision = own(decided, DECISION_MEMBERS);
      carryOut(order, decision);
      tell({ type: 'micropay', mch_id, out_trade_no, total_fee, trade_state: order.trade_state });
      return { order, decision };
    },
  };
}

const DECISION_MEMBERS = ['result', 'afterMs', 'trade_state', 'err_code', 'err_code_des'] as const;

/** A pay code of WeChat's: 18 digits, the first two 10 to 15 (manual: 付款码支付, auth_code). */
export const PAY_CODE = /^1[0-5]\d{16}$/;
