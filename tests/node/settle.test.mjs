// Settling orders against the gateway over HTTP, with answers that are lost before and after they took effect.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { order, shop } from './gateway-support.mjs';
import { until } from './notices-support.mjs';

const clock = createManualClock(Date.UTC(2024, 7, 5, 9, 33, 41));
const gateway = createGateway({ merchants: [shop], clock, fetch: async () => new Response('') });
const pausesMs = [1];
let base;
before(async () => {
  base = (await gateway.listen()).url;
});
after(() => gateway.close());

/** A client whose answers are lost as the list says: before the call arrives, or after it took effect. */
function client(losses = []) {
  const left = [...losses];
  const calls = [];
  const lossy = async (url, init) => {
    calls.push(new URL(url).pathname);
    const loss = left.shift();
    if (loss === 'before')
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET', syscall: 'read' } });
    const answer = await fetch(url, init);
    if (loss !== 'after') return answer;
    await answer.text();
    return new Response('<html>502 Bad Gateway</html>', { status: 502 });
  };
  return { pay: new WechatPay({ ...shop, baseUrls: [base], fetch: lossy }), calls };
}

async function place(pay, out_trade_no) {
  const { appid, mch_id, nonce_str, sign, sign_type, ...params } = order({ out_trade_no });
  const { prepay_id } = await pay.unifiedOrder({ ...params, total_fee: Number(params.total_fee) });
  return pay.requestPayment(prepay_id);
}

test('a paid order is paid, however many answers are lost before', async () => {
  const payment = await place(client().pay, 's1');
  assert.deepEqual(await gateway.pay({ appId: shop.appid, ...payment }), { errMsg: 'requestPayment:ok' });
  const { pay, calls } = client(['before', 'after', 'before']);
  const { state, order: found } = await pay.settle('s1', { pausesMs });
  assert.deepEqual([state, found.trade_state, calls.length], ['paid', 'SUCCESS', 4]);
});

test('an unpaid order is closed after its deadline, and believed closed only when a query says so', async () => {
  await place(client().pay, 's2');
  await clock.advance(6 * 60_000);
  const { pay, calls } = client([undefined, 'after', 'before']);
  const { state, order: found } = await pay.settle('s2', { pausesMs });
  assert.deepEqual([state, found.trade_state], ['closed', 'CLOSED']);
  assert.deepEqual(calls, ['/pay/orderquery', '/pay/closeorder', '/pay/orderquery', '/pay/orderquery']);
});

test('a payer who is faster than the close has paid', async () => {
  const payment = await place(client().pay, 's3');
  await clock.advance(6 * 60_000);
  let paid;
  const racing = async (url, init) => {
    if (url.endsWith('/pay/closeorder') && !paid) paid = await gateway.pay({ appId: shop.appid, ...payment });
    return fetch(url, init);
  };
  const pay = new WechatPay({ ...shop, baseUrls: [base], fetch: racing });
  assert.equal((await pay.settle('s3', { pausesMs })).state, 'paid');
  assert.equal(paid.errMsg, 'requestPayment:ok');
});

test('an order before its deadline is waited for, not closed', async () => {
  const payment = await place(client().pay, 's4');
  const { pay, calls } = client();
  setTimeout(() => gateway.pay({ appId: shop.appid, ...payment }), 30);
  const { state } = await pay.settle('s4', { pausesMs: [5], deadlineMs: Date.now() + 60_000 });
  assert.equal(state, 'paid');
  assert.ok(!calls.includes('/pay/closeorder') && calls.length > 1, calls.join());
});

test('an order that is too young to be closed is asked about until WeChat closes it', async () => {
  await place(client().pay, 's6');
  const { pay, calls } = client();
  const settled = pay.settle('s6', { pausesMs });
  await until(() => calls.filter((path) => path === '/pay/closeorder').length >= 3);
  await clock.advance(6 * 60_000);
  assert.equal((await settled).state, 'closed');
});

test('an order that WeChat does not know is missing only after several queries', async () => {
  const { pay, calls } = client();
  assert.deepEqual(await pay.settle('never-made', { pausesMs }), { state: 'missing', order: undefined });
  assert.equal(calls.length, 3);
});

test('settling that is given up says that the order is still open', async () => {
  await place(client().pay, 's5');
  const { pay } = client();
  const options = { pausesMs: [20], deadlineMs: Date.now() + 60_000, signal: AbortSignal.timeout(60) };
  await assert.rejects(
    pay.settle('s5', options),
    ({ code, outcome }) => /^ERR_(TIMEOUT|NETWORK)$/.test(code) && outcome !== 'rejected',
  );
});

test('a wrong key ends settling at once: no repetition mends it', async () => {
  const pay = new WechatPay({ ...shop, key: 'x'.repeat(32), baseUrls: [base] });
  await assert.rejects(pay.settle('s1', { pausesMs }), { code: 'ERR_REFUSED', outcome: 'rejected' });
});

test('options that make no sense are named before anything is asked', async () => {
  for (const wrong of [
    { pausesMs: [] },
    { pausesMs: 5 },
    { pausesMs: [-1] },
    { pausesMs: [1.5] },
    { deadlineMs: Number.NaN },
  ]) {
    const { pay, calls } = client();
    await assert.rejects(pay.settle('s1', wrong), {
      code: 'ERR_PARAM',
      field: Object.keys(wrong)[0],
      outcome: 'not-sent',
    });
    assert.deepEqual(calls, []);
  }
});
