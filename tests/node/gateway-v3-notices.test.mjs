// The notices of APIv3 at the gateway, its probes and forgeries, and the failures of its calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WECHAT_RETRY_DELAYS_MS } from 'paysign/testing';
import * as v2 from './gateway-support.mjs';
import { START_MS, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  call,
  decrypt,
  isSigned,
  JSAPI,
  listen,
  open,
  order,
  paymentFor,
  placeAndPay,
  placeOrder,
  query,
  REFUNDS,
  refundBody,
} from './gateway-v3-support.mjs';

const NUMBER = order().out_trade_no;

/** A test with a gateway and a shop's server of its own. */
const withShop = (name, work, { statuses, ...options } = {}) =>
  test(name, async () => {
    const [side, server] = await Promise.all([open(options), listen(statuses)]);
    try {
      await work({ ...side, ...server, side });
    } finally {
      await Promise.all([side.gateway.close(), server.close()]);
    }
  });

withShop(
  'a payment is followed by a signed envelope that only the APIv3 key opens',
  async ({ side, gateway, merchant, url, received }) => {
    const transaction_id = await placeAndPay(side, { notify_url: url, attach: '甲' });
    await gateway.idle();
    const [{ headers, body }] = received;
    assert.equal(received.length, 1);
    assert.ok(isSigned(merchant, headers, body));
    assert.ok(!isSigned(merchant, headers, body.replace('支付成功', '支付失败')));
    assert.equal(headers.get('wechatpay-timestamp'), String(START_MS / 1000));
    assert.equal(headers.get('content-type'), 'application/json');
    assert.equal(headers.get('user-agent'), 'Mozilla/4.0');
    assert.match(headers.get('wechatpay-nonce'), /^\w{32}$/);
    const envelope = JSON.parse(body);
    assert.match(envelope.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const { resource, ...rest } = envelope;
    assert.deepEqual(rest, {
      id: envelope.id,
      create_time: '2024-08-05T17:33:41+08:00',
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
    });
    assert.equal(resource.original_type, 'transaction');
    assert.deepEqual(decrypt(envelope), {
      mchid: shop.mch_id,
      appid: shop.appid,
      out_trade_no: NUMBER,
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      transaction_id,
      trade_type: 'JSAPI',
      bank_type: 'OTHERS',
      attach: '甲',
      success_time: '2024-08-05T17:33:41+08:00',
      payer: { openid: order().payer.openid },
      amount: { total: 88, payer_total: 88, currency: 'CNY', payer_currency: 'CNY' },
      promotion_detail: [],
    });
    assert.throws(() => decrypt(envelope, 'x'.repeat(32)));
    assert.equal(gateway.notices()[0].accepted, true);
  },
);

withShop(
  'a refund with a notify_url is followed by REFUND.SUCCESS',
  async ({ side, gateway, clock, merchant, url, received }) => {
    const transaction_id = await placeAndPay(side);
    await gateway.idle();
    const { refund_id } = assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ notify_url: url })));
    await clock.advance(1000);
    const [{ headers, body }] = received;
    assert.ok(isSigned(merchant, headers, body));
    const envelope = JSON.parse(body);
    assert.equal(envelope.event_type, 'REFUND.SUCCESS');
    assert.deepEqual(decrypt(envelope), {
      mchid: shop.mch_id,
      out_trade_no: NUMBER,
      transaction_id,
      out_refund_no: 'R20150806125346',
      refund_id,
      refund_status: 'SUCCESS',
      success_time: '2024-08-05T17:33:42+08:00',
      amount: { total: 88, refund: 40, payer_total: 88, payer_refund: 40 },
      user_received_account: '支付用户零钱',
    });
  },
);

