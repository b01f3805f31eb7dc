// 查询订单: /pay/orderquery (manual: 查询订单, mini program).

import { type Order, type OrderBook, paymentFields, repeatedFields, TRADE_STATE_WORDS } from '../books/orders.js';
import type { Tell } from '../events.js';
import { done, refused } from './outcome.js';
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

/** Makes the endpoint that returns the state of an order. */
export function createOrderQuery(parts: { readonly orders: OrderBook; readonly tell: Tell }): PayEndpoint {
  const { orders, tell } = parts;

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES, ORDER_NUMBERS);
    if (problem !== undefined) return problem;
    const order = orders.findMeant(call, parameters);
    // Combined orders have a query of their own in APIv3.
    if (order === undefined || order.combination) return refused('ORDERNOTEXIST', '订单不存在');
    tell({
      type: 'query',
      mch_id: merchant.mch_id,
      out_trade_no: order.out_trade_no,
      trade_state: order.trade_state,
    });
    return done(answerFields(order));
  };
}

const RULES: readonly ParameterRule[] = [NONCE_STR, TRANSACTION_ID, { ...OUT_TRADE_NO, required: never }];

/** The fields of an answer. The manual promises only number and `attach` of an unpaid order, so there is no amount. */
function answerFields(order: Order): Map<string, string | number> {
  const fields = new Map<string, string | number>([
    ['trade_state', order.trade_state],
    ['trade_state_desc', TRADE_STATE_WORDS[order.trade_state]],
    ['out_trade_no', order.out_trade_no],
  ]);
  for (const [name, value] of repeatedFields(order, ['attach', 'device_info'])) fields.set(name, value);
  for (const [name, value] of paymentFields(order)) fields.set(name, value);
  return fields;
}
