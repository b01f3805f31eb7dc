// 付款码支付: /pay/micropay (manual: 付款码支付).

import { type Order, type OrderBook, paymentFields, repeatedFields } from '../books/orders.js';
import { newPayment } from '../books/payments.js';
import type { Tell } from '../events.js';
import { own } from '../own.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Timers } from '../wire/timers.js';
import { type CallOutcome, done, refused } from './outcome.js';
import {
  AMOUNT,
  always,
  BODY,
  checkParameters,
  FEE_TYPE,
  IP_ADDRESS,
  judgeExpiry,
  MORE,
  NONCE_STR,
  never,
  OUT_TRADE_NO,
  PAY_CODE,
  type ParameterRule,
  TIME,
} from './parameters.js';
import type { PayCall, PayEndpoint } from './pay-api.js';

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

/** The parts of the endpoint. */
export interface MicropayParts {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly decideMicropay: DecideMicropay;
}

/** Makes the endpoint for payments by the code on the payer's phone. They have no notice. */
export function createMicropay(parts: MicropayParts): PayEndpoint {
  const { orders, clock, timers, random, tell, decideMicropay } = parts;

  function book(call: PayCall): Order {
    const { merchant, sub_mch_id, signType, parameters } = call;
    const order: Order = {
      merchant,
      sub_mch_id,
      signType,
      request: parameters,
      trade_type: 'MICROPAY',
      out_trade_no: parameters.get('out_trade_no') ?? '',
      total_fee: Number(parameters.get('total_fee')),
      createdMs: clock.now(),
      expiresMs: undefined,
      prepay: undefined,
      trade_state: 'NOTPAY',
    };
    orders.add(order);
    return order;
  }

  function pay(order: Order): void {
    orders.pay(order, newPayment(order, undefined, { clock, random }));
  }

  function carryOut(order: Order, decision: MicropayDecision): CallOutcome {
    if (decision.result === 'USERPAYING') {
      order.trade_state = 'USERPAYING';
      timers.after(decision.afterMs, () => {
        // The order may be reversed by now.
        if (order.trade_state !== 'USERPAYING') return;
        if (decision.trade_state === 'SUCCESS') pay(order);
        else order.trade_state = 'PAYERROR';
      });
      return USERPAYING;
    }
    const { trade_state = 'PAYERROR' } = decision.result === 'FAIL' ? decision : { trade_state: 'SUCCESS' as const };
    if (trade_state === 'SUCCESS') pay(order);
    else order.trade_state = trade_state;
    if (decision.result === 'FAIL') return refused(decision.err_code, decision.err_code_des ?? '支付失败');
    const fields = new Map<string, string | number>([...paymentFields(order), ['out_trade_no', order.out_trade_no]]);
    for (const [name, value] of repeatedFields(order, ['attach'])) fields.set(name, value);
    return done(fields);
  }

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES) ?? judgeExpiry(parameters, clock.now());
    if (problem !== undefined) return problem;
    const auth_code = parameters.get('auth_code') ?? '';
    if (!PAY_CODE.test(auth_code)) return refused('AUTH_CODE_INVALID', '请扫描微信支付被扫条码/二维码');
    const earlier = orders.find(call, parameters.get('out_trade_no') ?? '');
    if (earlier !== undefined) return judgeRepeat(earlier, call, auth_code);
    const { appid, mch_id } = merchant;
    const order = book(call);
    const { out_trade_no, total_fee } = order;
    const decision = decideMicropay({ appid, mch_id, out_trade_no, total_fee, auth_code });
    const outcome = carryOut(order, own(decision, DECISION_MEMBERS));
    tell({ type: 'micropay', mch_id, out_trade_no, total_fee, trade_state: order.trade_state });
    return outcome;
  };
}

/** The default decision: every code is paid at once. */
export const alwaysPaid: DecideMicropay = () => ({ result: 'SUCCESS' });

const DECISION_MEMBERS = ['result', 'afterMs', 'trade_state', 'err_code', 'err_code_des'] as const;

const USERPAYING = refused('USERPAYING', '需要用户输入支付密码');

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  BODY,
  ...MORE,
  { ...OUT_TRADE_NO, required: always },
  { name: 'total_fee', required: always, form: AMOUNT },
  { ...IP_ADDRESS, required: always },
  { name: 'auth_code', required: always, longest: 128 },
  { name: 'fee_type', required: never, form: FEE_TYPE },
  { name: 'time_start', required: never, form: TIME },
  { name: 'time_expire', required: never, form: TIME },
];

/** Refuses a number that was used before. A number works once; then the caller queries, or uses another. */
function judgeRepeat(earlier: Order, call: PayCall, auth_code: string): CallOutcome {
  if (earlier.merchant !== call.merchant) return refused('OUT_TRADE_NO_USED', '商户订单号重复');
  if (earlier.trade_state === 'SUCCESS' || earlier.trade_state === 'REFUND') {
    return refused('ORDERPAID', '该订单已支付');
  }
  if (earlier.trade_state === 'CLOSED') return refused('ORDERCLOSED', '该订单已关闭');
  if (earlier.trade_state === 'REVOKED') return refused('ORDERREVERSED', '该订单已撤销');
  const samePayer = earlier.request.get('auth_code') === auth_code;
  if (earlier.trade_state === 'USERPAYING' && samePayer) return USERPAYING;
  return refused('OUT_TRADE_NO_USED', '商户订单号重复');
}
