// The platform certificates of a client against the gateway: downloaded, shared, kept fresh, renewed, and refused.
import assert from 'node:assert/strict';
import { createCipheriv, X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertRefused, errorOf, OPENID, openWorld, SHOP, WAYS } from './v3-gateway-support.mjs';
import { envelope, signedHeaders, stranger } from './v3-support.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LIST = '/v3/certificates';
const [, , CERTIFICATES] = WAYS;

const world = await openWorld(CERTIFICATES, { only: ['direct'] });
after(() => world.close());
const { gateway, clock } = world;
const fresh = (changes) => world.open(SHOP.mch_id, {}, { notify_url: 'http://127.0.0.1:9/none', ...changes });
const downloads = () => gateway.calls().filter(({ path }) => path.startsWith(LIST)).length;
const order = (out_trade_no) => ({ description: '茶', out_trade_no, amount: { total: 1 }, payer: { openid: OPENID } });

/** Does the work, which must make this number of downloads. */
async function assertDownloads(expected, work, why) {
  const before = downloads();
  await work();
  // A refresh in the background has no promise: its answer is waited for.
  const isDone = () => downloads() - before >= expected;
  for (let ms = 0; ms < 2000 && !isDone(); ms += 5) await setTimeout(5);
  await setTimeout(30);
  assert.equal(downloads() - before, expected, why);
}

/** A client that has ordered, and so has the certificates. */
async function ready(out_trade_no) {
  const client = await fresh();
  await client.jsapiOrder(order(out_trade_no));
  return client;
}

/** A notice whose signature is by nobody, with a serial that nobody knows. */
function forged(index) {
  const body = envelope({ mchid: SHOP.mch_id });
  const serial = `7${String(index).padStart(39, '0')}`;
  return { headers: signedHeaders(body, { by: stranger, serial, seconds: clock.now() / 1000 }), body };
}

test('a list that another WeChat Pay signed is refused', async () => {
  const other = await openWorld(CERTIFICATES, { only: ['direct'] });
  const answers = [];
  const call = await other.open(
    SHOP.mch_id,
    {},
    {
      ca: undefined,
      fetch: async (url, init) => {
        const answer = await other.gateway.fetch(new Request(url, init));
        answers.push(answer.clone());
        return answer;
      },
    },
  );
  await call.certificates();
  await other.close();
  // Both clocks begin at the same time, and this is the first test.
  const headers = answers[0].headers;
  const mixed = await fresh({
    ca: undefined,
    fetch: async (url, init) => new Response((await gateway.fetch(new Request(url, init))).body, { headers }),
  });
  const { code, field } = await errorOf(mixed.certificates());
  assert.deepEqual([code, field], ['ERR_SIGNATURE', 'Wechatpay-Serial']);
});

test('calls at the same time share one download', async () => {
  const client = await fresh();
  const orders = ['share-1', 'share-2', 'share-3', 'share-4', 'share-5', 'share-6'];
  await assertDownloads(1, () => Promise.all(orders.map((number) => client.jsapiOrder(order(number)))));
  await assertDownloads(0, () => client.orderQuery({ out_trade_no: 'share-1' }));
});

test('an answer with an unknown serial fetches the list once for all calls, and they succeed', async () => {
  const client = await ready('renewed-1');
  await clock.advance(MINUTE_MS);
  await gateway.renewCertificate({ use: true });
  const query = () => client.orderQuery({ out_trade_no: 'renewed-1' });
  await assertDownloads(1, () => Promise.all([query(), query(), query(), query()]));
  assert.equal((await client.certificates()).length, 2);
  await gateway.renewCertificate({ use: true });
  const early = await errorOf(query());
  assert.deepEqual([early.code, early.outcome, early.field], ['ERR_SIGNATURE', 'unknown', 'Wechatpay-Serial']);
  await clock.advance(MINUTE_MS);
  assert.equal((await query()).trade_state, 'NOTPAY');
});

