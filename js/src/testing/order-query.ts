// 查询订单: /pay/orderquery (manual: 查询订单, mini program).

import type { Tell } from './events.js';
import { type Order, type OrderBook, paymentFields } from './orders.js';
import { done, failed, refused } from './outcome.js';
import { always, checkParameters, NONCE_STR, never, OUT_TRADE_NO, type ParameterRule } from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint that tells the state of an order. */
export function createOrderQuery(parts: { readonly orders: OrderBook; readonly tell: Tell }): PayEndpoint {
  const { orders, tell } = parts;

  return ({ merchant, parameters }) => {
    const problem = checkParameters(parameters, RULES);
    if (problem !== undefined) return problem;
    const transaction_id = parameters.get('transaction_id');
    const out_trade_no = parameters.get('out_trade_no');
    if (transaction_id === undefined && out_trade_no === undefined) {
      return failed('缺少参数 transaction_id 或 out_trade_no');
    }
    // WeChat's own number wins where both are sent.
    const order =
      transaction_id === undefined ? orders.find(merchant.mch_id, out_trade_no ?? '') : orders.findPaid(transaction_id);
    // An order of another merchant, or of another mini program of the same merchant, does not exist for this one.
    if (order?.merchant !== merchant) return refused('ORDERNOTEXIST', '订单不存在');
    tell({
      type: 'query',
      mch_id: merchant.mch_id,
      out_trade_no: order.out_trade_no,
      trade_state: order.trade_state,
    });
    return done(answerFields(order));
  };
}

const RULES: readonly ParameterRule[] = [
  { name: 'nonce_str', required: always, form: NONCE_STR },
  { name: 'out_trade_no', required: never, form: OUT_TRADE_NO },
];

const DESCRIPTIONS = { NOTPAY: '订单未支付', SUCCESS: '支付成功', CLOSED: '订单已关闭' };

/** Of an order that is not paid the manual promises its number and `attach`, so a caller gets no amount to rely on. */
function answerFields(order: Order): Map<string, string | number> {
  const fields = new Map<string, string | number>([
    ['trade_state', order.trade_state],
    ['trade_state_desc', DESCRIPTIONS[order.trade_state]],
    ['out_trade_no', order.out_trade_no],
  ]);
  for (const name of ['attach', 'device_info']) {
    const value = order.request.get(name);
    if (value !== undefined) fields.set(name, value);
  }
  for (const [name, value] of paymentFields(order)) fields.set(name, value);
  return fields;
}
