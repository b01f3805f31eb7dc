// Service providers at the gateway by APIv3: orders, payments, notices and refunds of their sub-merchants.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import * as v2 from './gateway-support.mjs';
import { otherShop, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  call,
  decrypt,
  open,
  order,
  paymentFor,
  placeOrder,
  REFUNDS,
  refundBody,
  withGateway as withOwn,
} from './gateway-v3-support.mjs';

const SUB = '1900000201';
const SUB_APP = 'wxsub0000000000001';
const OTHER_SUB = '1900000202';
const provider = {
  ...bothShop,
  sub_merchants: [
    { sub_mch_id: SUB, sub_appid: SUB_APP, secret: 'sub-secret' },
    { sub_mch_id: SUB, sub_appid: 'wxsub0000000000002' },
    { sub_mch_id: OTHER_SUB },
  ],
};
const UNDER = '/v3/pay/partner/transactions';
const NUMBER = order().out_trade_no;

/** The notices are taken by a fetch, so that no server is needed. */
function withGateway(name, work, { merchants = [provider, { ...otherShop, apiV3Key: 'x'.repeat(32) }] } = {}) {
  const sent = [];
  const fetch = async (_url, { body, headers }) => {
    sent.push({ body, headers });
    return new Response(null, { status: 204 });
  };
  const run = async (side) => {
    sent.length = 0;
    await work({ ...side, sent });
  };
  return withOwn(name, run, { merchants, fetch });
}

/** The body of an order for the sub-merchant, whose payer is a user of its mini program. */
function subOrder(changes = {}) {
  const { appid, mchid, ...rest } = order({ payer: { sub_openid: 'oSubPayer' } });
  return { sp_appid: appid, sp_mchid: mchid, sub_appid: SUB_APP, sub_mchid: SUB, ...rest, ...changes };
}

const place = async (side, changes) =>
  assertDone(side, await call(side, 'POST', `${UNDER}/jsapi`, subOrder(changes))).prepay_id;
const byNumber = (number = NUMBER, sub = SUB) =>
  `${UNDER}/out-trade-no/${number}?sp_mchid=${shop.mch_id}&sub_mchid=${sub}`;
const byId = (id, sub = SUB) => `${UNDER}/id/${id}?sp_mchid=${shop.mch_id}&sub_mchid=${sub}`;
const closeOf = (number = NUMBER) => `${UNDER}/out-trade-no/${number}/close`;
const numbers = (sub_mchid = SUB) => ({ sp_mchid: shop.mch_id, sub_mchid });
const stateOf = async (side, number) => assertDone(side, await call(side, 'GET', byNumber(number))).trade_state;
const inSub = (side, prepay_id) => paymentFor(side.merchant, prepay_id, { appId: SUB_APP });

withGateway(
  'an order for a sub-merchant is placed, paid, notified, queried and refunded with both merchant numbers',
  async (side) => {
    const { gateway, clock, sent } = side;
    const prepay_id = await place(side, { attach: '门店=南山', notify_url: 'http://127.0.0.1:9/paid' });
    const unpaid = {
      sp_appid: shop.appid,
      sub_appid: SUB_APP,
      ...numbers(),
      out_trade_no: NUMBER,
      trade_state: 'NOTPAY',
      trade_state_desc: '订单未支付',
      amount: { total: 88, currency: 'CNY', payer_currency: 'CNY' },
      promotion_detail: [],
    };
    assert.deepEqual(assertDone(side, await call(side, 'GET', byNumber())), unpaid);
    const payment = { ...inSub(side, prepay_id), openid: 'oSubPayer' };
    assert.deepEqual(await gateway.pay(payment), { errMsg: 'requestPayment:ok' });
    await gateway.idle();
    const told = decrypt(JSON.parse(sent[0].body));
    assert.match(told.payer.sp_openid, /^o[\w-]{27}$/);
    const { transaction_id } = told;
    const paid = {
      ...unpaid,
      transaction_id,
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      trade_type: 'JSAPI',
      bank_type: 'OTHERS',
      attach: '门店=南山',
      success_time: '2024-08-05T17:33:41+08:00',
      payer: { sp_openid: told.payer.sp_openid, sub_openid: 'oSubPayer' },
      amount: { total: 88, payer_total: 88, currency: 'CNY', payer_currency: 'CNY' },
    };
    assert.deepEqual(told, paid);
    assert.deepEqual(assertDone(side, await call(side, 'GET', byNumber())), paid);
    assert.deepEqual(assertDone(side, await call(side, 'GET', byId(transaction_id))), paid);
    const [record] = gateway.orders();
    assert.deepEqual([record.sub_mch_id, record.sub_appid, record.sub_openid], [SUB, SUB_APP, 'oSubPayer']);

    const body = refundBody({ sub_mchid: SUB, notify_url: 'http://127.0.0.1:9/back' });
    const taken = assertDone(side, await call(side, 'POST', REFUNDS, body));
    await clock.advance(1000);
    const done = assertDone(side, await call(side, 'GET', `${REFUNDS}/${body.out_refund_no}?sub_mchid=${SUB}`));
    assert.deepEqual([done.refund_id, done.status], [taken.refund_id, 'SUCCESS']);
    assert.deepEqual(decrypt(JSON.parse(sent[1].body)), {
      ...numbers(),
      out_trade_no: NUMBER,
      transaction_id,
      out_refund_no: body.out_refund_no,
      refund_id: taken.refund_id,
      refund_status: 'SUCCESS',
      success_time: '2024-08-05T17:33:42+08:00',
      amount: { total: 88, refund: 40, payer_total: 88, payer_refund: 40 },
      user_received_account: '支付用户零钱',
    });
    assert.equal(gateway.refunds()[0].sub_mch_id, SUB);
  },
);

