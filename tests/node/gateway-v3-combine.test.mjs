// Combined orders at the gateway by APIv3: paid together or not at all, one notice, refunded one by one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v2 from './gateway-support.mjs';
import { MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  ask,
  asSecond,
  ok,
  one,
  PAYER,
  place,
  SECOND,
  SUB,
  SUB_APP,
  second,
  statesOf,
  TWO,
  WHOLE,
  withGateway,
  withProvider,
} from './gateway-v3-combine-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  byNumber,
  call,
  decrypt,
  JSAPI,
  open,
  order,
  paymentFor,
  REFUNDS,
  refundBody,
  rsa,
} from './gateway-v3-support.mjs';

withGateway('two merchants’ orders are paid by one call-up, have one notice and are queried together', async (side) => {
  const { gateway, merchant, sent } = side;
  const { prepay_id } = await place(side, { scene_info: { payer_client_ip: '::1', device_id: 'POS1:1' } });
  assert.match(prepay_id, /^wx\d{14}[0-9a-f]{20}$/);
  const head = {
    combine_appid: shop.appid,
    combine_mchid: shop.mch_id,
    combine_out_trade_no: WHOLE,
    scene_info: { device_id: 'POS1:1' },
  };
  assert.deepEqual(await ask(side), {
    ...head,
    sub_orders: TWO.map(({ mchid, out_trade_no, amount }) => ({
      mchid,
      out_trade_no,
      trade_state: 'NOTPAY',
      amount,
      promotion_detail: [],
    })),
  });
  assert.deepEqual(statesOf(side), ['NOTPAY', 'NOTPAY']);

  assert.deepEqual(await gateway.pay({ ...paymentFor(merchant, prepay_id), openid: PAYER }), ok);
  const records = gateway.orders();
  assert.deepEqual(
    records.map((one) => [one.mch_id, one.out_trade_no, one.combine_out_trade_no, one.total_fee, one.trade_state]),
    [
      [shop.mch_id, 'first-order', WHOLE, 10, 'SUCCESS'],
      [SECOND, 'second-order', WHOLE, 20, 'SUCCESS'],
    ],
  );
  assert.notEqual(records[0].transaction_id, records[1].transaction_id);
  await gateway.idle();
  const paid = {
    ...head,
    sub_orders: TWO.map(({ mchid, out_trade_no, attach, amount }, index) => ({
      mchid,
      out_trade_no,
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      bank_type: 'OTHERS',
      attach,
      success_time: '2024-08-05T17:33:41.000+08:00',
      transaction_id: records[index].transaction_id,
      amount: { ...amount, payer_amount: amount.total_amount, payer_currency: 'CNY' },
      promotion_detail: [],
    })),
    combine_payer_info: { openid: PAYER },
  };
  assert.deepEqual(await ask(side), paid);
  assert.equal(sent.length, 1);
  assert.equal(sent[0].event_type, 'TRANSACTION.SUCCESS');
  assert.deepEqual(decrypt(sent[0]), paid);
  const [notice] = gateway.notices();
  assert.deepEqual([notice.mch_id, notice.out_trade_no, notice.accepted], [shop.mch_id, WHOLE, true]);
});

withGateway('each combined order is refunded by its own merchant with the ordinary call', async (side) => {
  const { gateway, merchant, clock, sent } = side;
  await gateway.pay(paymentFor(merchant, (await place(side)).prepay_id));
  const [first, other] = gateway.orders();
  const amount = (total, refund) => ({ amount: { total, refund, currency: 'CNY' } });
  const byId = { out_trade_no: undefined, transaction_id: first.transaction_id };
  assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ ...byId, ...amount(10, 4) })));
  const foreign = refundBody({ out_trade_no: 'second-order', ...amount(20, 20) });
  assertRefused(await call(side, 'POST', REFUNDS, foreign), 404, 'RESOURCE_NOT_EXISTS');
  const ofSecond = await asSecond(side);
  const body = { ...foreign, notify_url: 'http://127.0.0.1:9/refunded' };
  assertDone(ofSecond, await call(ofSecond, 'POST', REFUNDS, body));
  await gateway.idle();
  await clock.advance(1000);
  const told = decrypt(sent[1], second.apiV3Key);
  assert.deepEqual([told.mchid, told.transaction_id, told.amount.refund], [SECOND, other.transaction_id, 20]);
  assert.deepEqual(
    (await ask(side)).sub_orders.map(({ trade_state }) => trade_state),
    ['REFUND', 'REFUND'],
  );
});

