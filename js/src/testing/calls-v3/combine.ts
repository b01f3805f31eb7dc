// 合单下单: POST /v3/combine-transactions/{jsapi,app,h5,native}: several orders that are paid together or not at all (docs).

import { type CombinationBook, stateOf } from '../books/combinations.js';
import type { Merchant, Merchants } from '../books/merchants.js';
import type { Combination, Order, Prepay } from '../books/orders.js';
import { newPrepay } from '../books/payments.js';
import type { JsonObject } from '../wire/json.js';
import {
  combineBody,
  LEAST,
  MOST,
  MOST_OF_PROVIDER,
  type SentCombination,
  type SentSubOrder,
} from './combine-fields.js';
import { ORDER_KINDS, type OrderKind } from './order-kinds.js';
import type { OrderPlacingParts } from './order-placing.js';
import { judgeSub } from './partner.js';
import {
  expiry,
  expiryText,
  isSameCall,
  judgeRepeat,
  NUMBER_USED,
  NUMBER_USED_BY_SUB,
  OTHER_CALL,
  UNBOUND,
  wordsOf,
} from './placing-rules.js';
import { fieldProblem, NEEDS_OPENID, NO_SUB_MCHID, OUT_OF_RANGE, type V3Problem } from './problems.js';
import type { V3Call, V3Route } from './v3-api.js';

/** What the calls need. */
export interface CombineParts extends OrderPlacingParts {
  readonly combinations: CombinationBook;
}

/** The calls that place combined orders. */
export function combineRoutes(parts: CombineParts): V3Route[] {
  return ORDER_KINDS.map((kind) => routeOf(kind, parts));
}

function routeOf(kind: OrderKind, parts: CombineParts): V3Route {
  const { merchants, orders, combinations, clock, random, tell } = parts;
  const { lifeMs } = kind;

  function place(merchant: Merchant, sent: SentCombination, json: JsonObject): Combination | V3Problem {
    const wrong = judgePayer(kind, sent, parts) ?? judgeOrders(merchant, sent, parts);
    if (wrong !== undefined) return wrong;
    const prepay = newPrepay({ clock, random }, lifeMs);
    const combined: Order[] = [];
    const { combine_out_trade_no } = sent;
    const combination: Combination = { merchant, combine_out_trade_no, json, orders: combined };
    for (const one of sent.sub_orders) {
      const order = orderOf(one, { combination, kind, sent, prepay, nowMs: clock.now(), merchants });
      if ('code' in order) return order;
      combined.push(order);
    }
    for (const order of combined) orders.add(order);
    combinations.add(combination);
    return combination;
  }

  /** The combined orders that have the number, where they are the same and can still be paid. */
  function repeat(combination: Combination, json: JsonObject): Combination | V3Problem {
    const over = judgeRepeat(stateOf(combination, orders));
    if (over !== undefined) return over;
    const [first] = combination.orders;
    if (first?.trade_type !== kind.trade_type || !isSameCall(combination.json, json)) return OTHER_CALL;
    if (first.prepay === undefined || first.prepay.expiresMs <= clock.now()) {
      const prepay = newPrepay({ clock, random }, lifeMs);
      for (const order of combination.orders) orders.addPrepay(order, prepay);
    }
    return combination;
  }

  return {
    method: 'POST',
    path: `/v3/combine-transactions/${kind.name}`,
    body: combineBody(kind),
    endpoint({ merchant: { mch_id }, body }: V3Call) {
      // The rules of the body were checked before.
      const sent = body as unknown as SentCombination;
      const found = merchants.identify(sent.combine_appid, mch_id);
      if ('problem' in found) return UNBOUND;
      const out_trade_no = sent.combine_out_trade_no;
      const earlier = combinations.find(mch_id, out_trade_no);
      const combination = earlier ? repeat(earlier, body) : place(found.merchant, sent, body);
      if ('code' in combination) return combination;
      const prepay_id = combination.orders[0]?.prepay?.prepay_id ?? '';
      const total_fee = combination.orders.reduce((sum, order) => sum + order.total_fee, 0);
      tell({ type: 'order', mch_id, out_trade_no, total_fee, prepay_id, repeated: earlier !== undefined });
      return { body: kind.answer(prepay_id) };
    },
  };
}

