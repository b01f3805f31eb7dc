// The merchant's certificate: a real mutual-TLS server requires it, and bad pairs are refused before any call.
import assert from 'node:assert/strict';
import { createServer, get } from 'node:https';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { errorOf, file, issueAll, pkcs12, REFUND, refundServer } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';

let server;
before(async () => {
  issueAll();
  server = await refundServer();
});
after(() => server?.stop());

const client = (options) => new WechatPay({ ...shop, baseUrls: [server.base], ...options });
const pair = () => ({ cert: file('merchant.pem'), key: file('merchant.key'), ca: file('ca.pem') });

test('a refund with the PEM pair is answered, over one connection that is kept', async () => {
  const pay = client({ certificate: { cert: file('merchant.pem'), key: file('merchant.key'), ca: file('ca.pem') } });
  const before = server.connections();
  for (let round = 0; round < 3; round += 1) {
    // WeChat's answer repeats the number of the payment, which was not in this request.
    const answer = await pay.refund({ ...REFUND });
    assert.deepEqual([answer.refund_id, answer.refund_fee, answer.coupons], ['5000000001', 8, []], `round ${round}`);
  }
  assert.equal(server.connections() - before, 1);
});

test('the server refuses a caller without a certificate', async () => {
  const asked = new Promise((resolve, reject) => {
    get(`${server.base}/secapi/pay/refund`, { ca: file('ca.pem'), agent: false }, resolve).on('error', reject);
  });
  await assert.rejects(asked, { code: /^(ERR_SSL_|ECONNRESET|EPIPE)/ });
});

test('a refund without any certificate is named before anything is sent', async () => {
  const before = server.connections();
  const { code, outcome, field, message } = await errorOf(() => client({}).refund(REFUND));
  assert.deepEqual([code, outcome, field], ['ERR_CONFIG', 'not-sent', 'certificate']);
  assert.match(message, /\/secapi\/pay\/refund needs/);
  assert.equal(server.connections(), before);
});

test('nothing is sent to a server with a certificate of another authority', async () => {
  const { code, outcome } = await errorOf(() =>
    client({ certificate: { cert: file('merchant.pem'), key: file('merchant.key') } }).refund(REFUND),
  );
  assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent']);
});

test('a pair that cannot work is named when the client is made, and shown nowhere', async () => {
  const pem = { cert: file('merchant.pem'), key: file('merchant.key') };
  const cases = [
    [{ ...pem, key: file('server.key') }, /do not belong together/],
    [{ cert: file('expired.pem'), key: file('expired.key') }, /expired on 2020-01-02/],
    [{ cert: 'apiclient_cert.pem', key: 'apiclient_key.pem' }, /pass the contents/],
    [{ cert: pem.cert, key: '' }, /pass the contents/],
  ];
  for (const [certificate, words] of cases) {
    const error = await errorOf(() => client({ certificate }));
    assert.deepEqual(
      [error.code, error.outcome, error.field],
      ['ERR_CONFIG', 'not-sent', 'certificate'],
      error.message,
    );
    assert.match(error.message, words, error.message);
  }
  const pay = client({ certificate: pem });
  const secret = pem.key.split('\n')[3];
  for (const shown of [inspect(pay, { showHidden: true, depth: 10 }), JSON.stringify(pay)])
    assert.ok(!shown.includes(secret), shown.slice(0, 40));
});

test('the certificate goes to the configured hosts only, also when a server redirects the call', async (t) => {
  const moved = createServer({ key: file('server.key'), cert: file('server.pem') }, ({ url }, response) => {
    response.writeHead(status, { location: `${server.base}${url}` }).end();
  });
  let status = 302;
  await new Promise((resolve) => moved.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    moved.closeAllConnections();
    moved.close();
  });
  const pay = client({ baseUrls: [`https://127.0.0.1:${moved.address().port}`], certificate: pair() });
  const before = server.connections();
  for (status of [301, 302, 303, 307, 308])
    assert.equal((await errorOf(() => pay.refund(REFUND))).code, 'ERR_HTTP', `${status}`);
  assert.equal(server.connections(), before);
});

test('even a call that a bug sends elsewhere does not carry the certificate there', async (t) => {
  const pay = client({ baseUrls: ['https://api.mch.weixin.qq.com'], certificate: pair() });
  const before = server.connections();
  const { URL: Real } = globalThis;
  t.after(() => {
    globalThis.URL = Real;
  });
  globalThis.URL = class extends Real {
    constructor(path, base) {
      super(path, base === undefined ? undefined : server.base);
    }
  };
  const { code, outcome, field, message } = await errorOf(() => pay.refund(REFUND));
  globalThis.URL = Real;
  assert.deepEqual([code, outcome, field], ['ERR_CONFIG', 'not-sent', 'certificate']);
  assert.match(message, /the https:\/\/ addresses of baseUrls only/);
  assert.equal(server.connections(), before);
});

test('a certificate is not shown over plain http', async () => {
  const pay = client({ baseUrls: ['http://127.0.0.1:9'], certificate: pair() });
  const { code, outcome, message } = await errorOf(() => pay.refund(REFUND));
  assert.deepEqual([code, outcome], ['ERR_CONFIG', 'not-sent']);
  assert.match(message, /https:\/\/ addresses/);
});

test('neither a client nor its errors show anything of the certificate or its passphrase', async () => {
  const passphrase = 'canary-passphrase';
  const pfx = pkcs12(['-in', 'merchant.pem', '-legacy'], { passphrase });
  const lines = file('merchant.key').split('\n').slice(1, 5);
  const secrets = [passphrase, ...lines, pfx.toString('base64').slice(100, 140), pfx.toString('hex').slice(100, 140)];
  const shown = [];
  for (const certificate of [{ pfx, passphrase, ca: file('ca.pem') }, pair()]) {
    const pay = client({ certificate });
    await pay.refund(REFUND);
    const [failed, unread] = [
      await errorOf(() => client({ certificate, baseUrls: ['https://127.0.0.1:1'] }).refund(REFUND)),
      await errorOf(() => client({ certificate: { ...certificate, passphrase: 'canary-passphras', cert: 'x' } })),
    ];
    for (const value of [pay, failed, unread]) {
      shown.push(inspect(value, { showHidden: true, depth: 10, getters: true }), JSON.stringify(value), String(value));
      shown.push(String(value.stack), inspect(value.cause, { depth: 10 }));
    }
  }
  assert.ok(shown.join().includes(shop.mch_id), 'what may be shown is');
  for (const secret of secrets) assert.ok(secret.length > 8 && !shown.join().includes(secret), secret);
});
