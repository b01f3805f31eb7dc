// Pay codes at the gateway by APIv3: their results, repeated numbers, reversing, and the permission.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import * as v2 from './gateway-support.mjs';
import { MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  call,
  order,
  placeAndPay,
  placeOrder,
  query,
  REFUNDS,
  refundBody,
  withGateway as withOwn,
} from './gateway-v3-support.mjs';

const SUB = '1900000201';
const SUB_APP = 'wxsub0000000000001';
const provider = {
  ...bothShop,
  sub_merchants: [{ sub_mch_id: SUB, sub_appid: SUB_APP }, { sub_mch_id: '1900000202' }],
};
const NUMBER = order().out_trade_no;
const CODEPAY = '/v3/pay/transactions/codepay';
const SUB_CODEPAY = '/v3/pay/partner/transactions/codepay';
const SECOND_MS = 1000;

const withGateway = (name, work, { merchants = [provider, otherShop], ...more } = {}) =>
  withOwn(name, work, { merchants, ...more });

/** A test whose pay codes end as `decision` says; the test may replace it. */
const withTill = (name, work, options) => {
  const till = { decision: { result: 'SUCCESS' }, scanned: [] };
  const micropay = (scanned) => {
    till.scanned.push(scanned);
    return till.decision;
  };
  return withGateway(name, (side) => work({ ...side, till }), { micropay, ...options });
};

const scan = (changes = {}) => ({
  appid: shop.appid,
  mchid: shop.mch_id,
  description: '商家-超市',
  out_trade_no: NUMBER,
  payer: { auth_code: '130061098828009406' },
  amount: { total: 88, currency: 'CNY' },
  scene_info: { store_info: { id: '0001' } },
  ...changes,
});

function subScan(changes = {}) {
  const { appid, mchid, ...rest } = scan();
  return { sp_appid: appid, sp_mchid: mchid, sub_appid: SUB_APP, sub_mchid: SUB, ...rest, ...changes };
}

const reverseOf = (number = NUMBER, under = '') => `/v3/pay${under}/transactions/out-trade-no/${number}/reverse`;
const own = { appid: shop.appid, mchid: shop.mch_id };
const ofSub = { sp_appid: shop.appid, sp_mchid: shop.mch_id, sub_appid: SUB_APP, sub_mchid: SUB };
const stateOf = async (side) => (await query(side)).trade_state;

withTill('a pay code is paid at once, its answer is the order, and no notice follows', async (side) => {
  const { gateway, till } = side;
  const more = {
    attach: '自定义',
    scene_info: { device_id: 'till-7', device_ip: '::1', store_info: { out_id: 'A'.repeat(256) } },
  };
  const paid = assertDone(side, await call(side, 'POST', CODEPAY, scan(more)));
  assert.match(paid.transaction_id, /^4200\d{24}$/);
  assert.match(paid.payer.openid, /^o[\w-]{27}$/);
  assert.deepEqual(paid, {
    ...own,
    out_trade_no: NUMBER,
    transaction_id: paid.transaction_id,
    trade_type: 'MICROPAY',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'OTHERS',
    attach: '自定义',
    success_time: '2024-08-05T17:33:41+08:00',
    payer: { openid: paid.payer.openid },
    amount: { total: 88, payer_total: 88, currency: 'CNY', payer_currency: 'CNY' },
    scene_info: { device_id: 'till-7' },
    promotion_detail: [],
  });
  assert.deepEqual(await query(side), paid);
  const { appid, mch_id } = shop;
  const auth_code = scan().payer.auth_code;
  assert.deepEqual(till.scanned, [{ appid, mch_id, out_trade_no: NUMBER, total_fee: 88, auth_code }]);
  await gateway.idle();
  assert.deepEqual(gateway.notices(), []);
  assertDone(side, await call(side, 'POST', REFUNDS, refundBody()));
});