withShop('a refund by hand is told in the generation of its order', async ({ side, gateway, clock, url, received }) => {
  await placeAndPay(side);
  const { errMsg, out_refund_no } = gateway.refundOrder({ out_trade_no: NUMBER }, { refund_fee: 8, notify_url: url });
  assert.equal(errMsg, 'refund:ok');
  await gateway.idle();
  await clock.advance(1000);
  assert.equal(decrypt(JSON.parse(received[0].body)).out_refund_no, out_refund_no);
  assert.match(
    gateway.refundOrder({ out_trade_no: NUMBER }, { refund_fee: 81 }).errMsg,
    /^refund:fail INVALID_REQUEST /,
  );
  await v2.placeAndPay(gateway, { out_trade_no: 'made-in-v2', notify_url: url });
  await gateway.idle();
  assert.match(received[1].body, /^<xml>/);
});

withShop(
  'a notice that is refused is sent again on WeChat’s schedule, the same body under a new signature',
  async ({ side, gateway, clock, merchant, url, received }) => {
    await placeAndPay(side, { notify_url: url });
    await gateway.idle();
    for (const delayMs of WECHAT_RETRY_DELAYS_MS) {
      const before = received.length;
      await clock.advance(delayMs - 1);
      assert.equal(received.length, before);
      await clock.advance(1);
      assert.equal(received.length, before + 1);
      const { headers, body } = received.at(-1);
      assert.equal(body, received[0].body);
      assert.equal(headers.get('wechatpay-timestamp'), String(Math.floor(clock.now() / 1000)));
      assert.ok(isSigned(merchant, headers, body));
    }
    await clock.advance(24 * 60 * 60 * 1000);
    assert.equal(received.length, 16);
    assert.equal(new Set(received.map(({ headers }) => headers.get('wechatpay-signature'))).size, 16);
  },
  { statuses: [500] },
);

for (const [status, accepted] of [
  [200, true],
  [204, true],
  [201, false],
  [302, false],
  [400, false],
  [503, false],
]) {
  withShop(
    `a reply of status ${status} ${accepted ? 'accepts' : 'does not accept'} a notice`,
    async ({ side, gateway, url }) => {
      await placeAndPay(side, { notify_url: url });
      await gateway.idle();
      const [{ attempts, ...record }] = gateway.notices();
      assert.equal(record.accepted, accepted);
      assert.equal(attempts[0].status, status);
      assert.equal(record.nextAttemptMs !== undefined, !accepted);
    },
    { statuses: [status] },
  );
}

withShop(
  'a merchant without an APIv3 key orders and refunds, and gets no notice of APIv3',
  async ({ side, gateway, clock, merchant, url, received }) => {
    const own = await gateway.certificates();
    const mine = own.merchants.find(({ mch_id }) => mch_id === shop.mch_id);
    const keyless = {
      ...side,
      merchant: { ...merchant, ...shop, mchid: shop.mch_id, privateKey: mine.key, certificate: mine.cert },
    };
    const prepay_id = await placeOrder(keyless, { notify_url: url });
    assert.deepEqual(await gateway.pay(paymentFor(keyless.merchant, prepay_id)), { errMsg: 'requestPayment:ok' });
    assertDone(side, await call(keyless, 'POST', REFUNDS, refundBody({ notify_url: url })));
    await clock.advance(1000);
    await gateway.idle();
    assert.deepEqual(received, []);
    await assert.rejects(gateway.forgeNotice({ out_trade_no: NUMBER }), /has no apiV3Key/);
  },
  { merchants: [{ appid: 'wx0000000000000001', mch_id: '1900000001', apiV3Key: 'x'.repeat(32) }, shop] },
);

withShop('a probe has a signature that begins WECHATPAY/SIGNTEST/ and is no base64 of 256 bytes', async (parts) => {
  const { side, gateway, merchant, url, received } = parts;
  await placeAndPay(side, { notify_url: url });
  await gateway.idle();
  const record = await gateway.probe({ out_trade_no: NUMBER });
  assert.equal(record.forged, 'probe');
  assert.equal(record.accepted, true, 'the shop accepts everything');
  const { headers, body } = received[1];
  const signature = headers.get('wechatpay-signature');
  assert.ok(signature.startsWith('WECHATPAY/SIGNTEST/'));
  assert.notEqual(Buffer.from(signature, 'base64').toString('base64'), signature);
  assert.ok(!isSigned(merchant, headers, body));
  assert.equal(decrypt(JSON.parse(body)).out_trade_no, NUMBER);
});

