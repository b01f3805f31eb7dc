// 申请退款 and 查询单笔退款: POST /v3/refund/domestic/refunds, GET /v3/refund/domestic/refunds/{out_refund_no} (docs).

import { isDeepStrictEqual } from 'node:util';
import type { Merchants } from '../books/merchants.js';
import type { Order, OrderBook, OrderOwner } from '../books/orders.js';
import { MOST_REFUNDS, type Refunding, type RefundObstacle } from '../books/refunding.js';
import type { Refund, RefundBook } from '../books/refunds.js';
import type { Tell } from '../events.js';
import type { JsonObject } from '../wire/json.js';
import { formatRfc3339 } from '../wire/rfc3339.js';
import { AMOUNT, CURRENCY, MCHID, notifyUrl, OUT_REFUND_NO, OUT_TRADE_NO, TRANSACTION_ID } from './common-fields.js';
import { brokenRule, integer, list, object, oneOf, text } from './fields.js';
import { judgeSub, lookUp, ownerOf } from './partner.js';
import { fieldProblem, NO_SUB_MCHID, OTHER_PARAMETERS, problem, type V3Problem } from './problems.js';
import type { V3Outcome, V3Route } from './v3-api.js';

/** What the calls need. */
export interface RefundRouteParts {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly refunding: Refunding;
  readonly tell: Tell;
}

/** The call that asks for a refund, and the one that queries it. */
export function refundRoutes(parts: RefundRouteParts & { readonly merchants: Merchants }): V3Route[] {
  const { refunds, tell } = parts;
  const judge = ({ merchant, sub_mch_id }: OrderOwner) => judgeSub(parts.merchants, merchant.mch_id, sub_mch_id);
  return [
    {
      method: 'POST',
      path: REFUNDS,
      body: BODY,
      endpoint(call) {
        const owner = ownerOf(call);
        return judge(owner) ?? refundV3(parts, owner, call.body);
      },
    },
    {
      method: 'GET',
      path: `${REFUNDS}/{out_refund_no}`,
      values: { out_refund_no: OUT_REFUND_NO },
      optionalQuery: { sub_mchid: MCHID },
      endpoint(call) {
        const owner = ownerOf(call);
        const foreign = judge(owner);
        if (foreign !== undefined) return foreign;
        const refund = refunds.find(owner, call.path.out_refund_no ?? '');
        if (refund === undefined) return needsSub(owner) ?? problem('RESOURCE_NOT_EXISTS', '退款单不存在');
        const { out_trade_no } = refund.order;
        tell({ type: 'refundquery', mch_id: owner.merchant.mch_id, out_trade_no, refund_count: 1 });
        return { body: refundObject(refund) };
      },
    },
  ];
}

/** Takes a refund. The answer says that it was taken, and not that the money is back. */
export function refundV3(parts: RefundRouteParts, owner: OrderOwner, body: JsonObject): V3Outcome {
  const { refunds, refunding, tell } = parts;
  // A refund by hand comes without the checks of a call.
  const broken = brokenRule(body, BODY);
  if (broken !== undefined) return fieldProblem({ ...broken, location: 'body' }, broken.inner);
  const sent = body as unknown as RefundBody;
  const { out_refund_no, amount } = sent;
  const order = findOrder(parts.orders, owner, sent);
  if (typeof order === 'string') return fieldProblem({ field: '', issue: order, location: 'body', value: '' });
  if (order === undefined) return needsSub(owner) ?? problem('RESOURCE_NOT_EXISTS', '订单不存在');
  if ('code' in order) return order;
  const earlier = refunds.find(owner, out_refund_no);
  const refusal = earlier ? judgeRepeat(earlier, order, body) : judgeNew(refunding, order, amount);
  if (refusal !== undefined) return refusal;
  const refund_fee = amount.refund;
  const refund =
    earlier ?? refunding.take({ order, request: flatten(order, sent), json: body, out_refund_no, refund_fee });
  const { out_trade_no } = order;
  const repeated = earlier !== undefined;
  tell({ type: 'refund', mch_id: owner.merchant.mch_id, out_trade_no, out_refund_no, refund_fee, repeated });
  return { body: refundObject(refund) };
}

/** The path of refunds. */
export const REFUNDS = '/v3/refund/domestic/refunds';

interface RefundBody {
  readonly transaction_id?: string;
  readonly out_trade_no?: string;
  readonly out_refund_no: string;
  readonly reason?: string;
  readonly notify_url?: string;
  readonly funds_account?: string;
  readonly amount: Amount;
}

interface Amount {
  readonly total: number;
  readonly refund: number;
}

const GOODS = object(
  { merchant_goods_id: text(32), unit_price: integer(), refund_amount: integer(), refund_quantity: integer(1) },
  { wechatpay_goods_id: text(32), goods_name: text(256) },
);

const SOURCE = object({ account: oneOf('AVAILABLE', 'UNAVAILABLE'), amount: integer(1) });