withTill('a pay code for a sub-merchant is paid with both merchant numbers', async (side) => {
  const paid = assertDone(side, await call(side, 'POST', SUB_CODEPAY, subScan()));
  const { payer, trade_state, ...rest } = paid;
  assert.deepEqual(
    [trade_state, rest.sp_mchid, rest.sub_mchid, rest.sub_appid],
    ['SUCCESS', shop.mch_id, SUB, SUB_APP],
  );
  assert.match(payer.sp_openid, /^o[\w-]{27}$/);
  assert.match(payer.sub_openid, /^o[\w-]{27}$/);
  const { sub_appid: _, ...withoutApp } = subScan({ out_trade_no: 'without-app' });
  assert.equal(assertDone(side, await call(side, 'POST', SUB_CODEPAY, withoutApp)).payer.sub_openid, undefined);
});

withTill('a payer who types a password is USERPAYING first, and the same code again shows the state', async (side) => {
  const { clock, till } = side;
  for (const [trade_state, number] of [
    ['SUCCESS', 'password-right'],
    ['PAYERROR', 'password-wrong'],
  ]) {
    till.decision = { result: 'USERPAYING', afterMs: 20 * SECOND_MS, trade_state };
    const sent = scan({ out_trade_no: number });
    const waiting = assertDone(side, await call(side, 'POST', CODEPAY, sent));
    assert.equal(waiting.trade_state, 'USERPAYING');
    assert.equal(waiting.trade_state_desc, '需要用户输入支付密码');
    assert.equal(waiting.transaction_id, undefined);
    assert.equal(assertDone(side, await call(side, 'POST', CODEPAY, sent)).trade_state, 'USERPAYING');
    const another = { ...sent, payer: { auth_code: '130061098828009407' } };
    assertRefused(await call(side, 'POST', CODEPAY, another), 403, 'OUT_TRADE_NO_USED');
    await clock.advance(20 * SECOND_MS);
    assert.equal((await query(side, number)).trade_state, trade_state);
  }
});

withTill('a refused code has the spelling of APIv3, whatever became of the money', async (side) => {
  const { till } = side;
  for (const [err_code, code, status, trade_state] of [
    ['NOTENOUGH', 'NOT_ENOUGH', 403, undefined],
    ['NOT_ENOUGH', 'NOT_ENOUGH', 403, 'PAYERROR'],
    ['SYSTEMERROR', 'SYSTEM_ERROR', 500, 'SUCCESS'],
    ['BANKERROR', 'BANK_ERROR', 500, 'NOTPAY'],
    ['AUTH_CODE_INVALID', 'AUTH_CODE_INVALID', 400, 'NOTPAY'],
  ]) {
    const number = `refused-${err_code}-1`;
    till.decision = { result: 'FAIL', err_code, err_code_des: '余额不足', ...(trade_state && { trade_state }) };
    const answer = await call(side, 'POST', CODEPAY, scan({ out_trade_no: number }));
    assert.equal(assertRefused(answer, status, code).message, '余额不足');
    assert.equal((await query(side, number)).trade_state, trade_state ?? 'PAYERROR');
  }
});

withTill('a number works once', async (side) => {
  assertDone(side, await call(side, 'POST', CODEPAY, scan()));
  assertRefused(await call(side, 'POST', CODEPAY, scan()), 400, 'ORDER_PAID', 268449538);
  assertDone(side, await call(side, 'POST', SUB_CODEPAY, subScan({ out_trade_no: 'of-the-sub' })));
  const other = subScan({ out_trade_no: 'of-the-sub', sub_mchid: '1900000202', sub_appid: undefined });
  const used = assertRefused(await call(side, 'POST', SUB_CODEPAY, other), 403, 'OUT_TRADE_NO_USED');
  assert.match(used.message, /^商户订单号重复.*其他子商户/);
  await placeOrder(side, { out_trade_no: 'mini-program' });
  assertRefused(await call(side, 'POST', CODEPAY, scan({ out_trade_no: 'mini-program' })), 403, 'OUT_TRADE_NO_USED');
});

