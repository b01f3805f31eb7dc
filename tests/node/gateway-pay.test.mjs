// Payments at the gateway: the refusals of phone and WeChat, which leave the books unchanged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  call,
  MINUTE_MS,
  order,
  otherShop,
  paymentFor,
  placeOrder,
  START_MS,
  shop,
  signByHand,
} from './gateway-support.mjs';

async function openWithOrder(changes, options) {
  const clock = createManualClock(START_MS);
  const sent = [];
  const gateway = createGateway({
    merchants: [shop, otherShop, { ...shop, appid: 'wxsecondapp' }],
    clock,
    fetch: async (url, init) => {
      sent.push({ url, body: init.body });
      return new Response(ACCEPT);
    },
  });
  const prepay_id = await placeOrder(gateway, changes, options);
  return { gateway, clock, prepay_id, sent };
}

/** Tries the payment, which must fail with this reason and change nothing. */
async function assertRefused({ gateway, sent }, payment, reason) {
  const before = gateway.orders();
  const { errMsg, ...others } = await gateway.pay(payment);
  assert.deepEqual(others, {});
  assert.ok(errMsg.startsWith('requestPayment:fail '), errMsg);
  assert.match(errMsg, reason);
  await gateway.idle();
  assert.deepEqual(gateway.orders(), before);
  assert.equal(sent.length, before.filter((one) => one.trade_state === 'SUCCESS').length);
}

const badForms = {
  timeStamp: [
    /timeStamp must be a string of 10 digits/,
    undefined,
    1490840662,
    '149084066',
    '1490840662000',
    '1490840662 ',
    '',
  ],
  nonceStr: [/nonceStr/, undefined, '', 'n'.repeat(33), 7],
  package: [/package/, undefined, '', 'wx2017', 'prepay_id=', 'Prepay_id=wx1', 'Sign=WXPay', ['prepay_id=wx1']],
  signType: [/signType/, 'RSA', '', null, 'md5', '__proto__'],
  paySign: [/paySign/, undefined, '', null, {}],
  appId: [/appId/, undefined, '', 5],
  openid: [/openid/, 5, null],
};

for (const [name, [reason, ...values]] of Object.entries(badForms)) {
  test(`a payment whose ${name} is malformed is refused by name`, async () => {
    const open = await openWithOrder();
    for (const value of values) {
      await assertRefused(open, { ...paymentFor(open.prepay_id), [name]: value }, reason);
    }
  });
}

test('a payment without any parameters is refused, not thrown', async () => {
  const open = await openWithOrder();
  for (const payment of [undefined, null, {}, 'x']) await assertRefused(open, payment, /appId/);
});

test('an unknown prepay_id is refused', async () => {
  const open = await openWithOrder();
  for (const prepay_id of ['wx2017033010242291fcfe0db70013231072', `${open.prepay_id}0`, '__proto__', 'constructor']) {
    await assertRefused(open, paymentFor(prepay_id), /no order has this prepay_id/);
  }
});

test('a prepay_id is good for two hours and not a millisecond longer', async () => {
  const early = await openWithOrder();
  await early.clock.advance(120 * MINUTE_MS - 1);
  assert.equal((await early.gateway.pay(paymentFor(early.prepay_id))).errMsg, 'requestPayment:ok');
  const late = await openWithOrder();
  await late.clock.advance(120 * MINUTE_MS);
  await assertRefused(late, paymentFor(late.prepay_id), /older than two hours/);
});

test('an appId that is not the order’s is refused, also where the signature over it is right', async () => {
  const open = await openWithOrder();
  await assertRefused(
    open,
    paymentFor(open.prepay_id, { appId: 'wxsecondapp' }),
    /appId is not the appid of the order/,
  );
  await assertRefused(open, paymentFor(open.prepay_id, { merchant: otherShop }), /appId is not the appid of the order/);
});

test('the signType must be the order’s sign_type, also where paySign is right for the other one', async () => {
  const md5 = await openWithOrder();
  const hmac = await openWithOrder({}, { signType: 'HMAC-SHA256' });
  await assertRefused(md5, paymentFor(md5.prepay_id, { signType: 'HMAC-SHA256' }), /sign_type of the order, MD5/);
  await assertRefused(hmac, paymentFor(hmac.prepay_id), /sign_type of the order, HMAC-SHA256/);
  assert.equal((await md5.gateway.pay(paymentFor(md5.prepay_id))).errMsg, 'requestPayment:ok');
  const signed = paymentFor(hmac.prepay_id, { signType: 'HMAC-SHA256' });
  assert.equal((await hmac.gateway.pay(signed)).errMsg, 'requestPayment:ok');
});

