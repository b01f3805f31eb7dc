// JSAPI/小程序下单: POST /v3/pay/transactions/jsapi (docs: 小程序下单).

import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Merchant, Merchants } from '../books/merchants.js';
import type { Order, OrderBook } from '../books/orders.js';
import { newPrepay } from '../books/payments.js';
import type { Tell } from '../events.js';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { JsonObject } from '../wire/json.js';
import type { RandomText } from '../wire/random.js';
import { parseRfc3339 } from '../wire/rfc3339.js';
import { AMOUNT, CURRENCY, MCHID, notifyUrl, OUT_TRADE_NO } from './common-fields.js';
import { flag, integer, list, object, oneOf, secret, text } from './fields.js';
import { fieldProblem, NOT_BOUND, OTHER_PARAMETERS, OVER, PAID_ALREADY, problem, type V3Problem } from './problems.js';
import type { V3Call, V3Route } from './v3-api.js';

/** What the call needs. */
export interface JsapiOrderParts {
  readonly merchants: Merchants;
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
  /** Whether the payer is known from the log-in of another mini program, and not from this one's. */
  readonly isOfAnother: (appid: string, openid: string) => boolean;
}

/** The call that places an order. */
export function jsapiOrderRoute(parts: JsapiOrderParts): V3Route {
  const { merchants, orders, clock, random, tell, isOfAnother } = parts;

  function place(merchant: Merchant, sent: JsapiOrder, json: JsonObject): Order | V3Problem {
    const { appid, payer } = sent;
    if (isOfAnother(appid, payer.openid)) {
      const issue = 'openid is not of this appid';
      return fieldProblem({ field: '/payer/openid', issue, location: 'body', value: payer.openid });
    }
    const nowMs = clock.now();
    const order: Order = {
      merchant,
      sub_mch_id: undefined,
      signType: 'RSA',
      request: flatten(sent),
      json,
      trade_type: 'JSAPI',
      out_trade_no: sent.out_trade_no,
      total_fee: sent.amount.total,
      createdMs: nowMs,
      expiresMs: expiry(sent.time_expire, nowMs),
      prepay: newPrepay({ clock, random }),
      trade_state: 'NOTPAY',
    };
    orders.add(order);
    return order;
  }

  /** The order that has the number, where this is the same order and can still be paid. */
  function repeat(order: Order, json: JsonObject): Order | V3Problem {
    if (order.trade_state === 'SUCCESS' || order.trade_state === 'REFUND') {
      return problem('ORDER_PAID', '该订单已支付', PAID_ALREADY);
    }
    if (order.trade_state === 'CLOSED') return problem('ORDER_CLOSED', '该订单已关闭', OVER);
    if (order.json === undefined || order.json.appid !== json.appid) {
      return problem('OUT_TRADE_NO_USED', '商户订单号重复');
    }
    // The docs ask for time_expire in the first call only.
    const again = { ...json, time_expire: json.time_expire ?? order.json.time_expire };
    if (!isDeepStrictEqual(again, { ...order.json, time_expire: order.json.time_expire })) {
      return problem('INVALID_REQUEST', '请求重入时，参数与首次请求时不一致，请重新核对后再试', OTHER_PARAMETERS);
    }
    if (order.prepay === undefined || order.prepay.expiresMs <= clock.now()) {
      orders.addPrepay(order, newPrepay({ clock, random }));
    }
    return order;
  }

  return {
    method: 'POST',
    path: '/v3/pay/transactions/jsapi',
    body: BODY,
    endpoint({ merchant: { mch_id }, body }: V3Call) {
      // The rules of the body were checked before.
      const sent = body as unknown as JsapiOrder;
      const found = merchants.identify(sent.appid, mch_id);
      if ('problem' in found) {
        return problem('APPID_MCHID_NOT_MATCH', '商户号和appid没有绑定关系，请检查后再试', NOT_BOUND);
      }
      const { out_trade_no } = sent;
      const earlier = orders.find({ merchant: found.merchant, sub_mch_id: undefined }, out_trade_no);
      const order = earlier === undefined ? place(found.merchant, sent, body) : repeat(earlier, body);
      if ('code' in order) return order;
      const prepay_id = order.prepay?.prepay_id ?? '';
      const { total_fee } = order;
      tell({ type: 'order', mch_id, out_trade_no, total_fee, prepay_id, repeated: earlier !== undefined });
      return { body: { prepay_id } };
    },
  };
}

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An order lives seven days by default, one minute at least and 15 days at most. */
function expiry(time_expire: string | undefined, nowMs: number): number {
  const askedMs = time_expire === undefined ? undefined : parseRfc3339(time_expire);
  if (askedMs === undefined) return nowMs + 7 * DAY_MS;
  return Math.min(Math.max(askedMs, nowMs + MINUTE_MS), nowMs + 15 * DAY_MS);
}

