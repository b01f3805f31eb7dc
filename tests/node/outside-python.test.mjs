// The Python client wechatpy, which runs a whole order against the gateway over TLS.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { otherShop, START_MS, shop } from './gateway-support.mjs';
import { startPython } from './outside-python-support.mjs';
import { placed, stopClients } from './outside-support.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;
const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const clock = createManualClock(START_MS);
const gateway = createGateway({ merchants: [shop, otherShop], clock });
let call;
let noticeUrl;

before(async () => {
  const { url: host } = await gateway.listen({ tls: true });
  const { merchants } = await gateway.certificates();
  const [{ cert, key }] = merchants;
  const files = { mch_cert: placed('cert.pem', cert), mch_key: placed('key.pem', key) };
  const config = { appid: shop.appid, api_key: shop.key, mch_id: shop.mch_id, ...files, host };
  ({ call, noticeUrl } = await startPython(gateway, 'outside/wechatpy_client.py', config));
});

after(async () => {
  await gateway.close();
  await stopClients();
});

const place = (out_trade_no, changes = {}) =>
  call('order.create', {
    ...{ trade_type: 'JSAPI', body: '腾讯-游戏', total_fee: 88, client_ip: '127.0.0.1', user_id: openid },
    ...{ out_trade_no, notify_url: `${noticeUrl}/pay`, ...changes },
  });

/** Places an order, pays it, and returns the notice of it. */
async function paid(out_trade_no, changes) {
  const { prepay_id } = await place(out_trade_no, changes);
  const { paySign, ...payment } = await call('jsapi.get_jsapi_params', { prepay_id });
  assert.deepEqual(await gateway.pay({ ...payment, paySign }), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  return gateway.notices().find((notice) => notice.out_trade_no === out_trade_no);
}

const query = (out_trade_no) => call('order.query', { out_trade_no });

test('wechatpy orders, pays and queries, and finds the signature of the notice right', async () => {
  const notice = await paid('python');
  assert.equal(notice.accepted, true);
  const found = await query('python');
  assert.deepEqual([found.trade_state, found.total_fee, found.openid], ['SUCCESS', '88', openid]);
});

test('wechatpy refunds with its certificate, decrypts the notice, and queries the refund', async () => {
  const numbers = { out_trade_no: 'python', out_refund_no: 'python-R' };
  const refund = { ...numbers, total_fee: 88, refund_fee: 8, notify_url: `${noticeUrl}/refund` };
  const refunded = await call('refund.apply', refund);
  assert.deepEqual([refunded.result_code, refunded.refund_fee], ['SUCCESS', '8']);
  await clock.advance(1000);
  await gateway.idle();
  assert.equal(gateway.notices().at(-1).accepted, true, 'the refund notice is decrypted');
  const refunds = await call('refund.query', { out_refund_no: 'python-R' });
  assert.deepEqual([refunds.refund_status_0, refunds.refund_fee_0], ['SUCCESS', '8']);
});

test('wechatpy closes an order five minutes after it was placed', async () => {
  await place('python-2');
  await assert.rejects(call('order.close', { out_trade_no: 'python-2' }), /TRADE_STATE_ERROR/);
  await clock.advance(301_000);
  assert.equal((await call('order.close', { out_trade_no: 'python-2' })).result_code, 'SUCCESS');
  assert.equal((await query('python-2')).trade_state, 'CLOSED');
});

test('wechatpy scans a pay code, learns its payer, and reverses the order', async () => {
  const auth_code = '120061098828009406';
  const scan = { body: '商家-超市', total_fee: 88, client_ip: '127.0.0.1', out_trade_no: 'python-till', auth_code };
  const { openid: payer } = await call('micropay.create', scan);
  assert.equal((await call('tools.auto_code_to_openid', { auth_code })).openid, payer);
  await clock.advance(15_000);
  assert.equal((await call('order.reverse', { out_trade_no: 'python-till' })).recall, 'N');
});

test('wechatpy shortens the address of a Native code', async () => {
  const { short_url } = await call('tools.short_url', { long_url: 'weixin://wxpay/bizpayurl?pr=1&a=中' });
  assert.match(short_url, /^weixin:\/\/wxpay\/s\/\w+$/);
});

test('wechatpy reads WeChat’s refusals in WeChat’s words', async () => {
  await assert.rejects(place('python'), /ORDERPAID/);
  await assert.rejects(place('yuan', { total_fee: '0.88' }), /invalid total_fee/);
  await assert.rejects(place('far', { client_ip: '::ffff:127.0.0.1' }), /invalid spbill_create_ip/);
  await assert.rejects(place('nobody', { user_id: null }), /JSAPI支付必须传openid/);
  gateway.login({ appid: otherShop.appid, openid: 'oOther' });
  await assert.rejects(place('other', { user_id: 'oOther' }), /appid and openid not match/);
});

test('wechatpy fetches the trade bill, the bill of reversed orders and the fund-flow bill of the day', async () => {
  await clock.advance(DAY_MS);
  const bill_date = '20240805';
  const bill = await call('tools.download_bill', { bill_date });
  assert.equal(bill.match(/`python/g).length, 5, 'two payments, a refund with both numbers, a reversal');
  assert.match(bill, /^\uFEFF?交易时间,/);
  const reversed = await call('tools.download_bill', { bill_date, bill_type: 'REVOKED' });
  assert.match(reversed, /`python-till,.*`REVOKED,/);
  assert.doesNotMatch(reversed, /`SUCCESS,`OTHERS/);
  assert.match(await call('tools.download_fundflow', { bill_date }), /^\uFEFF?记账时间/);
  await assert.rejects(call('tools.download_bill', { bill_date: '20240801' }), /No Bill Exist/i);
});

// What it gets wrong itself. The gateway does as WeChat does, and so these are true.

test('wechatpy accepts an answer that is signed with another key, that has no signature, and that is about another order', async () => {
  for (const fault of [{ signature: 'wrong' }, { signature: 'none' }, { members: { out_trade_no: 'another' } }]) {
    gateway.failNext({ kind: 'members', path: '/pay/orderquery', ...fault });
    assert.equal((await query('python')).trade_state, 'REFUND');
  }
});

test('wechatpy refuses forged notices, and the genuine notice of an order with HMAC-SHA256 too, since it verifies with MD5 alone', async () => {
  for (const forgery of ['another key', 'changed amount', 'no signature'])
    assert.equal((await gateway.forgeNotice({ out_trade_no: 'python' }, forgery)).accepted, false, forgery);
  const { prepay_id } = await place('python-hmac', { sign_type: 'HMAC-SHA256' });
  const payment = await call('jsapi.get_jsapi_params', { prepay_id });
  assert.match((await gateway.pay(payment)).errMsg, /signType must be the sign_type of the order/);
  await gateway.payOrder({ out_trade_no: 'python-hmac' });
  await gateway.idle();
  assert.equal(gateway.notices().at(-1).accepted, false);
});

test('wechatpy leaves out an amount of 0, and so WeChat misses it', async () => {
  await assert.rejects(place('free', { total_fee: 0 }), /缺少参数 total_fee/);
});

test('wechatpy sends broken XML for a text that ends a CDATA section', async () => {
  await assert.rejects(place('python-cdata', { body: 'a]]>b' }), /XML格式错误/);
});
