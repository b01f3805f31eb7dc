// 撤销订单: /secapi/pay/reverse (manual: 撤销订单).

import type { Order, OrderBook } from '../books/orders.js';
import { newRefundId } from '../books/payments.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { type CallOutcome, done, refused } from './outcome.js';
import {
  checkParameters,
  NONCE_STR,
  never,
  ORDER_NUMBERS,
  OUT_TRADE_NO,
  type ParameterRule,
  TRANSACTION_ID,
} from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint that reverses a pay-code order. An unpaid one is closed; the money of a paid one is returned. */
export function createReverse(parts: {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
}): PayEndpoint {
  const { orders, clock, random, tell } = parts;

  /** Returns why the order cannot be reversed, or undefined. */
  function judge(order: Order): CallOutcome | undefined {
    if (order.trade_type !== 'MICROPAY') return refused('TRADE_ERROR', '只有付款码支付的订单可以撤销', FINAL);
    if (order.trade_state === 'REFUND') return refused('TRADE_ERROR', '订单已发生退款，不能撤销', FINAL);
    const ageMs = clock.now() - order.createdMs;
    if (ageMs > LATEST_MS) return refused('REVERSE_EXPIRE', '订单超过可撤销的期限，请申请退款', FINAL);
    // The manual has the rule but no code for it. Of the answers of this call, "call again" is the one that helps.
    if (ageMs < EARLIEST_MS) return refused('SYSTEMERROR', '支付后 15 秒内不能撤销，请稍后再次调用', CALL_AGAIN);
    return undefined;
  }

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES, ORDER_NUMBERS);
    if (problem !== undefined) return problem;
    const order = orders.findMeant(call, parameters);
    if (order === undefined) {
      return parameters.has('transaction_id')
        ? refused('INVALID_TRANSACTIONID', '无效 transaction_id', FINAL)
        : refused('TRADE_ERROR', '订单不存在', FINAL);
    }
    const { out_trade_no } = order;
    const reversed = order.trade_state === 'REVOKED';
    const refusal = reversed ? undefined : judge(order);
    const recall = refusal?.kind === 'refused' && refusal.fields === CALL_AGAIN ? 'Y' : 'N';
    tell({ type: 'reverse', mch_id: merchant.mch_id, out_trade_no, recall });
    if (refusal !== undefined) return refusal;
    if (!reversed) {
      if (order.trade_state === 'SUCCESS') {
        order.reversal = { refund_id: newRefundId({ clock, random }), timeMs: clock.now() };
      }
      order.trade_state = 'REVOKED';
    }
    return done(FINAL);
  };
}

/** An order can be reversed from 15 seconds to 7 days after the call that placed it (manual: 撤销订单). */
const EARLIEST_MS = 15 * 1000;
const LATEST_MS = 7 * 24 * 60 * 60 * 1000;

const FINAL = new Map([['recall', 'N']]);
const CALL_AGAIN = new Map([['recall', 'Y']]);

const RULES: readonly ParameterRule[] = [NONCE_STR, TRANSACTION_ID, { ...OUT_TRADE_NO, required: never }];