withGateway('an order for a sub-merchant is closed with both numbers, and again without harm', async (side) => {
  await place(side);
  for (let times = 0; times < 2; times += 1) {
    assertDone(side, await call(side, 'POST', closeOf(), numbers()), 204);
  }
  assert.equal(await stateOf(side), 'CLOSED');
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, subOrder()), 400, 'ORDER_CLOSED', 268447914);
  await side.gateway.pay(inSub(side, await place(side, { out_trade_no: 'to-be-paid' })));
  assertRefused(await call(side, 'POST', closeOf('to-be-paid'), numbers()), 400, 'ORDER_PAID', 268449538);
  assertRefused(await call(side, 'POST', closeOf('nobody-has-it'), numbers()), 400, 'INVALID_REQUEST', 268512771);
});

withGateway('the payer’s openid decides in which mini program an order is called up', async (side) => {
  const { gateway, merchant } = side;
  const inSp = (prepay_id) => paymentFor(merchant, prepay_id);
  const ok = { errMsg: 'requestPayment:ok' };
  const known = await place(side, { out_trade_no: 'known-in-sub' });
  assert.match((await gateway.pay(inSp(known))).errMsg, /appId is not the sub_appid of the order/);
  const stranger = { ...inSub(side, known), openid: 'oSomebody' };
  assert.match((await gateway.pay(stranger)).errMsg, /openid is not the openid of the order/);
  assert.deepEqual(await gateway.pay(inSub(side, known)), ok);

  const payer = { sp_openid: 'oSpPayer' };
  const withoutApp = { payer, sub_appid: undefined };
  const first = await place(side, { ...withoutApp, out_trade_no: 'known-in-sp' });
  assert.match((await gateway.pay(inSub(side, first))).errMsg, /appId is not the appid of the order/);
  assert.deepEqual(await gateway.pay({ ...inSp(first), openid: 'oSpPayer' }), ok);

  for (const [number, payment] of [
    ['both-in-sp', inSp],
    ['both-in-sub', (prepay_id) => ({ ...inSub(side, prepay_id), openid: 'oHisInTheSub' })],
  ]) {
    const prepay_id = await place(side, { payer, out_trade_no: number });
    const foreign = paymentFor(merchant, prepay_id, { appId: 'wxsub0000000000002' });
    assert.match((await gateway.pay(foreign)).errMsg, /appId is not the sp_appid or the sub_appid of the order/);
    assert.deepEqual(await gateway.pay(payment(prepay_id)), ok);
    const { payer: shown } = assertDone(side, await call(side, 'GET', byNumber(number)));
    assert.equal(shown.sp_openid, 'oSpPayer');
    assert.match(shown.sub_openid, /^o[\w-]{27}$/);
  }
});

withGateway('a payer of another mini program is refused by the name of his member', async (side) => {
  const { gateway } = side;
  for (const [appid, secret, payer] of [
    [otherShop.appid, otherShop.secret, { sp_openid: 'oFromElsewhere' }],
    [shop.appid, shop.secret, { sub_openid: 'oOfTheProvider' }],
  ]) {
    const [[member, openid]] = Object.entries(payer);
    const js_code = gateway.login({ appid, openid });
    const session = `/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=${js_code}&grant_type=authorization_code`;
    await gateway.fetch(new Request(`http://gateway${session}`));
    const answer = await call(side, 'POST', `${UNDER}/jsapi`, subOrder({ payer }));
    assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', 268435461).detail.field, `/payer/${member}`);
  }
});

