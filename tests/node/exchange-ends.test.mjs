// R4, R9: every call ends with a typed error within its time limit, whatever server and fetch do.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer as createHttps } from 'node:https';
import { test } from 'node:test';
import { createServer as createTls } from 'node:tls';
import { WechatPay } from 'paysign';
import { file, issueAll } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';
import { listen } from './notices-support.mjs';

issueAll();
const pem = {
  cert: file('merchant.pem'),
  key: file('merchant.key'),
  ca: file('ca.pem'),
  serverKey: file('server.key'),
  serverCert: file('server.pem'),
};
const REFUND = { out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 88, refund_fee: 88 };
const BILL = { bill_date: '20240805', account_type: 'Basic' };

/** The error of a call, which must be one of ours. */
async function ended(call) {
  const error = await call.then(
    () => assert.fail('no error'),
    (error) => error,
  );
  assert.equal(error.name, 'WxPayError', error.stack);
  return error;
}

/** A client that shows its certificate to a server of the test. */
async function certified(t, server, options = {}) {
  const { cert, key, ca } = pem;
  const base = (await listen(t, server)).replace('http:', 'https:');
  return new WechatPay({
    ...shop,
    certificate: { cert, key, ca },
    baseUrls: [base],
    retries: 0,
    timeoutMs: 2000,
    ...options,
  });
}

test('a certificate call with an answer of any status but 200 ends with that status', async (t) => {
  let status = 0;
  const server = createHttps({ key: pem.serverKey, cert: pem.serverCert }, (request, response) => {
    request.resume().on('end', () => response.writeHead(status).end());
  });
  const pay = await certified(t, server);
  for (status of [201, 204, 205, 206, 301, 304, 400, 500, 599, 600, 999]) {
    const error = await ended(pay.refund(REFUND));
    assert.deepEqual([error.code, error.outcome, error.status], ['ERR_HTTP', 'unknown', status], `${status}`);
  }
});

for (const [what, text] of [
  ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['promises an answer for ever', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n'],
  ['closes without a word', undefined],
]) {
  test(`a certificate call to a server that ${what} ends as unknown`, async (t) => {
    const server = createTls({ key: pem.serverKey, cert: pem.serverCert }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (text === undefined ? socket.destroy() : socket.write(text)));
    });
    const pay = await certified(t, server, { timeoutMs: 300 });
    const error = await ended(pay.refund(REFUND));
    assert.equal(error.outcome, 'unknown');
    assert.match(error.code, /^ERR_(HTTP|TIMEOUT|NETWORK)$/);
  });
}

