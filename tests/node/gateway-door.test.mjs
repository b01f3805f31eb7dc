// The callers of a gateway: local programs and its own page are served; foreign origins and names are refused.

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { order, readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const PATHS = [
  ...['/', '/gateway/state', '/gateway/pay', '/gateway/login', '/sns/jscode2session?js_code=1', '/nothing'],
  ...['/pay/unifiedorder', '/pay/micropay', '/pay/orderquery', '/pay/closeorder', '/pay/downloadbill'],
  ...['/secapi/pay/refund', '/secapi/pay/reverse', '/payitil/report', '/billcommentsp/batchquerycomment'],
  ...['/sandboxnew/pay/getsignkey', '/sandboxnew/pay/micropay', '/xdc/apiv2sandbox/pay/unifiedorder'],
];

/** The requests that browsers send for a foreign page: images, forms, frames, fetches, links, redirects. */
const FOREIGN = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' },
  { origin: 'http://localhost', 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none, cross-site' },
  { 'sec-fetch-site': '' },
];

const members = (fields) => ({ appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...fields });
const signed = (fields) => xmlByHand({ ...members(fields), sign: signByHand(members(fields), shop.key) });
const PAYMENT = signed({
  ...{ body: 'x', out_trade_no: 'e1', total_fee: '10', spbill_create_ip: '1.1.1.1', auth_code: '130000000000000000' },
});

async function listen(t, options) {
  const events = [];
  const gateway = createGateway({ merchants: [shop], onEvent: (event) => events.push(event), ...options });
  t.after(() => gateway.close());
  const { url, port } = await gateway.listen();
  /** A request with headers of its own, which fetch would not send. */
  const send = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(url + path, { method, headers }, async (response) =>
        resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }),
      );
      outgoing.on('error', reject).end(body);
    });
  return { gateway, events, url, port, send };
}

test('a foreign page is refused on every path, and the refusal says what to do', async (t) => {
  const { gateway, events, send, url } = await listen(t);
  const own = { origin: url, 'sec-fetch-site': 'cross-site' };
  for (const path of PATHS) {
    for (const headers of [...FOREIGN, own]) {
      for (const [method, body] of [['GET'], ['POST', PAYMENT], ['OPTIONS']]) {
        const asked = method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {};
        const answer = await send(method, path, { ...headers, ...asked }, body);
        const what = `${method} ${path} ${JSON.stringify(headers)}: ${answer.body}`;
        assert.equal(answer.status, 403, what);
        assert.match(answer.body, /allowOrigins/, what);
        assert.equal(answer.headers['access-control-allow-origin'], undefined, what);
      }
    }
  }
  assert.deepEqual([gateway.orders(), gateway.refunds(), gateway.notices()], [[], [], []]);
  assert.deepEqual(new Set(events.map(({ type }) => type)), new Set(['refused']));
  assert.equal(events.filter((event) => event.path.includes('?')).length, 0, 'a query may hold a secret');
  const { path, reason } = events.find((event) => event.reason.includes('evil.example'));
  assert.equal(path, '/');
  assert.match(reason, /a page of https:\/\/evil\.example sent this.*--allow-origin https:\/\/evil\.example$/);
});

