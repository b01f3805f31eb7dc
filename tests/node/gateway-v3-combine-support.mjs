// The set-up of the tests of combined orders: two merchants, a provider, and the bodies of their calls.

import { otherShop, shop } from './gateway-support.mjs';
import { assertDone, bothShop, call, withGateway as withOwn } from './gateway-v3-support.mjs';

/** Another merchant number that the same mini program is bound to. */
export const SECOND = '1900000302';
export const second = { appid: shop.appid, mch_id: SECOND, apiV3Key: 's'.repeat(32) };
export const SUB = '1900000201';
export const SUB_APP = 'wxsub0000000000001';
export const provider = {
  ...bothShop,
  sub_merchants: [{ sub_mch_id: SUB, sub_appid: SUB_APP }, { sub_mch_id: '1900000202' }],
};
export const WHOLE = 'P20150806125346';
export const COMBINE = '/v3/combine-transactions';
export const QUERY = `${COMBINE}/out-trade-no/${WHOLE}`;
export const PAYER = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
export const ok = { errMsg: 'requestPayment:ok' };

/** The notices are taken by a fetch, so that no server is needed. */
export function withGateway(name, work, merchants = [bothShop, second, otherShop]) {
  const sent = [];
  const fetch = async (_url, { body }) => {
    sent.push(JSON.parse(body));
    return new Response(null, { status: 204 });
  };
  return withOwn(name, (side) => work({ ...side, sent }), { merchants, fetch });
}

export const withProvider = (name, work) => withGateway(name, work, [provider, second, otherShop]);

/** One of the orders. */
export const one = (out_trade_no, total_amount, more = {}) => ({
  mchid: shop.mch_id,
  attach: `of ${out_trade_no}`,
  amount: { total_amount, currency: 'CNY' },
  out_trade_no,
  description: '腾讯充值中心-QQ会员充值',
  ...more,
});

export const TWO = [one('first-order', 10), one('second-order', 20, { mchid: SECOND })];

/** The body of a good call; `changes` replace or, as undefined, remove some members. */
export const combined = (changes = {}) => ({
  combine_appid: shop.appid,
  combine_mchid: shop.mch_id,
  combine_out_trade_no: WHOLE,
  sub_orders: TWO,
  combine_payer_info: { openid: PAYER },
  notify_url: 'http://127.0.0.1:9/combined',
  ...changes,
});

export const post = (side, changes, kind = 'jsapi') => call(side, 'POST', `${COMBINE}/${kind}`, combined(changes));
export const place = async (side, changes, kind) => assertDone(side, await post(side, changes, kind));
export const ask = async (side) => assertDone(side, await call(side, 'GET', QUERY));
export const statesOf = (side) => side.gateway.orders().map(({ trade_state }) => trade_state);
export const closing = (sub_orders = TWO) => ({
  combine_appid: shop.appid,
  sub_orders: sub_orders.map(({ mchid, out_trade_no, sub_mchid, sub_appid }) => ({
    mchid,
    out_trade_no,
    ...(sub_mchid && { sub_mchid }),
    ...(sub_appid && { sub_appid }),
  })),
});

/** The same gateway, seen by the second merchant. */
export async function asSecond(side) {
  const options = await side.gateway.client(SECOND, { api: 'v3' });
  return { ...side, merchant: { ...side.merchant, ...options } };
}
