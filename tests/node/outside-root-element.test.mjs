// Two old clients from npm, which send <root> and run a whole order against the gateway over TLS.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { otherShop, START_MS, shop } from './gateway-support.mjs';
import { pkcs12, start, stopClients } from './outside-support.mjs';

const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const clock = createManualClock(START_MS);
const gateway = createGateway({ merchants: [shop, otherShop], clock });
/** The clients by their names; each is a merchant of its own. */
const clients = {};

before(async () => {
  const { url: host } = await gateway.listen({ tls: true });
  const { merchants } = await gateway.certificates();
  const [first, second] = await Promise.all(merchants.map(pkcs12));
  const { appid, mch_id, key } = shop;
  const { key: apiKey } = otherShop;
  [clients['weixin-pay'], clients['wechat-payment-node']] = await Promise.all([
    start(gateway, 'outside-unkept/weixin-pay.mjs', { appid, mch_id, partner_key: key, pfx: first, host }),
    start(gateway, 'outside-unkept/wechat-payment-node.mjs', {
      ...{ appid: otherShop.appid, mch_id: otherShop.mch_id, apiKey, pfx: second, host },
    }),
  ]);
});

after(async () => {
  await gateway.close();
  await stopClients();
});

const order = (client, out_trade_no, changes = {}) => ({
  ...{ body: '腾讯-游戏', out_trade_no, total_fee: 88, openid, spbill_create_ip: '127.0.0.1' },
  notify_url: `${client.noticeUrl}/pay`,
  ...changes,
});