withTill('a pay-code order is reversed, which returns the money, and again without harm', async (side) => {
  const { gateway, clock, till } = side;
  assertDone(side, await call(side, 'POST', CODEPAY, scan()));
  const early = await call(side, 'POST', reverseOf(), own);
  assertRefused(early, 500, 'SYSTEM_ERROR');
  await clock.advance(15 * SECOND_MS);
  for (let times = 0; times < 2; times += 1) {
    const done = assertDone(side, await call(side, 'POST', reverseOf(), own));
    assert.deepEqual(done, { ...own, out_trade_no: NUMBER });
  }
  assert.equal(await stateOf(side), 'REVOKED');
  assertRefused(await call(side, 'POST', CODEPAY, scan()), 400, 'ORDER_CLOSED', 268447914);
  assertRefused(await call(side, 'POST', REFUNDS, refundBody()), 400, 'INVALID_REQUEST');

  till.decision = { result: 'USERPAYING', afterMs: MINUTE_MS, trade_state: 'SUCCESS' };
  assertDone(side, await call(side, 'POST', SUB_CODEPAY, subScan({ out_trade_no: 'of-the-sub' })));
  await clock.advance(30 * SECOND_MS);
  const done = assertDone(side, await call(side, 'POST', reverseOf('of-the-sub', '/partner'), ofSub));
  assert.deepEqual(done, { ...ofSub, out_trade_no: 'of-the-sub' });
  await clock.advance(MINUTE_MS);
  assert.equal(gateway.orders()[1].trade_state, 'REVOKED');
});

withTill('only a pay-code order is reversed, within seven days and before a refund', async (side) => {
  const { clock } = side;
  await placeAndPay(side, { out_trade_no: 'mini-program' });
  assertRefused(await call(side, 'POST', reverseOf('mini-program'), own), 403, 'TRADE_ERROR');
  assertDone(side, await call(side, 'POST', CODEPAY, scan({ out_trade_no: 'refunded-1' })));
  assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ out_trade_no: 'refunded-1' })));
  assertRefused(await call(side, 'POST', reverseOf('refunded-1'), own), 403, 'TRADE_ERROR');
  assertDone(side, await call(side, 'POST', CODEPAY, scan()));
  await clock.advance(7 * 24 * 60 * MINUTE_MS + 1);
  assertRefused(await call(side, 'POST', reverseOf(), own), 400, 'REVERSE_EXPIRE');
  assertRefused(await call(side, 'POST', reverseOf('nobody-has-it'), own), 404, 'ORDER_NOT_EXIST', 268512771);
  const foreign = { ...own, appid: otherShop.appid };
  assertRefused(await call(side, 'POST', reverseOf(), foreign), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
});

withTill('a pay-code order cannot be closed, and the refusal names what to call', async (side) => {
  side.till.decision = { result: 'FAIL', err_code: 'SYSTEMERROR', trade_state: 'NOTPAY' };
  await call(side, 'POST', CODEPAY, scan());
  const close = `/v3/pay/transactions/out-trade-no/${NUMBER}/close`;
  assertRefused(await call(side, 'POST', close, { mchid: shop.mch_id }), 400, 'INVALID_REQUEST', 268449641);
});

withTill('an order of APIv2 by pay code is reversed in APIv3', async (side) => {
  const { gateway, clock } = side;
  const members = {
    body: '商家-超市',
    out_trade_no: NUMBER,
    total_fee: '88',
    spbill_create_ip: '::1',
    auth_code: '120061098828009406',
    sub_mch_id: SUB,
  };
  v2.assertDone(await v2.call(gateway, '/pay/micropay', members));
  await clock.advance(15 * SECOND_MS);
  const done = assertDone(side, await call(side, 'POST', reverseOf(NUMBER, '/partner'), ofSub));
  assert.equal(done.sub_mchid, SUB);
  const { fields } = await v2.call(gateway, '/pay/orderquery', { out_trade_no: NUMBER, sub_mch_id: SUB });
  assert.equal(fields.trade_state, 'REVOKED');
});