withShop(
  'a probe about no order goes to any url, once, and its refusal is no reason to repeat it',
  async ({ gateway, clock, url, received }) => {
    const { accepted, attempts } = await gateway.probe({ url });
    assert.equal(accepted, false);
    assert.equal(attempts[0].status, 401);
    await clock.advance(24 * 60 * 60 * 1000);
    assert.equal(received.length, 1);
    assert.deepEqual(gateway.orders(), []);
    await assert.rejects(gateway.probe({}), /name the url/);
    await assert.rejects(gateway.probe({ out_trade_no: 'nobody' }), /no merchant with an apiV3Key/);
    await assert.rejects(gateway.probe({ mch_id: '1', url }), /no merchant with an apiV3Key/);
  },
  { statuses: [401] },
);

withShop('each forged notice fails the verification, and the true one can be sent again', async (parts) => {
  const { side, gateway, merchant, url, received } = parts;
  await placeAndPay(side, { notify_url: url });
  await gateway.idle();
  const [genuine] = received;
  for (const forgery of ['another key', 'changed amount', 'no signature']) {
    const record = await gateway.forgeNotice({ out_trade_no: NUMBER }, forgery);
    assert.equal(record.forged, forgery);
    const { headers, body } = received.at(-1);
    const total = decrypt(JSON.parse(body)).amount.total;
    assert.equal(total, forgery === 'changed amount' ? 89 : 88);
    assert.equal(headers.has('wechatpay-signature'), forgery !== 'no signature');
    assert.ok(forgery === 'no signature' || !isSigned(merchant, headers, body), forgery);
  }
  await gateway.resendNotice({ out_trade_no: NUMBER });
  assert.equal(received.at(-1).body, genuine.body);
  assert.ok(isSigned(merchant, received.at(-1).headers, genuine.body));
});

withShop('failures on demand spoil calls of APIv3, before their work or after', async ({ side, gateway }) => {
  gateway.failNext({ path: JSAPI, kind: 'err_code', err_code: 'SYSTEM_ERROR' });
  assertRefused(await call(side, 'POST', JSAPI, order()), 500, 'SYSTEM_ERROR');
  assert.deepEqual(gateway.orders(), []);
  gateway.failNext({ path: JSAPI, kind: 'err_code', err_code: 'SYSTEM_ERROR', when: 'after' });
  assertRefused(await call(side, 'POST', JSAPI, order()), 500, 'SYSTEM_ERROR');
  assert.equal(gateway.orders().length, 1);
  for (const [err_code, status] of [
    ['NOT_ENOUGH', 403],
    ['FREQUENCY_LIMITED', 429],
    ['USER_ACCOUNT_ABNORMAL', 403],
    ['BANK_ERROR', 500],
    ['MCH_NOT_EXISTS', 400],
  ]) {
    gateway.failNext({ path: REFUNDS, kind: 'err_code', err_code, err_code_des: '不行' });
    assert.equal(assertRefused(await call(side, 'POST', REFUNDS, refundBody()), status, err_code).message, '不行');
  }
  gateway.failNext({ path: REFUNDS, kind: 'err_code', err_code: 'MCH_NOT_EXISTS', status: 404 });
  assertRefused(await call(side, 'POST', REFUNDS, refundBody()), 404, 'MCH_NOT_EXISTS');
  gateway.failNext({ kind: 'page', status: 503 });
  assert.equal((await call(side, 'POST', JSAPI, order())).status, 503);
  gateway.failNext({ kind: 'reset' });
  await assert.rejects(call(side, 'POST', JSAPI, order()), /reset/);
  gateway.failNext({ kind: 'cut' });
  const half = (await call(side, 'POST', JSAPI, order()).catch((error) => error)) ?? {};
  assert.ok(half instanceof SyntaxError);
  assert.throws(() => gateway.failNext({ path: '/v3/pay/nothing', kind: 'reset' }), /no path/);
});

