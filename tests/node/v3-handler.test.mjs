// The notice handler of APIv3: it delivers once, and answers with the status that decides whether WeChat repeats.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { memoryStore, nodeHandler } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { listen, until } from './notices-support.mjs';
import { API_V3_KEY, COMBINED, ids, notice, ORDER, options, REFUND, signedHeaders, stranger } from './v3-support.mjs';

const REFUSED = '{"code":"FAIL","message":"refused"}';

/** A handler that writes down what it was called with. */
function shop(listeners = {}, changes = {}) {
  const calls = { paid: [], refunded: [], failed: [], events: [], refused: [] };
  const handler = new WechatPay({ ...options, ...changes }).notifyHandler({
    onPaid: (notice) => void calls.paid.push(notice),
    onRefund: (notice) => void calls.refunded.push(notice),
    onFailed: (notice) => void calls.failed.push(notice),
    onEvent: (notice) => void calls.events.push(notice),
    onRejected: (error, request) => void calls.refused.push({ error, request }),
    ...listeners,
  });
  return { calls, handler };
}

/** Posts a notice to a handler; returns status and words. */
async function hand(handler, { headers, body }, init = {}) {
  const url = 'http://shop.example/wxpay/v3?merchant=1';
  const method = init.method ?? 'POST';
  const response = await handler(new Request(url, { method, headers, ...(method === 'POST' && { body }) }));
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

test('a payment is delivered once, and each repeat is acknowledged with status 200', async () => {
  const { calls, handler } = shop({
    findOrder: (out_trade_no) => ({ out_trade_no, total_fee: 100, mch_id: ids.mchid, appid: ids.appid }),
  });
  for (let repeat = 0; repeat < 3; repeat += 1) {
    assert.deepEqual(await hand(handler, notice()), {
      ...{ status: 200, text: '{"code":"SUCCESS"}', type: 'application/json' },
    });
  }
  assert.deepEqual(calls.refused, []);
  assert.equal(calls.paid.length, 1);
  const { out_trade_no, total_fee, cash_fee, openid, time_end, resource } = calls.paid[0];
  assert.deepEqual(
    { out_trade_no, total_fee, cash_fee, openid, time_end },
    {
      out_trade_no: ORDER.out_trade_no,
      total_fee: 100,
      cash_fee: 90,
      openid: ORDER.payer.openid,
      time_end: '20260726091952',
    },
  );
  assert.deepEqual(resource, ORDER);
});

test('each refusal has a status of 400 or above and the same words, whatever was wrong', async () => {
  const forged = notice(ORDER, { headers: { by: stranger } });
  const wrong = {
    forged: [forged, 'ERR_SIGNATURE'],
    unsigned: [{ headers: {}, body: notice().body }, 'ERR_SIGNATURE'],
    old: [notice(ORDER, { headers: { seconds: options.nowMs() / 1000 - 301 } }), 'ERR_SIGNATURE'],
    'of another key': [notice(ORDER, { key: 'x'.repeat(32) }), 'ERR_DECRYPT'],
    'of another merchant': [notice({ ...ORDER, mchid: '1' }), 'ERR_MISMATCH'],
    'no JSON': [{ headers: signedHeaders('<xml/>'), body: '<xml/>' }, 'ERR_JSON'],
    empty: [{ headers: signedHeaders(''), body: '' }, 'ERR_JSON'],
  };
  for (const [name, [message, code]] of Object.entries(wrong)) {
    const { calls, handler } = shop();
    assert.deepEqual(await hand(handler, message), { status: 500, text: REFUSED, type: 'application/json' }, name);
    await until(() => calls.refused.length === 1);
    assert.equal(calls.refused[0].error.code, code, name);
    assert.equal(calls.refused[0].request.isProbe, false, name);
    assert.equal(calls.paid.length, 0, name);
  }
  const { handler } = shop();
  assert.equal((await hand(handler, notice(), { method: 'GET' })).status, 405);
  const large = 'x'.repeat(1_600_001);
  assert.equal((await hand(handler, { headers: signedHeaders(large), body: large })).status, 413);
});

test('a body that a parser has written again is refused, and the error says to pass the raw bytes', async () => {
  const { calls, handler } = shop();
  const { headers, body } = notice();
  assert.equal((await hand(handler, { headers, body: JSON.stringify(JSON.parse(body), null, 1) })).status, 500);
  await until(() => calls.refused.length === 1);
  assert.match(calls.refused[0].error.message, /raw bytes/);
});

test('a probe is refused, and the operator sees that it is one', async (t) => {
  const { headers, body } = notice();
  const probe = {
    headers: { ...headers, 'Wechatpay-Signature': `WECHATPAY/SIGNTEST/${headers['Wechatpay-Signature'].slice(19)}` },
    body,
  };
  const { calls, handler } = shop();
  assert.equal((await hand(handler, probe)).status, 500);
  await until(() => calls.refused.length === 1);
  assert.equal(calls.refused[0].request.isProbe, true);
  assert.match(calls.refused[0].error.message, /probe of WeChat Pay/);
  const [info, error] = ['info', 'error'].map((name) => t.mock.method(console, name, () => {}));
  const { handler: silent } = shop({ onRejected: undefined });
  await hand(silent, probe);
  await until(() => info.mock.callCount() === 1);
  assert.equal(error.mock.callCount(), 0, 'a probe is no alarm');
});

test('a refund and another event go to their listeners, and without one they are refused', async () => {
  const { calls, handler } = shop();
  const refund = () => notice(REFUND, { event_type: 'REFUND.SUCCESS' });
  const transfer = () => notice({ state: 'SUCCESS' }, { event_type: 'MCHTRANSFER.BILL.FINISHED' });
  for (const make of [refund, transfer, refund, transfer]) assert.equal((await hand(handler, make())).status, 200);
  assert.deepEqual(
    [calls.refunded, calls.events, calls.paid].map((list) => list.length),
    [1, 1, 0],
  );
  const { out_refund_no, refund_fee, success_time, refund_recv_accout } = calls.refunded[0];
  assert.deepEqual(
    { out_refund_no, refund_fee, success_time, refund_recv_accout },
    {
      ...{ out_refund_no: 'R1', refund_fee: 40, success_time: '2026-07-26 09:19:52' },
      refund_recv_accout: REFUND.user_received_account,
    },
  );
  assert.equal(calls.events[0].event.event_type, 'MCHTRANSFER.BILL.FINISHED');
  for (const [name, make] of [
    ['onRefund', refund],
    ['onEvent', transfer],
  ]) {
    const lacking = shop({ [name]: undefined });
    assert.equal((await hand(lacking.handler, make())).status, 500);
    await until(() => lacking.calls.refused.length === 1);
    assert.equal(lacking.calls.refused[0].error.field, name);
  }
});

test('a payment that is not SUCCESS never reaches onPaid', async () => {
  const { calls, handler } = shop();
  assert.equal((await hand(handler, notice({ ...ORDER, trade_state: 'PAYERROR' }))).status, 200);
  assert.deepEqual([calls.paid.length, calls.failed.length], [0, 1]);
});

test('a combined payment reaches onCombined once, if findOrder returns the combined order', async () => {
  const asked = [];
  const combined = [];
  const findOrder = (out_trade_no, { kind }) => {
    asked.push([out_trade_no, kind]);
    return { out_trade_no, total_fee: 150 };
  };
  const { calls, handler } = shop({ findOrder, onCombined: (one) => combined.push(one) });
  for (let time = 0; time < 2; time += 1) assert.equal((await hand(handler, notice(COMBINED))).status, 200);
  assert.deepEqual(asked, [[COMBINED.combine_out_trade_no, 'combined']]);
  assert.deepEqual(
    combined.map(({ sub_orders }) => sub_orders.length),
    [2],
  );
  assert.deepEqual([calls.paid.length, calls.events.length, calls.refused.length], [0, 0, 0]);
});

test('a combined payment is refused without onCombined, and where the combined order differs or is unknown', async () => {
  const onCombined = () => assert.fail('it was delivered');
  for (const [more, field] of [
    [{}, 'onCombined'],
    [{ onCombined, findOrder: () => undefined }, 'out_trade_no'],
    [{ onCombined, findOrder: () => ({ total_fee: 149 }) }, 'total_fee'],
  ]) {
    const { calls, handler } = shop(more);
    assert.equal((await hand(handler, notice(COMBINED))).status, 500, field);
    await until(() => calls.refused.length === 1);
    assert.equal(calls.refused[0].error.field, field);
  }
});

test('a payment that is not the stored order is refused, by amount, currency, merchant and app', async () => {
  for (const [field, stored] of [
    ['total_fee', { total_fee: 99 }],
    ['fee_type', { total_fee: 100, fee_type: 'USD' }],
    ['mch_id', { total_fee: 100, mch_id: '1' }],
    ['appid', { total_fee: 100, appid: 'wx1' }],
    ['out_trade_no', null],
  ]) {
    const { calls, handler } = shop({ findOrder: () => stored });
    assert.equal((await hand(handler, notice())).status, 500, field);
    await until(() => calls.refused.length === 1);
    assert.equal(calls.refused[0].error.field, field);
    assert.equal(calls.paid.length, 0);
  }
  // A refund notice names no app, so the stored one is not compared.
  const { calls, handler } = shop({ findOrder: () => ({ total_fee: 100, appid: ids.appid, mch_id: ids.mchid }) });
  assert.equal((await hand(handler, notice(REFUND, { event_type: 'REFUND.SUCCESS' }))).status, 200);
  assert.equal(calls.refunded.length, 1);
});

test('openNotify compares the stored order too, and an event is no order', async () => {
  const pay = new WechatPay(options);
  const stored = { out_trade_no: ORDER.out_trade_no, total_fee: 100 };
  assert.equal((await pay.openNotify(notice(), stored)).paid, true);
  for (const [message, order, field] of [
    [notice(), { ...stored, total_fee: 1 }, 'total_fee'],
    [notice(), { ...stored, out_trade_no: 'another' }, 'out_trade_no'],
    [notice({ a: 1 }, { event_type: 'COMPLAINT.CREATE' }), stored, 'out_trade_no'],
    [notice(), undefined, 'expect'],
    [notice(), {}, 'expect'],
  ]) {
    const { field: named } = await pay.openNotify(message, order).catch((error) => error);
    assert.equal(named, field);
  }
});

test('when the listener throws, WeChat repeats, and the next notice calls it again', async () => {
  let count = 0;
  const { calls, handler } = shop({
    onPaid: () => {
      count += 1;
      if (count === 1) throw new Error('the database is away');
    },
  });
  assert.equal((await hand(handler, notice())).status, 500);
  assert.equal((await hand(handler, notice())).status, 200);
  assert.equal((await hand(handler, notice())).status, 200);
  assert.equal(count, 2);
  assert.deepEqual(
    calls.refused.map(({ error }) => error.code),
    ['ERR_LISTENER'],
  );
});

test('two clients of one environment share a store, also while the APIv3 key is changed, and a gateway does not', async () => {
  const store = memoryStore();
  const [first, changing, gateway] = [
    {},
    { apiV3Key: ['n'.repeat(32), API_V3_KEY] },
    { baseUrls: ['http://127.0.0.1:1'] },
  ].map((changes) => shop({ store }, changes));
  for (const { handler } of [first, changing, gateway]) assert.equal((await hand(handler, notice())).status, 200);
  assert.deepEqual(
    [first, changing, gateway].map(({ calls }) => calls.paid.length),
    [1, 0, 1],
  );
});

test('the gateway posts notices over HTTP until the handler acknowledges them', async (t) => {
  const merchant = { appid: ids.appid, mch_id: ids.mchid, apiV3Key: API_V3_KEY, secret: 's'.repeat(32) };
  const gateway = createGateway({ merchants: [merchant] });
  t.after(() => gateway.close());
  const client = new WechatPay(await gateway.client(ids.mchid, { api: 'v3' }));
  const paid = [];
  const refunded = [];
  const notify = client.notifyHandler({
    findOrder: (out_trade_no) => ({ out_trade_no, total_fee: 100 }),
    onPaid: ({ out_trade_no }) => void paid.push(out_trade_no),
    onRefund: ({ out_refund_no, refund_status }) => void refunded.push(`${out_refund_no} ${refund_status}`),
  });
  const notify_url = `${await listen(t, createServer(nodeHandler(notify)))}/wxpay/v3`;
  const { openid } = await client.code2Session(gateway.login({ appid: ids.appid, openid: 'o1' }));
  const amount = { total: 100 };
  const payment = await client.pay({
    description: '茶',
    out_trade_no: 'v3-handler-1',
    amount,
    payer: { openid },
    notify_url,
  });
  await gateway.pay({ appId: ids.appid, ...payment });
  await until(() => paid.length === 1);
  await gateway.resendNotice({ out_trade_no: 'v3-handler-1' });
  // The record has all that a program needs to send the same notice again, or a changed one.
  const { body, attempts } = gateway.notices()[0];
  const post = async (body) => (await fetch(notify_url, { method: 'POST', headers: attempts[1].headers, body })).status;
  assert.deepEqual([await post(body), await post(body.replace('支付成功', '支付失败'))], [200, 500]);
  assert.deepEqual(paid, ['v3-handler-1']);
  await client.refund({
    ...{ out_trade_no: 'v3-handler-1', out_refund_no: 'R1', notify_url },
    amount: { refund: 40, total: 100, currency: 'CNY' },
  });
  await until(() => refunded.length === 1);
  assert.deepEqual(refunded, ['R1 SUCCESS']);
});
