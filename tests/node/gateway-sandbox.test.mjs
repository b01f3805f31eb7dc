// The sandbox at the gateway: its key, its paths, MD5 only, and books of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  assertDone,
  assertFailed,
  call,
  callRaw,
  order,
  otherShop,
  paymentFor,
  placeAndPay,
  readByHand,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const PREFIXES = ['/sandboxnew', '/xdc/apiv2sandbox'];
const KEY_PATHS = ['/sandboxnew/pay/getsignkey', '/xdc/apiv2getsignkey/sign/getsignkey'];
const { out_trade_no } = order();

function open(options) {
  const clock = createManualClock(START_MS);
  const sent = [];
  const gateway = createGateway({
    merchants: [shop, otherShop],
    clock,
    fetch: async (_url, { body }) => {
      sent.push(readByHand(body));
      return new Response(ACCEPT);
    },
    ...options,
  });
  return { gateway, clock, sent };
}

/** Asks for the key as a client does: without an appid, signed with the production's key. */
async function askKey(gateway, path = KEY_PATHS[0], { merchant = shop, key = merchant.key, ...changes } = {}) {
  const fields = { mch_id: merchant.mch_id, nonce_str: 'n', ...changes };
  return callRaw(gateway, path, xmlByHand({ sign: signByHand(fields, key, changes.sign_type), ...fields }));
}

async function enter(gateway, merchant = shop) {
  const { fields } = await askKey(gateway, KEY_PATHS[0], { merchant });
  return { ...merchant, key: fields.sandbox_signkey };
}

test('both calls return the same key of 32 characters, unsigned, which is not the production’s', async () => {
  const { gateway } = open();
  const keys = new Set();
  for (const path of KEY_PATHS) {
    const { fields, type } = await askKey(gateway, path);
    assert.equal(type, 'text/plain', path);
    assert.deepEqual(Object.keys(fields), ['return_code', 'return_msg', 'mch_id', 'sandbox_signkey'], path);
    assert.equal(fields.return_code, 'SUCCESS', path);
    assert.equal(fields.mch_id, shop.mch_id, path);
    assert.match(fields.sandbox_signkey, /^[0-9a-f]{32}$/, path);
    keys.add(fields.sandbox_signkey);
  }
  assert.equal(keys.size, 1);
  assert.ok(!keys.has(shop.key));
  assert.ok(!keys.has((await enter(gateway, otherShop)).key), 'another merchant has another key');
});

test('the same seed makes the same key, and no seed a new one', async () => {
  const keyOf = async (seed) => (await enter(open({ seed }).gateway)).key;
  assert.equal(await keyOf(5), await keyOf(5));
  assert.notEqual(await keyOf(5), await keyOf(6));
  assert.notEqual(await keyOf(), await keyOf());
});

test('the key is for its merchant alone: a wrong signature, HMAC-SHA256 and an unknown merchant get none', async () => {
  const { gateway } = open();
  const path = KEY_PATHS[1];
  assertFailed(await askKey(gateway, path, { key: otherShop.key }), '签名错误');
  assertFailed(await askKey(gateway, path, { sign_type: 'HMAC-SHA256' }), 'sign_type 参数错误：只支持 MD5');
  assertFailed(await askKey(gateway, path, { merchant: { ...shop, mch_id: '1' } }), 'mch_id不存在');
  assertFailed(await askKey(gateway, path, { mch_id: undefined }), '缺少参数 mch_id');
  const { key } = await enter(gateway);
  assertFailed(await askKey(gateway, path, { key }), '签名错误');
});

