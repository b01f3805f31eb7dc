// Settling an order of APIv3: queried, closed after the deadline, and never called unpaid while that is uncertain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { API_V3_KEY, ids } from './v3-support.mjs';

const pausesMs = [1];

async function open(t) {
  const merchants = [{ appid: ids.appid, mch_id: ids.mchid, apiV3Key: API_V3_KEY }];
  const gateway = createGateway({ merchants });
  t.after(() => gateway.close());
  const pay = new WechatPay({ ...(await gateway.client(ids.mchid, { api: 'v3' })), retries: 0 });
  const order = (out_trade_no) =>
    pay.pay({
      ...{ description: '茶', out_trade_no, notify_url: 'http://127.0.0.1:9/n' },
      ...{ amount: { total: 1 }, payer: { openid: 'o1' } },
    });
  return { gateway, pay, order };
}

test('a paid order is paid, and an unpaid one is closed after the deadline', async (t) => {
  const { gateway, pay, order } = await open(t);
  await gateway.pay({ appId: ids.appid, ...(await order('settle-1')) });
  const paid = await pay.settle('settle-1', { pausesMs });
  assert.deepEqual([paid.state, paid.order.trade_state], ['paid', 'SUCCESS']);
  await order('settle-2');
  const startMs = performance.now();
  const closed = await pay.settle('settle-2', { pausesMs, deadlineMs: Date.now() + 50 });
  assert.ok(performance.now() - startMs >= 49);
  assert.deepEqual([closed.state, closed.order.trade_state], ['closed', 'CLOSED']);
});

test('a payer who is faster than the close makes the order paid', async (t) => {
  const { gateway, pay, order } = await open(t);
  const payment = await order('settle-3');
  // The first query says NOTPAY, then the payer pays, and the close is refused.
  const { orderQuery } = pay;
  let count = 0;
  pay.orderQuery = async (...given) => {
    const answer = await orderQuery.apply(pay, given);
    count += 1;
    if (count === 1) await gateway.pay({ appId: ids.appid, ...payment });
    return answer;
  };
  assert.equal((await pay.settle('settle-3', { pausesMs })).state, 'paid');
  assert.ok(count >= 2);
});

test('an order that WeChat does not know is missing only after the time for that', async (t) => {
  const { pay } = await open(t);
  const startMs = performance.now();
  assert.deepEqual(await pay.settle('settle-4', { pausesMs, missingMs: 80 }), { state: 'missing', order: undefined });
  assert.ok(performance.now() - startMs >= 79);
});

test('a refusal that is cut off before its code does not end the settling', async (t) => {
  const { gateway, pay, order } = await open(t);
  const query = '/v3/pay/transactions/out-trade-no/{out_trade_no}';
  gateway.failNext({ kind: 'cut', path: query });
  const missing = pay.settle('settle-cut-1', { pausesMs, missingMs: 0 });
  assert.deepEqual(await missing, { state: 'missing', order: undefined });
  const payment = await order('settle-cut-2');
  // The first query says NOTPAY; the close is refused with ORDER_PAID, of which only a half arrives.
  const { closeOrder } = pay;
  pay.closeOrder = async (...given) => {
    await gateway.pay({ appId: ids.appid, ...payment });
    gateway.failNext({ kind: 'cut', path: `${query}/close` });
    return closeOrder.apply(pay, given);
  };
  assert.equal((await pay.settle('settle-cut-2', { pausesMs })).state, 'paid');
});

test('answers that fail or are lost do not end the settling', async (t) => {
  const { gateway, pay, order } = await open(t);
  await order('settle-5');
  gateway.failNext({ kind: 'reset' });
  gateway.failNext({ kind: 'err_code', err_code: 'SYSTEM_ERROR' });
  gateway.failNext({ path: '/v3/pay/transactions/out-trade-no/{out_trade_no}/close', kind: 'reset', when: 'after' });
  assert.equal((await pay.settle('settle-5', { pausesMs })).state, 'closed');
});

test("the caller's signal ends the settling with the outcome unknown, and a wrong key ends it at once", async (t) => {
  const { pay, order, gateway } = await open(t);
  await order('settle-6');
  const signal = AbortSignal.timeout(30);
  const given = await pay
    .settle('settle-6', { pausesMs, deadlineMs: Date.now() + 60_000, signal })
    .catch((error) => error);
  assert.equal(given.outcome, 'unknown');
  const { privateKey } = await gateway.client(ids.mchid, { api: 'v3' });
  const stranger = new WechatPay({
    ...(await gateway.client(ids.mchid, { api: 'v3' })),
    ...{ certificate: undefined, privateKey, serial: 'ABCDEF' },
  });
  const { code, status } = await stranger.settle('settle-6', { pausesMs }).catch((error) => error);
  assert.deepEqual([code, status], ['ERR_FAILED', 401]);
});