withGateway('each member of a provider’s order has its rule', async (side) => {
  const cases = [
    [{ sub_mchid: undefined }, '/sub_mchid', 268443704],
    [{ sp_mchid: undefined }, '/sp_mchid'],
    [{ sp_appid: undefined }, '/sp_appid'],
    [{ appid: shop.appid }, '/appid', 270924358],
    [{ mchid: shop.mch_id }, '/mchid', 270924358],
    [{ payer: undefined }, '/payer'],
    [{ payer: {} }, '/payer', 268501013],
    [{ payer: { openid: 'oPayer' } }, '/payer/openid', 270924358],
    [{ sub_appid: undefined }, '/sub_appid'],
  ];
  for (const [changes, field, inner = 268435461] of cases) {
    const answer = await call(side, 'POST', `${UNDER}/jsapi`, subOrder(changes));
    assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', inner).detail.field, field, JSON.stringify(changes));
  }
  const withoutSub = await call(side, 'GET', byNumber().replace(/&sub_mchid=.*/, ''));
  assert.equal(assertRefused(withoutSub, 400, 'PARAM_ERROR', 268443704).detail.location, 'query');
  const close = await call(side, 'POST', closeOf(), { sp_mchid: shop.mch_id });
  assertRefused(close, 400, 'PARAM_ERROR', 268443704);
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway('every call checks the relation of provider and sub-merchant', async (side) => {
  const calls = (sub) => [
    ['POST', `${UNDER}/jsapi`, subOrder({ sub_mchid: sub })],
    ['GET', byNumber(NUMBER, sub)],
    ['GET', byId('4200000000000000000000000000', sub)],
    ['POST', closeOf(), numbers(sub)],
    ['POST', REFUNDS, refundBody({ sub_mchid: sub })],
    ['GET', `${REFUNDS}/R20150806125346?sub_mchid=${sub}`],
  ];
  for (const args of calls('1900000999')) assertRefused(await call(side, ...args), 403, 'NO_AUTH', 268443701);
  for (const args of calls(otherShop.mch_id)) assertRefused(await call(side, ...args), 403, 'NO_AUTH', 268443701);
  for (const args of calls(shop.mch_id)) assertRefused(await call(side, ...args), 400, 'PARAM_ERROR', 268443705);
  const foreign = subOrder({ sub_mchid: OTHER_SUB });
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, foreign), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  const otherApp = subOrder({ sp_appid: otherShop.appid });
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, otherApp), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
});

withGateway('a sp_mchid that is not the header’s is a 401', async (side) => {
  const sp_mchid = otherShop.mch_id;
  for (const args of [
    ['POST', `${UNDER}/jsapi`, subOrder({ sp_mchid })],
    ['GET', byNumber().replace(shop.mch_id, sp_mchid)],
    ['POST', closeOf(), { ...numbers(), sp_mchid }],
  ]) {
    const { message } = assertRefused(await call(side, ...args), 401, 'SIGN_ERROR', 268443699);
    assert.equal(message, 'http header中的mchid与post payload中的mchid不匹配');
  }
});

withGateway('a number is unique for the provider, whatever the sub-merchant', async (side) => {
  const { gateway } = side;
  const prepay_id = await place(side);
  const other = { sub_mchid: OTHER_SUB, sub_appid: undefined, payer: { sp_openid: 'oSpPayer' } };
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, subOrder(other)), 403, 'OUT_TRADE_NO_USED');
  assert.equal(await place(side), prepay_id);
  const changed = subOrder({ description: 'another' });
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, changed), 400, 'INVALID_REQUEST', 268498688);
  const asOther = async (method, target, body) =>
    assertRefused(await call(side, method, target, body), 400, 'INVALID_REQUEST', 268447845);
  await asOther('GET', byNumber(NUMBER, OTHER_SUB));
  await asOther('POST', closeOf(), numbers(OTHER_SUB));
  await gateway.pay(inSub(side, prepay_id));
  const [{ transaction_id }] = gateway.orders();
  await asOther('GET', byId(transaction_id, OTHER_SUB));
  await asOther('POST', REFUNDS, refundBody({ sub_mchid: OTHER_SUB }));
  assertRefused(await call(side, 'GET', byNumber('nobody-has-it')), 404, 'ORDER_NOT_EXIST', 268512771);
});

withGateway(
  'the provider’s own calls do not see the orders of sub-merchants, nor the other way round',
  async (side) => {
    const { gateway } = side;
    await gateway.pay(inSub(side, await place(side)));
    const [{ transaction_id }] = gateway.orders();
    const own = `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${shop.mch_id}`;
    assertRefused(await call(side, 'GET', own), 404, 'ORDER_NOT_EXIST', 268512771);
    const ownId = `/v3/pay/transactions/id/${transaction_id}?mchid=${shop.mch_id}`;
    assertRefused(await call(side, 'GET', ownId), 404, 'ORDER_NOT_EXIST', 268512771);
    await placeOrder(side, { out_trade_no: 'of-the-provider' });
    assertRefused(await call(side, 'GET', byNumber('of-the-provider')), 404, 'ORDER_NOT_EXIST', 268512771);
  },
);

