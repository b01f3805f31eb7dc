// 查询订单: /pay/orderquery (manual: 查询订单, mini program).

import { type Order, type OrderBook, paymentFields, repeatedFields, type TradeState } from '../books/orders.js';
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
    if (order === undefined) return refused('ORDERNOTEXIST', '订单不存在');
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

const DESCRIPTIONS: Record<TradeState, string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  CLOSED: '订单已关闭',
  USERPAYING: '需要用户输入支付密码',
  PAYERROR: '支付失败，请重新下单支付',
  REVOKED: '订单已撤销',
};

/** The members for an unpaid order. The manual promises only its number and `attach`, so there is no amount. */
function answerFields(order: Order): Map<string, string | number> {
  const fields = new Map<string, string | number>([
    ['trade_state', order.trade_state],
    ['trade_state_desc', DESCRIPTIONS[order.trade_state]],
    ['out_trade_no', order.out_trade_no],
  ]);
  for (const [name, value] of repeatedFields(order, ['attach', 'device_info'])) fields.set(name, value);
  for (const [name, value] of paymentFields(order)) fields.set(name, value);
  return fields;
}