withTill('each member of a pay code has its rule', async (side) => {
  const GOOD = { merchant_goods_id: '1', quantity: 1, unit_price: 1 };
  const cases = [
    [{ payer: { auth_code: '1300610988280094' } }, '/payer/auth_code'],
    [{ payer: { auth_code: '160061098828009406' } }, '/payer/auth_code'],
    [{ payer: { openid: 'oPayer' } }, '/payer/openid', 270924358],
    [{ payer: undefined }, '/payer'],
    [{ scene_info: undefined }, '/scene_info'],
    [{ scene_info: {} }, '/scene_info/store_info'],
    [{ scene_info: { store_info: {} } }, '/scene_info/store_info'],
    [{ scene_info: { store_info: { id: '1' }, payer_client_ip: '::1' } }, '/scene_info/payer_client_ip', 270924358],
    [{ notify_url: 'http://127.0.0.1:9/notify' }, '/notify_url', 270924358],
    [{ time_expire: '2024-08-06T00:00:00+08:00' }, '/time_expire', 270924358],
    [{ detail: { cost_price: 1 } }, '/detail/goods_detail'],
    [{ detail: { goods_detail: [] } }, '/detail/goods_detail', 268435464],
    [
      { detail: { goods_detail: [{ ...GOOD, wechatpay_goods_id: '1' }] } },
      '/detail/goods_detail/0/wechatpay_goods_id',
      270924358,
    ],
  ];
  for (const [changes, field, inner = 268435461] of cases) {
    for (const [target, sent] of [
      [CODEPAY, scan(changes)],
      [SUB_CODEPAY, subScan(changes)],
    ]) {
      const answer = await call(side, 'POST', target, sent);
      assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', inner).detail.field, field, JSON.stringify(changes));
    }
  }
  for (const [changes, field, inner = 268435461] of [
    [{ sp_appid: undefined }, '/sp_appid'],
    [{ sub_mchid: undefined }, '/sub_mchid', 268443704],
  ]) {
    const scanned = await call(side, 'POST', SUB_CODEPAY, subScan(changes));
    assert.equal(assertRefused(scanned, 400, 'PARAM_ERROR', inner).detail.field, field);
    const reversed = await call(side, 'POST', reverseOf(NUMBER, '/partner'), { ...ofSub, ...changes });
    assert.equal(assertRefused(reversed, 400, 'PARAM_ERROR', inner).detail.field, field);
  }
  const stranger = { sub_mchid: '1900000999', sub_appid: undefined };
  assertRefused(await call(side, 'POST', SUB_CODEPAY, subScan(stranger)), 403, 'NO_AUTH', 268443701);
  const reversed = await call(side, 'POST', reverseOf(NUMBER, '/partner'), { ...ofSub, ...stranger });
  assertRefused(reversed, 403, 'NO_AUTH', 268443701);
  const foreign = await call(side, 'POST', CODEPAY, scan({ appid: otherShop.appid }));
  assertRefused(foreign, 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway(
  'a merchant for whom WeChat has not opened pay codes is refused with NO_AUTH',
  async (side) => {
    assertRefused(await call(side, 'POST', CODEPAY, scan()), 403, 'NO_AUTH');
    assertRefused(await call(side, 'POST', SUB_CODEPAY, subScan()), 403, 'NO_AUTH');
    assertRefused(await call(side, 'POST', reverseOf(), own), 403, 'NO_AUTH');
    assertRefused(await call(side, 'POST', reverseOf(NUMBER, '/partner'), ofSub), 403, 'NO_AUTH');
    await placeOrder(side);
  },
  { merchants: [{ ...provider, codepay: false }] },
);

test('a permission that is neither true nor false is refused when the gateway is made', () => {
  for (const codepay of [0, 'false', null]) {
    assert.throws(() => createGateway({ merchants: [{ ...bothShop, codepay }] }), /codepay must be true or false/);
  }
});
