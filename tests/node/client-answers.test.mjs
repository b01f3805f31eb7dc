// Failures of a server or the network in a call: a typed error, the right outcome, and no half-read result.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { WechatPay, WxPayError } from 'paysign';
import { otherShop, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const IDS = { return_code: 'SUCCESS', return_msg: 'OK', appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n1' };
const GOOD = { ...IDS, result_code: 'SUCCESS' };
const ORDER = {
  body: 't',
  out_trade_no: 'a1',
  total_fee: 1,
  spbill_create_ip: '::1',
  trade_type: 'JSAPI',
  openid: 'o',
};

/**
 * Good parameters, and the fields of the good answer. Three APIs are enough: one makes, one asks, one ends an order.
 * tests/native/answers_refused.rs has the same of every API, without HTTP.
 */
const APIS = {
  unifiedOrder: [
    { ...ORDER, notify_url: 'https://shop.example/n' },
    { ...GOOD, trade_type: 'JSAPI', prepay_id: 'wx201411101639507cbf6ffd8b0779950874' },
  ],
  orderQuery: [
    { out_trade_no: 'a1' },
    { ...GOOD, out_trade_no: 'a1', trade_state: 'SUCCESS', total_fee: '1', openid: OPENID },
  ],
  closeOrder: [{ out_trade_no: 'a1' }, { ...GOOD, result_msg: 'OK' }],
};
const [ASKED, ANSWER] = APIS.orderQuery;

const signed = (fields, { key = shop.key, signType = 'HMAC-SHA256' } = {}) =>
  xmlByHand({ ...fields, sign: signByHand(fields, key, signType) });
const reply =
  (body, status = 200, headers = {}) =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

/** A server that answers each request with `answer`, and counts the requests. */
async function listen(t, answer, server = createServer()) {
  let requests = 0;
  server.on('request', async (request, response) => {
    for await (const _part of request);
    requests += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const scheme = server instanceof createServer().constructor ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${server.address().port}`, count: () => requests };
}

/** An address that refuses every connection. */
async function closedUrl() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

const client = (url, options) => new WechatPay({ ...shop, baseUrls: [url].flat(), timeoutMs: 5000, ...options });

/** The error of a promise that must reject. */
async function errorOf(promise, what) {
  const error = await promise.then(
    (value) => assert.fail(`${what}: no error, but ${inspect(value)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
  assert.equal(inspect(error, { depth: 10 }).includes(shop.key), false);
  return error;
}
const verdict = ({ code, outcome }) => `${code} ${outcome}`;

const gzip = (body) => reply(gzipSync(body), 200, { 'content-encoding': 'gzip' });
const raw = (act) => (_request, response) => act(response.socket, response);
const endless = (_request, response) => {
  const more = () => response.destroyed || response.write(' '.repeat(16_384), () => setImmediate(more));
  more();
};
const failed = (err_code) => reply(signed({ ...IDS, result_code: 'FAIL', err_code, err_code_des: 'why' }));

/** Answers to any API, with code and outcome of the error; `_` is replaced by the good answer's fields. */
const ANSWERS = {
  'ERR_XML unknown': {
    'an operator page with status 200': () => reply('<html><body>Welcome to free WiFi</body></html>'),
    'an empty body': () => reply(''),
    'white space': () => reply(' \n '),
    JSON: (_) => reply(JSON.stringify(_)),
    'gzip that does not say so': (_) => reply(gzipSync(signed(_))),
    'gzip that breaks off': (_) => reply(gzipSync(signed(_)).subarray(0, 90), 200, { 'content-encoding': 'gzip' }),
    'a Content-Length that is too small': (_) =>
      raw((socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\n${signed(_)}`)),
  },
  'ERR_HTTP unknown': {
    'an HTML page with status 502': () => reply('<html>502 Bad Gateway</html>', 502),
    'a good answer with status 500': (_) => reply(signed(_), 500),
    'a good answer with status 201': (_) => reply(signed(_), 201),
    'no content': () => reply(undefined, 204),
    'a body of 256 KiB and a byte': (_) => reply(signed(_).padEnd(256 * 1024 + 1)),
    'gzip that unpacks to 50 MB': () => gzip(Buffer.alloc(50_000_000)),
    'an endless body': () => endless,
  },
  'ERR_SIGNATURE unknown': {
    'SUCCESS without a signature': (_) => reply(xmlByHand(_)),
    'an empty signature': (_) => reply(xmlByHand({ ..._, sign: '' })),
    'a wrong signature': (_) => reply(signed(_, { key: otherShop.key })),
    'a signature of the other type': (_) => reply(signed(_, { signType: 'MD5' })),
    'the other type, named by the answer': (_) => reply(signed({ ..._, sign_type: 'MD5' }, { signType: 'MD5' })),
    'a refusal with other fields': (_) => reply(xmlByHand({ ..._, return_code: 'FAIL' })),
    'a signed refusal with other fields': (_) => reply(signed({ ..._, return_code: 'FAIL' })),
  },
  'ERR_MISMATCH unknown': {
    'an empty message': () => reply('<xml></xml>'),
    'no return_code': (_) => reply(signed({ ..._, return_code: '' })),
    'a return_code in lower case': (_) => reply(signed({ ..._, return_code: 'success' })),
    'no result_code': (_) => reply(signed({ ..._, result_code: '' })),
    'another appid': (_) => reply(signed({ ..._, appid: 'wx2' })),
    'another mch_id': (_) => reply(signed({ ..._, mch_id: '2' })),
  },
  'ERR_REFUSED rejected': { 'a refusal': () => reply(xmlByHand({ return_code: 'FAIL', return_msg: '签名错误' })) },
  'ERR_FAILED rejected': { 'a failure that did nothing': () => failed('ORDERNOTEXIST') },
  'ERR_FAILED unknown': {
    'a failure of the system': () => failed('SYSTEMERROR'),
    'a failure that nobody documented': () => failed('__proto__'),
    'a failure without a code': () => failed(undefined),
  },
  'ERR_NETWORK unknown': {
    'a Content-Length that is too large': (_) =>
      raw((socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n${signed(_)}`)),
    'words that are no HTTP': () => raw((socket) => socket.end('+OK POP3 ready\r\n')),
    'a reset before the head': () => raw((socket) => socket.resetAndDestroy()),
    'an end before the head': () => raw((socket) => socket.end()),
    'a reset after the head': (_) =>
      raw((socket, response) => response.write(signed(_), () => socket.resetAndDestroy())),
  },
};

for (const [api, [params, good]] of Object.entries(APIS)) {
  test(`${api} returns the good answer, packed or not, and throws a typed error for every other`, async (t) => {
    let answer;
    const { url, count } = await listen(t, (request, response) => answer(request, response));
    for (const row of [reply(signed(good)), gzip(signed(good))]) {
      answer = row;
      const { fields } = await client(url)[api](params);
      assert.deepEqual({ ...fields }, { ...good, sign: signByHand(good, shop.key, 'HMAC-SHA256') }, `${api}`);
    }
    for (const [expected, rows] of Object.entries(ANSWERS)) {
      for (const [what, make] of Object.entries(rows)) {
        answer = make(good);
        const before = count();
        const error = await errorOf(client([url, url])[api](params), what);
        assert.equal(verdict(error), expected, `${what}: ${error.message}`);
        // A call without an answer is tried at the next host; any answer that was read is final.
        const tries = expected.startsWith('ERR_NETWORK') || error.status >= 500 ? 2 : 1;
        assert.equal(count() - before, tries, what);
      }
    }
  });

  test(`${api} never reads half of an answer, wherever it is cut`, async (t) => {
    const whole = Buffer.from(signed(good));
    let length = 0;
    const { url } = await listen(t, (_request, response) => response.end(whole.subarray(0, length)));
    const pay = client(url);
    for (; length < whole.length; length += 1)
      assert.equal(verdict(await errorOf(pay[api](params), `cut at ${length}`)), 'ERR_XML unknown', `${length}`);
    assert.ok(await pay[api](params));
  });
}

test("another order's signed answer is refused, and so is one without its number or with a malformed amount", async (t) => {
  let answer;
  const { url } = await listen(t, (request, response) => reply(signed(answer))(request, response));
  const query = (changes, asked = ASKED) => {
    answer = { ...ANSWER, ...changes };
    return errorOf(client(url).orderQuery(asked), JSON.stringify(changes));
  };
  const rows = [
    [{ out_trade_no: 'a2' }, 'out_trade_no'],
    [{ out_trade_no: undefined }, 'out_trade_no'],
    [{ trade_state: undefined }, 'trade_state'],
    [{ transaction_id: '2' }, 'transaction_id', { transaction_id: '1' }],
    [{}, 'transaction_id', { transaction_id: '1' }],
    ...['1.0', '+1', '０１', '0x1', '1e3', ' 1', '01'].map((total_fee) => [{ total_fee }, 'total_fee']),
  ];
  for (const [changes, field, asked] of rows) {
    const error = await query(changes, asked);
    assert.deepEqual([verdict(error), error.field], ['ERR_MISMATCH unknown', field], JSON.stringify(changes));
  }
  answer = { ...APIS.unifiedOrder[1], trade_type: 'NATIVE' };
  assert.equal((await errorOf(client(url).unifiedOrder(APIS.unifiedOrder[0]))).field, 'trade_type');
  answer = { ...GOOD, out_trade_no: 'a2' };
  assert.equal((await errorOf(client(url).closeOrder(ASKED))).field, 'out_trade_no');
});

test('a redirect to another server is an error and is not followed', async (t) => {
  const other = await listen(t, reply(signed(ANSWER)));
  for (const status of [301, 302, 303, 307, 308]) {
    const { url } = await listen(t, reply('', status, { location: `${other.url}/pay/orderquery` }));
    const pay = client(url, { loginUrl: url });
    assert.equal(verdict(await errorOf(pay.orderQuery(ASKED))), 'ERR_HTTP unknown', `${status}`);
    assert.equal(verdict(await errorOf(pay.code2Session('c'))), 'ERR_HTTP unknown', `${status}`);
  }
  assert.equal(other.count(), 0);
});

// Without its time-out the call would never end. The test has a time limit for that case only.
test('a time-out has the outcome unknown, whether nothing comes or a byte now and then', {
  timeout: 60_000,
}, async (t) => {
  const drip = (_request, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  for (const [what, answer] of Object.entries({ nothing: () => {}, drip })) {
    const { url, count } = await listen(t, answer);
    const error = await errorOf(client(url, { timeoutMs: 150 }).orderQuery(ASKED), what);
    assert.equal(verdict(error), 'ERR_TIMEOUT unknown', what);
    assert.equal(count(), 1, what);
  }
});

test('a call aborted before it is sent was not sent; one aborted later may have arrived', async (t) => {
  const given = new Error('the request of the shop ended');
  const controller = new AbortController();
  const second = await listen(t, reply(signed(ANSWER)));
  const { url, count } = await listen(t, () => controller.abort(given));
  const early = await errorOf(client(url).orderQuery(ASKED, { signal: AbortSignal.abort(given) }));
  assert.deepEqual([verdict(early), early.cause, count()], ['ERR_NETWORK not-sent', given, 0]);
  const late = await errorOf(client([url, second.url]).orderQuery(ASKED, { signal: controller.signal }));
  assert.deepEqual([verdict(late), late.cause, count(), second.count()], ['ERR_NETWORK unknown', given, 1, 0]);
});

/** An https server whose certificate no authority signed. */
async function selfSigned(t) {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=127.0.0.1',
  ];
  execFileSync('openssl', ['req', '-x509', ...options, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return listen(t, reply(signed(ANSWER)), createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }));
}

test('if no connection can be made, nothing was sent, and the next host is called', async (t) => {
  const tls = await selfSigned(t);
  const good = await listen(t, reply(signed(ANSWER)));
  const hosts = { refused: await closedUrl(), 'no such name': 'https://nowhere.invalid', 'self-signed': tls.url };
  for (const [what, url] of Object.entries(hosts)) {
    assert.equal(verdict(await errorOf(client([url, url]).orderQuery(ASKED), what)), 'ERR_NETWORK not-sent', what);
    const before = good.count();
    assert.equal((await client([url, good.url]).orderQuery(ASKED)).trade_state, 'SUCCESS', what);
    assert.equal(good.count() - before, 1, what);
  }
  assert.equal(tls.count(), 0, 'no request reaches a server whose certificate is not trusted');
});

test('only a failure to connect counts as not sent: on an open connection the same code may mean arrival', async () => {
  for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED']) {
    for (const [syscall, outcome] of [
      ['connect', 'not-sent'],
      ['read', 'unknown'],
      ['write', 'unknown'],
    ]) {
      // A route that vanishes cannot be made on this machine, so the failure is thrown as Node's fetch throws it.
      const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
      const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
      const error = await errorOf(client('http://127.0.0.1', { fetch }).orderQuery(ASKED), code);
      assert.equal(verdict(error), `ERR_NETWORK ${outcome}`, `${syscall} ${code}`);
    }
  }
});

const SECRET = 'canary+secret/of=the&app';
const CODE = 'canary+code/of=the&login';
const json = (value) => reply(typeof value === 'string' ? value : JSON.stringify(value));

/** The failures of a log-in. */
const LOG_INS = {
  'ERR_FAILED rejected': {
    'a code that was used': json({ errcode: 40163, errmsg: 'code been used' }),
    'a server that repeats the address': ({ url }, response) =>
      response.end(JSON.stringify({ errcode: 40013, errmsg: `bad ${url}`, url })),
    'a server that repeats the decoded address': ({ url }, response) =>
      response.end(JSON.stringify({ errcode: 40013, errmsg: decodeURIComponent(url) })),
  },
  'ERR_HTTP unknown': {
    'an errcode that is no number': json('{"errcode":{"toString":null,"valueOf":1},"errmsg":{"toString":1}}'),
    HTML: reply('<html>'),
    'HTML with status 502': reply('<html>', 502),
    nothing: reply(''),
    'half of the JSON': json('{"openid":"o","session_key":"k"'),
    null: json('null'),
    'a list': json('[]'),
    'no session_key': json({ openid: 'o' }),
    'an empty openid': json({ openid: '', session_key: 'k' }),
    'an empty session_key': json({ openid: 'o', session_key: '' }),
    'a prototype for members': json('{"__proto__":{"openid":"o","session_key":"k"}}'),
    'bytes that are not UTF-8': reply(Buffer.from('{"openid":"\xff","session_key":"k"}', 'latin1')),
    'too many bytes': json({ openid: 'o', session_key: 'k'.repeat(70_000) }),
  },
  'ERR_NETWORK unknown': { 'a reset': raw((socket) => socket.resetAndDestroy()) },
  'ERR_TIMEOUT unknown': { 'no answer': () => {} },
};

test('a failed log-in throws a typed error, which shows neither the secret nor the code', async (t) => {
  let answer;
  const { url } = await listen(t, (request, response) => answer(request, response));
  const wrong = [];
  const check = async (what, loginUrl, expected, options) => {
    const pay = client(url, { secret: SECRET, loginUrl, timeoutMs: 300 });
    const error = await pay.code2Session(CODE, options).catch((thrown) => thrown);
    if (!(error instanceof WxPayError) || verdict(error) !== expected) wrong.push(`${what}: ${inspect(error)}`);
    const shown = [error.message, error.stack, inspect(error, { depth: 10, showHidden: true }), inspect(error.cause)];
    shown.push(JSON.stringify(error), JSON.stringify(Object.fromEntries(Object.entries(error))));
    if (shown.join().includes('canary')) wrong.push(`${what}: it says ${error.message}`);
  };
  for (const [expected, rows] of Object.entries(LOG_INS)) {
    for (const [what, row] of Object.entries(rows)) {
      answer = row;
      await check(what, url, expected);
    }
  }
  await check('refused', await closedUrl(), 'ERR_NETWORK not-sent');
  await check('no such name', 'https://nowhere.invalid', 'ERR_NETWORK not-sent');
  await check('given up', url, 'ERR_NETWORK not-sent', { signal: AbortSignal.abort() });
  assert.deepEqual(wrong, []);
});
