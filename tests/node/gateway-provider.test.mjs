// Service providers at the gateway: their sub-merchants, orders, payments and notices.

import assert from 'node:assert/strict';
import { createDecipheriv, createHash } from 'node:crypto';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  assertDone,
  assertFailed,
  assertRefused,
  call,
  order,
  otherShop,
  paymentFor,
  readByHand,
  START_MS,
  shop,
  signByHand,
} from './gateway-support.mjs';

const provider = {
  ...shop,
  sub_merchants: [
    { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001', secret: 'sub-secret' },
    { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000002' },
    { sub_mch_id: '1900000202' },
  ],
};
const sub = { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001' };
const subOrder = (changes) => order({ ...sub, openid: undefined, sub_openid: 'oSubPayer', ...changes });

function open() {
  const sent = [];
  const clock = createManualClock(START_MS);
  const gateway = createGateway({
    merchants: [provider, otherShop],
    clock,
    fetch: async (url, { body }) => {
      sent.push({ url, body, fields: readByHand(body) });
      return new Response(ACCEPT);
    },
  });
  return { gateway, clock, sent };
}

const { out_trade_no } = order();
const member = (fields) => ({ sub_mch_id: fields.sub_mch_id, sub_appid: fields.sub_appid });

test('an order for a sub-merchant is placed, paid in its mini program, queried, notified and refunded as its own', async () => {
  const { gateway, clock, sent } = open();
  const js_code = gateway.login({ appid: sub.sub_appid, openid: 'oSubPayer' });
  const session = `appid=${sub.sub_appid}&secret=sub-secret&js_code=${js_code}&grant_type=authorization_code`;
  const logIn = await gateway.fetch(new Request(`http://gateway/sns/jscode2session?${session}`));
  assert.equal((await logIn.json()).openid, 'oSubPayer');

  const placed = assertDone(await call(gateway, '/pay/unifiedorder', subOrder()));
  assert.deepEqual(member(placed), sub);
  const payment = paymentFor(placed.prepay_id, { appId: sub.sub_appid });
  assert.deepEqual(await gateway.pay({ ...payment, openid: 'oSubPayer' }), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  const { fields: notice } = sent[0];
  assert.deepEqual(member(notice), sub);
  assert.equal(notice.sub_openid, 'oSubPayer');
  assert.equal(notice.sub_is_subscribe, 'N');
  assert.match(notice.openid, /^o[\w-]{27}$/);
  assert.equal(notice.appid, shop.appid);
  assert.equal(notice.sign, signByHand(notice, shop.key));

  const queried = assertDone(await call(gateway, '/pay/orderquery', { ...sub, out_trade_no }));
  assert.deepEqual(member(queried), sub);
  assert.equal(queried.trade_state, 'SUCCESS');
  assert.equal(queried.sub_openid, 'oSubPayer');
  assert.equal(queried.openid, notice.openid);
  const [record] = gateway.orders();
  assert.deepEqual([record.sub_mch_id, record.sub_appid, record.sub_openid], [...Object.values(sub), 'oSubPayer']);

  const refund = { ...sub, out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '8' };
  const notify_url = 'http://127.0.0.1:9/back';
  assert.deepEqual(member(assertDone(await call(gateway, '/secapi/pay/refund', { ...refund, notify_url }))), sub);
  const refundQuery = { sub_mch_id: sub.sub_mch_id, out_refund_no: 'R' };
  assert.equal(assertDone(await call(gateway, '/pay/refundquery', refundQuery)).refund_fee_0, '8');
  await clock.advance(1000);
  const back = sent[1].fields;
  assert.deepEqual(member(back), sub);
  const decipher = createDecipheriv('aes-256-ecb', createHash('md5').update(shop.key).digest('hex'), null);
  const inner = decipher.update(back.req_info, 'base64', 'utf8') + decipher.final('utf8');
  assert.match(inner, /<refund_status><!\[CDATA\[SUCCESS\]\]>/);
  assert.equal(gateway.refunds()[0].sub_mch_id, sub.sub_mch_id);
});

test('the phone requires the sub_appid where the order named one, and the appid where it did not', async () => {
  const { gateway } = open();
  const named = assertDone(await call(gateway, '/pay/unifiedorder', subOrder()));
  const wrong = await gateway.pay(paymentFor(named.prepay_id));
  assert.match(wrong.errMsg, /appId is not the sub_appid of the order/);
  const stranger = { ...paymentFor(named.prepay_id, { appId: sub.sub_appid }), openid: 'oSomebody' };
  assert.match((await gateway.pay(stranger)).errMsg, /openid is not the openid of the order/);
  const unnamed = order({ out_trade_no: 'unnamed', sub_mch_id: '1900000202' });
  const { prepay_id } = assertDone(await call(gateway, '/pay/unifiedorder', unnamed));
  assert.match((await gateway.pay(paymentFor(prepay_id, { appId: sub.sub_appid }))).errMsg, /appid of the order/);
  assert.deepEqual(await gateway.pay(paymentFor(prepay_id)), { errMsg: 'requestPayment:ok' });
});

test('a provider must name a sub-merchant of its own, with its own mini program, in every call about orders', async () => {
  const { gateway } = open();
  const numbers = { out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '88' };
  for (const path of [
    '/pay/unifiedorder',
    '/pay/orderquery',
    '/pay/closeorder',
    '/secapi/pay/refund',
    '/pay/refundquery',
  ]) {
    const members = path === '/pay/unifiedorder' ? order() : numbers;
    assertFailed(await call(gateway, path, members), '缺少参数 sub_mch_id');
    assertFailed(await call(gateway, path, { ...members, sub_mch_id: '1900000999' }), '受理关系不存在');
    assertFailed(await call(gateway, path, { ...members, sub_mch_id: otherShop.mch_id }), '受理关系不存在');
    const foreign = { ...members, sub_mch_id: '1900000202', sub_appid: sub.sub_appid };
    assertFailed(await call(gateway, path, foreign), 'sub_mch_id与sub_appid不匹配');
  }
  assert.deepEqual(gateway.orders(), []);
});

test('a merchant who is no provider acts for no sub-merchant', async () => {
  const { gateway } = open();
  const merchant = otherShop;
  assertFailed(await call(gateway, '/pay/unifiedorder', subOrder(), { merchant }), '受理关系不存在');
  const nameless = order({ sub_appid: sub.sub_appid });
  assertFailed(await call(gateway, '/pay/unifiedorder', nameless, { merchant }), '缺少参数 sub_mch_id');
});

test('a payer is named by openid, or by sub_openid together with sub_appid', async () => {
  const { gateway } = open();
  const { sub_mch_id } = sub;
  assertFailed(
    await call(gateway, '/pay/unifiedorder', order({ sub_mch_id, openid: undefined })),
    'JSAPI支付必须传openid',
  );
  const withoutApp = order({ sub_mch_id, openid: undefined, sub_openid: 'oSubPayer' });
  assertFailed(await call(gateway, '/pay/unifiedorder', withoutApp), '缺少参数 sub_appid');
  assertDone(await call(gateway, '/pay/unifiedorder', order({ sub_mch_id })));
});

test('sub-merchants do not see each other’s orders and may use the same numbers', async () => {
  const { gateway } = open();
  const other = { sub_mch_id: '1900000202' };
  assertDone(await call(gateway, '/pay/unifiedorder', subOrder()));
  assertRefused(await call(gateway, '/pay/orderquery', { ...other, out_trade_no }), 'ORDERNOTEXIST');
  assertDone(await call(gateway, '/pay/unifiedorder', order(other)));
  assert.equal(gateway.orders().length, 2);
  assertDone(await call(gateway, '/pay/orderquery', { ...other, out_trade_no }));
  const [{ prepay_id }] = gateway.orders();
  await gateway.pay(paymentFor(prepay_id, { appId: sub.sub_appid }));
  const [{ transaction_id }] = gateway.orders();
  assert.equal(assertDone(await call(gateway, '/pay/orderquery', { ...sub, transaction_id })).trade_state, 'SUCCESS');
  assertRefused(await call(gateway, '/pay/orderquery', { ...other, transaction_id }), 'ORDERNOTEXIST');
  const refund = { transaction_id, out_refund_no: 'R', total_fee: '88', refund_fee: '8' };
  assertRefused(await call(gateway, '/secapi/pay/refund', { ...other, ...refund }), 'INVALID_TRANSACTIONID');
  const { refund_id } = assertDone(await call(gateway, '/secapi/pay/refund', { ...sub, ...refund }));
  for (const members of [{ refund_id }, { out_refund_no: 'R' }, { transaction_id }]) {
    assertRefused(await call(gateway, '/pay/refundquery', { ...other, ...members }), 'REFUNDNOTEXIST');
    assertDone(await call(gateway, '/pay/refundquery', { ...sub, ...members }));
  }
  await gateway.pay(paymentFor(gateway.orders()[1].prepay_id));
  const same = { ...other, ...refund, transaction_id: undefined, out_trade_no };
  assert.notEqual(assertDone(await call(gateway, '/secapi/pay/refund', same)).refund_id, refund_id);
});

test('a sub-merchant without a number is refused when the gateway is made', () => {
  for (const sub_merchants of [[{}], [{ sub_mch_id: '' }], [{ sub_mch_id: 1 }]]) {
    assert.throws(
      () => createGateway({ merchants: [{ ...shop, sub_merchants }] }),
      TypeError,
      JSON.stringify(sub_merchants),
    );
  }
});