for (const prefix of PREFIXES) {
  test(`over real HTTP an order under ${prefix} is placed, paid, notified, queried and refunded with the sandbox key`, async (t) => {
    const { gateway, clock, sent } = open();
    const { url } = await gateway.listen();
    t.after(() => gateway.close());
    const merchant = await enter(gateway);
    const post = async (path, members) => {
      const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...members };
      const body = xmlByHand({ ...fields, sign: signByHand(fields, merchant.key) });
      const response = await fetch(url + prefix + path, { method: 'POST', body });
      const text = await response.text();
      return { status: response.status, text, fields: readByHand(text) };
    };
    const { prepay_id } = assertDone(await post('/pay/unifiedorder', order()), { merchant });
    assert.deepEqual(await gateway.pay(paymentFor(prepay_id, { merchant })), { errMsg: 'requestPayment:ok' });
    await gateway.idle();
    assert.equal(sent[0].sign, signByHand(sent[0], merchant.key));
    assert.equal(assertDone(await post('/pay/orderquery', { out_trade_no }), { merchant }).trade_state, 'SUCCESS');
    for (const [n, path] of ['/secapi/pay/refund', '/pay/refund'].entries()) {
      const refund = { out_trade_no, out_refund_no: `R${n}`, total_fee: '88', refund_fee: '8' };
      assertDone(await post(path, refund), { merchant });
    }
    assert.equal(assertDone(await post('/pay/refundquery', { out_trade_no }), { merchant }).total_refund_count, '2');
    await clock.advance(24 * 60 * 60 * 1000);
    const bill = await post('/pay/downloadbill', { bill_date: '20240805' });
    assert.match(bill.text, /^交易时间,.*\r\n`3,`0\.88,`0\.16,/s);
    const scan = { body: 'b', out_trade_no: 'M', total_fee: '101', spbill_create_ip: '127.0.0.1' };
    assertDone(await post('/pay/micropay', { ...scan, auth_code: '120061098828009406' }), { merchant });
    await clock.advance(60_000);
    assertDone(await post('/pay/reverse', { out_trade_no: 'M' }), { merchant });
    assert.deepEqual(
      gateway.orders().map((one) => one.sandbox),
      [true, true],
    );
    assert.equal(gateway.refunds()[1].sandbox, true);
  });
}

test('the sandbox takes its own key and MD5 only, and the production only its own', async () => {
  const { gateway } = open();
  const merchant = await enter(gateway);
  for (const prefix of PREFIXES) {
    assertFailed(await call(gateway, `${prefix}/pay/unifiedorder`, order()), '签名错误');
    const hmac = await call(gateway, `${prefix}/pay/unifiedorder`, order(), { merchant, signType: 'HMAC-SHA256' });
    assertFailed(hmac, 'sign_type 参数错误：只支持 MD5');
  }
  assertFailed(await call(gateway, '/pay/unifiedorder', order(), { merchant }), '签名错误');
  assert.deepEqual(gateway.orders(), []);
});

test('what is ordered in the sandbox is unknown to the production, and the same number may be used in both', async () => {
  const { gateway } = open();
  const merchant = await enter(gateway);
  const transaction_id = await placeAndPay(gateway);
  const query = '/sandboxnew/pay/orderquery';
  for (const members of [{ out_trade_no }, { transaction_id }]) {
    assert.equal(
      (await call(gateway, query, members, { merchant })).fields.err_code,
      'ORDERNOTEXIST',
      JSON.stringify(members),
    );
  }
  assertDone(await call(gateway, '/sandboxnew/pay/unifiedorder', order({ total_fee: '101' }), { merchant }), {
    merchant,
  });
  const [production, sandbox] = gateway.orders();
  assert.deepEqual([production.total_fee, production.sandbox], [88, undefined]);
  assert.deepEqual([sandbox.total_fee, sandbox.sandbox], [101, true]);
});

test('a path that the sandbox lacks is a 404 page: fund flow, comments, keys of keys and other prefixes', async () => {
  const { gateway } = open();
  const paths = [
    '/sandboxnew/pay/downloadfundflow',
    '/sandboxnew/billcommentsp/batchquerycomment',
    '/sandboxnew/sandboxnew/pay/orderquery',
    '/sandboxnew/sandboxnew/pay/getsignkey',
    '/xdc/apiv2sandbox/pay/getsignkey',
    '/sandboxnew',
    '/sandboxnewpay/orderquery',
    '/xdc/pay/orderquery',
  ];
  for (const path of paths) assert.equal((await callRaw(gateway, path, '<xml></xml>')).status, 404, path);
});