withShop(
  'an answer can be changed before it is signed, and its signature can be wrong or missing',
  async ({ side, gateway, merchant }) => {
    const path = '/v3/pay/transactions/out-trade-no/{out_trade_no}';
    const target = `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${shop.mch_id}`;
    await placeOrder(side);
    gateway.failNext({
      path,
      kind: 'members',
      members: { '/amount/total': 1, mchid: 'another', trade_state_desc: undefined },
    });
    const json = await query(side);
    assert.equal(json.amount.total, 1);
    assert.equal(json.mchid, 'another');
    assert.ok(!('trade_state_desc' in json));
    gateway.failNext({ path, kind: 'members', signature: 'wrong' });
    const wrong = await call(side, 'GET', target);
    assert.equal(wrong.status, 200);
    assert.ok(!isSigned(merchant, wrong.headers, wrong.text));
    const close = `${path}/close`;
    gateway.failNext({ path: close, kind: 'members', signature: 'none' });
    const closed = await call(side, 'POST', target.replace(/\?.*/, '/close'), { mchid: shop.mch_id });
    assert.equal(closed.status, 204);
    assert.equal(closed.headers.get('wechatpay-signature'), null);
    gateway.failNext({ path: close, kind: 'cut' });
    assertDone(side, await call(side, 'POST', target.replace(/\?.*/, '/close'), { mchid: shop.mch_id }), 204);
  },
);

test('the same seed makes the same failures and the same ids in APIv3', async () => {
  const faults = { systemErrorBefore: 0.3, pageAfter: 0.3 };
  const runs = await Promise.all(
    ['seven', 'seven', 'eight'].map(async (seed) => {
      const side = await open({ merchants: [bothShop], seed, faults });
      const seen = [];
      for (let number = 100_000; number < 100_020; number += 1) {
        const { status, json } = await call(side, 'POST', JSAPI, order({ out_trade_no: String(number) }));
        seen.push([status, json?.prepay_id, json?.code]);
      }
      const [id] = Object.keys(side.merchant.wechatpayKeys);
      await side.gateway.close();
      return { id, seen };
    }),
  );
  assert.deepEqual(runs[0], runs[1]);
  assert.notDeepEqual(runs[0], runs[2]);
  const statuses = new Set(runs[0].seen.map(([status]) => (status === 500 || status === 200 ? status : 'page')));
  assert.deepEqual([...statuses].toSorted(), [200, 500, 'page'].toSorted());
});

withShop(
  'notices by chance are lost, doubled, late, forged and overtaken as in APIv2',
  async ({ side, gateway, clock, url, received, merchant }) => {
    let number = 200_000;
    const pay = async (rates) => {
      received.length = 0;
      gateway.faultRates(rates);
      number += 1;
      await placeAndPay(side, { out_trade_no: String(number), notify_url: url });
      await gateway.idle();
      return received.map(({ headers, body }) => isSigned(merchant, headers, body));
    };
    assert.deepEqual(await pay({ noticeLost: 1 }), []);
    assert.deepEqual(await pay({ noticeDuplicated: 1 }), [true, true]);
    assert.equal((await pay({ noticeForged: 1 })).filter((isTrue) => isTrue).length, 1);
    assert.equal(received.length, 2);
    assert.deepEqual(await pay({ noticeReordered: 1 }), []);
    const late = number;
    assert.deepEqual(await pay({}), [true, true]);
    assert.deepEqual(
      received.map(({ body }) => decrypt(JSON.parse(body)).out_trade_no),
      [String(late + 1), String(late)],
    );
    assert.deepEqual(await pay({ noticeLate: 1, noticeLateMs: [5000, 5000] }), []);
    await clock.advance(5000);
    assert.equal(decrypt(JSON.parse(received.at(-1).body)).out_trade_no, String(number));
  },
);
