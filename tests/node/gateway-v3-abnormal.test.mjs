// Abnormal refunds of APIv3 at the gateway: money that came back, and the call that sends it another way.

import assert from 'node:assert/strict';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { test } from 'node:test';
import * as v2 from './gateway-support.mjs';
import { MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  call,
  decrypt,
  isSigned,
  listen,
  open,
  order,
  placeAndPay,
  REFUNDS,
  refundBody,
} from './gateway-v3-support.mjs';

const NUMBER = order().out_trade_no;
const REFUND = refundBody().out_refund_no;
const ABOUT = { out_trade_no: NUMBER, out_refund_no: REFUND };
const CARD = '6225880012340403';

/** A test with a refund on its way, and a shop's server for its notices. */
const withRefund = (name, work, { changes = {}, ...options } = {}) =>
  test(name, async () => {
    const [side, server] = await Promise.all([open(options), listen()]);
    try {
      await placeAndPay(side);
      await side.gateway.idle();
      const refund = refundBody({ notify_url: server.url, ...changes });
      const { refund_id } = assertDone(side, await call(side, 'POST', REFUNDS, refund));
      const query = async () => assertDone(side, await call(side, 'GET', `${REFUNDS}/${REFUND}`));
      await work({ ...side, ...server, side, refund_id, query });
    } finally {
      await Promise.all([side.gateway.close(), server.close()]);
    }
  });

function encrypt(side, text) {
  const [[id, key]] = Object.entries(side.merchant.wechatpayKeys);
  const how = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  const sealed = publicEncrypt({ key: createPublicKey(key), ...how }, Buffer.from(text)).toString('base64');
  return { id, sealed };
}

/** The body of the call for a card of the payer. */
const toCard = (side, changes = {}) => ({
  out_refund_no: REFUND,
  type: 'USER_BANK_CARD',
  bank_type: 'CMB_DEBIT',
  bank_account: encrypt(side, CARD).sealed,
  real_name: encrypt(side, '张三').sealed,
  ...changes,
});

const toMerchant = (changes = {}) => ({ out_refund_no: REFUND, type: 'MERCHANT_BANK_CARD', ...changes });

const apply = (side, refund_id, body, headers = { 'wechatpay-serial': encrypt(side, '').id }) =>
  call(side, 'POST', `${REFUNDS}/${refund_id}/apply-abnormal-refund`, body, { headers });

withRefund('a refund whose money came back is ABNORMAL in query and notice, and stays it', async (parts) => {
  const { gateway, clock, merchant, received, query } = parts;
  assert.deepEqual(gateway.failRefund(ABOUT), { errMsg: 'failRefund:ok', out_refund_no: REFUND });
  await gateway.idle();
  const [{ headers, body }, ...others] = received;
  assert.deepEqual(others, []);
  assert.ok(isSigned(merchant, headers, body));
  const { event_type, summary, ...envelope } = JSON.parse(body);
  assert.deepEqual([event_type, summary], ['REFUND.ABNORMAL', '退款异常']);
  const resource = decrypt(envelope);
  assert.deepEqual([resource.refund_status, 'success_time' in resource], ['ABNORMAL', false]);
  await clock.advance(MINUTE_MS);
  assert.equal(received.length, 1);
  const { status, channel, ...more } = await query();
  assert.deepEqual([status, channel, 'success_time' in more], ['ABNORMAL', 'ORIGINAL', false]);
  assert.equal(gateway.refunds()[0].refund_status, 'ABNORMAL');
  assert.match(gateway.failRefund(ABOUT).errMsg, /^failRefund:fail it is ABNORMAL$/);
});

withRefund('a card of the payer gets the money, and a notice follows when it has it', async (parts) => {
  const { side, gateway, clock, received, refund_id, query } = parts;
  gateway.failRefund(ABOUT);
  await clock.advance(900);
  const taken = assertDone(side, await apply(side, refund_id, toCard(side)));
  assert.deepEqual(
    [taken.refund_id, taken.status, taken.channel, taken.user_received_account],
    [refund_id, 'PROCESSING', 'OTHER_BANKCARD', '招商银行借记卡0403'],
  );
  assert.deepEqual(gateway.calls().at(-1).secrets, { '/bank_account': CARD, '/real_name': '张三' });
  // The time of the first way is over by now, and does not count.
  await clock.advance(999);
  assert.equal((await query()).status, 'PROCESSING');
  await clock.advance(1);
  const { status, success_time } = await query();
  assert.deepEqual([status, success_time], ['SUCCESS', '2024-08-05T17:33:42+08:00']);
  await gateway.idle();
  assert.deepEqual(
    received
      .map(({ body }) => JSON.parse(body))
      .map((notice) => [notice.event_type, decrypt(notice).user_received_account]),
    [
      ['REFUND.ABNORMAL', '支付用户零钱'],
      ['REFUND.SUCCESS', '招商银行借记卡0403'],
    ],
  );
});

withRefund('the merchant’s own account gets the money without a card and a serial', async (parts) => {
  const { side, gateway, clock, refund_id, query } = parts;
  gateway.failRefund(ABOUT);
  const taken = assertDone(side, await apply(side, refund_id, toMerchant(), {}));
  assert.equal(taken.user_received_account, '商户结算银行账户');
  assert.equal(gateway.failRefund(ABOUT).errMsg, 'failRefund:ok');
  assert.equal((await query()).status, 'ABNORMAL');
  assertDone(side, await apply(side, refund_id, toMerchant(), {}));
  await clock.advance(1000);
  assert.equal((await query()).status, 'SUCCESS');
});

