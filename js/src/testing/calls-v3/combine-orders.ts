// 合单查询订单 and 合单关闭订单: GET and POST /v3/combine-transactions/out-trade-no/… (docs).

import { stateOf } from '../books/combinations.js';
import { combinationMembers } from '../books/members-v3.js';
import type { Combination } from '../books/orders.js';
import type { CombineParts } from './combine.js';
import { CLOSE_BODY, type SentClose } from './combine-fields.js';
import { OUT_TRADE_NO } from './common-fields.js';
import { NO_SUCH_ORDER, PAID_ALREADY, problem } from './problems.js';
import type { V3Call, V3Route } from './v3-api.js';

/** The calls that query and close combined orders. */
export function combineOrderRoutes({ orders, combinations, tell }: CombineParts): V3Route[] {
  const find = ({ merchant, path }: V3Call) => combinations.find(merchant.mch_id, path.combine_out_trade_no ?? '');
  return [
    {
      method: 'GET',
      path: PATH,
      values: { combine_out_trade_no: OUT_TRADE_NO },
      endpoint(call) {
        const combination = find(call);
        if (combination === undefined) return problem('ORDER_NOT_EXIST', '订单不存在', NO_SUCH_ORDER);
        const { merchant, combine_out_trade_no: out_trade_no } = combination;
        tell({ type: 'query', mch_id: merchant.mch_id, out_trade_no, trade_state: stateOf(combination, orders) });
        return { body: combinationMembers(combination) };
      },
    },
    {
      method: 'POST',
      path: `${PATH}/close`,
      values: { combine_out_trade_no: OUT_TRADE_NO },
      body: CLOSE_BODY,
      endpoint(call) {
        const combination = find(call);
        if (combination === undefined) return problem('INVALID_REQUEST', '订单不存在', NO_SUCH_ORDER);
        // The rules of the body were checked before.
        if (!isWhole(combination, call.body as unknown as SentClose)) {
          return problem('TRADE_ERROR', '合单信息与下单时不一致：子单须与下单时完全相同');
        }
        const state = stateOf(combination, orders);
        if (state === 'SUCCESS' || state === 'REFUND') return problem('ORDER_PAID', '该订单已支付', PAID_ALREADY);
        // To close again is harmless.
        if (state === 'CLOSED') return {};
        for (const order of combination.orders) order.trade_state = 'CLOSED';
        const { merchant, combine_out_trade_no: out_trade_no } = combination;
        tell({ type: 'close', mch_id: merchant.mch_id, out_trade_no });
        return {};
      },
    },
  ];
}

const PATH = '/v3/combine-transactions/out-trade-no/{combine_out_trade_no}';

/** Whether a call repeats each of the orders, in any sequence, and no other. */
function isWhole({ merchant, orders }: Combination, { combine_appid, sub_orders }: SentClose): boolean {
  const key = (...members: readonly (string | undefined)[]) => JSON.stringify(members);
  const placed = orders.map((one) =>
    key(one.merchant.mch_id, one.out_trade_no, one.sub_mch_id, one.request.get('sub_appid')),
  );
  const named = sub_orders.map((one) => key(one.mchid, one.out_trade_no, one.sub_mchid, one.sub_appid));
  return combine_appid === merchant.appid && placed.sort().join() === named.sort().join();
}
