// Two public clients of other authors: each runs an order against the gateway over TLS with its own code.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createGateway, createManualClock } from 'paysign/testing';
import { otherShop, START_MS, shop } from './gateway-support.mjs';
import { pkcs12, start, stopClients } from './outside-support.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;
const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const clock = createManualClock(START_MS);
const gateway = createGateway({ merchants: [shop, otherShop], clock });
let tenpay;
let plugin;

before(async () => {
  const { url } = await gateway.listen({ tls: true });
  const { merchants } = await gateway.certificates();
  const [mine, other] = merchants;
  const pfx = await pkcs12(mine);
  const { appid, mch_id: mchid, key: partnerKey } = shop;
  const publicKey = createPublicKey(other.cert).export({ type: 'spki', format: 'pem' });
  [tenpay, plugin] = await Promise.all([
    start(gateway, 'outside/tenpay.mjs', { appid, mchid, partnerKey, pfx, host: url }),
    start(gateway, 'outside/wechatpay-axios-plugin.mjs', {
      mchid: otherShop.mch_id,
      key: otherShop.key,
      host: url,
      merchant: other,
      publicKey,
    }),
  ]);
});

after(async () => {
  await gateway.close();
  await stopClients();
});

const lastNotice = async () => {
  await gateway.idle();
  return gateway.notices().at(-1);
};

const order = (out_trade_no, changes = {}) => ({ body: '腾讯-游戏', out_trade_no, total_fee: 88, openid, ...changes });

/** The appid, the merchant and the parameters that the client's own README adds to each call. */
const known = (params) => ({ appid: otherShop.appid, mch_id: otherShop.mch_id, ...params });
const prepared = (out_trade_no, changes = {}) =>
  known({
    ...order(out_trade_no),
    trade_type: 'JSAPI',
    spbill_create_ip: '127.0.0.1',
    notify_url: `${plugin.noticeUrl}/pay`,
    ...changes,
  });

for (const sign_type of ['MD5', 'HMAC-SHA256']) {
  test(`tenpay orders, queries, refunds and closes with ${sign_type}, and verifies every answer`, async () => {
    const out_trade_no = `tenpay-${sign_type}`;
    const notify_url = `${tenpay.noticeUrl}/pay`;
    const payment = await tenpay.call('getPayParams', { ...order(out_trade_no), notify_url, sign_type });
    assert.equal((await tenpay.call('orderQuery', { out_trade_no, sign_type })).trade_state, 'NOTPAY');
    assert.deepEqual(await gateway.pay(payment), { errMsg: 'requestPayment:ok' });
    const paid = await tenpay.call('orderQuery', { out_trade_no, sign_type });
    assert.deepEqual([paid.trade_state, paid.total_fee, paid.openid], ['SUCCESS', '88', openid]);
    const refund = { out_trade_no, out_refund_no: `${out_trade_no}-R`, total_fee: 88, refund_fee: 8, sign_type };
    const refunded = await tenpay.call('refund', { ...refund, notify_url: `${tenpay.noticeUrl}/refund` });
    assert.equal(refunded.refund_fee, '8');
    await clock.advance(1000);
    assert.equal((await lastNotice()).accepted, true, 'the refund notice is decrypted');
    const refunds = await tenpay.call('refundQuery', { out_trade_no, sign_type });
    assert.deepEqual([refunds.refund_status_0, refunds.refund_fee_0], ['SUCCESS', '8']);
    const unpaid = `${out_trade_no}-2`;
    await tenpay.call('unifiedOrder', { ...order(unpaid), notify_url, sign_type });
    await clock.advance(301_000);
    await tenpay.call('closeOrder', { out_trade_no: unpaid, sign_type });
    assert.equal((await tenpay.call('orderQuery', { out_trade_no: unpaid, sign_type })).trade_state, 'CLOSED');
  });

  test(`wechatpay-axios-plugin orders, queries, refunds and closes with ${sign_type}, and verifies every answer`, async () => {
    const out_trade_no = `plugin-${sign_type}`;
    const { prepay_id } = await plugin.call('pay/unifiedorder', prepared(out_trade_no, { sign_type }));
    const unsigned = {
      appId: otherShop.appid,
      timeStamp: '1722850421',
      nonceStr: 'n',
      package: `prepay_id=${prepay_id}`,
      signType: sign_type,
    };
    const payment = { ...unsigned, paySign: await plugin.ask('sign', unsigned) };
    assert.deepEqual(await gateway.pay(payment), { errMsg: 'requestPayment:ok' });
    const paid = await plugin.call('pay/orderquery', known({ out_trade_no, sign_type }));
    assert.deepEqual([paid.trade_state, paid.total_fee, paid.openid], ['SUCCESS', '88', openid]);
    const refund = { out_trade_no, out_refund_no: `${out_trade_no}-R`, total_fee: 88, refund_fee: 8, sign_type };
    const notify_url = `${plugin.noticeUrl}/refund`;
    const secured = { security: true };
    const refunded = await plugin.call('secapi/pay/refund', known({ ...refund, notify_url }), secured);
    assert.equal(refunded.refund_fee, '8');
    await clock.advance(1000);
    assert.equal((await lastNotice()).accepted, true, 'the refund notice is decrypted');
    const refunds = await plugin.call('pay/refundquery', known({ out_trade_no, sign_type }));
    assert.deepEqual([refunds.refund_status_0, refunds.refund_fee_0], ['SUCCESS', '8']);
    const unpaid = `${out_trade_no}-2`;
    await plugin.call('pay/unifiedorder', prepared(unpaid, { sign_type }));
    await clock.advance(301_000);
    await plugin.call('pay/closeorder', known({ out_trade_no: unpaid, sign_type }));
    assert.equal(
      (await plugin.call('pay/orderquery', known({ out_trade_no: unpaid, sign_type }))).trade_state,
      'CLOSED',
    );
  });
}