withRefund('only an abnormal refund is sent another way, by both of its numbers', async (parts) => {
  const { side, gateway, clock, refund_id } = parts;
  assertRefused(await apply(side, refund_id, toCard(side)), 400, 'INVALID_REQUEST');
  gateway.failRefund(ABOUT);
  assertRefused(await apply(side, `${refund_id.slice(0, -1)}x`, toCard(side)), 404, 'RESOURCE_NOT_EXISTS');
  assertRefused(await apply(side, refund_id, toCard(side, { out_refund_no: 'another' })), 400, 'INVALID_REQUEST');
  assertRefused(await apply(side, refund_id, toCard(side, { sub_mchid: '1900000201' })), 404, 'RESOURCE_NOT_EXISTS');
  assertDone(side, await apply(side, refund_id, toCard(side)));
  assertRefused(await apply(side, refund_id, toCard(side)), 400, 'INVALID_REQUEST');
  await clock.advance(1000);
  assertRefused(await apply(side, refund_id, toCard(side)), 400, 'INVALID_REQUEST');
});

withRefund('each member of the call has its rule, and a card needs all of them, encrypted', async (parts) => {
  const { side, gateway, refund_id, query } = parts;
  gateway.failRefund(ABOUT);
  const cases = [
    [{ out_refund_no: undefined }, '/out_refund_no'],
    [{ type: undefined }, '/type'],
    [{ type: 'USER' }, '/type'],
    [{ bank_type: 'CMB_CREDIT' }, '/bank_type'],
    [{ bank_type: undefined }, '/bank_type'],
    [{ bank_account: undefined }, '/bank_account'],
    [{ real_name: undefined }, '/real_name'],
    [{ refund_id }, '/refund_id', 270924358],
  ];
  for (const [changes, field, inner = 268435461] of cases) {
    const answer = await apply(side, refund_id, toCard(side, changes));
    assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', inner).detail.field, field);
  }
  const plain = await apply(side, refund_id, toCard(side, { bank_account: CARD }));
  assert.equal(assertRefused(plain, 400, 'PARAM_ERROR').message, '请确认待处理的消息是否为加密后的密文');
  const withoutSerial = await apply(side, refund_id, toCard(side), {});
  assert.match(assertRefused(withoutSerial, 400, 'PARAM_ERROR').message, /缺少微信支付平台证书序列号/);
  assert.equal((await query()).status, 'ABNORMAL');
});

withRefund(
  'a refund of a sub-merchant needs its sub_mchid',
  async ({ side, gateway }) => {
    const sub_mchid = '1900000201';
    await v2.placeAndPay(gateway, { out_trade_no: 'of-sub', sub_mch_id: sub_mchid });
    const refund = { out_trade_no: 'of-sub', out_refund_no: REFUND, sub_mch_id: sub_mchid };
    const body = { ...refund, total_fee: '88', refund_fee: '88' };
    const { refund_id } = v2.assertDone(await v2.call(gateway, '/secapi/pay/refund', body));
    gateway.failRefund({ ...refund });
    assertRefused(await apply(side, refund_id, toMerchant()), 404, 'RESOURCE_NOT_EXISTS');
    assert.equal(assertDone(side, await apply(side, refund_id, toMerchant({ sub_mchid }))).status, 'PROCESSING');
  },
  { merchants: [{ ...bothShop, sub_merchants: [{ sub_mch_id: '1900000201' }] }, otherShop] },
);

withRefund(
  'APIv2 calls an abnormal refund CHANGE, in query, notice and bill',
  async ({ gateway, clock, url, received }) => {
    await v2.placeAndPay(gateway, { out_trade_no: 'of-v2' });
    const refund = { out_trade_no: 'of-v2', out_refund_no: 'R-v2', total_fee: '88', refund_fee: '88', notify_url: url };
    v2.assertDone(await v2.call(gateway, '/secapi/pay/refund', refund));
    gateway.failRefund({ out_trade_no: 'of-v2', out_refund_no: 'R-v2' });
    await gateway.idle();
    assert.match(received.at(-1).body, /^<xml>/);
    const asked = v2.assertDone(await v2.call(gateway, '/pay/refundquery', { out_refund_no: 'R-v2' }));
    assert.deepEqual([asked.refund_status_0, asked.refund_success_time_0], ['CHANGE', undefined]);
    await clock.advance(24 * 60 * MINUTE_MS);
    const bill = await v2.call(gateway, '/pay/downloadbill', { bill_date: '20240805', bill_type: 'REFUND' });
    assert.match(bill.text, /`R-v2,`0\.88,`0\.00,`ORIGINAL,`CHANGE,/);
    assert.match(bill.text, /`R20150806125346,`0\.40,`0\.00,`ORIGINAL,`SUCCESS,/);
  },
);

withRefund('failRefund needs a refund on its way', async ({ gateway, clock }) => {
  assert.throws(
    () => gateway.failRefund({ out_trade_no: NUMBER }),
    /no refund of the order has out_refund_no undefined/,
  );
  assert.throws(() => gateway.failRefund({ ...ABOUT, mch_id: otherShop.mch_id }), /no order has out_trade_no/);
  await clock.advance(1000);
  assert.deepEqual(gateway.failRefund({ ...ABOUT, mch_id: shop.mch_id }), { errMsg: 'failRefund:fail it is SUCCESS' });
});