withGateway('the ordinary calls know no combined order, in either generation', async (side) => {
  const { gateway, merchant } = side;
  const close = `${byNumber('first-order').split('?')[0]}/close`;
  const { prepay_id } = await place(side);
  assertRefused(await call(side, 'GET', byNumber('first-order')), 404, 'ORDER_NOT_EXIST', 268512771);
  assertRefused(await call(side, 'POST', close, { mchid: shop.mch_id }), 400, 'INVALID_REQUEST', 268512771);
  assertRefused(await call(side, 'POST', JSAPI, order({ out_trade_no: 'first-order' })), 403, 'OUT_TRADE_NO_USED');
  for (const path of ['/pay/orderquery', '/pay/closeorder']) {
    v2.assertRefused(await v2.call(gateway, path, { out_trade_no: 'first-order' }), 'ORDERNOTEXIST');
  }
  await gateway.pay(paymentFor(merchant, prepay_id));
  const [{ transaction_id }] = gateway.orders();
  const byId = `/v3/pay/transactions/id/${transaction_id}?mchid=${shop.mch_id}`;
  assertRefused(await call(side, 'GET', byId), 404, 'ORDER_NOT_EXIST', 268512771);
});

withGateway('the payment is signed by the merchant who combined, for the mini program that he named', async (side) => {
  const { gateway, merchant } = side;
  const { prepay_id } = await place(side);
  const ofSecond = await asSecond(side);
  const fails = async (payment, reason) => assert.match((await gateway.pay(payment)).errMsg, reason);
  await fails(paymentFor(ofSecond.merchant, prepay_id), /支付验证签名失败/);
  await fails(paymentFor(merchant, prepay_id, { appId: otherShop.appid }), /appId is not the combine_appid/);
  await fails({ ...paymentFor(merchant, prepay_id), openid: 'oSomebody' }, /openid is not the openid of the order/);
  assert.deepEqual(statesOf(side), ['NOTPAY', 'NOTPAY']);
  assert.deepEqual(await gateway.pay(paymentFor(merchant, prepay_id)), ok);
  await fails(paymentFor(merchant, prepay_id), /该订单已支付/);
});

withGateway('combined orders whose time is over are closed together', async (side) => {
  await place(side, { time_start: '2024-08-05T17:33:41+08:00', time_expire: '2024-08-05T17:40:41+08:00' });
  await side.clock.advance(7 * MINUTE_MS);
  assert.deepEqual(
    (await ask(side)).sub_orders.map(({ trade_state }) => trade_state),
    ['CLOSED', 'CLOSED'],
  );
});

withGateway('combined orders of an app, a browser and a QR code are paid together too', async (side) => {
  const { gateway, merchant, sent } = side;
  const scene_info = { payer_client_ip: '::1', device_id: 'POS1:1', h5_info: { type: 'iOS' } };
  const two = (kind) => [one(`${kind}-first`, 1), one(`${kind}-second`, 2)];
  const answers = {};
  for (const [kind, trade_type, more] of [
    ['app', 'APP', {}],
    ['h5', 'MWEB', { scene_info }],
    ['native', 'NATIVE', {}],
  ]) {
    const changes = { combine_out_trade_no: `whole-${kind}`, combine_payer_info: undefined, sub_orders: two(kind) };
    answers[kind] = await place(side, { ...changes, ...more }, kind);
    if (kind !== 'app') assert.deepEqual(gateway.payOrder({ out_trade_no: `${kind}-second` }), ok);
    else {
      const payment = {
        appid: merchant.appid,
        partnerid: merchant.mchid,
        prepayid: answers.app.prepay_id,
        package: 'Sign=WXPay',
        noncestr: 'n',
        timestamp: '1490840662',
      };
      const text = `${payment.appid}\n${payment.timestamp}\n${payment.noncestr}\n${payment.prepayid}\n`;
      assert.deepEqual(await gateway.payInApp({ ...payment, sign: rsa(text, merchant.privateKey) }), ok);
    }
    await gateway.idle();
    const told = decrypt(sent.at(-1));
    assert.deepEqual(
      told.sub_orders.map((order) => [order.trade_type, order.trade_state]),
      [
        [trade_type, 'SUCCESS'],
        [trade_type, 'SUCCESS'],
      ],
    );
    assert.match(told.combine_payer_info.openid, /^o[\w-]{27}$/);
  }
  assert.deepEqual(Object.values(answers).flatMap(Object.keys), ['prepay_id', 'h5_url', 'code_url']);
});

