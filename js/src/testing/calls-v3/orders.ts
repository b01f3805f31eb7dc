// 查询订单 and 关闭订单: GET /v3/pay/transactions/id/{transaction_id}, GET and POST /v3/pay/transactions/out-trade-no/… (docs).

import { orderMembers } from '../books/members-v3.js';
import type { Merchant } from '../books/merchants.js';
import type { Order, OrderBook } from '../books/orders.js';
import type { Tell } from '../events.js';
import { MCHID, OUT_TRADE_NO, TRANSACTION_ID } from './common-fields.js';
import { object } from './fields.js';
import { NEEDS_REVERSE, NO_SUCH_ORDER, OVER, PAID_ALREADY, problem } from './problems.js';
import type { V3Outcome, V3Route } from './v3-api.js';

/** The calls that ask for an order by either number, and the one that closes it. */
export function orderRoutes(parts: { readonly orders: OrderBook; readonly tell: Tell }): V3Route[] {
  const { orders, tell } = parts;
  const find = (merchant: Merchant, out_trade_no = '') =>
    orders.find({ merchant, sub_mch_id: undefined }, out_trade_no);

  function show(order: Order | undefined): V3Outcome {
    if (order === undefined) return problem('ORDER_NOT_EXIST', '订单不存在', NO_SUCH_ORDER);
    const { merchant, out_trade_no, trade_state } = order;
    tell({ type: 'query', mch_id: merchant.mch_id, out_trade_no, trade_state });
    return { body: orderMembers(order) };
  }

  return [
    {
      method: 'GET',
      path: '/v3/pay/transactions/id/{transaction_id}',
      values: { transaction_id: TRANSACTION_ID },
      query: { mchid: MCHID },
      endpoint({ merchant, path }) {
        const order = orders.findPaid(path.transaction_id ?? '');
        const isOwn = order?.merchant.mch_id === merchant.mch_id && order.sub_mch_id === undefined;
        return show(isOwn ? order : undefined);
      },
    },
    {
      method: 'GET',
      path: '/v3/pay/transactions/out-trade-no/{out_trade_no}',
      values: { out_trade_no: OUT_TRADE_NO },
      query: { mchid: MCHID },
      endpoint: ({ merchant, path }) => show(find(merchant, path.out_trade_no)),
    },
    {
      method: 'POST',
      path: '/v3/pay/transactions/out-trade-no/{out_trade_no}/close',
      values: { out_trade_no: OUT_TRADE_NO },
      body: object({ mchid: MCHID }),
      endpoint({ merchant, path }) {
        const order = find(merchant, path.out_trade_no);
        // The docs of this call list no code for a strange number but this one.
        if (order === undefined) return problem('INVALID_REQUEST', '订单不存在', NO_SUCH_ORDER);
        const { trade_state, out_trade_no } = order;
        if (trade_state === 'SUCCESS' || trade_state === 'REFUND') {
          return problem('ORDER_PAID', '该订单已支付', PAID_ALREADY);
        }
        if (order.trade_type === 'MICROPAY') {
          return problem('INVALID_REQUEST', '付款码订单不能关闭，请调用撤销接口', NEEDS_REVERSE);
        }
        if (trade_state !== 'NOTPAY' && trade_state !== 'CLOSED') return problem('TRADE_ERROR', '订单状态错误', OVER);
        // To close again is harmless.
        if (trade_state === 'NOTPAY') {
          order.trade_state = 'CLOSED';
          tell({ type: 'close', mch_id: merchant.mch_id, out_trade_no });
        }
        return {};
      },
    },
  ];
}