test('both refuse an answer that is signed with another key, and a call without the certificate is refused to them', async () => {
  gateway.failNext({ kind: 'members', signature: 'wrong', times: 2 });
  await assert.rejects(tenpay.call('orderQuery', { out_trade_no: 'tenpay-MD5' }), /^Error: sign签名错误$/);
  const query = known({ out_trade_no: 'plugin-MD5' });
  await assert.rejects(plugin.call('pay/orderquery', query), /sign\(.*\) doesn't matched/);
  const refund = { out_trade_no: 'plugin-MD5', out_refund_no: 'R', total_fee: 88, refund_fee: 1 };
  await assert.rejects(plugin.call('secapi/pay/refund', known(refund)), /return_code's value is FAIL/);
});

test('tenpay reads the trade bill and the fund-flow bill of the day', async () => {
  const bill_date = '20240805';
  await clock.advance(DAY_MS);
  const { list_title, list_data, total_title, total_data } = await tenpay.call('downloadBill', { bill_date }, true);
  assert.equal(list_data.length, 4, 'two orders paid and two refunds');
  assert.ok(list_data.every((row) => row.length === list_title.length));
  assert.equal(total_data.length, total_title.length);
  assert.equal(total_data[0], '4');
  const flow = await tenpay.call('downloadFundflow', { bill_date }, true);
  assert.ok(flow.list_data.every((row) => row.length === flow.list_title.length));
  assert.ok(flow.list_data.length >= 4, `${flow.list_data.length} movements`);
  await assert.rejects(tenpay.call('downloadBill', { bill_date: '20240801' }), /No Bill Exist/i);
});

test('wechatpay-axios-plugin fetches both bills, plain and compressed', async () => {
  const bill_date = '20240805';
  const asBytes = { responseType: 'arraybuffer', transformResponse: [] };
  const fetchBill = async (path, params, config) =>
    Buffer.from(await plugin.call(path, known({ bill_date, ...params }), { ...asBytes, ...config }), 'base64');
  const bill = await fetchBill('pay/downloadbill', { bill_type: 'ALL' });
  assert.equal(bill.toString().match(/`plugin-/g).length >= 4, true);
  const compressed = await fetchBill('pay/downloadbill', { bill_type: 'ALL', tar_type: 'GZIP' });
  assert.deepEqual(gunzipSync(compressed), bill);
  const flow = { account_type: 'Basic', sign_type: 'HMAC-SHA256' };
  const flowBill = await fetchBill('pay/downloadfundflow', flow, { security: true });
  assert.match(flowBill.toString(), /^\uFEFF?记账时间/);
});

test('tenpay fetches the sandbox key, and orders and queries in the sandbox with it', async () => {
  const { sandbox_signkey } = await tenpay.call('getSignkey');
  await tenpay.ask('open', { ...tenpay.config, partnerKey: sandbox_signkey, sandbox: true });
  const out_trade_no = 'sandbox';
  await tenpay.call('unifiedOrder', { ...order(out_trade_no), notify_url: `${tenpay.noticeUrl}/pay` });
  assert.equal((await tenpay.call('orderQuery', { out_trade_no })).trade_state, 'NOTPAY');
  await tenpay.ask('open', tenpay.config);
  await assert.rejects(tenpay.call('orderQuery', { out_trade_no }), /^Error: ORDERNOTEXIST$/);
});

// The clients' own mistakes. The gateway does as WeChat does, so these tests show them.

test('tenpay refuses the genuine notice of an order that it placed with HMAC-SHA256, since notices name no sign_type', async () => {
  const notices = gateway.notices().filter((notice) => notice.notify_url === `${tenpay.noticeUrl}/pay`);
  const first = notices.map(({ out_trade_no, attempts }) => [out_trade_no, attempts[0].accepted]);
  assert.deepEqual(first, [
    ['tenpay-MD5', true],
    ['tenpay-HMAC-SHA256', false],
  ]);
});

test('both accept an answer about an order that they did not ask about', async () => {
  const out_trade_no = 'tenpay-MD5';
  gateway.failNext({ kind: 'members', members: { out_trade_no: 'another' }, times: 2 });
  assert.equal((await tenpay.call('orderQuery', { out_trade_no })).out_trade_no, 'another');
  const query = known({ out_trade_no: 'plugin-MD5' });
  assert.equal((await plugin.call('pay/orderquery', query)).out_trade_no, 'another');
});

test('wechatpay-axios-plugin accepts an answer for another appid and merchant, where tenpay refuses it', async () => {
  const members = { appid: 'wx1', mch_id: '1' };
  gateway.failNext({ kind: 'members', members, times: 2 });
  assert.equal((await plugin.call('pay/orderquery', known({ out_trade_no: 'plugin-MD5' }))).appid, 'wx1');
  await assert.rejects(tenpay.call('orderQuery', { out_trade_no: 'tenpay-MD5' }), /appid不匹配/);
});

test('tenpay calls a genuine answer forged where a value ends with a space, which it cuts off before it verifies', async () => {
  gateway.failNext({ kind: 'members', members: { attach: 'a ' } });
  await assert.rejects(tenpay.call('orderQuery', { out_trade_no: 'tenpay-MD5' }), /sign签名错误/);
});

test('tenpay spoils a compressed bill, since it reads every answer as text', async () => {
  const bill = await tenpay.call('downloadBill', { bill_date: '20240805', tar_type: 'GZIP' });
  assert.match(bill, /\uFFFD/);
});
