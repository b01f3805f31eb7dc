// A service provider's client (服务商): a sub-merchant's whole day at the gateway, and answers of another sub-merchant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE, errorOf, openShop, refundOf, till } from './failures-support.mjs';
import { ACCEPT, MINUTE_MS, shop } from './gateway-support.mjs';

const sub = { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001' };
const other = { sub_mch_id: '1900000202', sub_appid: 'wxsub0000000000002' };
const provider = {
  ...shop,
  sub_merchants: [
    { ...sub, secret: 'sub-secret' },
    { ...other, secret: 'other-secret' },
  ],
};

async function open(t) {
  const notices = [];
  const fetch = async (_url, { body }) => {
    notices.push(body);
    return new Response(ACCEPT);
  };
  const world = await openShop(t, { merchants: [provider], fetch });
  const mine = { ...sub, secret: 'sub-secret' };
  return { ...world, notices, pay: world.client(mine), others: world.client({ ...other, secret: 'other-secret' }) };
}

const order = (out_trade_no) => {
  const { auth_code, ...members } = till(out_trade_no);
  return { ...members, sub_openid: 'oSubPayer' };
};
const ids = ({ fields }) => ({ sub_mch_id: fields.sub_mch_id, sub_appid: fields.sub_appid });

/** Orders and pays in the sub-merchant's app. */
async function paid({ gateway, pay }, out_trade_no) {
  const payment = await pay.pay(order(out_trade_no));
  assert.deepEqual(await gateway.pay({ appId: sub.sub_appid, ...payment }), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  return pay.orderQuery({ out_trade_no });
}

test('a sub-merchant’s order goes from the log-in in its own app to the bill, and every answer names it', async (t) => {
  const { gateway, clock, client, pay, notices } = await open(t);
  const js_code = gateway.login({ appid: sub.sub_appid, openid: 'oSubPayer' });
  assert.equal((await pay.code2Session(js_code)).openid, 'oSubPayer');

  const ordered = await pay.unifiedOrder({ ...order('a'), trade_type: 'JSAPI' });
  assert.deepEqual(ids(ordered), sub);
  const wrongApp = client({ sub_mch_id: sub.sub_mch_id }).requestPayment(ordered.prepay_id);
  assert.match((await gateway.pay({ appId: shop.appid, ...wrongApp })).errMsg, /sub_appid/);
  const query = await paid({ gateway, pay }, 'a');
  assert.deepEqual(ids(query), sub);
  assert.deepEqual([query.trade_state, query.sub_openid, query.sub_is_subscribe], ['SUCCESS', 'oSubPayer', 'N']);
  assert.notEqual(query.openid, 'oSubPayer');
  const notice = pay.openNotify(notices.at(-1), { out_trade_no: 'a', total_fee: 8800 });
  assert.deepEqual([notice.paid, notice.fields.sub_openid, ids(notice)], [true, 'oSubPayer', sub]);

  const refund = await pay.refund(refundOf('a', { notify_url: 'https://shop.example/refund' }));
  assert.deepEqual(ids(refund), sub);
  await clock.advance(MINUTE_MS);
  await gateway.idle();
  const back = pay.openNotify(notices.at(-1));
  assert.deepEqual([back.kind, back.refund_status, back.out_refund_no], ['refund', 'SUCCESS', 'r-a']);
  for (const answer of [
    await pay.refundQuery({ out_trade_no: 'a' }),
    await pay.refundQueryV2({ out_refund_no: 'r-a' }),
  ]) {
    assert.deepEqual(ids(answer), sub, JSON.stringify(answer.fields));
    assert.deepEqual(
      answer.refunds.map((one) => [one.out_refund_no, one.refund_status]),
      [['r-a', 'SUCCESS']],
      JSON.stringify(answer.fields),
    );
  }

  const scanned = await pay.micropay(till('t', { auth_code: CODE }));
  assert.deepEqual([ids(scanned), scanned.trade_type], [sub, 'MICROPAY']);
  await clock.advance(MINUTE_MS);
  assert.deepEqual(ids(await pay.reverse({ out_trade_no: 't' })), sub);
  await pay.unifiedOrder({ ...order('c'), trade_type: 'JSAPI' });
  await clock.advance(6 * MINUTE_MS);
  assert.deepEqual(ids(await pay.closeOrder({ out_trade_no: 'c' })), sub);

  await clock.advance(24 * 60 * MINUTE_MS);
  const numbers = [];
  for await (const row of await pay.downloadBill({ bill_date: '20240805' })) numbers.push(row.特约商户号);
  assert.deepEqual([...new Set(numbers)], [sub.sub_mch_id]);
  const flows = [];
  for await (const row of await pay.downloadFundFlow({ bill_date: '20240805', account_type: 'Basic' })) flows.push(row);
  assert.ok(flows.length > 1);
});

test('a bill has one sub-merchant’s rows for its client, and everybody’s for the provider’s own', async (t) => {
  const world = await open(t);
  await paid(world, 'a');
  const payment = await world.others.pay({ ...order('a'), total_fee: 1 });
  await world.gateway.pay({ appId: other.sub_appid, ...payment });
  await world.clock.advance(24 * 60 * MINUTE_MS);
  const fees = async (client) => {
    const rows = [];
    for await (const row of await client.downloadBill({ bill_date: '20240805' })) rows.push(row.订单金额);
    return rows.sort();
  };
  assert.deepEqual(await fees(world.pay), ['88.00']);
  assert.deepEqual(await fees(world.others), ['0.01']);
  assert.deepEqual(await fees(world.client()), ['0.01', '88.00']);
});

test('one sub-merchant’s orders do not exist for another, and its notice is not for him', async (t) => {
  const world = await open(t);
  const { transaction_id } = await paid(world, 'a');
  const { others, notices } = world;
  await assert.rejects(others.orderQuery({ transaction_id }), { err_code: 'ORDERNOTEXIST', outcome: 'rejected' });
  await assert.rejects(others.refund(refundOf('a')), { err_code: 'ORDERNOTEXIST' });
  for (const client of [others, world.client({ ...sub, sub_appid: other.sub_appid }), world.client(other)]) {
    const open = () => client.openNotify(notices.at(-1), { out_trade_no: 'a', total_fee: 8800 });
    assert.throws(
      open,
      ({ code, field }) => code === 'ERR_MISMATCH' && field.startsWith('sub_'),
      JSON.stringify(client),
    );
  }
});

test('a rightly signed answer of another sub-merchant is refused, for every API whose answers are signed', async (t) => {
  const world = await open(t);
  const { gateway, clock, pay } = world;
  await paid(world, 'a');
  await pay.refund(refundOf('a'));
  await pay.unifiedOrder({ ...order('c'), trade_type: 'JSAPI' });
  await pay.micropay(till('t'));
  await clock.advance(6 * MINUTE_MS);
  const calls = {
    unifiedOrder: () => pay.unifiedOrder({ ...order('c'), trade_type: 'JSAPI' }),
    orderQuery: () => pay.orderQuery({ out_trade_no: 'a' }),
    refund: () => pay.refund(refundOf('a')),
    refundQuery: () => pay.refundQuery({ out_refund_no: 'r-a' }),
    refundQueryV2: () => pay.refundQueryV2({ out_refund_no: 'r-a' }),
    micropay: () => pay.micropay(till('t')),
    reverse: () => pay.reverse({ out_trade_no: 't' }),
    closeOrder: () => pay.closeOrder({ out_trade_no: 'c' }),
  };
  for (const [api, call] of Object.entries(calls)) {
    for (const [field, value] of Object.entries(other)) {
      gateway.failNext({ kind: 'members', members: { [field]: value } });
      const error = await errorOf(call(), `${api} ${field}`);
      assert.deepEqual([error.code, error.outcome, error.field], ['ERR_MISMATCH', 'unknown', field], api);
    }
  }
});

test('the sub-merchant belongs to the client: one that only a call names is refused before anything is sent', async (t) => {
  const { gateway, client, pay } = await open(t);
  for (const [one, params, field] of [
    [client(), sub, 'sub_appid'],
    [client(), { sub_mch_id: sub.sub_mch_id }, 'sub_mch_id'],
    [client({ sub_mch_id: sub.sub_mch_id }), { sub_appid: sub.sub_appid }, 'sub_appid'],
    [pay, other, 'sub_appid'],
    [pay, { sub_mch_id: other.sub_mch_id }, 'sub_mch_id'],
  ]) {
    const error = await errorOf(one.orderQuery({ out_trade_no: 'a', ...params }), field);
    assert.deepEqual([error.code, error.outcome, error.field], ['ERR_PARAM', 'not-sent', field], field);
  }
  await assert.rejects(pay.orderQuery({ out_trade_no: 'a', ...sub }), { err_code: 'ORDERNOTEXIST' });
  await assert.rejects(client().orderQuery({ out_trade_no: 'a' }), { code: 'ERR_REFUSED', return_msg: /sub_mch_id/ });
  assert.deepEqual(gateway.orders(), []);
});