test('certificates are fetched again after half a day, beside the call, and a failure keeps the last good ones', async () => {
  const client = await ready('kept-01');
  const query = async () => assert.equal((await client.orderQuery({ out_trade_no: 'kept-01' })).trade_state, 'NOTPAY');
  await clock.advance(9 * HOUR_MS);
  await assertDownloads(0, query);
  await clock.advance(2 * HOUR_MS);
  gateway.failNext({ path: LIST, kind: 'reset' });
  await assertDownloads(1, query, 'it fails');
  await assertDownloads(0, query, 'not again within a minute');
  await clock.advance(MINUTE_MS);
  gateway.failNext({ path: LIST, kind: 'members', signature: 'wrong' });
  await assertDownloads(1, query, 'it is forged');
  await clock.advance(MINUTE_MS);
  await assertDownloads(1, query);
  await assertDownloads(0, query, 'it is fresh');
});

test('forged notices with unknown serials cause one download a minute at most', async () => {
  const client = await ready('forged-1');
  await clock.advance(MINUTE_MS);
  const all = () =>
    Promise.all(Array.from({ length: 50 }, (_, index) => errorOf(client.openNotify(forged(index))))).then((errors) => {
      for (const { code, field } of errors) assert.deepEqual([code, field], ['ERR_SIGNATURE', 'Wechatpay-Serial']);
    });
  await assertDownloads(1, all);
  await assertDownloads(0, all);
  await clock.advance(MINUTE_MS);
  gateway.failNext({ path: LIST, kind: 'reset' });
  await assertDownloads(1, async () => {
    const { message } = await errorOf(client.openNotify(forged(99)));
    assert.match(message, /the list of them cannot be fetched/);
  });
  await assertDownloads(0, all, 'a failure counts as well');
  assert.equal((await client.orderQuery({ out_trade_no: 'forged-1' })).trade_state, 'NOTPAY');
});

test('a call whose certificates cannot be fetched was not sent, and its error names the cause', async () => {
  const wrong = await fresh({ apiV3Key: 'x'.repeat(32) });
  const sent = gateway.calls().length;
  const refund = { out_trade_no: 'never-01', out_refund_no: 'R1', amount: { refund: 1, total: 1, currency: 'CNY' } };
  for (const call of [() => wrong.jsapiOrder(order('never-01')), () => wrong.refund(refund)]) {
    const { code, outcome, field, message } = await errorOf(call());
    assert.deepEqual([code, outcome, field], ['ERR_DECRYPT', 'not-sent', 'apiV3Key']);
    assert.match(message, /was not sent: .*check that apiV3Key is the APIv3 key/);
  }
  assert.deepEqual(
    [
      ...new Set(
        gateway
          .calls()
          .slice(sent)
          .map(({ path }) => path),
      ),
    ],
    [LIST],
  );
  assert.equal((await errorOf(wrong.settle('never-01'))).field, 'apiV3Key', 'settle does not wait for another key');
  const client = await fresh();
  for (const fault of [
    { kind: 'reset' },
    { kind: 'page' },
    { kind: 'cut' },
    { kind: 'err_code', err_code: 'NO_AUTH' },
    { kind: 'members', signature: 'none' },
    { kind: 'members', signature: 'wrong' },
  ]) {
    gateway.failNext({ path: LIST, ...fault });
    assert.equal((await errorOf(client.jsapiOrder(order('never-01')))).outcome, 'not-sent', fault.kind);
  }
  for (const kind of ['reset', 'page']) gateway.failNext({ path: LIST, kind });
  const settled = await client.settle('never-01', { pausesMs: [0], missingMs: 0 });
  assert.equal(settled.state, 'missing', 'settle goes on after a failure of the network');
  await assertRefused(client.orderQuery({ out_trade_no: 'never-01' }), 'ORDER_NOT_EXIST', 404);
});

