// 撤销订单: /secapi/pay/reverse (manual: 撤销订单).

import type { OrderBook } from '../books/orders.js';
import { type ReverseObstacle, reverseOrder } from '../books/reversing.js';
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
    const obstacle = reverseOrder(order, { clock, random });
    const recall = obstacle === 'too early' ? 'Y' : 'N';
    tell({ type: 'reverse', mch_id: merchant.mch_id, out_trade_no, recall });
    return obstacle === undefined ? done(FINAL) : REFUSALS[obstacle];
  };
}

const FINAL = new Map([['recall', 'N']]);
const CALL_AGAIN = new Map([['recall', 'Y']]);

const REFUSALS: Record<ReverseObstacle, CallOutcome> = {
  'not by pay code': refused('TRADE_ERROR', '只有付款码支付的订单可以撤销', FINAL),
  refunded: refused('TRADE_ERROR', '订单已发生退款，不能撤销', FINAL),
  'too late': refused('REVERSE_EXPIRE', '订单超过可撤销的期限，请申请退款', FINAL),
  // The manual has the rule but no code for it. Of the answers of this call, "call again" is the one that helps.
  'too early': refused('SYSTEMERROR', '支付后 15 秒内不能撤销，请稍后再次调用', CALL_AGAIN),
};

const RULES: readonly ParameterRule[] = [NONCE_STR, TRANSACTION_ID, { ...OUT_TRADE_NO, required: never }];