test('an unknown Host is refused on every path, like a name that was made to resolve to this machine', async (t) => {
  const { send, port } = await listen(t);
  const strange = [
    ...['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `localhost.evil.example:${port}`],
    ...['127.0.0.1:1', 'localhost', `10.0.0.1:${port}`, `[::2]:${port}`, `x@127.0.0.1:${port}`, `127.0.0.1:${port}/x`],
    ...[`api.mch.weixin.qq.com.evil.example:${port}`, `xlocalhost:${port}`, `127.0.0.1:${port}:1`],
  ];
  for (const path of PATHS) {
    for (const host of strange) {
      const { status, body } = await send('POST', path, { host }, PAYMENT);
      assert.equal(status, 403, `${host} ${path}`);
      assert.match(
        body,
        /^Host '.*' is not a name of this gateway; call 127\.0\.0\.1:\d+(, or .*: allowOrigins: \['http:.*)?\n$/,
        `${host} ${path}`,
      );
    }
  }
  assert.match(await raw(port, 'GET / HTTP/1.1\r\nHost:\r\n\r\n'), /^HTTP\/1\.1 403 /);
});

test('programs pass, and so do the own page and a typed address, by every name of this machine', async (t) => {
  const { send, port, url } = await listen(t);
  const names = ['127.0.0.1', 'localhost', 'LOCALHOST', 'pay.localhost', 'localhost.', '127.0.0.2', '[::1]', '0.0.0.0'];
  for (const host of [
    ...names.map((name) => `${name}:${port}`),
    'api.mch.weixin.qq.com',
    `api.weixin.qq.com:${port}`,
  ]) {
    assert.match((await send('POST', '/pay/orderquery', { host }, '<xml/>')).body, /return_code/, host);
    // A network that redirects WeChat's name can show a page of that name.
    const isWechat = host.includes('weixin');
    assert.equal((await send('GET', '/gateway/state', { host })).status, isWechat ? 404 : 200, host);
    if (isWechat)
      assert.equal((await send('POST', '/pay/orderquery', { host, origin: `http://${host}` })).status, 403, host);
  }
  for (const headers of [
    { origin: url },
    { origin: url, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    { referer: 'https://evil.example/', 'user-agent': 'curl' },
  ]) {
    assert.equal((await send('GET', '/', headers)).status, 200, JSON.stringify(headers));
    assert.match(
      (await send('POST', '/pay/orderquery', headers, '<xml/>')).body,
      /return_code/,
      JSON.stringify(headers),
    );
  }
  const without = await raw(port, 'POST /pay/orderquery HTTP/1.0\r\nContent-Length: 6\r\n\r\n<xml/>');
  assert.match(without, /^HTTP\/1\.1 200 [\s\S]*return_code/, 'HTTP/1.0 has no Host');
});

/** The server's answer to these bytes, up to the end of its first chunk. */
function raw(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', reject).once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
  });
}

test('a refusal does not wait for the body', { timeout: 10_000 }, async (t) => {
  const { port } = await listen(t);
  const head = `POST /pay/micropay HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000\r\n`;
  assert.match(await raw(port, `${head}Origin: https://evil.example\r\n\r\n`), /^HTTP\/1\.1 403 /);
});

test('only a page of an allowed origin is let in, with the answers that its browser requires', async (t) => {
  const allowOrigins = ['http://localhost:3000', 'HTTPS://Shop.Test:443/'];
  const { gateway, send, url } = await listen(t, { allowOrigins });
  for (const origin of ['http://localhost:3000', 'https://shop.test']) {
    const from = { origin, 'sec-fetch-site': 'cross-site' };
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    for (const path of ['/pay/unifiedorder', '/gateway/pay', '/sns/jscode2session']) {
      const { status, headers, body } = await send('OPTIONS', path, { ...from, ...asked });
      assert.deepEqual([status, body], [204, ''], `${origin} ${path}`);
      assert.equal(headers['access-control-allow-origin'], origin, `${origin} ${path}`);
      assert.equal(headers['access-control-allow-methods'], 'GET, POST', `${origin} ${path}`);
      assert.equal(headers['access-control-allow-headers'], '*, Authorization', `${origin} ${path}`);
      assert.equal(headers['access-control-allow-credentials'], undefined, `${origin} ${path}`);
      assert.equal(headers.vary, 'Origin', `${origin} ${path}`);
    }
    const out_trade_no = new URL(origin).hostname.replace('.', '-');
    const placed = await send('POST', '/pay/unifiedorder', from, signed(order({ out_trade_no })));
    assert.equal(readByHand(placed.body).result_code, 'SUCCESS', origin);
    assert.deepEqual([placed.headers['access-control-allow-origin'], placed.headers.vary], [origin, 'Origin'], origin);
    assert.equal(placed.headers['access-control-expose-headers'], '*', 'a page reads the signature of APIv3');
    const json = { ...from, 'content-type': 'application/json' };
    const paid = await send('POST', '/gateway/pay', json, JSON.stringify({ out_trade_no }));
    assert.deepEqual(JSON.parse(paid.body), { errMsg: 'requestPayment:ok' }, origin);
    assert.equal((await send('GET', '/gateway/state', from)).headers['access-control-allow-origin'], origin, origin);
  }
  assert.equal(gateway.orders().length, 2);
  for (const origin of [
    'http://localhost:3001',
    'https://localhost:3000',
    'http://shop.test',
    'null',
    'https://x.shop.test',
  ]) {
    const { status, headers } = await send('POST', '/pay/micropay', { origin }, PAYMENT);
    assert.deepEqual([status, headers['access-control-allow-origin']], [403, undefined], origin);
  }
  assert.equal(
    (await send('GET', '/', { 'sec-fetch-site': 'same-site' })).status,
    403,
    'a page that does not say who it is',
  );
  const plain = await send('GET', '/gateway/state', {});
  assert.deepEqual([plain.headers['access-control-allow-origin'], plain.headers.vary], [undefined, 'Origin']);
  // A proxy at an allowed origin passes its own name on.
  for (const host of ['localhost:3000', 'shop.test'])
    assert.equal((await send('GET', '/', { host })).status, 200, host);
  assert.equal((await send('GET', '/', { host: 'localhost:3001' })).status, 403);
  assert.equal((await send('GET', '/', { origin: url })).headers['access-control-allow-origin'], undefined);
});

test('in the process any host is called, and a request that a page elsewhere sent is refused as over HTTP', async () => {
  const gateway = createGateway({ merchants: [shop], allowOrigins: ['http://harness.test'] });
  const ask = (address, headers) =>
    gateway.fetch(new Request(address, { method: 'POST', headers, body: '<xml/>' })).then(({ status }) => status);
  for (const host of ['gateway', 'evil.example', 'api.mch.weixin.qq.com', '127.0.0.1:8080']) {
    const address = `http://${host}/pay/orderquery`;
    assert.equal(await ask(address, {}), 200, host);
    for (const headers of FOREIGN) assert.equal(await ask(address, headers), 403, `${host} ${JSON.stringify(headers)}`);
    assert.equal(await ask(address, { origin: 'http://harness.test' }), 200, host);
  }
  assert.equal(await ask('http://localhost:8080/pay/orderquery', { origin: 'http://localhost:8080' }), 200);
  // A proxy passes the Host of a rebound name on.
  assert.equal(await ask('http://evil.example/pay/orderquery', { origin: 'http://evil.example' }), 403);
});

test('a malformed allowed origin is refused when the gateway is made, and the error says how to write it', () => {
  const wrong = ['*', 'null', '', 'localhost:3000', 'http://', 'http://a/b', 'http://a?b', 'http://u:p@a', 'file:///x'];
  for (const origin of [...wrong, 'http://*.shop.test', 'chrome-extension://abc', 'http://a#b', 'http://\u202e']) {
    assert.throws(
      () => createGateway({ merchants: [shop], allowOrigins: ['http://localhost:3000', origin] }),
      {
        name: 'TypeError',
        message:
          /^createGateway: allowOrigins has '[^\u202e]*'; name each origin in full, as in http:\/\/localhost:3000$/,
      },
      origin,
    );
  }
  for (const list of ['http://localhost:3000', [3000], { 0: 'http://localhost:3000' }]) {
    assert.throws(
      () => createGateway({ merchants: [shop], allowOrigins: list }),
      /allowOrigins must be a list of texts/,
      JSON.stringify(list),
    );
  }
});

test('the input of a stranger is escaped in the refusal and in the event', async (t) => {
  const { port, events } = await listen(t);
  const long = 'x'.repeat(10_000);
  const answer = await raw(
    port,
    Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: https://\x9b31m\x85${long}\r\n\r\n`, 'latin1'),
  );
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.doesNotMatch(answer, /[\x80-\x9f]/);
  const [{ reason }] = events;
  assert.match(reason, /a page of https:\/\/\\u009b31m\\u0085xxx/);
  assert.ok(reason.length < 800, String(reason.length));
});
