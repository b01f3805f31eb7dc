// Disturbed notices to a real shop's server: lost, repeated, late, overtaken, after a forged one; and manual actions.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openNotify } from 'paysign';
import { createGateway, createManualClock, NOTICE_FAULTS } from 'paysign/testing';
import {
  ACCEPT,
  call,
  MINUTE_MS,
  order,
  otherShop,
  placeAndPay,
  placeOrder,
  START_MS,
  shop,
} from './gateway-support.mjs';

const REFUSE = ACCEPT.replace('SUCCESS', 'FAIL');

/** A gateway, and a shop's server that takes every notice that is genuine. */
async function open(t, options) {
  const received = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    let genuine = true;
    try {
      openNotify(body, { key: shop.key, appid: shop.appid, mch_id: shop.mch_id, signType: 'MD5' });
    } catch {
      genuine = false;
    }
    received.push({ out_trade_no: request.url.slice(1), genuine, body });
    response.end(genuine ? ACCEPT : REFUSE);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = createManualClock(START_MS);
  const gateway = createGateway({ merchants: [shop, otherShop], clock, seed: 1, ...options });
  t.after(async () => {
    await gateway.close();
    server.close();
  });
  const address = (out_trade_no) => `http://127.0.0.1:${server.address().port}/${out_trade_no}`;
  const pay = async (out_trade_no) => {
    await placeAndPay(gateway, { out_trade_no, notify_url: address(out_trade_no) });
    await gateway.idle();
  };
  return { gateway, clock, received, address, pay, seen: () => received.map((one) => one.out_trade_no) };
}

const attemptsOf = (gateway, index = 0) =>
  gateway.notices()[index].attempts.map(({ accepted, error }) => error ?? accepted);