test('a list that WeChat cannot have made is refused, and the error says why', async () => {
  const { pem, serial_no, effective_time, expire_time } = (await (await fresh()).certificates()).at(-1);
  const { certificate } = await gateway.client(SHOP.mch_id, { api: 'v3' });
  const nonce = 'abcdefghijkl';
  const sealed = (text, key = SHOP.apiV3Key) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('certificate'));
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
  };
  const entry = (of = pem, changes = {}, serial = new X509Certificate(of).serialNumber) => {
    const secret = { algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: 'certificate', ciphertext: sealed(of) };
    return { serial_no: serial, effective_time, expire_time, encrypt_certificate: { ...secret, ...changes } };
  };
  const other = { serial_no: '1', encrypt_certificate: { algorithm: 'AEAD_SM4_GCM', nonce, ciphertext: '' } };
  for (const [data, code, words] of [
    [[], 'ERR_MISMATCH', /has no platform certificate/],
    [[other], 'ERR_MISMATCH', /no certificate of the list is of RSA/],
    [[entry(pem, {}, 'AB')], 'ERR_MISMATCH', /its serial_no is another one/],
    [[entry(), entry(certificate)], 'ERR_MISMATCH', /is a merchant's certificate/],
    [[entry(pem, { nonce: 'short' })], 'ERR_MISMATCH', /another nonce/],
    [[entry(pem, { nonce: {} })], 'ERR_MISMATCH', /nonce: .*another form/],
    [[null, 5, entry()], 'ERR_MISMATCH', /^data\[0\]/],
    [[entry(), { serial_no, encrypt_certificate: null }], 'ERR_MISMATCH', /encrypt_certificate: is missing/],
    [[entry(pem, { ciphertext: sealed('no certificate') })], 'ERR_MISMATCH', /is not a certificate/],
    [[entry(pem, { ciphertext: sealed(pem, 'y'.repeat(32)) })], 'ERR_DECRYPT', /apiV3Key/],
    [Array(10_000).fill(null), 'ERR_JSON', /too many members/],
    ['text', 'ERR_MISMATCH', /^data/],
  ]) {
    const client = await fresh();
    gateway.failNext({ path: LIST, kind: 'members', members: { data } });
    const error = await errorOf(client.certificates());
    assert.deepEqual([error.code, error.status], [code, 200], error.message);
    assert.match(error.message, words);
  }
  // One of another algorithm, such as SM2, is left out.
  const client = await fresh();
  gateway.failNext({ path: LIST, kind: 'members', members: { data: [other, entry(), entry()] } });
  assert.ok((await client.certificates()).every((one) => one.serial_no === serial_no));
});

test('certificates that have expired verify nothing, and the next ones are fetched first', async () => {
  const client = await ready('expired-1');
  await clock.advance(6 * 365 * 24 * HOUR_MS);
  await gateway.renewCertificate({ use: true });
  await assertDownloads(1, () => client.jsapiOrder(order('expired-2')));
  gateway.keyPhase(SHOP.mch_id, 'public key');
  await assertRefused(client.certificates(), 'RESOURCE_NOT_EXISTS', 404);
  const error = await errorOf(client.orderQuery({ out_trade_no: 'expired-2' }));
  assert.match(error.message, /add the WeChat Pay public key of this id/);
  gateway.keyPhase(SHOP.mch_id, 'certificate');
});

test('a call ends with the signal of its caller, also while it waits for the first list', async () => {
  const never = async (url, init) => {
    if (url.includes(LIST)) return new Promise(() => undefined);
    return gateway.fetch(new Request(url, init));
  };
  const client = await fresh({ ca: undefined, fetch: never, timeoutMs: 5_000 });
  const { code, outcome } = await errorOf(client.jsapiOrder(order('signal-1'), { signal: AbortSignal.timeout(50) }));
  assert.deepEqual([code, outcome], ['ERR_NETWORK', 'not-sent']);
});

test('a pinned certificate serves where the list cannot be fetched, and one that has expired verifies nothing', async () => {
  const wechatpayKeys = await gateway.wechatpayKeys(SHOP.mch_id);
  const lost = async (url, init) => {
    if (url.includes(LIST)) throw new TypeError('reset');
    return gateway.fetch(new Request(url, init));
  };
  const client = await fresh({ ca: undefined, fetch: lost, wechatpayKeys });
  assert.ok((await client.jsapiOrder(order('pinned-1'))).prepay_id);
  const { serial, certificate } = await gateway.renewCertificate({ validForMs: HOUR_MS, use: true });
  let now = clock.now();
  const short = { downloadCertificates: false, wechatpayKeys: { [serial]: certificate }, nowMs: () => now };
  const pinned = await fresh(short);
  assert.ok((await pinned.jsapiOrder(order('pinned-2'))).prepay_id);
  now += HOUR_MS + 1000;
  const old = { headers: signedHeaders('{}', { by: stranger, serial, seconds: now / 1000 }), body: '{}' };
  assert.equal((await errorOf(pinned.openNotify(old))).field, 'Wechatpay-Serial');
  const error = await errorOf(fresh(short));
  assert.deepEqual([error.code, error.field], ['ERR_CONFIG', 'wechatpayKeys']);
});
