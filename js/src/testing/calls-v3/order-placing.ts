// 下单: POST /v3/pay/transactions/{jsapi,app,h5,native}, and the same under /v3/pay/partner (docs: 小程序下单).

import type { Merchant, Merchants } from '../books/merchants.js';
import type { Order, OrderBook } from '../books/orders.js';
import { newPrepay } from '../books/payments.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import type { JsonObject } from '../wire/json.js';
import type { RandomText } from '../wire/random.js';
import { orderBody } from './order-fields.js';
import { ORDER_KINDS, type OrderKind } from './order-kinds.js';
import { judgeSub, PARTIES, type Party } from './partner.js';
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
import { fieldProblem, NEEDS_OPENID, type V3Problem } from './problems.js';
import type { V3Call, V3Route } from './v3-api.js';

/** What the calls need. */
export interface OrderPlacingParts {
  readonly merchants: Merchants;
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
  /** Whether the payer is known from the log-in of another mini program, and not from this one's. */
  readonly isOfAnother: (appid: string, openid: string) => boolean;
}

/** The calls that place an order. */
export function orderPlacingRoutes(parts: OrderPlacingParts): V3Route[] {
  return PARTIES.flatMap((party) => ORDER_KINDS.map((kind) => routeOf(kind, party, parts)));
}

function routeOf(kind: OrderKind, party: Party, parts: OrderPlacingParts): V3Route {
  const { merchants, orders, clock, random, tell, isOfAnother } = parts;
  const { trade_type, lifeMs } = kind;

  function place(merchant: Merchant, sent: SentOrder, json: JsonObject): Order | V3Problem {
    const wrong = judgePayer(kind, party, sent, isOfAnother);
    if (wrong !== undefined) return wrong;
    const { out_trade_no, sub_mchid, amount, time_expire } = sent;
    const nowMs = clock.now();
    const order: Order = {
      merchant,
      sub_mch_id: sub_mchid,
      signType: 'RSA',
      request: flatten(merchant, kind, sent),
      json,
      trade_type,
      out_trade_no,
      total_fee: amount.total,
      createdMs: nowMs,
      expiresMs: expiry(time_expire, nowMs),
      prepay: newPrepay({ clock, random }, lifeMs),
      trade_state: 'NOTPAY',
    };
    orders.add(order);
    return order;
  }

  /** The order that has the number, where this is the same order and can still be paid. */
  function repeat(order: Order, merchant: Merchant, json: JsonObject): Order | V3Problem {
    const over = judgeRepeat(order.trade_state);
    if (over !== undefined) return over;
    if (order.json === undefined || order.combination !== undefined || order.merchant !== merchant) return NUMBER_USED;
    if (order.trade_type !== trade_type || !isSameCall(order.json, json)) return OTHER_CALL;
    if (order.prepay === undefined || order.prepay.expiresMs <= clock.now()) {
      orders.addPrepay(order, newPrepay({ clock, random }, lifeMs));
    }
    return order;
  }

  return {
    method: 'POST',
    path: `${party.under}/${kind.name}`,
    body: orderBody(kind, party),
    endpoint({ merchant: { mch_id }, body }: V3Call) {
      // The rules of the body were checked before.
      const sent = body as unknown as SentOrder;
      const { out_trade_no, sub_mchid } = sent;
      const found = merchants.identify(sent[party.appid] ?? '', mch_id);
      if ('problem' in found) return UNBOUND;
      const foreign = judgeSub(merchants, mch_id, sub_mchid, sent.sub_appid);
      if (foreign !== undefined) return foreign;
      const { merchant } = found;
      const earlier = orders.find({ merchant, sub_mch_id: sub_mchid }, out_trade_no);
      // A provider's numbers are unique for all of his sub-merchants.
      if (!earlier && sub_mchid !== undefined && orders.findOfSub(mch_id, out_trade_no)) return NUMBER_USED_BY_SUB;
      const order = earlier ? repeat(earlier, merchant, body) : place(merchant, sent, body);
      if ('code' in order) return order;
      const prepay_id = order.prepay?.prepay_id ?? '';
      const { total_fee } = order;
      tell({ type: 'order', mch_id, out_trade_no, total_fee, prepay_id, repeated: earlier !== undefined });
      return { body: kind.answer(prepay_id) };
    },
  };
}

/** The members that the gateway looks at. */
interface SentOrder {
  readonly appid?: string;
  readonly sp_appid?: string;
  readonly sub_appid?: string;
  readonly sub_mchid?: string;
  readonly description: string;
  readonly out_trade_no: string;
  readonly time_expire?: string;
  readonly attach?: string;
  readonly notify_url: string;
  readonly goods_tag?: string;
  readonly amount: { readonly total: number };
  readonly payer?: { readonly openid?: string; readonly sp_openid?: string; readonly sub_openid?: string };
  readonly scene_info?: { readonly payer_client_ip: string; readonly device_id?: string };
}

/** Each openid is one of its own mini program, and a provider names one at least. */
function judgePayer(
  { name }: OrderKind,
  party: Party,
  sent: SentOrder,
  isOfAnother: OrderPlacingParts['isOfAnother'],
): V3Problem | undefined {
  if (name !== 'jsapi') return undefined;
  const { openid, sp_openid, sub_openid } = sent.payer ?? {};
  const { sub_appid } = sent;
  const wrong = (field: string, issue: string, value?: string, inner?: number) =>
    fieldProblem({ field, issue, location: 'body', value }, inner);
  if (openid === undefined && sp_openid === undefined && sub_openid === undefined) {
    return wrong('/payer', 'should have sp_openid or sub_openid', undefined, NEEDS_OPENID);
  }
  if (sub_openid !== undefined && sub_appid === undefined) {
    return wrong('/sub_appid', 'is required with payer.sub_openid');
  }
  const own = sent[party.appid] ?? '';
  for (const [member, appid, value] of [
    ['openid', own, openid],
    ['sp_openid', own, sp_openid],
    ['sub_openid', sub_appid ?? '', sub_openid],
  ] as const) {
    if (value === undefined || !isOfAnother(appid, value)) continue;
    return wrong(`/payer/${member}`, `${member} is not of this appid`, value);
  }
  return undefined;
}

/** The order in the words of APIv2, which the books and the bills have. */
function flatten({ appid, mch_id }: Merchant, { trade_type }: OrderKind, sent: SentOrder): Map<string, string> {
  const { payer, scene_info } = sent;
  return wordsOf({
    appid,
    mch_id,
    sub_appid: sent.sub_appid,
    sub_mch_id: sent.sub_mchid,
    body: sent.description,
    out_trade_no: sent.out_trade_no,
    total_fee: String(sent.amount.total),
    notify_url: sent.notify_url,
    trade_type,
    openid: payer?.openid ?? payer?.sp_openid,
    sub_openid: payer?.sub_openid,
    attach: sent.attach,
    goods_tag: sent.goods_tag,
    device_info: scene_info?.device_id,
    spbill_create_ip: scene_info?.payer_client_ip,
    time_expire: expiryText(sent.time_expire),
  });
}