const MISCHIEF = {
  async noticeLost({ gateway, clock, pay, seen }) {
    await pay('a');
    assert.deepEqual([seen(), attemptsOf(gateway)], [[], ['lost on the way']]);
    gateway.faultRates({});
    await clock.advance(15_000);
    assert.deepEqual([seen(), gateway.notices()[0].accepted], [['a'], true]);
  },
  async noticeDuplicated({ gateway, clock, pay, seen }) {
    await pay('a');
    assert.deepEqual(
      [seen(), attemptsOf(gateway)],
      [
        ['a', 'a'],
        [true, true],
      ],
    );
    await clock.advance(60 * MINUTE_MS);
    assert.equal(seen().length, 2);
  },
  async noticeLate({ gateway, clock, pay, seen }) {
    await pay('a');
    assert.deepEqual(seen(), []);
    const { nextAttemptMs } = gateway.notices()[0];
    assert.ok(nextAttemptMs >= START_MS + 5000 && nextAttemptMs <= START_MS + 6000, String(nextAttemptMs));
    await clock.advance(6000);
    assert.deepEqual([seen(), attemptsOf(gateway)], [['a'], [true]]);
  },
  async noticeReordered({ gateway, clock, pay, seen }) {
    await pay('a');
    gateway.faultRates({});
    await pay('b');
    assert.deepEqual(seen(), ['b', 'a']);
    gateway.faultRates({ noticeReordered: 1, noticeLateMs: [5000, 6000] });
    await pay('c');
    await clock.advance(6000);
    assert.deepEqual(seen(), ['b', 'a', 'c'], 'where no other one comes, it comes by itself');
  },
  async noticeForged({ gateway, pay, received }) {
    for (const number of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await pay(number);
    assert.deepEqual(
      received.map(({ genuine }) => genuine),
      Array.from({ length: 8 }, () => [false, true]).flat(),
    );
    const forged = gateway.notices().filter((notice) => notice.forged);
    assert.deepEqual(
      new Set(forged.map((notice) => notice.forged)),
      new Set(['another key', 'changed amount', 'no signature']),
    );
    assert.ok(
      forged.every(({ accepted, attempts, nextAttemptMs }) => !accepted && attempts.length === 1 && !nextAttemptMs),
    );
  },
};

test('every kind of mischief is tried', () =>
  assert.deepEqual(Object.keys(MISCHIEF).sort(), [...NOTICE_FAULTS].sort()));

for (const [name, run] of Object.entries(MISCHIEF)) {
  test(`${name} is seen by the shop, and reported`, async (t) => {
    const events = [];
    const faults = { [name]: 1, noticeLateMs: [5000, 6000] };
    const opened = await open(t, { faults, onEvent: (event) => events.push(event) });
    await run(opened);
    const { kind, about } = events.find(({ type }) => type === 'fault');
    assert.deepEqual([kind, about], [name, [shop.mch_id, 'a']]);
  });
}

test('a person pays an order without its payment parameters, once, and its notice follows', async (t) => {
  const { gateway, address, seen } = await open(t);
  for (const trade_type of ['JSAPI', 'NATIVE']) {
    const out_trade_no = `by-hand-${trade_type}`;
    await placeOrder(gateway, { out_trade_no, trade_type, product_id: '1', notify_url: address(out_trade_no) });
    assert.deepEqual(gateway.payOrder({ out_trade_no }), { errMsg: 'requestPayment:ok' }, trade_type);
    assert.match(gateway.payOrder({ out_trade_no }).errMsg, /^requestPayment:fail 该订单已支付/, trade_type);
    await gateway.idle();
    assert.equal(gateway.orders().at(-1).trade_state, 'SUCCESS', trade_type);
  }
  assert.deepEqual(seen(), ['by-hand-JSAPI', 'by-hand-NATIVE']);
  assert.ok(gateway.notices().every(({ accepted }) => accepted));
});

test('a person cannot pay an ended order, and by hand too a prepay_id ends after two hours', async (t) => {
  const { gateway, clock, address } = await open(t);
  await placeOrder(gateway, { out_trade_no: 'old', notify_url: address('old') });
  await clock.advance(120 * MINUTE_MS);
  assert.match(gateway.payOrder({ out_trade_no: 'old' }).errMsg, /订单已过期/);
  await call(gateway, '/pay/closeorder', { out_trade_no: 'old' });
  assert.match(gateway.payOrder({ out_trade_no: 'old' }).errMsg, /该订单已关闭/);
  assert.match(gateway.refuseOrder({ out_trade_no: 'old' }).errMsg, /该订单已关闭/);
});

test('a payer who refuses leaves the order to be paid later, and ends one whose password is asked for', async (t) => {
  const micropay = () => ({ result: 'USERPAYING', afterMs: 60_000, trade_state: 'SUCCESS' });
  const { gateway, clock, address } = await open(t, { micropay });
  await placeOrder(gateway, { out_trade_no: 'a', notify_url: address('a') });
  assert.deepEqual(gateway.refuseOrder({ out_trade_no: 'a' }), { errMsg: 'requestPayment:fail cancel' });
  assert.equal(gateway.orders()[0].trade_state, 'NOTPAY');
  assert.equal(gateway.payOrder({ out_trade_no: 'a' }).errMsg, 'requestPayment:ok');
  const { openid, trade_type, notify_url, ...till } = order({ auth_code: '120061098828009406' });
  for (const out_trade_no of ['refused', 'paid']) await call(gateway, '/pay/micropay', { ...till, out_trade_no });
  gateway.refuseOrder({ out_trade_no: 'refused' });
  gateway.payOrder({ out_trade_no: 'paid' });
  await gateway.idle();
  await clock.advance(60_000);
  const states = gateway.orders().map((one) => [one.out_trade_no, one.trade_state]);
  assert.deepEqual(states.slice(1), [
    ['refused', 'PAYERROR'],
    ['paid', 'SUCCESS'],
  ]);
  assert.equal(gateway.notices().length, 1, 'no notice follows a pay code');
});

test('a person refunds a part and then the rest by the rules of the call, and notices follow', async (t) => {
  const { gateway, clock, address, pay, seen } = await open(t);
  await placeOrder(gateway, { out_trade_no: 'unpaid' });
  assert.match(gateway.refundOrder({ out_trade_no: 'unpaid' }).errMsg, /^refund:fail ORDERNOTEXIST/);
  await pay('a');
  const part = gateway.refundOrder({ out_trade_no: 'a' }, { refund_fee: 8, notify_url: address('elsewhere') });
  assert.equal(part.errMsg, 'refund:ok');
  assert.equal(gateway.refundOrder({ out_trade_no: 'a' }).errMsg, 'refund:ok');
  assert.match(gateway.refundOrder({ out_trade_no: 'a' }).errMsg, /^refund:fail ERROR 订单已全额退款/);
  await clock.advance(1000);
  assert.deepEqual(
    gateway.refunds().map(({ refund_fee, refund_status }) => [refund_fee, refund_status]),
    [
      [8, 'SUCCESS'],
      [80, 'SUCCESS'],
    ],
  );
  assert.deepEqual(seen(), ['a', 'elsewhere', 'a']);
  const { out_refund_no } = part;
  const resent = await gateway.resendNotice({ out_trade_no: 'a', out_refund_no });
  assert.deepEqual([resent.out_refund_no, resent.attempts.length, seen().at(-1)], [out_refund_no, 2, 'elsewhere']);
  const forged = await gateway.forgeNotice({ out_trade_no: 'a', out_refund_no }, 'changed amount');
  assert.deepEqual([forged.forged, forged.accepted], ['changed amount', false]);
});

test('a notice is sent again at once, also one that was accepted, and its repeats are then counted from there', async (t) => {
  const { gateway, clock, pay, seen } = await open(t, { faults: { noticeLost: 1 } });
  await pay('a');
  gateway.faultRates({});
  const { accepted, attempts, nextAttemptMs } = await gateway.resendNotice({ out_trade_no: 'a' });
  assert.deepEqual([accepted, attempts.length, nextAttemptMs], [true, 2, undefined]);
  await gateway.resendNotice({ out_trade_no: 'a' });
  await clock.advance(60 * MINUTE_MS);
  assert.deepEqual(seen(), ['a', 'a']);
});

test('a forged notice can be sent for an order that nobody paid, and a shop that accepts it is shown', async (t) => {
  const { gateway, received } = await open(t);
  const careless = createServer((_, response) => response.end(ACCEPT));
  await new Promise((resolve) => careless.listen(0, '127.0.0.1', resolve));
  t.after(() => careless.close());
  await placeOrder(gateway, { out_trade_no: 'a', notify_url: `http://127.0.0.1:${careless.address().port}/` });
  for (const forgery of ['another key', 'changed amount', 'no signature']) {
    const { forged, accepted, body } = await gateway.forgeNotice({ out_trade_no: 'a' }, forgery);
    assert.deepEqual([forged, accepted], [forgery, true], forgery);
    assert.equal(body.includes('<sign>'), forgery !== 'no signature', forgery);
    const expected = { key: shop.key, appid: shop.appid, mch_id: shop.mch_id, signType: 'MD5' };
    assert.throws(() => openNotify(body, expected), { name: 'WxPayError' }, forgery);
  }
  assert.equal(gateway.orders()[0].trade_state, 'NOTPAY');
  assert.equal(received.length, 0);
});

test('an order that is not there, or not the only one of its number, is named', async (t) => {
  const { gateway, pay } = await open(t);
  assert.throws(() => gateway.payOrder({ out_trade_no: 'x' }), /no order has out_trade_no x/);
  await placeOrder(gateway, { out_trade_no: 'twice' });
  await placeOrder(gateway, { out_trade_no: 'twice' }, { merchant: otherShop });
  assert.throws(() => gateway.payOrder({ out_trade_no: 'twice' }), /more than one order has out_trade_no twice/);
  assert.equal(gateway.payOrder({ out_trade_no: 'twice', mch_id: otherShop.mch_id }).errMsg, 'requestPayment:ok');
  await assert.rejects(gateway.resendNotice({ out_trade_no: 'twice', mch_id: shop.mch_id }), /no notice was sent/);
  await pay('a');
  await assert.rejects(gateway.forgeNotice({ out_trade_no: 'a', out_refund_no: 'R' }), /no refund of the order/);
});
