// The calls of APIv3 at the gateway: each round trip, and each documented refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import * as v2 from './gateway-support.mjs';
import { genuine, MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  API_V3_KEY,
  assertDone,
  assertRefused,
  bothShop,
  byNumber,
  call,
  JSAPI,
  order,
  paymentFor,
  placeAndPay,
  placeOrder,
  query,
  REFUNDS,
  refundBody,
  withGateway,
} from './gateway-v3-support.mjs';

const NUMBER = order().out_trade_no;
const closeOf = (number) => `/v3/pay/transactions/out-trade-no/${number}/close`;
withGateway('an order is placed, paid, queried by either number, refunded, and the refund queried', async (side) => {
  const { merchant, clock, gateway } = side;
  const extras = { attach: '门店=南山', scene_info: { payer_client_ip: '::1', device_id: 'till-7' } };
  const prepay_id = await placeOrder(side, extras);
  assert.match(prepay_id, /^wx\d{14}[0-9a-f]{20}$/);
  const unpaid = {
    appid: merchant.appid,
    mchid: merchant.mchid,
    out_trade_no: NUMBER,
    trade_state: 'NOTPAY',
    trade_state_desc: '订单未支付',
    amount: { total: 88, currency: 'CNY', payer_currency: 'CNY' },
    promotion_detail: [],
  };
  assert.deepEqual(await query(side), unpaid);
  assert.deepEqual(await gateway.pay(paymentFor(merchant, prepay_id)), { errMsg: 'requestPayment:ok' });
  const paid = await query(side);
  assert.match(paid.transaction_id, /^4200\d{24}$/);
  assert.deepEqual(paid, {
    ...unpaid,
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    transaction_id: paid.transaction_id,
    trade_type: 'JSAPI',
    bank_type: 'OTHERS',
    attach: '门店=南山',
    success_time: '2024-08-05T17:33:41+08:00',
    payer: { openid: order().payer.openid },
    amount: { total: 88, payer_total: 88, currency: 'CNY', payer_currency: 'CNY' },
    scene_info: { device_id: 'till-7' },
  });
  const byId = `/v3/pay/transactions/id/${paid.transaction_id}?mchid=${merchant.mchid}`;
  assert.deepEqual(assertDone(side, await call(side, 'GET', byId)), paid);

  const taken = assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ reason: '商品已售完' })));
  assert.match(taken.refund_id, /^50\d{27}$/);
  assert.deepEqual(taken, {
    refund_id: taken.refund_id,
    out_refund_no: 'R20150806125346',
    transaction_id: paid.transaction_id,
    out_trade_no: NUMBER,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    create_time: '2024-08-05T17:33:41+08:00',
    status: 'PROCESSING',
    funds_account: 'UNSETTLED',
    amount: {
      total: 88,
      refund: 40,
      from: [],
      payer_total: 88,
      payer_refund: 40,
      settlement_refund: 40,
      settlement_total: 88,
      discount_refund: 0,
      currency: 'CNY',
      refund_fee: 0,
    },
    promotion_detail: [],
  });
  await clock.advance(1000);
  const done = assertDone(side, await call(side, 'GET', `${REFUNDS}/R20150806125346`));
  assert.deepEqual(done, { ...taken, status: 'SUCCESS', success_time: '2024-08-05T17:33:42+08:00' });
  assert.equal((await query(side)).trade_state, 'REFUND');
});

withGateway('an order is closed with 204 and a signature over nothing, and again without harm', async (side) => {
  await placeOrder(side);
  for (let times = 0; times < 2; times += 1) {
    const answer = await call(side, 'POST', closeOf(NUMBER), { mchid: shop.mch_id });
    assertDone(side, answer, 204);
    assert.equal(answer.text, '');
    assert.equal(answer.headers.get('content-type'), null);
  }
  assert.equal((await query(side)).trade_state, 'CLOSED');
  assertRefused(await call(side, 'POST', JSAPI, order()), 400, 'ORDER_CLOSED', 268447914);
});

