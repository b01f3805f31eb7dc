// The rules of combined orders at the gateway by APIv3: members, merchants, repeated calls, and closing.

import assert from 'node:assert/strict';
import { MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  asSecond,
  COMBINE,
  closing,
  combined,
  ok,
  one,
  place,
  post,
  QUERY,
  SECOND,
  SUB,
  SUB_APP,
  statesOf,
  TWO,
  withGateway,
  withProvider,
} from './gateway-v3-combine-support.mjs';
import { assertDone, assertRefused, call, paymentFor, placeOrder } from './gateway-v3-support.mjs';

withGateway('combined orders are closed together, by a call that repeats each of them', async (side) => {
  const close = (body) => call(side, 'POST', `${QUERY}/close`, body);
  assertRefused(await close(closing()), 400, 'INVALID_REQUEST', 268512771);
  await place(side);
  const [first, other] = TWO;
  for (const wrong of [
    closing([first]),
    closing([first, other, one('third-order', 1)]),
    closing([first, { ...other, mchid: shop.mch_id }]),
    closing([first, first]),
    closing([first, { ...other, sub_mchid: SUB }]),
    { ...closing(), combine_appid: otherShop.appid },
  ]) {
    assertRefused(await close(wrong), 403, 'TRADE_ERROR');
  }
  assert.deepEqual(statesOf(side), ['NOTPAY', 'NOTPAY']);
  assertDone(side, await close(closing([other, first])), 204);
  assertDone(side, await close(closing()), 204);
  assert.deepEqual(statesOf(side), ['CLOSED', 'CLOSED']);
  assertRefused(await post(side), 400, 'ORDER_CLOSED', 268447914);
});

withGateway('paid combined orders are ORDER_PAID for order and close', async (side) => {
  await side.gateway.pay(paymentFor(side.merchant, (await place(side)).prepay_id));
  assertRefused(await post(side), 400, 'ORDER_PAID', 268449538);
  assertRefused(await call(side, 'POST', `${QUERY}/close`, closing()), 400, 'ORDER_PAID', 268449538);
});

withGateway('the same call again has the same prepay_id, and another after two hours', async (side) => {
  const { clock, gateway, merchant } = side;
  const { prepay_id } = await place(side);
  assert.equal((await place(side)).prepay_id, prepay_id);
  assertRefused(await post(side, { sub_orders: TWO.toReversed() }), 400, 'INVALID_REQUEST', 268498688);
  const { combine_payer_info: _, ...inBrowser } = combined();
  const otherKind = await call(side, 'POST', `${COMBINE}/native`, inBrowser);
  assertRefused(otherKind, 400, 'INVALID_REQUEST', 268498688);
  await clock.advance(120 * MINUTE_MS);
  assert.match((await gateway.pay(paymentFor(merchant, prepay_id))).errMsg, /older than two hours/);
  const again = (await place(side)).prepay_id;
  assert.notEqual(again, prepay_id);
  assert.deepEqual(await gateway.pay(paymentFor(merchant, again)), ok);
  assert.deepEqual(statesOf(side), ['SUCCESS', 'SUCCESS']);
});

