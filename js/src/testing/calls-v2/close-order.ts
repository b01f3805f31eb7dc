// 关闭订单: /pay/closeorder (manual: 关闭订单, mini program).

import type { OrderBook } from '../books/orders.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import { done, refused } from './outcome.js';
import { always, checkParameters, NONCE_STR, OUT_TRADE_NO, type ParameterRule } from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint that closes an unpaid order. */
export function createCloseOrder(parts: {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly tell: Tell;
}): PayEndpoint {
  const { orders, clock, tell } = parts;

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES);
    if (problem !== undefined) return problem;
    const out_trade_no = parameters.get('out_trade_no') ?? '';
    const order = orders.find(call, out_trade_no);
    // Combined orders are closed together, in APIv3.
    if (order?.merchant !== merchant || order.combination) return refused('ORDERNOTEXIST', '订单不存在');
    if (order.trade_state === 'SUCCESS' || order.trade_state === 'REFUND')
      return refused('ORDERPAID', '订单已支付，不能关闭');
    if (order.trade_state === 'CLOSED') return refused('ORDERCLOSED', '订单已关闭');
    // A pay-code order is reversed, not closed.
    if (order.trade_state !== 'NOTPAY') return refused('TRADE_STATE_ERROR', '订单状态错误，付款码订单请撤销');
    // The manual has the rule but no code for it. TRADE_STATE_ERROR is the code of this call that says "not in this state".
    // The others would say that the order is paid or does not exist.
    if (clock.now() < order.createdMs + EARLIEST_CLOSE_MS) {
      return refused('TRADE_STATE_ERROR', '订单生成后不能马上关闭，最短间隔为 5 分钟');
    }
    order.trade_state = 'CLOSED';
    tell({ type: 'close', mch_id: merchant.mch_id, out_trade_no });
    return done();
  };
}

/** An order can be closed five minutes after it was placed (manual: 关闭订单). */
const EARLIEST_CLOSE_MS = 5 * 60 * 1000;

const RULES: readonly ParameterRule[] = [NONCE_STR, { ...OUT_TRADE_NO, required: always }];