withProvider('a provider combines orders of its sub-merchants, and refunds each with its number', async (side) => {
  const { gateway, merchant, sent } = side;
  const sub_orders = [
    one('of-the-provider', 10),
    one('of-the-sub', 20, { sub_mchid: SUB, sub_appid: SUB_APP }),
    one('of-another', 30, { sub_mchid: '1900000202' }),
  ];
  const { prepay_id } = await place(side, { sub_orders, combine_payer_info: { openid: PAYER, sub_openid: 'oSub' } });
  assert.deepEqual(await gateway.pay(paymentFor(merchant, prepay_id)), ok);
  await gateway.idle();
  const told = decrypt(sent[0]);
  assert.deepEqual(
    told.sub_orders.map((one) => [one.mchid, one.sub_mchid, one.sub_appid, one.sub_openid]),
    [
      [shop.mch_id, undefined, undefined, undefined],
      [shop.mch_id, SUB, SUB_APP, 'oSub'],
      [shop.mch_id, '1900000202', undefined, undefined],
    ],
  );
  assert.deepEqual(await ask(side), told);
  const amount = { total: 20, refund: 20, currency: 'CNY' };
  const body = refundBody({ out_trade_no: 'of-the-sub', amount, notify_url: 'http://127.0.0.1:9/refunded' });
  assertRefused(await call(side, 'POST', REFUNDS, body), 400, 'PARAM_ERROR', 268443704);
  assertDone(side, await call(side, 'POST', REFUNDS, { ...body, sub_mchid: SUB }));
  await side.clock.advance(1000);
  const back = decrypt(sent[1]);
  assert.deepEqual([back.sp_mchid, back.sub_mchid], [shop.mch_id, SUB]);
  const partner = `/v3/pay/partner/transactions/out-trade-no/of-the-sub?sp_mchid=${shop.mch_id}&sub_mchid=${SUB}`;
  assertRefused(await call(side, 'GET', partner), 404, 'ORDER_NOT_EXIST', 268512771);
});

withGateway('by hand combined orders are paid, notified again, forged and probed as one', async (side) => {
  const { gateway, sent } = side;
  await place(side);
  const choice = { out_trade_no: 'second-order' };
  await gateway.forgeNotice(choice, 'changed amount');
  const forged = decrypt(sent[0]);
  assert.deepEqual(
    forged.sub_orders.map(({ amount }) => amount.total_amount),
    [11, 21],
  );
  assert.deepEqual(statesOf(side), ['NOTPAY', 'NOTPAY']);
  assert.deepEqual(gateway.payOrder(choice), ok);
  await gateway.idle();
  await gateway.resendNotice(choice);
  assert.deepEqual(sent[2], sent[1]);
  assert.equal(decrypt(sent[2]).combine_out_trade_no, WHOLE);
  const probe = await gateway.probe({ ...choice, url: 'http://127.0.0.1:9/probe' });
  assert.deepEqual([probe.mch_id, probe.out_trade_no], [shop.mch_id, WHOLE]);
  assert.equal(gateway.refundOrder(choice, { refund_fee: 5 }).errMsg, 'refund:ok');
});

test('the notice of combined orders is signed in the key phase of the merchant who combined them', async () => {
  const serials = [];
  const fetch = async (_url, { headers }) => {
    serials.push(new Headers(headers).get('wechatpay-serial'));
    return new Response(null, { status: 204 });
  };
  for (const [mine, other, isPublic] of [
    ['public key', 'certificate', true],
    ['certificate', 'public key', false],
  ]) {
    const merchants = [
      { ...bothShop, keyPhase: mine },
      { ...second, keyPhase: other },
    ];
    const both = await open({ merchants, fetch });
    await both.gateway.pay(paymentFor(both.merchant, (await place(both)).prepay_id));
    await both.gateway.idle();
    await both.gateway.close();
    assert.equal(serials.at(-1).startsWith('PUB_KEY_ID_'), isPublic, mine);
  }
  assert.equal(serials.length, 2);
});
