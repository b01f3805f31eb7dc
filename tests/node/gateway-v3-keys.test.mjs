// The key phases of a merchant number at the gateway: the key that signs, and the list of certificates.

import assert from 'node:assert/strict';
import { createDecipheriv, createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { MINUTE_MS, otherShop, START_MS, shop } from './gateway-support.mjs';
import {
  API_V3_KEY,
  assertDone,
  assertRefused,
  authorization,
  bothShop,
  byNumber,
  call,
  isSigned,
  listen,
  open,
  order,
  placeAndPay,
  placeOrder,
  withGateway,
} from './gateway-v3-support.mjs';

const NUMBER = order().out_trade_no;
const CERTIFICATES = '/v3/certificates';
const DAY_MS = 24 * 60 * MINUTE_MS;
const FIVE_YEARS_MS = 5 * 365 * DAY_MS;

const inPhase = (keyPhase) => ({ merchants: [{ ...bothShop, keyPhase }, otherShop] });
const ofPhase = (keyPhase, name, work) => withGateway(name, work, inPhase(keyPhase));

/** Asks for the certificates and opens each entry. */
async function listed(side, query = '', headers = {}) {
  const { data } = assertDone(side, await call(side, 'GET', CERTIFICATES + query, undefined, { headers }));
  return data.map(({ encrypt_certificate: sealed, ...entry }) => {
    assert.deepEqual([sealed.algorithm, sealed.associated_data], ['AEAD_AES_256_GCM', 'certificate']);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', Buffer.from(API_V3_KEY), Buffer.from(sealed.nonce));
    cipher.setAuthTag(bytes.subarray(-16));
    cipher.setAAD(Buffer.from('certificate'));
    const pem = Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString('utf8');
    return { ...entry, pem, x509: new X509Certificate(pem) };
  });
}

/** The serial with which a call is answered, whose signature is right. */
async function answeredBy(side, serial) {
  const answer = await call(side, 'GET', byNumber(NUMBER), undefined, {
    headers: { 'wechatpay-serial': serial },
  });
  assertDone(side, answer);
  return answer.headers.get('wechatpay-serial');
}

/** The keys of a client by kind. */
function keysOf({ wechatpayKeys }) {
  const ids = Object.keys(wechatpayKeys);
  return {
    publicKeys: ids.filter((id) => id.startsWith('PUB_KEY_ID_')),
    serials: ids.filter((id) => /^[0-9A-F]{40}$/.test(id)),
  };
}

/** Learns the keys of the present phase and list. */
async function refresh(side) {
  side.merchant.wechatpayKeys = (await side.gateway.client(shop.mch_id, { api: 'v3' })).wechatpayKeys;
  return keysOf(side.merchant);
}

ofPhase('certificate', 'with certificates every answer is signed by one, whatever serial was sent', async (side) => {
  const { publicKeys, serials } = keysOf(side.merchant);
  assert.deepEqual([publicKeys.length, serials.length], [0, 1]);
  await placeOrder(side);
  for (const sent of [undefined, serials[0], `PUB_KEY_ID_01${'1'.repeat(26)}`]) {
    assert.equal(await answeredBy(side, sent), serials[0], sent);
  }
});

ofPhase(
  'certificate',
  'a platform certificate is WeChat Pay’s by name, and of the gateway’s authority',
  async (side) => {
    const [{ serial_no, effective_time, expire_time, pem, x509 }, ...others] = await listed(side);
    assert.deepEqual(others, []);
    assert.equal(x509.serialNumber, serial_no);
    assert.equal(side.merchant.wechatpayKeys[serial_no], pem);
    assert.match(x509.subject, /^CN=Tenpay\.com sign$/m);
    assert.match(x509.subject, /^O=Tenpay\.com$/m);
    assert.equal(x509.ca, false);
    const authority = new X509Certificate(side.merchant.ca);
    assert.equal(x509.issuer, authority.subject);
    assert.ok(x509.verify(authority.publicKey));
    assert.ok(x509.checkIssued(authority));
    assert.equal(Date.parse(effective_time), Date.parse(x509.validFrom));
    assert.equal(Date.parse(expire_time), Date.parse(x509.validTo));
    assert.equal(Date.parse(expire_time) - Date.parse(effective_time), FIVE_YEARS_MS);
    assert.equal(Date.parse(effective_time), START_MS - DAY_MS);
    assert.equal(createPublicKey(pem).asymmetricKeyDetails.modulusLength, 2048);
  },
);

ofPhase('certificate', 'the list takes an algorithm, and has RSA alone', async (side) => {
  assert.equal((await listed(side, '?algorithm_type=RSA')).length, 1);
  assert.equal((await listed(side, '?algorithm_type=ALL')).length, 1);
  assertRefused(await call(side, 'GET', `${CERTIFICATES}?algorithm_type=SM2`), 404, 'RESOURCE_NOT_EXISTS');
  assertRefused(await call(side, 'GET', `${CERTIFICATES}?algorithm_type=rsa`), 400, 'PARAM_ERROR', 268435461);
  assertRefused(await call(side, 'GET', `${CERTIFICATES}?serial=1`), 400, 'PARAM_ERROR', 270924358);
});

ofPhase('obtained', 'before the switch a certificate signs, also where the public key was named', async (side) => {
  const { publicKeys, serials } = keysOf(side.merchant);
  assert.deepEqual([publicKeys.length, serials.length], [1, 1]);
  await placeOrder(side);
  for (const sent of [undefined, publicKeys[0], serials[0]]) assert.equal(await answeredBy(side, sent), serials[0]);
  assert.equal((await listed(side, '', { 'wechatpay-serial': publicKeys[0] }))[0].serial_no, serials[0]);
});

ofPhase('switching', 'during the switch the key that the request names signs, else a certificate', async (side) => {
  const { publicKeys, serials } = keysOf(side.merchant);
  await placeOrder(side);
  assert.equal(await answeredBy(side, undefined), serials[0]);
  assert.equal(await answeredBy(side, serials[0]), serials[0]);
  assert.equal(await answeredBy(side, publicKeys[0]), publicKeys[0]);
  assert.equal(await answeredBy(side, `PUB_KEY_ID_01${'1'.repeat(26)}`), serials[0]);
  assert.equal((await listed(side, '', { 'wechatpay-serial': publicKeys[0] })).length, 1);
});

ofPhase('switching', 'over HTTP the serial of the request arrives too', async (side) => {
  const { publicKeys, serials } = keysOf(side.merchant);
  const { url } = await side.gateway.listen();
  const headers = {
    authorization: authorization(side.merchant, 'GET', CERTIFICATES, ''),
    accept: '*/*',
    'user-agent': 'shop',
  };
  for (const [sent, signer] of [
    [{}, serials[0]],
    [{ 'wechatpay-serial': publicKeys[0] }, publicKeys[0]],
  ]) {
    const answer = await fetch(url + CERTIFICATES, { headers: { ...headers, ...sent } });
    assert.equal(answer.headers.get('wechatpay-serial'), signer);
    assert.ok(isSigned(side.merchant, answer.headers, await answer.text()));
  }
});

withGateway('with the public key every answer is signed by it, and there is no list', async (side) => {
  const { publicKeys, serials } = keysOf(side.merchant);
  assert.deepEqual(serials, []);
  await placeOrder(side);
  for (const sent of [undefined, publicKeys[0], 'A'.repeat(40)])
    assert.equal(await answeredBy(side, sent), publicKeys[0]);
  const { message } = assertRefused(await call(side, 'GET', CERTIFICATES), 404, 'RESOURCE_NOT_EXISTS');
  assert.equal(message, '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥');
});

withGateway('an error is not signed in any phase', async (side) => {
  for (const phase of ['certificate', 'obtained', 'switching', 'public key']) {
    side.gateway.keyPhase(shop.mch_id, phase);
    assertRefused(await call(side, 'GET', byNumber('nobody-has-it')), 404, 'ORDER_NOT_EXIST', 268512771);
  }
});

test('notices are signed by the key of the phase, and during the switch by one of the two', async () => {
  const [side, { url, received, close }] = await Promise.all([open(inPhase('public key')), listen([500])]);
  const { gateway } = side;
  try {
    await placeAndPay(side, { notify_url: url });
    await gateway.idle();
    const { publicKeys } = keysOf(side.merchant);
    const signers = async (phase, options, times) => {
      gateway.keyPhase(shop.mch_id, phase, options);
      received.length = 0;
      for (let time = 0; time < times; time += 1) await gateway.resendNotice({ out_trade_no: NUMBER });
      await refresh(side);
      for (const { headers, body } of received) assert.ok(isSigned(side.merchant, headers, body), phase);
      return received.map(({ headers }) => (headers.get('wechatpay-serial') === publicKeys[0] ? 'key' : 'certificate'));
    };
    const all = (name, times) => Array.from({ length: times }, () => name);
    // The first notice by a certificate has no call before it that made one.
    assert.deepEqual(await signers('certificate', {}, 2), all('certificate', 2));
    assert.deepEqual(await signers('obtained', undefined, 2), all('certificate', 2));
    assert.deepEqual(await signers('public key', undefined, 2), all('key', 2));
    assert.deepEqual(await signers('switching', { publicKeyShare: 0 }, 8), all('certificate', 8));
    assert.deepEqual(await signers('switching', { publicKeyShare: 1 }, 8), all('key', 8));
    const mixed = await signers('switching', undefined, 40);
    const keys = mixed.filter((name) => name === 'key').length;
    assert.ok(keys > 8 && keys < 32, `${keys} of 40`);
  } finally {
    await Promise.all([gateway.close(), close()]);
  }
});

test('a seed decides by which key each notice of a switch is signed', async () => {
  const runs = await Promise.all(
    ['one', 'one', 'two'].map(async (seed) => {
      const server = await listen();
      const side = await open({ ...inPhase('switching'), seed });
      for (let number = 100_000; number < 100_016; number += 1) {
        await placeAndPay(side, { out_trade_no: String(number), notify_url: server.url });
        await side.gateway.idle();
      }
      await Promise.all([side.gateway.close(), server.close()]);
      return server.received.map(({ headers }) => headers.get('wechatpay-serial').startsWith('PUB_KEY_ID_'));
    }),
  );
  assert.deepEqual(runs[0], runs[1]);
  assert.notDeepEqual(runs[0], runs[2]);
});

ofPhase('certificate', 'a new certificate is listed beside the old one, which goes on signing', async (side) => {
  await placeOrder(side);
  const [first] = keysOf(side.merchant).serials;
  const { serial, certificate } = await side.gateway.renewCertificate();
  assert.deepEqual(
    (await listed(side)).map(({ serial_no, pem }) => [serial_no, pem === certificate]),
    [
      [first, false],
      [serial, true],
    ],
  );
  assert.equal(await answeredBy(side), first);
  const third = await side.gateway.renewCertificate({ use: true });
  assert.deepEqual((await refresh(side)).serials.toSorted(), [first, serial, third.serial].toSorted());
  assert.equal(await answeredBy(side), third.serial);
});

ofPhase(
  'certificate',
  'a certificate that has expired is listed no more, and the newest signs after it',
  async (side) => {
    const { gateway, clock } = side;
    const [first] = keysOf(side.merchant).serials;
    const short = await gateway.renewCertificate({ use: true, validForMs: 5000 });
    await refresh(side);
    await placeOrder(side);
    await clock.advance(4999);
    assert.equal(await answeredBy(side), short.serial);
    await clock.advance(1);
    assert.equal(await answeredBy(side), first);
    assert.deepEqual(
      (await listed(side)).map(({ serial_no }) => serial_no),
      [first],
    );
    await clock.advance(FIVE_YEARS_MS);
    const fresh = (await refresh(side)).serials;
    assert.equal(fresh.length, 1);
    assert.notEqual(fresh[0], first);
    assert.equal((await listed(side))[0].serial_no, fresh[0]);
  },
);

withGateway('a certificate is made when its phase begins, and no earlier', async (side) => {
  await placeOrder(side);
  await side.clock.advance(DAY_MS);
  side.gateway.keyPhase(shop.mch_id, 'certificate');
  await refresh(side);
  const [{ effective_time }] = await listed(side);
  assert.equal(Date.parse(effective_time), START_MS);
});

withGateway('the options of a client have the keys of the phase, or say that it downloads them', async (side) => {
  const { gateway } = side;
  const ask = (keys) => gateway.client(shop.mch_id, { api: 'v3', ...(keys && { keys }) });
  const kinds = (options) => {
    const { publicKeys, serials } = keysOf({ wechatpayKeys: {}, ...options });
    return [publicKeys.length, serials.length, options.downloadCertificates];
  };
  for (const [phase, pinned, download] of [
    ['public key', [1, 0, undefined]],
    ['certificate', [0, 1, undefined], [0, 0, true]],
    ['obtained', [1, 1, undefined], [1, 0, true]],
    ['switching', [1, 1, undefined], [1, 0, true]],
  ]) {
    gateway.keyPhase(shop.mch_id, phase);
    assert.deepEqual(kinds(await ask()), pinned, phase);
    assert.deepEqual(kinds(await ask('pinned')), pinned, phase);
    assert.deepEqual(await gateway.wechatpayKeys(shop.mch_id), (await ask()).wechatpayKeys);
    if (download) assert.deepEqual(kinds(await ask('download')), download, phase);
    else await assert.rejects(ask('download'), /no platform certificates to download; take keys: 'pinned', or change/);
  }
  gateway.keyPhase(shop.mch_id, 'certificate');
  assert.equal('wechatpayKeys' in (await ask('download')), false);
  await assert.rejects(gateway.wechatpayKeys('1'), /^TypeError: this gateway has no mch_id 1$/);
  await assert.rejects(ask('fetch'), /^TypeError: client: keys is 'pinned' or 'download', not fetch/);
});

withGateway('a wrong phase, share, merchant number or life is a TypeError that says so', async ({ gateway }) => {
  const refused = (words, ...args) => assert.throws(() => gateway.keyPhase(...args), words);
  refused(/^TypeError: keyPhase: the phase is one of public key, certificate, /, shop.mch_id, 'grey');
  refused(/^TypeError: keyPhase: the phase is one of /, shop.mch_id, 'toString');
  refused(/^TypeError: keyPhase: this gateway has no mch_id 1; it has /, '1', 'certificate');
  refused(/without apiV3Key has no phase/, otherShop.mch_id, 'certificate');
  for (const publicKeyShare of [-0.1, 1.1, Number.NaN, 'half']) {
    refused(/publicKeyShare must be a share/, shop.mch_id, 'switching', { publicKeyShare });
  }
  for (const validForMs of [0, 999, 1000.5, -1, '1000', 6 * FIVE_YEARS_MS]) {
    await assert.rejects(gateway.renewCertificate({ validForMs }), /^TypeError: renewCertificate: validForMs must be/);
  }
  const make = (...merchants) => createGateway({ merchants });
  assert.throws(() => make({ ...bothShop, keyPhase: 'new' }), /createGateway: keyPhase: the phase is one of/);
  assert.throws(() => make({ ...shop, keyPhase: 'certificate' }), /without apiV3Key has no phase/);
  const second = { ...bothShop, appid: 'wx0000000000000002', keyPhase: 'certificate' };
  assert.throws(() => make(bothShop, second), /a mch_id has one keyPhase, here are two/);
  assert.equal(gateway.keyPhase(shop.mch_id, 'obtained'), undefined);
});
