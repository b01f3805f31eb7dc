// Calls over several hosts: what goes to the backup and what may not, the way back, and the operator's hook.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { WechatPay, WxPayError } from 'paysign';
import { readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const GOOD = {
  return_code: 'SUCCESS',
  appid: shop.appid,
  mch_id: shop.mch_id,
  nonce_str: 'n1',
  result_code: 'SUCCESS',
};
const signed = (fields) => xmlByHand({ ...fields, sign: signByHand(fields, shop.key, 'HMAC-SHA256') });
const PAID = { ...GOOD, out_trade_no: 'a1', trade_state: 'SUCCESS', total_fee: '1' };
const ASKED = { out_trade_no: 'a1' };
const PAY_CODE = {
  body: 't',
  out_trade_no: 'a1',
  total_fee: 1,
  spbill_create_ip: '::1',
  auth_code: '134567890123456789',
};
const ORDER = { body: 't', out_trade_no: 'a1', total_fee: 1, spbill_create_ip: '::1', openid: 'o' };
const REFUND = { out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 1, refund_fee: 1 };
const REFUNDED = { transaction_id: '4200', refund_id: '50', refund_fee: '1', total_fee: '1', cash_fee: '1' };

const answer =
  (fields, status = 200) =>
  (response) =>
    response.writeHead(status).end(signed(fields));
const failed = (err_code) => answer({ ...GOOD, result_code: 'FAIL', err_code });
const silent = () => {};
const broken = (response) => response.socket.resetAndDestroy();
const page = (status) => (response) => response.writeHead(status).end('<html>');

/** A host that can be stopped and started at one address. A POST is kept; a probe is a GET. */
async function host(t, does) {
  const own = { does, posts: [], probes: 0, url: '', stop, start };
  let server;
  let port = 0;
  async function start() {
    server = createServer(async (request, response) => {
      let text = '';
      for await (const part of request) text += part;
      if (request.method === 'GET') own.probes += 1;
      else own.posts.push(readByHand(text));
      own.does(response);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = server.address().port;
    own.url = `http://127.0.0.1:${port}`;
  }
  async function stop() {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await start();
  t.after(stop);
  return own;
}

const client = (hosts, options) =>
  new WechatPay({
    ...shop,
    ...{
      baseUrls: hosts.map(({ url }) => url),
      notify_url: 'https://shop.example/n',
      timeoutMs: 200,
      certFetch: fetch,
    },
    ...options,
  });

async function errorOf(call) {
  const error = await call.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof WxPayError, String(error));
  return error;
}

const LOST = { 'a time-out': silent, 'a reset': broken, 'status 500': page(500), 'status 503': page(503) };

for (const [what, does] of Object.entries(LOST)) {
  test(`after ${what} a call with the same effect once or twice goes to the backup with the same numbers`, async (t) => {
    const [main, backup] = [await host(t, does), await host(t, answer(PAID))];
    assert.equal((await client([main, backup]).orderQuery(ASKED)).trade_state, 'SUCCESS');
    backup.does = answer({ ...GOOD, trade_type: 'JSAPI', prepay_id: 'wx1' });
    const order = await client([main, backup]).pay(ORDER);
    assert.equal(order.package, 'prepay_id=wx1');
    backup.does = answer({ ...GOOD, ...REFUND, ...REFUNDED });
    await client([main, backup]).refund(REFUND);
    const numbers = ({ out_trade_no, total_fee, out_refund_no }) => ({ out_trade_no, total_fee, out_refund_no });
    assert.deepEqual(main.posts.map(numbers), backup.posts.map(numbers));
    assert.equal(main.posts.length, 3);
  });

  test(`after ${what} a payment by code is not sent again: the payer's code is good once`, async (t) => {
    const [main, backup] = [await host(t, does), await host(t, answer(PAID))];
    const { outcome } = await errorOf(client([main, backup], { retries: 5 }).micropay(PAY_CODE));
    assert.deepEqual([outcome, main.posts.length, backup.posts.length], ['unknown', 1, 0]);
  });
}

test('what was never sent goes to the backup, a payment by code as well', async (t) => {
  const [main, backup] = [await host(t, silent), await host(t, failed('AUTHCODEEXPIRE'))];
  await main.stop();
  const { err_code } = await errorOf(client([main, backup]).micropay(PAY_CODE));
  assert.deepEqual([err_code, backup.posts.length], ['AUTHCODEEXPIRE', 1]);
  await main.start();
});

test('after an answer nothing is sent again, whatever it says and however broken it is', async (t) => {
  const halves = signed(PAID).slice(0, 100);
  const rows = {
    'a refusal': (response) => response.end(xmlByHand({ return_code: 'FAIL', return_msg: '签名错误' })),
    'a failure of the system': failed('SYSTEMERROR'),
    'a wrong signature': (response) => response.end(xmlByHand({ ...PAID, sign: 'A'.repeat(64) })),
    'half of an answer': (response) => response.end(halves),
    HTML: page(200),
    'status 404': page(404),
    'a redirect': page(302),
  };
  const backup = await host(t, answer(PAID));
  for (const [what, does] of Object.entries(rows)) {
    const main = await host(t, does);
    await errorOf(client([main, backup], { retries: 3 }).orderQuery(ASKED));
    assert.deepEqual([main.posts.length, backup.posts.length], [1, 0], what);
  }
});

test('when the backup refuses after an uncertain try, the outcome is still unknown', async (t) => {
  const [main, backup] = [await host(t, silent), await host(t, failed('NOTENOUGH'))];
  const refused = await errorOf(client([main, backup]).refund(REFUND));
  assert.deepEqual([refused.code, refused.err_code, refused.outcome], ['ERR_FAILED', 'NOTENOUGH', 'unknown']);
  assert.match(refused.message, /earlier attempt/);
  await backup.stop();
  const unreached = await errorOf(client([main, backup]).refund(REFUND));
  assert.deepEqual([unreached.code, unreached.outcome], ['ERR_NETWORK', 'unknown']);
  await backup.start();
  const alone = await errorOf(client([backup]).refund(REFUND));
  assert.equal(alone.outcome, 'rejected', 'without an uncertain try it is what WeChat says');
});

test('retries counts the further tries: none with 0, the hosts in turn with more, with a pause between rounds', async (t) => {
  const [main, backup] = [await host(t, page(500)), await host(t, page(500))];
  await errorOf(client([main, backup], { retries: 0 }).orderQuery(ASKED));
  assert.deepEqual([main.posts.length, backup.posts.length], [1, 0]);
  const start = performance.now();
  await errorOf(client([main, backup], { retries: 2 }).orderQuery(ASKED));
  assert.deepEqual([main.posts.length, backup.posts.length], [3, 1]);
  // A busy machine only makes it longer.
  assert.ok(performance.now() - start >= 490, 'the second round waits');
});

test('a signal ends a call between its tries', async (t) => {
  const main = await host(t, page(500));
  const controller = new AbortController();
  main.does = (response) => {
    page(500)(response);
    setTimeout(() => controller.abort(), 50);
  };
  const { outcome } = await errorOf(client([main], { retries: 5 }).orderQuery(ASKED, { signal: controller.signal }));
  assert.deepEqual([outcome, main.posts.length], ['unknown', 1]);
});

test('while the main host fails calls begin at the backup, and they come back once it has answered a probe', async (t) => {
  const [main, backup] = [await host(t, answer(PAID)), await host(t, answer(PAID))];
  const pay = client([main, backup], { probeMs: 100 });
  await main.stop();
  await pay.orderQuery(ASKED);
  await pay.orderQuery(ASKED);
  assert.equal(backup.posts.length, 2);
  await main.start();
  main.does = page(503);
  await sleep(120);
  await pay.orderQuery(ASKED);
  await until(() => main.probes === 1);
  await pay.orderQuery(ASKED);
  assert.deepEqual(
    [main.posts.length, main.probes, backup.posts.length],
    [0, 1, 4],
    'a probe that fails changes nothing',
  );
  main.does = answer(PAID);
  await sleep(120);
  await pay.orderQuery(ASKED);
  await until(() => main.probes === 2);
  await sleep(20);
  await pay.orderQuery(ASKED);
  assert.deepEqual([main.posts.length, main.probes, backup.posts.length], [1, 2, 5]);
});

/** Waits for a condition, up to two seconds. */
async function until(isThere) {
  for (let n = 0; n < 200 && !isThere(); n += 1) await sleep(10);
  assert.ok(isThere());
}

test('onExchange gets host, path, time and outcome of every try, without key and signatures', async (t) => {
  const [main, backup] = [await host(t, page(500)), await host(t, answer(PAID))];
  const told = [];
  const pay = client([main, backup], { onExchange: (report) => told.push(report) });
  await pay.orderQuery(ASKED);
  const sent = backup.posts[0];
  // A server that repeats the signature and the key wherever it can.
  backup.does = (response) => {
    const { sign } = backup.posts.at(-1);
    response.end(
      xmlByHand({ return_code: 'FAIL', return_msg: `${sign} ${sign.toLowerCase()} ${shop.key}`, sign }).slice(0, -15),
    );
  };
  await errorOf(pay.orderQuery(ASKED));
  const { host: mainHost } = new URL(main.url);
  assert.deepEqual(
    told.map(({ method, host, path, attempt, outcome, code }) => [method, host, path, attempt, outcome, code]),
    [
      ['POST', mainHost, '/pay/orderquery', 0, 'unknown', 'ERR_HTTP'],
      ['POST', new URL(backup.url).host, '/pay/orderquery', 1, 'done', undefined],
      ['POST', new URL(backup.url).host, '/pay/orderquery', 0, 'unknown', 'ERR_XML'],
    ],
  );
  assert.ok(told.every(({ ms }) => ms > 0 && ms < 5000));
  assert.match(told[1].request, /<out_trade_no>(<!\[CDATA\[)?a1/);
  assert.match(told[1].answer, /<trade_state>SUCCESS</);
  const all = JSON.stringify(told).toLowerCase();
  for (const secret of [
    shop.key,
    shop.secret,
    sent.sign,
    backup.posts[1].sign,
    signByHand(PAID, shop.key, 'HMAC-SHA256'),
  ]) {
    assert.ok(!all.includes(secret.toLowerCase()), all);
  }
});

test('onExchange gets only the path of a log-in, and no text of a bill', async (t) => {
  const main = await host(t, (response) => response.end('{"openid":"o","session_key":"canary-session"}'));
  const told = [];
  const pay = client([main], { loginUrl: main.url, onExchange: (report) => told.push(report) });
  await pay.code2Session('canary-code');
  main.does = (response) => response.end('交易时间,总金额\n`2024-08-05 10:33:40,`0.90\n总交易单数,总金额\n`1,`0.90\n');
  for await (const _row of await pay.downloadBill({ bill_date: '20240805', bill_type: 'ALL' }));
  assert.deepEqual(
    told.map(({ method, path, outcome, answer }) => [method, path, outcome, answer]),
    [
      ['GET', '/sns/jscode2session', 'done', undefined],
      ['POST', '/pay/downloadbill', 'done', undefined],
    ],
  );
  assert.doesNotMatch(JSON.stringify(told), /canary|shop-app-secret/);
});

test('a hook with a start gets each try before it is sent, and its end with the same facts', async (t) => {
  const [main, backup] = [await host(t, page(500)), await host(t, answer(PAID))];
  const told = [];
  const start = (begun) => {
    told.push({ begun, sent: main.posts.length + backup.posts.length });
    return (report) => told.push({ report });
  };
  await client([main, backup], { onExchange: { start } }).orderQuery(ASKED);
  await sleep(0);
  assert.deepEqual(
    told.map((one) => Object.keys(one)[0]),
    ['begun', 'report', 'begun', 'report'],
  );
  for (const [at, { url }] of [main, backup].entries()) {
    const [{ begun, sent }, { report }] = told.slice(at * 2);
    assert.deepEqual(begun, { method: 'POST', host: new URL(url).host, path: '/pay/orderquery', attempt: at });
    assert.equal(sent, at, 'this try is not sent yet');
    const { method, host, path, attempt } = report;
    assert.deepEqual({ method, host, path, attempt }, begun);
  }
  assert.deepEqual([told[1].report.outcome, told[3].report.outcome], ['unknown', 'done']);
});

test('the start of a try is in the async context of its call', async (t) => {
  const main = await host(t, answer(PAID));
  const context = new AsyncLocalStorage();
  const seen = [];
  const onExchange = { start: () => void seen.push(context.getStore()) };
  const pay = client([main], { onExchange });
  await Promise.all(['a', 'b'].map((name) => context.run(name, () => pay.orderQuery(ASKED))));
  assert.deepEqual(seen.sort(), ['a', 'b']);
});

test('a hook that throws or never ends changes no call', async (t) => {
  const main = await host(t, answer(PAID));
  const ends = [() => assert.fail('thrown'), () => Promise.reject(new Error('rejected')), () => new Promise(() => {})];
  const hooks = [...ends, ...ends.map((start) => ({ start })), ...ends.map((end) => ({ start: () => end }))];
  for (const onExchange of hooks) {
    assert.equal((await client([main], { onExchange }).orderQuery(ASKED)).trade_state, 'SUCCESS', String(onExchange));
  }
  await sleep(10);
});

test('options of the way over the hosts that cannot work are named', () => {
  const rows = [
    ...[-1, 1.5, 11, '1', Number.NaN].map((retries) => ({ retries })),
    ...[0, -1, 2 ** 31, '1'].map((probeMs) => ({ probeMs })),
    ...['log', null, {}, { start: 'log' }].map((onExchange) => ({ onExchange })),
  ];
  for (const options of rows) {
    const [field] = Object.keys(options);
    assert.throws(
      () => new WechatPay({ ...shop, ...options }),
      { code: 'ERR_CONFIG', field, outcome: 'not-sent' },
      inspect(options),
    );
  }
});
