// 撤销: POST …/transactions/out-trade-no/{out_trade_no}/reverse, for pay-code orders (docs: 付款码支付, 撤销).

import { payeeMembers } from '../books/members-v3.js';
import type { Merchants } from '../books/merchants.js';
import type { OrderBook } from '../books/orders.js';
import { type ReverseObstacle, reverseOrder } from '../books/reversing.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { judgePermission } from './codepay.js';
import { OUT_TRADE_NO } from './common-fields.js';
import { object, text } from './fields.js';
import { judgeSub, lookUp, PARTIES } from './partner.js';
import { UNBOUND } from './placing-rules.js';
import { NO_SUCH_ORDER, problem, type V3Problem } from './problems.js';
import type { V3Outcome, V3Route } from './v3-api.js';

/** The calls that reverse a pay-code order. */
export function reverseRoutes(parts: {
  readonly merchants: Merchants;
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
}): V3Route[] {
  const { merchants, orders, tell } = parts;
  return PARTIES.map((party) => ({
    method: 'POST',
    path: `${party.under}/out-trade-no/{out_trade_no}/reverse`,
    values: { out_trade_no: OUT_TRADE_NO },
    body: object({ [party.appid]: text(32), ...party.numbers }, party.optional),
    endpoint({ merchant: { mch_id }, path, body }): V3Outcome {
      const named = (name: string) => (typeof body[name] === 'string' ? String(body[name]) : undefined);
      const found = merchants.identify(named(party.appid) ?? '', mch_id);
      if ('problem' in found) return UNBOUND;
      const { merchant } = found;
      const sub_mch_id = named('sub_mchid');
      const foreign = judgePermission(merchant) ?? judgeSub(merchants, mch_id, sub_mch_id, named('sub_appid'));
      if (foreign !== undefined) return foreign;
      const order = lookUp(orders, { merchant, sub_mch_id }, path);
      if (order === undefined) return problem('ORDER_NOT_EXIST', '订单不存在', NO_SUCH_ORDER);
      if ('code' in order) return order;
      const { out_trade_no } = order;
      const obstacle = reverseOrder(order, parts);
      tell({ type: 'reverse', mch_id, out_trade_no, recall: obstacle === 'too early' ? 'Y' : 'N' });
      if (obstacle !== undefined) return REFUSALS[obstacle];
      return { body: { ...payeeMembers(order), out_trade_no } };
    },
  }));
}

const REFUSALS: Record<ReverseObstacle, V3Problem> = {
  'not by pay code': problem('TRADE_ERROR', '只有付款码支付的订单可以撤销'),
  refunded: problem('TRADE_ERROR', '订单已发生退款，不能撤销'),
  'too late': problem('REVERSE_EXPIRE', '订单超过可撤销的期限，请申请退款'),
  // The docs list no code for it. Of the answers of this call, "call again" is the one that helps.
  'too early': problem('SYSTEM_ERROR', '支付后 15 秒内不能撤销，请稍后再次调用'),
};