withGateway('a refund without the sub-merchant of its order is refused with the missing member', async (side) => {
  await side.gateway.pay(inSub(side, await place(side)));
  const { message } = assertRefused(await call(side, 'POST', REFUNDS, refundBody()), 400, 'PARAM_ERROR', 268443704);
  assert.equal(message, '受理机构必须传入sub_mchid');
  assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ sub_mchid: SUB })));
  const query = `${REFUNDS}/R20150806125346`;
  assertRefused(await call(side, 'GET', query), 400, 'PARAM_ERROR', 268443704);
  assertRefused(await call(side, 'GET', `${query}?sub_mchid=${OTHER_SUB}`), 404, 'RESOURCE_NOT_EXISTS');
});

withGateway('an order of APIv2 for a sub-merchant is queried, closed and refunded in APIv3', async (side) => {
  const { gateway } = side;
  const ofV2 = v2.order({ sub_mch_id: SUB, sub_appid: SUB_APP, openid: undefined, sub_openid: 'oSubPayer' });
  const { prepay_id } = v2.assertDone(await v2.call(gateway, '/pay/unifiedorder', ofV2));
  assert.equal(await stateOf(side), 'NOTPAY');
  assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, subOrder()), 403, 'OUT_TRADE_NO_USED');
  assert.equal((await gateway.pay(v2.paymentFor(prepay_id, { appId: SUB_APP }))).errMsg, 'requestPayment:ok');
  const paid = assertDone(side, await call(side, 'GET', byNumber()));
  assert.deepEqual([paid.sub_mchid, paid.sub_appid, paid.payer.sub_openid], [SUB, SUB_APP, 'oSubPayer']);
  assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ sub_mchid: SUB })));
});

withGateway('by hand an order for a sub-merchant is paid, refunded and notified again', async (side) => {
  const { gateway, clock, sent } = side;
  await place(side, { notify_url: 'http://127.0.0.1:9/paid' });
  assert.equal(gateway.payOrder({ out_trade_no: NUMBER, sub_mch_id: SUB }).errMsg, 'requestPayment:ok');
  await gateway.idle();
  await gateway.resendNotice({ out_trade_no: NUMBER });
  assert.equal(sent[1].body, sent[0].body);
  assert.equal(gateway.refundOrder({ out_trade_no: NUMBER }).errMsg, 'refund:ok');
  await clock.advance(1000);
  assert.equal(decrypt(JSON.parse(sent[2].body)).sub_mchid, SUB);
  const forged = await gateway.forgeNotice({ out_trade_no: NUMBER }, 'changed amount');
  assert.equal(decrypt(JSON.parse(forged.body)).amount.total, 89);
});

test('a call for a sub-merchant fails on demand, and the event names merchant, sub-merchant and order', async () => {
  const events = [];
  const side = await open({ merchants: [provider], onEvent: (event) => events.push(event) });
  try {
    side.gateway.failNext({ path: `${UNDER}/jsapi`, kind: 'err_code', err_code: 'SYSTEM_ERROR' });
    assertRefused(await call(side, 'POST', `${UNDER}/jsapi`, subOrder()), 500, 'SYSTEM_ERROR');
    const { about } = events.find(({ type }) => type === 'fault');
    assert.deepEqual(about.slice(0, 3), [shop.mch_id, SUB, NUMBER]);
    await place(side);
  } finally {
    await side.gateway.close();
  }
});

test('a client of APIv3 gets the sub-merchant that was chosen, its mini program and the AppSecret of that', async () => {
  const gateway = createGateway({ merchants: [provider], clock: createManualClock(0) });
  const client = async (choice) => {
    const { appid, mchid, sub_mchid, sub_appid, secret } = await gateway.client(shop.mch_id, { api: 'v3', ...choice });
    assert.deepEqual([appid, mchid], [shop.appid, shop.mch_id]);
    return [sub_mchid, sub_appid, secret];
  };
  try {
    assert.deepEqual(await client({}), [undefined, undefined, shop.secret]);
    assert.deepEqual(await client({ sub_mchid: SUB }), [SUB, SUB_APP, 'sub-secret']);
    const second = { sub_mchid: SUB, sub_appid: 'wxsub0000000000002' };
    assert.deepEqual(await client(second), [SUB, 'wxsub0000000000002', undefined]);
    assert.deepEqual(await client({ sub_mchid: OTHER_SUB }), [OTHER_SUB, undefined, shop.secret]);
    await assert.rejects(client({ sub_mchid: '1' }), /no sub_mch_id 1; it has 1900000201, 1900000202/);
    await assert.rejects(client({ sub_mchid: SUB, sub_appid: 'wx1' }), /no sub_appid wx1; it has wxsub/);
  } finally {
    await gateway.close();
  }
});