withGateway('a paid order is ORDER_PAID for order and close', async (side) => {
  await placeAndPay(side);
  assertRefused(await call(side, 'POST', JSAPI, order()), 400, 'ORDER_PAID', 268449538);
  assertRefused(await call(side, 'POST', closeOf(NUMBER), { mchid: shop.mch_id }), 400, 'ORDER_PAID', 268449538);
});

withGateway(
  'the same order again has the same prepay_id in any order of members, and another after two hours',
  async (side) => {
    const time_expire = '2024-08-06T00:00:00+08:00';
    const prepay_id = await placeOrder(side, { time_expire });
    const { amount, ...rest } = order();
    const turned = { amount: { currency: 'CNY', total: amount.total }, ...rest };
    assert.equal(assertDone(side, await call(side, 'POST', JSAPI, turned)).prepay_id, prepay_id);
    await side.clock.advance(120 * MINUTE_MS);
    assert.notEqual(await placeOrder(side, { time_expire }), prepay_id);
    const changed = await call(side, 'POST', JSAPI, order({ amount: { total: 89, currency: 'CNY' } }));
    assertRefused(changed, 400, 'INVALID_REQUEST', 268498688);
    assert.equal((await query(side)).amount.total, 88);
  },
);

withGateway('an order lives one minute at least, seven days by default and fifteen days at most', async (side) => {
  const life = async (out_trade_no, time_expire, minutes) => {
    await placeOrder(side, { out_trade_no, time_expire });
    await side.clock.advance(minutes * MINUTE_MS - 1);
    assert.equal((await query(side, out_trade_no)).trade_state, 'NOTPAY');
    await side.clock.advance(1);
    assert.equal((await query(side, out_trade_no)).trade_state, 'CLOSED');
  };
  await life('expire-soon', '2024-08-05T17:33:42+08:00', 1);
  await life('expire-default', undefined, 7 * 24 * 60);
  await life('expire-late', '2025-08-05T09:33:42.5Z', 15 * 24 * 60);
});

withGateway('an order of APIv2 is queried, closed and refunded in APIv3', async (side) => {
  const { gateway, clock } = side;
  await v2.placeOrder(gateway, { attach: '甲' });
  assert.equal((await query(side)).trade_state, 'NOTPAY');
  assertRefused(await call(side, 'POST', JSAPI, order()), 403, 'OUT_TRADE_NO_USED');
  const transaction_id = await v2.placeAndPay(gateway, { attach: '甲' });
  const paid = await query(side);
  assert.equal(paid.transaction_id, transaction_id);
  assert.equal(paid.attach, '甲');
  const taken = assertDone(side, await call(side, 'POST', REFUNDS, refundBody()));
  const { fields } = await v2.call(gateway, '/pay/refundquery', { out_refund_no: taken.out_refund_no });
  assert.equal(fields.refund_id_0, taken.refund_id);
  assert.equal(fields.refund_fee_0, '40');
  await v2.placeOrder(gateway, { out_trade_no: 'v2-to-close' });
  await clock.advance(1000);
  assertDone(side, await call(side, 'POST', closeOf('v2-to-close'), { mchid: shop.mch_id }), 204);
});

withGateway('an order of APIv3 is queried, refunded and closed in APIv2', async (side) => {
  const { gateway, clock } = side;
  const transaction_id = await placeAndPay(side, { attach: '乙' });
  const asked = v2.assertDone(await v2.call(gateway, '/pay/orderquery', { out_trade_no: NUMBER }));
  assert.equal(asked.transaction_id, transaction_id);
  assert.equal(asked.total_fee, '88');
  assert.equal(asked.attach, '乙');
  const refund = { out_trade_no: NUMBER, out_refund_no: 'v2-refund', total_fee: '88', refund_fee: '88' };
  const { refund_id } = v2.assertDone(await v2.call(gateway, '/secapi/pay/refund', refund));
  assert.equal(assertDone(side, await call(side, 'GET', `${REFUNDS}/v2-refund`)).refund_id, refund_id);
  await placeOrder(side, { out_trade_no: 'v3-to-close' });
  await clock.advance(5 * MINUTE_MS);
  v2.assertDone(await v2.call(gateway, '/pay/closeorder', { out_trade_no: 'v3-to-close' }));
  assert.equal((await query(side, 'v3-to-close')).trade_state, 'CLOSED');
  assert.equal(gateway.orders().at(0).sign_type, 'RSA');
});