/** A payer inside WeChat is named by his openid; one of a sub-merchant's mini program by `sub_openid` too. */
function judgePayer({ name }: OrderKind, sent: SentCombination, { isOfAnother }: CombineParts): V3Problem | undefined {
  const { openid, sub_openid } = sent.combine_payer_info ?? {};
  const wrong = (field: string, issue: string, value?: string, inner?: number) =>
    fieldProblem({ field, issue, location: 'body', value }, inner);
  if (name === 'jsapi' && openid === undefined && sub_openid === undefined) {
    return wrong('/combine_payer_info/openid', 'is required', undefined, NEEDS_OPENID);
  }
  const sub_appids = sent.sub_orders.flatMap(({ sub_appid }) => sub_appid ?? []);
  if (sub_openid !== undefined && sub_appids.length === 0) {
    return wrong('/combine_payer_info/sub_openid', 'needs a sub_appid in an order', sub_openid);
  }
  if (openid !== undefined && isOfAnother(sent.combine_appid, openid)) {
    return wrong('/combine_payer_info/openid', 'openid is not of this appid', openid);
  }
  if (sub_openid !== undefined && sub_appids.some((appid) => isOfAnother(appid, sub_openid))) {
    return wrong('/combine_payer_info/sub_openid', 'sub_openid is not of this appid', sub_openid);
  }
  return undefined;
}

/** The number of orders, and the number of each. */
function judgeOrders(
  { sub_merchants }: Merchant,
  { sub_orders }: SentCombination,
  { orders, merchants }: CombineParts,
): V3Problem | undefined {
  const [least, most] = sub_merchants === undefined ? [LEAST, MOST] : [1, MOST_OF_PROVIDER];
  if (sub_orders.length < least || sub_orders.length > most) {
    const issue = `should have ${least} to ${most} entries`;
    return fieldProblem({ field: '/sub_orders', issue, location: 'body', value: '' }, OUT_OF_RANGE);
  }
  const used = new Set<string>();
  for (const [index, { mchid, sub_mchid, sub_appid, out_trade_no }] of sub_orders.entries()) {
    const field = `/sub_orders/${index}`;
    const number = JSON.stringify([mchid, out_trade_no]);
    if (used.has(number)) {
      const issue = 'should be another number than those before';
      return fieldProblem({ field: `${field}/out_trade_no`, issue, location: 'body', value: out_trade_no });
    }
    used.add(number);
    if (sub_appid !== undefined && sub_mchid === undefined) {
      const sub = { field: `${field}/sub_mchid`, issue: 'is required with sub_appid', value: undefined };
      return fieldProblem({ ...sub, location: 'body' }, NO_SUB_MCHID);
    }
    const foreign = judgeSub(merchants, mchid, sub_mchid, sub_appid);
    if (foreign !== undefined) return foreign;
    const merchant = merchants.identifyByNumber(mchid);
    const owner = 'problem' in merchant ? undefined : { merchant: merchant.merchant, sub_mch_id: sub_mchid };
    if (owner && orders.find(owner, out_trade_no)) return NUMBER_USED;
    if (owner && orders.findOfSub(mchid, out_trade_no)) return NUMBER_USED_BY_SUB;
  }
  return undefined;
}

/** One of the orders. Its merchant is bound to the AppID of the whole. */
function orderOf(
  one: SentSubOrder,
  whole: {
    readonly combination: Combination;
    readonly kind: OrderKind;
    readonly sent: SentCombination;
    readonly prepay: Prepay;
    readonly nowMs: number;
    readonly merchants: Merchants;
  },
): Order | V3Problem {
  const { combination, kind, sent, prepay, nowMs, merchants } = whole;
  const { combine_appid, notify_url, time_expire, combine_payer_info, scene_info } = sent;
  const found = merchants.identify(combine_appid, one.mchid);
  if ('problem' in found) return UNBOUND;
  const { trade_type } = kind;
  const request = wordsOf({
    appid: combine_appid,
    mch_id: one.mchid,
    sub_appid: one.sub_appid,
    sub_mch_id: one.sub_mchid,
    body: one.description,
    out_trade_no: one.out_trade_no,
    total_fee: String(one.amount.total_amount),
    notify_url,
    trade_type,
    openid: combine_payer_info?.openid,
    sub_openid: one.sub_appid === undefined ? undefined : combine_payer_info?.sub_openid,
    attach: one.attach,
    goods_tag: one.goods_tag,
    device_info: scene_info?.device_id,
    spbill_create_ip: scene_info?.payer_client_ip,
    time_expire: expiryText(time_expire),
  });
  return {
    merchant: found.merchant,
    sub_mch_id: one.sub_mchid,
    signType: 'RSA',
    request,
    json: one as unknown as JsonObject,
    trade_type,
    out_trade_no: one.out_trade_no,
    total_fee: one.amount.total_amount,
    createdMs: nowMs,
    expiresMs: expiry(time_expire, nowMs),
    prepay,
    trade_state: 'NOTPAY',
    combination,
  };
}
