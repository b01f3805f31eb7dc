// The transport of Node under attack: false options, dead connections, polluted prototypes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { test } from 'node:test';
import { WechatPay } from 'paysign';
import { shop } from './gateway-support.mjs';

test('a certificate that is not an object is refused without a word of it', () => {
  const text = '-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----';
  for (const certificate of [text, null, '', 5, true])
    assert.throws(
      () => new WechatPay({ ...shop, certificate }),
      ({ code, field, message }) => code === 'ERR_CONFIG' && field === 'certificate' && !message.includes('SECRET'),
    );
});

test('an agent with a certificate of its own, without TLS, or without checks is refused', async () => {
  for (const [agent, words] of [
    [new https.Agent({ cert: 'x', key: 'y' }), /certificate of its own/],
    [new https.Agent({ pfx: Buffer.from('x') }), /certificate of its own/],
    [new https.Agent({ rejectUnauthorized: false }), /switches TLS checks off/],
    [new http.Agent(), /must be an Agent of node:https/],
  ])
    assert.throws(() => new WechatPay({ ...shop, agent }), { code: 'ERR_CONFIG', field: 'agent', message: words });
  const late = new https.Agent();
  const pay = new WechatPay({ ...shop, agent: late, retries: 0 });
  late.options.rejectUnauthorized = false;
  await assert.rejects(pay.orderQuery({ out_trade_no: 'a1' }), { code: 'ERR_CONFIG', outcome: 'not-sent' });
});

test('a time limit that ends before the connection is open has the outcome not-sent, and the next host is asked', async (t) => {
  // It accepts connections, and never answers a TLS handshake.
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const url = `https://127.0.0.1:${silent.address().port}`;
  const attempts = [];
  const pay = new WechatPay({
    ...shop,
    baseUrls: [url, url],
    timeoutMs: 100,
    onExchange: ({ attempt, outcome, code }) => void attempts.push([attempt, outcome, code]),
  });
  const code = {
    body: 't',
    out_trade_no: 'a1',
    total_fee: 1,
    spbill_create_ip: '127.0.0.1',
    auth_code: '130000000000000001',
  };
  await assert.rejects(pay.micropay(code), { code: 'ERR_TIMEOUT', outcome: 'not-sent', message: /nothing was sent/ });
  assert.deepEqual(attempts, [
    [0, 'not-sent', 'ERR_TIMEOUT'],
    [1, 'not-sent', 'ERR_TIMEOUT'],
  ]);
});

test('a connection that fails after the request has left is uncertain, whatever code it fails with', async (t) => {
  for (const code of ['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ENOTFOUND', 'ECONNREFUSED']) {
    let arrived = 0;
    const count = () => {
      arrived += 1;
    };
    const server = net.createServer((socket) => socket.on('data', count)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const agent = new https.Agent();
    agent.createConnection = () => {
      const socket = net.connect(server.address().port, '127.0.0.1');
      setTimeout(() => socket.destroy(Object.assign(new Error(code), { code, syscall: 'connect' })), 300);
      return socket;
    };
    const pay = new WechatPay({ ...shop, agent, baseUrls: ['https://a.example', 'https://b.example'] });
    const params = {
      body: 't',
      out_trade_no: 'a1',
      total_fee: 1,
      spbill_create_ip: '127.0.0.1',
      auth_code: '130000000000000001',
    };
    await assert.rejects(pay.micropay(params), { code: 'ERR_NETWORK', outcome: 'unknown' });
    assert.equal(arrived, 1, `${code}: sent once`);
    agent.destroy();
  }
});

test('a polluted Object.prototype adds neither identity nor proxy to the transport', async () => {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.end();
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const members = {
    identity: { rejectUnauthorized: false, hostname: '127.0.0.1', port },
    https_proxy: `http://127.0.0.1:${port}`,
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: false });
    try {
      const pay = new WechatPay({ ...shop, baseUrls: ['https://nowhere.invalid'], retries: 0, timeoutMs: 2000 });
      await assert.rejects(pay.orderQuery({ out_trade_no: 'a1' }), { code: 'ERR_NETWORK', outcome: 'not-sent' }, name);
    } finally {
      delete Object.prototype[name];
    }
  }
  assert.deepEqual(asked, []);
  server.close();
});