test('a probe that is answered with 204, 304 or 600 does no harm, and the main host is used again', async (t) => {
  const seen = [];
  let probe = 204;
  let post = 502;
  const server = createHttps({ key: pem.serverKey, cert: pem.serverCert }, (request, response) => {
    seen.push(request.method);
    request.resume().on('end', () => response.writeHead(request.method === 'GET' ? probe : post).end());
  });
  const pay = await certified(t, server, { probeMs: 1 });
  const [base] = [`https://127.0.0.1:${server.address().port}`];
  const { cert, key, ca } = pem;
  const two = new WechatPay({
    ...shop,
    certificate: { cert, key, ca },
    baseUrls: [base, `${base}/`],
    retries: 0,
    probeMs: 1,
  });
  for (probe of [204, 304, 600]) {
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await ended(two.refund(REFUND))).status, post, `${probe}, time ${time}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  assert.ok(seen.filter((method) => method === 'GET').length >= 2, seen.join());
  post = 400;
  assert.equal((await ended(pay.refund(REFUND))).status, 400);
});

test('a bill whose server stops in the middle ends within the time limit of a piece', async (t) => {
  const server = createHttps({ key: pem.serverKey, cert: pem.serverCert }, (request, response) => {
    request.resume();
    response.writeHead(200).write('记账时间,微信支付业务单号');
  });
  const pay = await certified(t, server, { timeoutMs: 200 });
  const read = async (bill) => {
    for await (const _row of bill);
  };
  const bill = await pay.downloadFundFlow(BILL);
  const error = await ended(read(bill));
  assert.equal(error.outcome, 'unknown');
  assert.match(error.message, /200 ms/);
});

const never = () => new Promise(() => {});
/** A stream that sends pieces, then stalls, and whose cancelling never settles. */
const stalled = (...pieces) => {
  const left = [...pieces];
  return new ReadableStream({ pull: (to) => (left.length > 0 ? to.enqueue(left.shift()) : never()), cancel: never });
};
const bytes = (text) => new TextEncoder().encode(text);

/** Fetches of callers that break the rules of fetch, and the end of a call over them. */
const FETCHES = {
  'ignores its signal': [never, /TIMEOUT/],
  'answers with a body that never ends': [async () => new Response(stalled(bytes('<xml>'))), /TIMEOUT/],
  'answers 502 with a body that cannot be cancelled': [async () => new Response(stalled(), { status: 502 }), /HTTP/],
  'answers more than any answer can be': [async () => new Response(stalled(new Uint8Array(300_000))), /HTTP/],
  'answers empty pieces for ever': [
    async () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array()) })),
    /HTTP/,
  ],
  'yields text': [async () => ({ status: 200, body: stalled('<xml></xml>') }), /HTTP/],
  'yields an ArrayBuffer': [async () => ({ status: 200, body: stalled(new ArrayBuffer(8)) }), /HTTP/],
  'returns nothing': [async () => undefined, /HTTP/],
  'returns an answer without a body or a way to read it': [async () => ({ status: 200, body: 'text' }), /HTTP/],
  'throws at once': [
    () => {
      throw new Error('no');
    },
    /NETWORK/,
  ],
  'rejects with text': [() => Promise.reject('no'), /NETWORK/],
};

for (const [what, [fetch, code]] of Object.entries(FETCHES)) {
  test(`a call over a fetch that ${what} ends with a typed error, and calls the operator's hook`, async () => {
    const reports = [];
    const options = {
      ...shop,
      fetch,
      certFetch: fetch,
      retries: 0,
      timeoutMs: 150,
      onExchange: (report) => reports.push(report),
    };
    const pay = new WechatPay(options);
    for (const call of [pay.orderQuery({ out_trade_no: 'a1' }), pay.refund(REFUND)]) {
      const error = await ended(call);
      assert.match(error.code, code, `${error.code}`);
      assert.equal(error.outcome, 'unknown', `${error.code}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      ['unknown', 'unknown'],
    );
    const read = async () => {
      for await (const _row of await pay.downloadBill({ bill_date: '20240805' }));
    };
    assert.equal((await ended(read())).outcome, 'unknown');
  });
}

test('an answer whose body is a Node stream, as of node-fetch, is read', async () => {
  const { Readable } = await import('node:stream');
  const body = '<xml><return_code>FAIL</return_code><return_msg>no</return_msg></xml>';
  const fetch = async () => ({ status: 200, body: Readable.from([Buffer.from(body)]) });
  const pay = new WechatPay({ ...shop, fetch, retries: 0 });
  assert.equal((await ended(pay.orderQuery({ out_trade_no: 'a1' }))).return_msg, 'no');
});

test("the caller's signal ends a call whose fetch ignores it, and nothing of the call stays in that signal", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const quick = new WechatPay({ ...shop, fetch: async () => new Response(''), retries: 0 });
  for (let time = 0; time < 100; time += 1) await ended(quick.orderQuery({ out_trade_no: 'a1' }, { signal }));
  const read = async () => {
    for await (const _row of await quick.downloadBill({ bill_date: '20240805' }, { signal }));
  };
  assert.equal((await ended(read())).code, 'ERR_BILL');
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  const slow = new WechatPay({ ...shop, fetch: never, retries: 0, timeoutMs: 60_000 });
  const call = ended(slow.orderQuery({ out_trade_no: 'a1' }, { signal }));
  setTimeout(() => controller.abort(new Error('enough')), 20);
  assert.deepEqual([(await call).code, (await call).outcome], ['ERR_NETWORK', 'unknown']);
});

test('no answer may be cached, not even that of a probe', async () => {
  const seen = [];
  const fetch = async (url, init) => {
    seen.push([new URL(url).pathname, init.cache, init.redirect]);
    return new Response('', { status: 502 });
  };
  const pay = new WechatPay({ ...shop, secret: 's', fetch, retries: 0, probeMs: 1 });
  for (const call of [
    () => pay.code2Session('c'),
    () => pay.orderQuery({ out_trade_no: 'a1' }),
    () => pay.orderQuery({ out_trade_no: 'a1' }),
    () => pay.downloadBill({ bill_date: '20240805' }),
  ]) {
    await ended(call());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(seen.some(([path]) => path === '/'));
  assert.ok(seen.length > 4, `${seen.length} requests`);
  for (const [path, cache, redirect] of seen) assert.deepEqual([cache, redirect], ['no-store', 'manual'], path);
});

test("the caller's signal ends a bill between two of its pieces, and its connection", async () => {
  const controller = new AbortController();
  const cancelled = [];
  const head = '交易时间,商户订单号\n';
  const rows = '`2024-08-05 10:33:40,`1\n'.repeat(20_000);
  const body = new ReadableStream({
    start: (to) => to.enqueue(bytes(head)),
    pull: (to) => to.enqueue(bytes(rows)),
    cancel: (reason) => void cancelled.push(reason),
  });
  const pay = new WechatPay({ ...shop, fetch: async () => new Response(body), retries: 0 });
  const read = async () => {
    const bill = await pay.downloadBill({ bill_date: '20240805' }, { signal: controller.signal });
    for await (const _row of bill) if (!controller.signal.aborted) controller.abort();
  };
  const error = await ended(read());
  assert.deepEqual([error.code, error.outcome, cancelled.length], ['ERR_NETWORK', 'unknown', 1]);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
});

test('a body that comes too late from a fetch that ignores its signal is cancelled', async () => {
  const cancelled = [];
  const body = () => new ReadableStream({ pull: never, cancel: (reason) => void cancelled.push(reason) });
  const pay = new WechatPay({ ...shop, fetch: async () => ({ status: 200, body: body() }), retries: 0, timeoutMs: 50 });
  assert.equal((await ended(pay.orderQuery({ out_trade_no: 'a1' }))).code, 'ERR_TIMEOUT');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(cancelled.length, 1);
});