/** The members that the gateway looks at. */
interface JsapiOrder {
  readonly appid: string;
  readonly mchid: string;
  readonly description: string;
  readonly out_trade_no: string;
  readonly time_expire?: string;
  readonly attach?: string;
  readonly notify_url: string;
  readonly goods_tag?: string;
  readonly amount: { readonly total: number };
  readonly payer: { readonly openid: string };
  readonly scene_info?: { readonly payer_client_ip: string; readonly device_id?: string };
}

/** The order in the words of APIv2, which the books and the bills have. */
function flatten(sent: JsapiOrder): Map<string, string> {
  const { time_expire, scene_info } = sent;
  const expiresMs = time_expire === undefined ? undefined : parseRfc3339(time_expire);
  const fields: [string, string | undefined][] = [
    ['appid', sent.appid],
    ['mch_id', sent.mchid],
    ['body', sent.description],
    ['out_trade_no', sent.out_trade_no],
    ['total_fee', String(sent.amount.total)],
    ['notify_url', sent.notify_url],
    ['trade_type', 'JSAPI'],
    ['openid', sent.payer.openid],
    ['attach', sent.attach],
    ['goods_tag', sent.goods_tag],
    ['device_info', scene_info?.device_id],
    ['spbill_create_ip', scene_info?.payer_client_ip],
    ['time_expire', expiresMs === undefined ? undefined : formatBeijingTime(expiresMs)],
  ];
  return new Map(fields.filter((field): field is [string, string] => field[1] !== undefined));
}

const TIME = text(64, {
  accepts: (value) => parseRfc3339(value) !== undefined,
  says: 'should be a time of RFC 3339 such as 2018-06-08T10:34:56+08:00',
});

const IP = text(45, { accepts: (value) => isIP(value) !== 0, says: 'should be an IPv4 or IPv6 address' });

const GOODS = object(
  { merchant_goods_id: text(32), quantity: integer(1), unit_price: integer() },
  { wechatpay_goods_id: text(32), goods_name: text(256) },
);

const STORE = object({ id: text(32) }, { name: text(256), area_code: text(32), address: text(512) });

const SUBSIDY_PLAN = object({}, { subsidy_installment_num: integer(3), subsidy_percent: integer() });

const SUBSIDY = object({}, { subsidy_period_type: oneOf('DAILY', 'PERIOD'), subsidy_plan: list(SUBSIDY_PLAN, 100) });

const BODY = object(
  {
    appid: text(32),
    mchid: MCHID,
    description: text(127),
    out_trade_no: OUT_TRADE_NO,
    notify_url: notifyUrl(255),
    amount: object({ total: AMOUNT }, { currency: CURRENCY }),
    payer: object(
      { openid: text(128) },
      { identity: object({ type: text(32) }, { number: secret(1024), name: secret(1024) }) },
    ),
  },
  {
    time_expire: TIME,
    attach: text(128),
    goods_tag: text(32),
    support_fapiao: flag,
    detail: object({}, { cost_price: integer(), invoice_id: text(32), goods_detail: list(GOODS, 6000) }),
    scene_info: object({ payer_client_ip: IP }, { device_id: text(32), store_info: STORE }),
    settle_info: object({}, { profit_sharing: flag }),
    limit_pay: list(oneOf('no_balance', 'no_credit', 'no_debit', 'balance_only'), 4),
    subsidy_info: object({}, { subsidy_detail: list(SUBSIDY, 100) }),
  },
);