/** Places an order, pays it, and returns the notice of it. */
async function paid(client, out_trade_no, changes) {
  const payment = await client.call('getBrandWCPayRequestParams', order(client, out_trade_no, changes));
  assert.deepEqual(await gateway.pay(payment), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  return gateway.notices().find((notice) => notice.out_trade_no === out_trade_no);
}

const query = (client, out_trade_no) => client.call('queryOrder', { out_trade_no });

for (const name of ['weixin-pay', 'wechat-payment-node']) {
  test(`${name} orders with <root>, queries, verifies the notice, refunds with its certificate and closes`, async () => {
    const client = clients[name];
    const notice = await paid(client, name);
    assert.match(gateway.orders().find(({ out_trade_no }) => out_trade_no === name).body, /腾讯/);
    assert.equal(notice.accepted, true, 'its own function finds the signature right');
    const found = await query(client, name);
    assert.deepEqual([found.trade_state, found.total_fee, found.openid], ['SUCCESS', '88', openid]);
    const refund = { out_trade_no: name, out_refund_no: `${name}-R`, total_fee: 88, refund_fee: 8 };
    const refunded = await client.call('refund', { ...refund, notify_url: `${client.noticeUrl}/refund` });
    assert.deepEqual([refunded.result_code, refunded.refund_fee], ['SUCCESS', '8']);
    const unpaid = `${name}-2`;
    await client.call('createUnifiedOrder', order(client, unpaid, { trade_type: 'JSAPI' }));
    await clock.advance(301_000);
    assert.equal((await client.call('closeOrder', { out_trade_no: unpaid })).result_code, 'SUCCESS');
    assert.equal((await query(client, unpaid)).trade_state, 'CLOSED');
  });

  test(`${name} reads WeChat’s refusals`, async () => {
    const client = clients[name];
    const again = await client.call('createUnifiedOrder', order(client, name, { trade_type: 'JSAPI' }));
    assert.deepEqual([again.result_code, again.err_code], ['FAIL', 'ORDERPAID']);
    const free = await client.call('createUnifiedOrder', order(client, 'free', { trade_type: 'JSAPI', total_fee: 0 }));
    assert.deepEqual([free.return_code, free.return_msg], ['FAIL', 'invalid total_fee']);
    const nobody = await client.call('createUnifiedOrder', {
      ...order(client, 'n', { trade_type: 'JSAPI' }),
      openid: '',
    });
    assert.equal(nobody.return_msg, 'JSAPI支付必须传openid');
  });
}

test('wechat-payment-node queries its refund, and decrypts the notice of it', async () => {
  const client = clients['wechat-payment-node'];
  const refunds = await client.call('queryRefund', { out_trade_no: 'wechat-payment-node' });
  assert.deepEqual([refunds.refund_status_0, refunds.refund_fee_0], ['SUCCESS', '8']);
  const notices = gateway.notices().filter(({ notify_url }) => notify_url === `${client.noticeUrl}/refund`);
  assert.deepEqual(
    notices.map(({ accepted }) => accepted),
    [true],
  );
});

// What they get wrong themselves. The gateway does as WeChat does, and so these are true.

test('weixin-pay can neither query a refund, open its notice nor fetch a bill, and wechat-payment-node fetches no bill', async () => {
  const rows = [
    ['weixin-pay', ['queryRefund', 'refundQuery', 'downloadBill']],
    ['wechat-payment-node', ['downloadBill']],
  ];
  for (const [name, methods] of rows)
    for (const method of methods) await assert.rejects(clients[name].call(method, {}), /not a function/, method);
  const { noticeUrl } = clients['weixin-pay'];
  const [notice] = gateway.notices().filter(({ notify_url }) => notify_url === `${noticeUrl}/refund`);
  assert.equal(notice.accepted, false);
});

test('both accept an answer that is signed with another key, that has no signature, and that is about another order', async () => {
  for (const [name, client] of Object.entries(clients)) {
    for (const fault of [{ signature: 'wrong' }, { signature: 'none' }, { members: { out_trade_no: 'another' } }]) {
      gateway.failNext({ kind: 'members', path: '/pay/orderquery', ...fault });
      assert.equal((await query(client, name)).trade_state, 'REFUND', name);
    }
  }
});

test('a forged notice reaches a shop that uses weixin-pay as its README says, and is taken', async () => {
  const client = clients['weixin-pay'];
  await paid(client, 'readme', { notify_url: `${client.noticeUrl}/readme` });
  for (const forgery of ['another key', 'changed amount', 'no signature'])
    assert.equal((await gateway.forgeNotice({ out_trade_no: 'readme' }, forgery)).accepted, true, forgery);
  for (const forgery of ['another key', 'changed amount', 'no signature'])
    assert.equal((await gateway.forgeNotice({ out_trade_no: 'weixin-pay' }, forgery)).accepted, false, forgery);
});

test('wechat-payment-node passes null to the shop for a forged payment notice, and an Error for a forged refund notice', async () => {
  const client = clients['wechat-payment-node'];
  const out_trade_no = 'wechat-payment-node';
  assert.equal((await gateway.forgeNotice({ out_trade_no }, 'another key')).accepted, false);
  const refund = { out_trade_no, out_refund_no: 'readme-R', total_fee: 88, refund_fee: 1 };
  await client.call('refund', { ...refund, notify_url: `${client.noticeUrl}/readme-refund` });
  await clock.advance(1000);
  await gateway.idle();
  const forged = await gateway.forgeNotice({ out_trade_no, out_refund_no: 'readme-R' }, 'another key');
  assert.equal(forged.accepted, true, 'a shop that looks for null takes it');
});

test('both call a genuine notice forged where a value ends with a space, which they cut off before they verify', async () => {
  for (const [name, client] of Object.entries(clients)) {
    const notice = await paid(client, `${name}-space`, { attach: 'a ' });
    assert.equal(notice.accepted, false, name);
  }
});

test('both cannot order with HMAC-SHA256, since they sign with MD5 whatever sign_type says', async () => {
  const unsigned = { trade_type: 'JSAPI', sign_type: 'HMAC-SHA256' };
  for (const [name, client] of Object.entries(clients)) {
    const answer = await client.call('createUnifiedOrder', order(client, `${name}-hmac`, unsigned));
    assert.equal(answer.return_msg, '签名错误', name);
  }
});

test('both sign a payment with prepay_id=undefined where the order was refused, and the phone refuses it', async () => {
  for (const [name, client] of Object.entries(clients)) {
    const payment = await client.call('getBrandWCPayRequestParams', order(client, name));
    assert.equal(payment.package, 'prepay_id=undefined', name);
    assert.match((await gateway.pay(payment)).errMsg, /^requestPayment:fail/, name);
  }
});
