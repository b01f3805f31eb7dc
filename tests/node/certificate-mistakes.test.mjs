// Each mistake with the merchant's certificate: one message of its own, when the client is made, without a secret.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { errorOf, file, issue, issueAll, openssl, pkcs12 } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';

before(() => {
  issueAll();
  issue('platform', '/C=CN/O=Tenpay.com/OU=Tenpay.com CA Center/CN=Tenpay.com sign', '');
  openssl('rsa', '-in', 'merchant.key', '-traditional', '-out', 'pkcs1.key');
  openssl('pkcs8', '-topk8', '-in', 'merchant.key', '-passout', 'pass:secret', '-out', 'encrypted.key');
  openssl('rsa', '-in', 'merchant.key', '-traditional', '-aes128', '-passout', 'pass:secret', '-out', 'encrypted1.key');
  openssl('pkey', '-in', 'merchant.key', '-pubout', '-out', 'public.key');
});

const make = (certificate) => new WechatPay({ ...shop, certificate });
const pair = () => ({ cert: file('merchant.pem'), key: file('merchant.key') });
const seen = new Set();

async function refused(certificate, words) {
  const error = await errorOf(() => make(certificate));
  assert.deepEqual([error.code, error.outcome, error.field], ['ERR_CONFIG', 'not-sent', 'certificate'], error.message);
  assert.match(error.message, words);
  const shown = inspect(error, { showHidden: true, depth: 9 });
  for (const line of file('merchant.key').split('\n').slice(1, -2)) assert.ok(!shown.includes(line), error.message);
  assert.ok(!shown.includes('canary'), error.message);
  return error.message;
}

test('each mistake with a PEM pair has a message of its own, which says what to do', async () => {
  const { cert, key } = pair();
  const cut = (text) => text.replace(/.{64}\n.{64}\n/, 'canary\n');
  const bare = (text) => text.replace(/-----[^-]+-----/g, '');
  const mistakes = [
    [{ cert: key, key: cert }, /cert and key are swapped; cert is apiclient_cert\.pem/],
    [{ key }, /cert is missing; pass the contents of apiclient_cert\.pem/],
    [{ cert, key: undefined }, /key is missing; pass the contents of apiclient_key\.pem/],
    [{ cert: ' \n', key }, /cert is empty/],
    [{ cert, key: '' }, /key is empty/],
    [{ cert: 7, key }, /cert must be text/],
    [{ cert, key: {} }, /key must be text/],
    [{ cert: './certs/canary.pem', key }, /cert is a path; .*readFileSync\(path, 'utf8'\)/],
    [{ cert, key: '/etc/canary/key' }, /key is a path/],
    [{ cert: bare(cert), key }, /cert has no BEGIN line/],
    [{ cert, key: bare(key) }, /key has no BEGIN line/],
    [{ cert: cut(cert), key }, /cert is damaged/],
    [{ cert, key: cut(key) }, /key is damaged/],
    [{ cert, key: file('encrypted.key') }, /key is encrypted; decrypt it with: openssl pkey -in/],
    [{ cert: key, key }, /cert is a private key/],
    [{ cert, key: cert }, /key is a certificate/],
    [{ cert, key: file('public.key') }, /key is "PUBLIC KEY", not a private key/],
    [{ cert: file('platform.pem'), key: file('platform.key') }, /WeChat's platform certificate/],
    [{ cert: file('ca.pem'), key: file('ca.key') }, /the certificate of an authority, such as rootca\.pem/],
    [{ cert, key: file('server.key') }, /do not belong together/],
    [{ cert: file('expired.pem'), key: file('expired.key') }, /expired on 2020-01-02/],
  ];
  for (const [certificate, words] of mistakes) seen.add(await refused(certificate, words));
  assert.equal(seen.size, mistakes.length, 'no message is said twice');
  assert.match(await refused({ cert, key: file('encrypted1.key') }, /key is encrypted/), /openssl pkey/);
});

test('a certificate that is not valid yet says both dates', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2020, 0, 1) });
  await refused(pair(), /is valid from 20\d\d-\d\d-\d\d on, and today is 2020-01-01; check the clock/);
});

test('a pair is taken with literal \\n for its line ends, as bytes, and with a key in either form', () => {
  const { cert, key } = pair();
  const literal = (text) => text.replaceAll('\n', '\\n');
  for (const certificate of [
    { cert: literal(cert), key: literal(key) },
    { cert: cert.replaceAll('\n', '\\r\\n'), key: key.replaceAll('\n', '\r\n') },
    { cert: Buffer.from(cert), key: Buffer.from(key) },
    { cert: `Bag Attributes\n${cert}${cert}`, key: file('pkcs1.key') },
    { cert: `${cert}${key}`, key: `${cert}${key}` },
  ])
    assert.ok(make(certificate));
});

test("the gateway's certificate, like the merchant platform's, is taken", async (t) => {
  const gateway = createGateway({ merchants: [shop] });
  t.after(() => gateway.close());
  const { merchants, ca } = await gateway.certificates();
  const [{ cert, key }] = merchants;
  assert.ok(make({ cert, key }));
  await refused({ cert: ca, key }, /the certificate of an authority/);
});

test('each mistake with a PKCS#12 file has a message of its own', async () => {
  const passphrase = 'canary';
  for (const age of [[], ['-legacy']]) {
    const pfx = pkcs12(['-in', 'merchant.pem', ...age], { passphrase });
    const mistakes = [
      [{ pfx: undefined, passphrase }, /pfx is missing/],
      [{ pfx: 'apiclient_cert.p12', passphrase }, /pfx must be the bytes/],
      [{ pfx: Buffer.alloc(0), passphrase }, /pfx is empty/],
      [{ pfx: Buffer.from(file('merchant.pem')), passphrase }, /pfx is PEM text; pass it as cert and key/],
      [{ pfx: Buffer.from(pfx.toString('base64')), passphrase }, /pfx is base64 text; decode it/],
      [{ pfx: Buffer.from(pfx.toString('utf8')), passphrase }, /pfx was read as text, which damaged it/],
      [{ pfx, passphrase: 'canar' }, /does not open with this passphrase; it is the merchant number \(mch_id\)/],
      [{ pfx, passphrase: undefined }, /the passphrase is missing; it is the merchant number/],
      [{ pfx, passphrase: 1900000109 }, /the passphrase must be text/],
      [{ pfx: pfx.subarray(0, 900), passphrase }, /is not a readable PKCS#12 file/],
    ];
    const messages = new Set();
    for (const [certificate, words] of mistakes) messages.add(await refused(certificate, words));
    assert.equal(messages.size, mistakes.length, 'no message is said twice');
    const latin = Buffer.from(pfx.toString('latin1'), 'utf8');
    await refused({ pfx: latin, passphrase }, /pfx was read as text/);
    assert.ok(make({ pfx, passphrase }), `${age}`);
  }
});

test('an authority that is no PEM is named, and shown nowhere', async () => {
  for (const ca of ['ca.pem', '', [], [file('ca.pem'), 'canary'], 7, file('merchant.key')]) {
    const error = await errorOf(() => new WechatPay({ ...shop, ca }));
    assert.deepEqual([error.code, error.outcome, error.field], ['ERR_CONFIG', 'not-sent', 'ca'], inspect(ca));
    assert.ok(!error.message.includes('canary'));
  }
  await refused({ ...pair(), ca: 'canary' }, /the authority must be PEM/);
  assert.ok(new WechatPay({ ...shop, ca: [file('ca.pem').replaceAll('\n', '\\n'), file('ca.pem')] }));
});