const BODY = object(
  {
    out_refund_no: OUT_REFUND_NO,
    amount: object({ refund: AMOUNT, total: AMOUNT, currency: CURRENCY }, { from: list(SOURCE, 100) }),
  },
  {
    transaction_id: TRANSACTION_ID,
    out_trade_no: OUT_TRADE_NO,
    sub_mchid: MCHID,
    reason: text(80),
    notify_url: notifyUrl(256),
    funds_account: oneOf('AVAILABLE'),
    goods_detail: list(GOODS, 6000),
  },
);

/** The order that is meant, or what is wrong with its numbers. */
function findOrder(orders: OrderBook, owner: OrderOwner, sent: RefundBody): Order | V3Problem | string | undefined {
  const { transaction_id, out_trade_no } = sent;
  if ((transaction_id === undefined) === (out_trade_no === undefined)) {
    return 'should have either transaction_id or out_trade_no';
  }
  return lookUp(orders, owner, sent);
}

/** A provider who finds nothing of his own has left out whom he acts for. */
function needsSub({ merchant, sub_mch_id }: OrderOwner): V3Problem | undefined {
  if (sub_mch_id !== undefined || merchant.sub_merchants === undefined) return undefined;
  return problem('PARAM_ERROR', '受理机构必须传入sub_mchid', NO_SUB_MCHID);
}

function judgeNew(refunding: Refunding, order: Order, { total, refund }: Amount): V3Problem | undefined {
  const obstacle = refunding.judge(order, total, refund);
  if (obstacle !== 'more than the order') return obstacle && problem('INVALID_REQUEST', OBSTACLES[obstacle]);
  const issue = 'should not be more than amount.total';
  return fieldProblem({ field: '/amount/refund', issue, location: 'body', value: refund });
}

const MISMATCH = '订单金额或退款金额与之前请求不一致，请核实后再试';

const OBSTACLES: Record<Exclude<RefundObstacle, 'more than the order'>, string> = {
  'not paid': '订单未支付，不能退款',
  'too late': '订单已经超过可退款的最大期限',
  'another total': MISMATCH,
  'all refunded': '订单已全额退款',
  'more than is left': '累计退款金额大于支付金额',
  'too many refunds': `部分退款次数超过 ${MOST_REFUNDS} 次`,
};

/** A number that was used before means the same refund again, or it is an error: never a second refund. */
function judgeRepeat(earlier: Refund, order: Order, body: JsonObject): V3Problem | undefined {
  const { amount } = body as unknown as RefundBody;
  const isSame =
    earlier.order === order &&
    earlier.refund_fee === amount.refund &&
    order.total_fee === amount.total &&
    (earlier.json === undefined || isDeepStrictEqual(withoutNumbers(earlier.json), withoutNumbers(body)));
  return isSame ? undefined : problem('INVALID_REQUEST', MISMATCH, OTHER_PARAMETERS);
}

/** The order may be named by its other number. */
function withoutNumbers({ transaction_id: _, out_trade_no: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** The refund in the words of APIv2, which the books and the bills have. */
function flatten(order: Order, sent: RefundBody): Map<string, string> {
  const fields: [string, string | undefined][] = [
    ['appid', order.merchant.appid],
    ['mch_id', order.merchant.mch_id],
    ['sub_mch_id', order.sub_mch_id],
    ['out_refund_no', sent.out_refund_no],
    ['total_fee', String(sent.amount.total)],
    ['refund_fee', String(sent.amount.refund)],
    ['refund_desc', sent.reason],
    ['notify_url', sent.notify_url],
    ['refund_account', sent.funds_account && RECHARGED],
  ];
  return new Map(fields.filter((field): field is [string, string] => field[1] !== undefined));
}

/** `AVAILABLE` in the words of APIv2. */
const RECHARGED = 'REFUND_SOURCE_RECHARGE_FUNDS';

/** A refund as every call shows it, whichever generation took it. */
export function refundObject(refund: Refund): JsonObject {
  const { order, request, refund_id, out_refund_no, refund_fee, refund_status, createdMs, successMs, receiver } =
    refund;
  const paid = order.payment?.cash_fee ?? 0;
  return {
    refund_id,
    out_refund_no,
    transaction_id: order.payment?.transaction_id,
    out_trade_no: order.out_trade_no,
    channel: receiver?.channel ?? 'ORIGINAL',
    user_received_account: receiver?.account ?? '支付用户零钱',
    ...(successMs !== undefined && { success_time: formatRfc3339(successMs) }),
    create_time: formatRfc3339(createdMs),
    status: refund_status,
    funds_account: request.get('refund_account') === RECHARGED ? 'AVAILABLE' : 'UNSETTLED',
    amount: {
      total: order.total_fee,
      refund: refund_fee,
      from: [],
      payer_total: paid,
      payer_refund: refund_fee,
      settlement_refund: refund_fee,
      settlement_total: order.total_fee,
      discount_refund: 0,
      currency: 'CNY',
      refund_fee: 0,
    },
    promotion_detail: [],
  };
}