withGateway('a number that nobody used is 404 in a query, and INVALID_REQUEST in a close', async (side) => {
  assertRefused(await call(side, 'GET', byNumber('nobody-has-it')), 404, 'ORDER_NOT_EXIST', 268512771);
  const byId = `/v3/pay/transactions/id/4200000000000000000000000000?mchid=${shop.mch_id}`;
  assertRefused(await call(side, 'GET', byId), 404, 'ORDER_NOT_EXIST', 268512771);
  const close = await call(side, 'POST', closeOf('nobody-has-it'), { mchid: shop.mch_id });
  assertRefused(close, 400, 'INVALID_REQUEST', 268512771);
  assertRefused(await call(side, 'GET', `${REFUNDS}/nobody-has-it`), 404, 'RESOURCE_NOT_EXISTS');
  assertRefused(await call(side, 'POST', REFUNDS, refundBody()), 404, 'RESOURCE_NOT_EXISTS');
  assertRefused(await call(side, 'GET', '/v3/certificates'), 404, 'RESOURCE_NOT_EXISTS');
});

withGateway('an order or a refund of another merchant does not exist', async (side) => {
  const { gateway } = side;
  const transaction_id = await v2.placeAndPay(gateway, {}, { merchant: otherShop });
  assertRefused(await call(side, 'GET', byNumber(NUMBER)), 404, 'ORDER_NOT_EXIST', 268512771);
  const byId = `/v3/pay/transactions/id/${transaction_id}?mchid=${shop.mch_id}`;
  assertRefused(await call(side, 'GET', byId), 404, 'ORDER_NOT_EXIST', 268512771);
  const { out_trade_no: _, ...body } = refundBody({ transaction_id });
  assertRefused(await call(side, 'POST', REFUNDS, body), 404, 'RESOURCE_NOT_EXISTS');
});

withGateway('an appid of another merchant is APPID_MCHID_NOT_MATCH', async (side) => {
  const answer = await call(side, 'POST', JSAPI, order({ appid: otherShop.appid }));
  assertRefused(answer, 400, 'APPID_MCHID_NOT_MATCH', 268445527);
});

withGateway('a payer of another mini program is refused by the name of his member', async (side) => {
  const { gateway } = side;
  const js_code = gateway.login({ appid: otherShop.appid, openid: 'oFromElsewhere' });
  const session = `/sns/jscode2session?appid=${otherShop.appid}&secret=${otherShop.secret}&js_code=${js_code}&grant_type=authorization_code`;
  await gateway.fetch(new Request(`http://gateway${session}`));
  const answer = await call(side, 'POST', JSAPI, order({ payer: { openid: 'oFromElsewhere' } }));
  assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', 268435461).detail.field, '/payer/openid');
});