withGateway('each member of combined orders has its rule', async (side) => {
  const [first, other] = TWO;
  const orders = (changes) => ({ sub_orders: [first, { ...other, ...changes }] });
  const cases = [
    [{ combine_appid: undefined }, '/combine_appid'],
    [{ combine_mchid: undefined }, '/combine_mchid'],
    [{ mchid: shop.mch_id }, '/mchid', 270924358],
    [{ combine_out_trade_no: '12345' }, '/combine_out_trade_no'],
    [{ combine_payer_info: undefined }, '/combine_payer_info'],
    [{ combine_payer_info: {} }, '/combine_payer_info/openid', 268501013],
    [{ combine_payer_info: { sub_openid: 'oSub' } }, '/combine_payer_info/sub_openid'],
    [{ scene_info: { device_id: 'POS1:1' } }, '/scene_info/payer_client_ip'],
    [{ sub_orders: [] }, '/sub_orders', 268435464],
    [{ sub_orders: [first] }, '/sub_orders', 268435464],
    [{ sub_orders: Array.from({ length: 11 }, (_, index) => one(`order-${index}`, 1)) }, '/sub_orders', 268435464],
    [{ sub_orders: Array.from({ length: 51 }, (_, index) => one(`order-${index}`, 1)) }, '/sub_orders', 268435464],
    [orders({ attach: undefined }), '/sub_orders/1/attach'],
    [orders({ amount: { total: 20, currency: 'CNY' } }), '/sub_orders/1/amount/total', 270924358],
    [orders({ amount: { total_amount: 20 } }), '/sub_orders/1/amount/currency'],
    [orders({ amount: { total_amount: 0, currency: 'CNY' } }), '/sub_orders/1/amount/total_amount', 268435464],
    [orders({ description: undefined }), '/sub_orders/1/description'],
    [orders({ notify_url: 'http://127.0.0.1:9/' }), '/sub_orders/1/notify_url', 270924358],
    [orders({ sub_appid: SUB_APP }), '/sub_orders/1/sub_mchid', 268443704],
    [{ sub_orders: [first, { ...first, amount: other.amount }] }, '/sub_orders/1/out_trade_no'],
  ];
  for (const [changes, field, inner = 268435461] of cases) {
    const { detail } = assertRefused(await post(side, changes), 400, 'PARAM_ERROR', inner);
    assert.equal(detail.field, field, JSON.stringify(changes));
  }
  const h5 = await post(side, { combine_payer_info: undefined, scene_info: { payer_client_ip: '::1' } }, 'h5');
  assert.equal(assertRefused(h5, 400, 'PARAM_ERROR', 268435461).detail.field, '/scene_info/h5_info');
  for (const kind of ['h5', 'native']) {
    const { detail } = assertRefused(await post(side, {}, kind), 400, 'PARAM_ERROR', 270924358);
    assert.equal(detail.field, '/combine_payer_info');
  }
  const scene_info = { payer_client_ip: '::1', device_id: 'x'.repeat(17), h5_info: { type: 'iOS' } };
  const long = await post(side, { combine_payer_info: undefined, scene_info }, 'h5');
  assert.equal(assertRefused(long, 400, 'PARAM_ERROR', 268435464).detail.field, '/scene_info/device_id');
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway('every merchant of combined orders is bound to the mini program, and one of them signs', async (side) => {
  const { gateway } = side;
  const [first, other] = TWO;
  const foreign = { sub_orders: [first, { ...other, mchid: otherShop.mch_id }] };
  assertRefused(await post(side, foreign), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  const unknown = { sub_orders: [first, { ...other, mchid: '1' }] };
  assertRefused(await post(side, unknown), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  assertRefused(await post(side, { combine_appid: otherShop.appid }), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  const { message } = assertRefused(await post(side, { combine_mchid: SECOND }), 401, 'SIGN_ERROR', 268443699);
  assert.equal(message, 'http header中的mchid与post payload中的mchid不匹配');
  assert.deepEqual(gateway.orders(), []);
  await placeOrder(side, { out_trade_no: 'first-order' });
  assertRefused(await post(side), 403, 'OUT_TRADE_NO_USED');
  assert.equal(gateway.orders().length, 1);
});

withGateway('another merchant’s combined orders do not exist', async (side) => {
  await place(side);
  const ofSecond = await asSecond(side);
  assertRefused(await call(ofSecond, 'GET', QUERY), 404, 'ORDER_NOT_EXIST', 268512771);
  assertRefused(await call(ofSecond, 'POST', `${QUERY}/close`, closing()), 400, 'INVALID_REQUEST', 268512771);
});

withProvider('a provider combines one order to fifty, of its own sub-merchants only', async (side) => {
  const many = (length) => Array.from({ length }, (_, index) => one(`order-${index}`, 1, { sub_mchid: SUB }));
  await place(side, { sub_orders: many(50) });
  await place(side, { combine_out_trade_no: 'single-order', sub_orders: [one('alone-1', 1, { sub_mchid: SUB })] });
  const taken = { combine_out_trade_no: 'taken-number', sub_orders: [one('order-0', 1, { sub_mchid: '1900000202' })] };
  assertRefused(await post(side, taken), 403, 'OUT_TRADE_NO_USED');
  const of = (changes) => ({ combine_out_trade_no: 'third-time', sub_orders: [one('number-1', 1, changes)] });
  assertRefused(await post(side, of({ sub_mchid: '1900000999' })), 403, 'NO_AUTH', 268443701);
  assertRefused(await post(side, of({ sub_mchid: shop.mch_id })), 400, 'PARAM_ERROR', 268443705);
  const foreign = of({ sub_mchid: SUB, sub_appid: 'wx1' });
  assertRefused(await post(side, foreign), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
});

withProvider('a provider closes with sub_mchid and sub_appid of each order', async (side) => {
  const sub_orders = [one('of-the-sub', 20, { sub_mchid: SUB, sub_appid: SUB_APP })];
  await place(side, { sub_orders });
  const { sub_appid: _, ...withoutApp } = sub_orders[0];
  const { sub_mchid: __, ...withoutSub } = withoutApp;
  for (const wrong of [withoutApp, withoutSub]) {
    assertRefused(await call(side, 'POST', `${QUERY}/close`, closing([wrong])), 403, 'TRADE_ERROR');
  }
  assertDone(side, await call(side, 'POST', `${QUERY}/close`, closing(sub_orders)), 204);
});