test('a signType that is left out means MD5', async () => {
  const { gateway, prepay_id } = await openWithOrder();
  const { signType, ...payment } = paymentFor(prepay_id);
  assert.equal(signType, 'MD5');
  assert.equal((await gateway.pay(payment)).errMsg, 'requestPayment:ok');
});

test('a paySign made with anything but the five names, the five values and the key is refused', async () => {
  const open = await openWithOrder();
  const good = paymentFor(open.prepay_id);
  const { paySign, appId, timeStamp, ...others } = good;
  const wrongSigns = [
    signByHand({ ...others, appId, timeStamp }, otherShop.key),
    signByHand({ ...others, appid: appId, timeStamp }, shop.key),
    signByHand({ ...others, appId, timestamp: timeStamp }, shop.key),
    signByHand({ ...others, appId, timeStamp, package: open.prepay_id }, shop.key),
    signByHand({ ...others, appId, timeStamp }, shop.key, 'HMAC-SHA256'),
    paySign.toLowerCase(),
    paySign.slice(1),
    `${paySign} `,
  ];
  for (const wrong of wrongSigns) await assertRefused(open, { ...good, paySign: wrong }, /支付验证签名失败: paySign/);
  for (const change of [{ timeStamp: '1490840663' }, { nonceStr: 'other' }]) {
    await assertRefused(open, { ...good, ...change }, /支付验证签名失败: paySign/);
  }
  const { errMsg } = await open.gateway.pay({ ...good, paySign: 'x' });
  assert.ok(!errMsg.includes(paySign), 'the refusal does not tell the right signature');
});

test('an order is paid once: the second payment is refused and no second notice is sent', async () => {
  const open = await openWithOrder();
  const payment = paymentFor(open.prepay_id);
  const results = await Promise.all([1, 2, 3].map(() => open.gateway.pay(payment)));
  assert.equal(results.filter(({ errMsg }) => errMsg === 'requestPayment:ok').length, 1);
  await assertRefused(open, payment, /the order is paid/);
  assert.equal(open.sent.length, 1);
});

test('a closed or expired order cannot be paid', async () => {
  const closed = await openWithOrder();
  await closed.clock.advance(5 * MINUTE_MS);
  await call(closed.gateway, '/pay/closeorder', { out_trade_no: order().out_trade_no });
  await assertRefused(closed, paymentFor(closed.prepay_id), /the order is closed/);
  const expired = await openWithOrder({ time_expire: '20240805180000' });
  await expired.clock.advance(30 * MINUTE_MS);
  await assertRefused(expired, paymentFor(expired.prepay_id), /the order is closed/);
});

test('another payer is refused, the payer of the order may pay', async () => {
  const open = await openWithOrder();
  const payment = paymentFor(open.prepay_id);
  await assertRefused(open, { ...payment, openid: 'oSomebodyElse' }, /openid is not the openid of the order/);
  assert.equal((await open.gateway.pay({ ...payment, openid: order().openid })).errMsg, 'requestPayment:ok');
  assert.equal(open.gateway.orders()[0].openid, order().openid);
});

test('an order of another trade_type cannot be paid through wx.requestPayment', async () => {
  const open = await openWithOrder({ trade_type: 'NATIVE', product_id: 'p' });
  await assertRefused(open, paymentFor(open.prepay_id), /trade_type/);
});

test('a timeStamp of another year is no obstacle', async () => {
  const { gateway, prepay_id } = await openWithOrder();
  assert.equal((await gateway.pay(paymentFor(prepay_id, { timeStamp: '9999999999' }))).errMsg, 'requestPayment:ok');
});

test('a payment is booked at the gateway’s time, in Beijing', async () => {
  const { gateway, clock, prepay_id } = await openWithOrder();
  await clock.advance(60 * MINUTE_MS);
  await gateway.pay(paymentFor(prepay_id));
  const [{ transaction_id, ...record }] = gateway.orders();
  assert.match(transaction_id, /^4200\d{6}20240805\d{10}$/);
  assert.deepEqual(record, {
    appid: shop.appid,
    mch_id: shop.mch_id,
    out_trade_no: '20150806125346',
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    body: '腾讯-游戏',
    total_fee: 88,
    fee_type: 'CNY',
    createdMs: START_MS,
    sign_type: 'MD5',
    notify_url: 'http://127.0.0.1:9/notify',
    prepay_id,
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    time_end: '20240805183341',
    bank_type: 'OTHERS',
    cash_fee: 88,
  });
});
