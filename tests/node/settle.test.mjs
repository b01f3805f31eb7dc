// Settling orders against the gateway over HTTP, with answers that are lost before and after they took effect.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { order, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { until } from './notices-support.mjs';

const clock = createManualClock(Date.UTC(2024, 7, 5, 9, 33, 41));
/** A code whose payer is asked for the password, and types for a minute. */
const USERPAYING = '130000000000000001';
const micropay = ({ auth_code }) =>
  auth_code === USERPAYING ? { result: 'USERPAYING', afterMs: 60_000, trade_state: 'SUCCESS' } : { result: 'SUCCESS' };
const gateway = createGateway({ merchants: [shop], clock, micropay, fetch: async () => new Response('') });
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

test('an order that WeChat does not know is missing only after missingMs', async () => {
  const { pay, calls } = client();
  const startMs = performance.now();
  const settled = await pay.settle('never-made', { pausesMs: [10], missingMs: 200 });
  assert.deepEqual(settled, { state: 'missing', order: undefined });
  // A busy machine only makes it longer.
  assert.ok(performance.now() - startMs >= 200);
  assert.ok(calls.length > 2, String(calls.length));
});

test('an order whose call arrives after it was queried several times is not called missing', async () => {
  const { pay } = client();
  const settled = pay.settle('s7', { pausesMs: [5] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const payment = await place(client().pay, 's7');
  await gateway.pay({ appId: shop.appid, ...payment });
  assert.equal((await settled).state, 'paid');
});

test('unanswered queries do not make an order missing, although one said that it is not there', async () => {
  const { pay, calls } = client([undefined, ...Array.from({ length: 500 }, () => 'before')]);
  const signal = AbortSignal.timeout(400);
  await assert.rejects(pay.settle('never-made-3', { pausesMs: [5], missingMs: 50, signal }), { outcome: 'unknown' });
  assert.ok(calls.length > 5);
});

test('by default no order is missing after half a second, however many queries find nothing', async () => {
  for (const [timeoutMs, retries] of [
    [10, 0],
    [40_000, 1],
  ]) {
    const pay = new WechatPay({ ...shop, baseUrls: [base], timeoutMs, retries });
    const signal = AbortSignal.timeout(500);
    await assert.rejects(
      pay.settle('never-made-2', { pausesMs: [50], signal }),
      { outcome: /unknown|not-sent/ },
      `${timeoutMs} ms, ${retries} retries`,
    );
  }
});

/** A payment by code whose payer still types the password, and a client that may reverse it. */
async function typing(out_trade_no) {
  const direct = (url, init) => gateway.fetch(new Request(url, init));
  const till = new WechatPay({ ...shop, baseUrls: [base], fetch: direct, certFetch: direct });
  const code = { body: 'tea', out_trade_no, total_fee: 88, spbill_create_ip: '127.0.0.1', auth_code: USERPAYING };
  await assert.rejects(till.micropay(code), { err_code: 'USERPAYING' });
  return till;
}

test('a payment by code that stays open is reversed, and no money is taken later', async () => {
  const till = await typing('s8');
  // WeChat reverses from 15 seconds after the call.
  await clock.advance(20_000);
  const { state, order: found } = await till.settle('s8', { pausesMs, reverseMs: 20 });
  assert.deepEqual([state, found.trade_state], ['closed', 'REVOKED']);
});

test('a payment by code is queried before it is reversed: what was paid meanwhile stays paid', async () => {
  const till = await typing('s9');
  const settled = till.settle('s9', { pausesMs: [5], reverseMs: 60_000 });
  await clock.advance(61_000);
  assert.equal((await settled).state, 'paid');
});

test('an uncertain payment by code that never arrived is missing after the span, and reversing was tried', async () => {
  const direct = (url, init) => gateway.fetch(new Request(url, init));
  const reversals = [];
  const certFetch = (url, init) => {
    reversals.push(url);
    return direct(url, init);
  };
  const till = new WechatPay({ ...shop, baseUrls: [base], fetch: direct, certFetch });
  const options = { pausesMs: [5], isPayCode: true, reverseMs: 20, missingMs: 100 };
  assert.equal((await till.settle('s10', options)).state, 'missing');
  assert.ok(reversals.length > 0);
});

test('a reversal that has to be called again is called again', async () => {
  const till = await typing('s11');
  const settled = till.settle('s11', { pausesMs: [5], reverseMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  await clock.advance(20_000);
  assert.equal((await settled).state, 'closed');
});

test('a clock that is set back does not keep an order open that has no deadline', async (t) => {
  await place(client().pay, 's12');
  await clock.advance(6 * 60_000);
  const { pay } = client();
  const now = Date.now;
  t.after(() => {
    Date.now = now;
  });
  let asked = 0;
  Date.now = () => {
    asked += 1;
    return now() - (asked > 1 ? 3_600_000 : 0);
  };
  assert.equal((await pay.settle('s12', { pausesMs })).state, 'closed');
});

test('a clock that is set while an order is settled does not move its deadline', async (t) => {
  await place(client().pay, 's13');
  await clock.advance(6 * 60_000);
  const { pay } = client();
  const now = Date.now;
  t.after(() => {
    Date.now = now;
  });
  const settled = pay.settle('s13', { pausesMs: [5], deadlineMs: now() + 50 });
  Date.now = () => now() - 3_600_000;
  assert.equal((await settled).state, 'closed');
});

test('aborted settling says that the order is still open', async () => {
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
    { missingMs: -1 },
    { reverseMs: 1.5 },
    { isPayCode: 'yes' },
  ]) {
    const { pay, calls } = client();
    await assert.rejects(
      pay.settle('s1', wrong),
      {
        code: 'ERR_PARAM',
        field: Object.keys(wrong)[0],
        outcome: 'not-sent',
      },
      JSON.stringify(wrong),
    );
    assert.deepEqual(calls, [], JSON.stringify(wrong));
  }
});

test('by default an order is missing only after twice the longest call, the pauses between its attempts included', () => {
  // Its clock moves by the pauses of the package alone, each of which ends at once. The time limit of a call is 7001.
  const script = `
    import { WechatPay } from 'paysign';
    import { shop, signByHand, xmlByHand } from './gateway-support.mjs';
    const { setTimeout: later } = globalThis;
    let now = 0;
    performance.now = () => now;
    globalThis.setTimeout = (run, ms) => (ms === 7001 ? later(run, 60_000) : later(run, 0, (now += ms)));
    const { appid, mch_id } = shop;
    const ids = { appid, mch_id, nonce_str: 'n1', return_code: 'SUCCESS' };
    const fields = { ...ids, result_code: 'FAIL', err_code: 'ORDERNOTEXIST', err_code_des: 'no' };
    const answer = xmlByHand({ ...fields, sign: signByHand(fields, shop.key, 'HMAC-SHA256') });
    const fetch = async () => new Response(answer);
    const pay = new WechatPay({ ...shop, fetch, timeoutMs: 7001, retries: 10, baseUrls: ['https://a.example'] });
    console.log(JSON.stringify({ ...(await pay.settle('never-made')), now }));`;
  const args = ['--input-type=module', '-e', script];
  const { state, now } = JSON.parse(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  );
  assert.equal(state, 'missing');
  // Eleven attempts of 7 s, and pauses of 0.5, 1, 2, 4, 8, 16 and four times 30 s.
  const longestMs = 11 * 7001 + 31_500 + 4 * 30_000;
  assert.ok(now >= 2 * longestMs && now < 2 * longestMs + 120_000, `${now} ms`);
});

test('an unsigned refusal of a busy service does not end settle', async () => {
  const refusals = [
    { return_code: 'FAIL', return_msg: '频率限制' },
    { return_code: 'FAIL', return_msg: '系统繁忙' },
    { return_code: 'FAIL', retcode: '-1', retmsg: 'x' },
  ];
  let asked = 0;
  const { appid, mch_id, key } = shop;
  const paid = {
    ...{
      return_code: 'SUCCESS',
      appid,
      mch_id,
      nonce_str: 'n',
      result_code: 'SUCCESS',
      openid: 'o',
      trade_type: 'JSAPI',
    },
    ...{ trade_state: 'SUCCESS', bank_type: 'OTHERS', total_fee: '1', cash_fee: '1', transaction_id: '42' },
    ...{ out_trade_no: 'a1', time_end: '20240805173341' },
  };
  const fetch = async () => {
    asked += 1;
    const fields = refusals[asked - 1];
    return new Response(xmlByHand(fields ?? { ...paid, sign: signByHand(paid, key, 'HMAC-SHA256') }));
  };
  const { state } = await new WechatPay({ ...shop, fetch }).settle('a1', { pausesMs: [1] });
  assert.deepEqual([state, asked], ['paid', 4]);
});