withGateway('refunds add up to the order and never to more, and a number moves money once', async (side) => {
  const refund = (out_refund_no, refund, more = {}) =>
    call(side, 'POST', REFUNDS, refundBody({ out_refund_no, amount: { total: 88, refund, currency: 'CNY' }, ...more }));
  await placeOrder(side);
  assertRefused(await refund('R-unpaid', 1), 400, 'INVALID_REQUEST');
  const transaction_id = await placeAndPay(side);
  const first = assertDone(side, await refund('R-1', 40));
  assert.equal(assertDone(side, await refund('R-1', 40)).refund_id, first.refund_id);
  const { out_trade_no: _, ...byId } = refundBody({ out_refund_no: 'R-1', transaction_id });
  assert.equal(assertDone(side, await call(side, 'POST', REFUNDS, byId)).refund_id, first.refund_id);
  assertRefused(await refund('R-1', 41), 400, 'INVALID_REQUEST', 268498688);
  assertRefused(await refund('R-1', 40, { reason: 'another' }), 400, 'INVALID_REQUEST', 268498688);
  assertRefused(await refund('R-2', 49), 400, 'INVALID_REQUEST');
  const total = await call(side, 'POST', REFUNDS, refundBody({ amount: { total: 87, refund: 1, currency: 'CNY' } }));
  assertRefused(total, 400, 'INVALID_REQUEST');
  const more = assertRefused(await refund('R-3', 89), 400, 'PARAM_ERROR', 268435461);
  assert.equal(more.detail.field, '/amount/refund');
  assertDone(side, await refund('R-4', 48));
  assertRefused(await refund('R-5', 1), 400, 'INVALID_REQUEST');
  assert.deepEqual(
    side.gateway.refunds().map(({ refund_fee }) => refund_fee),
    [40, 48],
  );
});

withGateway('a refund is too late a year after the payment', async (side) => {
  await placeAndPay(side);
  await side.gateway.idle();
  await side.clock.advance(365 * 24 * 60 * MINUTE_MS);
  assertRefused(await call(side, 'POST', REFUNDS, refundBody()), 400, 'INVALID_REQUEST');
});

withGateway(
  'several mini programs of one merchant number share its numbers',
  async (side) => {
    const appid = 'wx0000000000000002';
    await placeOrder(side, { appid, out_trade_no: 'second-app' });
    assert.equal((await query(side, 'second-app')).appid, appid);
    assertRefused(await call(side, 'POST', JSAPI, order({ out_trade_no: 'second-app' })), 403, 'OUT_TRADE_NO_USED');
  },
  { merchants: [bothShop, { ...bothShop, appid: 'wx0000000000000002' }] },
);

withGateway(
  'a merchant of APIv3 alone has every call of it, and none of APIv2',
  async (side) => {
    const { gateway } = side;
    await placeAndPay(side);
    await assert.rejects(gateway.client(shop.mch_id), /no key of APIv2; ask for \{ api: 'v3' \}/);
    for (const key of ['undefined', '', genuine.key]) {
      v2.assertFailed(
        await v2.call(gateway, '/pay/orderquery', { out_trade_no: NUMBER }, { merchant: { ...shop, key } }),
        '签名错误',
      );
    }
  },
  { merchants: [{ appid: shop.appid, mch_id: shop.mch_id, apiV3Key: API_V3_KEY }] },
);

test('a merchant without an APIv3 key has no client of APIv3, and a wrong choice of one is refused', async () => {
  const gateway = createGateway({ merchants: [shop], clock: createManualClock(0) });
  await assert.rejects(gateway.client(shop.mch_id, { api: 'v3' }), /has no apiV3Key; name one in createGateway/);
  await assert.rejects(gateway.client('1', { api: 'v3' }), /no mch_id 1; it has /);
  await assert.rejects(gateway.client(shop.mch_id, { api: 'v2' }), /api is 'v3', or left out for APIv2, not v2/);
  await gateway.close();
});

test('an APIv3 key that is no 32 characters of ASCII, or contradicts another, is refused when the gateway is made', () => {
  const make =
    (...merchants) =>
    () =>
      createGateway({ merchants });
  for (const apiV3Key of ['', API_V3_KEY.slice(1), `${API_V3_KEY}1`, ` ${API_V3_KEY.slice(1)}`, 'é'.repeat(32), 7]) {
    assert.throws(make({ ...shop, apiV3Key }), /^TypeError: createGateway: apiV3Key is not 32 characters of ASCII/);
  }
  const other = { ...bothShop, appid: 'wx0000000000000002', apiV3Key: 'x'.repeat(32) };
  assert.throws(make(bothShop, other), /a mch_id has one apiV3Key, here are two/);
  assert.throws(make({ appid: shop.appid, mch_id: shop.mch_id }), /needs key, .*APIv3 alone needs apiV3Key/);
});
