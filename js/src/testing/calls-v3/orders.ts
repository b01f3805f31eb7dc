// 查询订单 and 关闭订单, direct and for sub-merchants: by transaction_id, by out_trade_no, and …/close (docs).

import { orderMembers } from '../books/members-v3.js';
import type { Merchants } from '../books/merchants.js';
import type { Order, OrderBook } from '../books/orders.js';
import type { Tell } from '../events.js';
import { OUT_TRADE_NO, TRANSACTION_ID } from './common-fields.js';
import { object } from './fields.js';
import { judgeSub, lookUp, ownerOf, PARTIES, type Party } from './partner.js';
import { NEEDS_REVERSE, NO_SUCH_ORDER, OVER, PAID_ALREADY, problem, type V3Problem } from './problems.js';
import type { V3Call, V3Outcome, V3Route } from './v3-api.js';

/** What the calls need. */
export interface OrderRouteParts {
  readonly orders: OrderBook;
  readonly merchants: Merchants;
  readonly tell: Tell;
}

/** The calls that ask for an order by either number, and the one that closes it. */
export function orderRoutes(parts: OrderRouteParts): V3Route[] {
  return PARTIES.flatMap((party) => routesOf(party, parts));
}

function routesOf({ under, numbers }: Party, { orders, merchants, tell }: OrderRouteParts): V3Route[] {
  /** The caller's order of either number. Combined orders have calls of their own. */
  function find(call: V3Call): Order | V3Problem | undefined {
    const owner = ownerOf(call);
    const problem = judgeSub(merchants, owner.merchant.mch_id, owner.sub_mch_id);
    const found = problem ?? lookUp(orders, owner, call.path);
    return found !== undefined && 'combination' in found && found.combination !== undefined ? undefined : found;
  }

  function show(call: V3Call): V3Outcome {
    const order = find(call);
    if (order === undefined) return problem('ORDER_NOT_EXIST', '订单不存在', NO_SUCH_ORDER);
    if ('code' in order) return order;
    const { merchant, out_trade_no, trade_state } = order;
    tell({ type: 'query', mch_id: merchant.mch_id, out_trade_no, trade_state });
    return { body: orderMembers(order) };
  }

  return [
    {
      method: 'GET',
      path: `${under}/id/{transaction_id}`,
      values: { transaction_id: TRANSACTION_ID },
      query: numbers,
      endpoint: show,
    },
    {
      method: 'GET',
      path: `${under}/out-trade-no/{out_trade_no}`,
      values: { out_trade_no: OUT_TRADE_NO },
      query: numbers,
      endpoint: show,
    },
    {
      method: 'POST',
      path: `${under}/out-trade-no/{out_trade_no}/close`,
      values: { out_trade_no: OUT_TRADE_NO },
      body: object(numbers),
      endpoint(call) {
        const order = find(call);
        // The docs of this call list no code for a strange number but this one.
        if (order === undefined) return problem('INVALID_REQUEST', '订单不存在', NO_SUCH_ORDER);
        if ('code' in order) return order;
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
          tell({ type: 'close', mch_id: order.merchant.mch_id, out_trade_no });
        }
        return {};
      },
    },
  ];
}
