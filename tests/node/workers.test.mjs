// APIv3 in workerd, the runtime of Cloudflare's workers: the vectors, orders against the gateway, notices, bills and certificates.
import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createGateway } from 'paysign/testing';
import { vectors } from './gateway-support.mjs';
import { checkEncrypted } from './oaep-by-hand.mjs';
import {
  API_V3_KEY,
  ids,
  merchantKeys,
  notice,
  ORDER,
  PUBLIC_ID,
  REFUND,
  stranger,
  wechatKeys,
} from './v3-support.mjs';
import { checkBills, checkDownloads, downloads, encryptedFiles, openLine, PHASES } from './v3-web-support.mjs';

const { Miniflare, Response: WorkerResponse } = createRequire(new URL('workers/', import.meta.url))('miniflare');
const MAIN = 'api.mch.weixin.qq.com';
const NOTIFY_URL = 'http://127.0.0.1:9/notify';
/** The hosts that the worker called, and those that do not answer. */
const called = [];
const silent = new Set();
let worker;
let certificate;
/** The gateways in the key phases of `PHASES`. */
let lines;
/** Where the worker's network ends, and what a download of certificates waits for. */
let reached;
let held;

const gateway = createGateway({
  merchants: [{ appid: ids.appid, mch_id: ids.mchid, apiV3Key: API_V3_KEY }],
  refundDelayMs: 1,
  fetch: (url, init) => worker.dispatchFetch(url, init),
});

/** Bundles as wrangler does: with its conditions, and with the wasm beside the script. */
async function bundle(options, fresh) {
  const isBeside = { filter: /\.wasm\?module$/ };
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('workers/worker.mjs', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    define: { OPTIONS: JSON.stringify(options), FRESH: JSON.stringify(fresh) },
    plugins: [{ name: 'wasm', setup: (on) => on.onResolve(isBeside, ({ path }) => ({ path, external: true })) }],
  });
  return [
    { type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text },
    ...['v3.wasm', 'bills.wasm'].map((name) => ({
      type: 'CompiledWasm',
      path: `${name}?module`,
      contents: readFileSync(new URL(name, import.meta.resolve('paysign/v3.wasm'))),
    })),
  ];
}

/** The worker's network: every host is the gateway. */
async function outboundService(request) {
  const { hostname, pathname } = new URL(request.url);
  called.push(hostname);
  if (silent.has(hostname)) return new WorkerResponse('', { status: 502 });
  const { url, method, headers } = request;
  const body = method === 'GET' ? undefined : await request.arrayBuffer();
  const answer = await reached.fetch(new Request(url, { method, headers: [...headers], body }));
  if (pathname === '/v3/certificates') await held?.(answer);
  const { status } = answer;
  return new WorkerResponse(status === 204 ? null : await answer.arrayBuffer(), {
    status,
    headers: [...answer.headers],
  });
}

before(async () => {
  const { appid, mchid, privateKey, apiV3Key, wechatpayKeys, ...more } = await gateway.client(ids.mchid, { api: 'v3' });
  certificate = more.certificate;
  // No address: the client calls WeChat Pay's own hosts. The last key signs what the gateway does not send.
  const keys = { ...wechatpayKeys, [PUBLIC_ID]: wechatKeys.publicKey };
  const options = { appid, mchid, privateKey, certificate, apiV3Key, wechatpayKeys: keys, notify_url: NOTIFY_URL };
  reached = gateway;
  lines = await Promise.all(PHASES.map(openLine));
  const fresh = await lines[0].optionsOf(lines[0].world.sides[0]);
  worker = new Miniflare({ modules: await bundle(options, fresh), compatibilityDate: '2026-04-24', outboundService });
  await worker.ready;
});

after(async () => {
  await Promise.all([gateway.close(), ...(lines ?? []).map(({ world }) => world.close())]);
  await worker?.dispose();
});

/** Posts a request to the worker. */
async function ask(name, request, signal = undefined) {
  const answer = await worker.dispatchFetch(`http://shop/${name}`, {
    ...{ method: 'POST', body: JSON.stringify(request), signal },
  });
  return answer.json();
}

/** Calls a method of the client in the worker. `change` makes a client with other options. */
const call = (name, args = [], change = undefined) => ask(name, { args, change });

/** Makes a client in the worker, and calls it. */
const askNew = (options, at, name, params) => ask(name, { args: params ? [params] : [], options, at });

const order = (out_trade_no) => ({
  ...{ description: '茶', out_trade_no, amount: { total: 8800 }, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } },
});

/** What the worker's listeners heard since the last question. */
async function heard() {
  await gateway.idle();
  return call('heard');
}

test('workerd computes the requests, and verifies and opens all that the pages print', async () => {
  const found = await call('vectors');
  assert.equal(found.length, 23);
  for (const [name, isRight] of found) assert.equal(isRight, true, name);
});

test('workerd decrypts sensitive texts, and opens certificates, as the vectors say, and an OAEP by hand opens its own', async () => {
  const found = await call('made');
  assert.equal(found.length, 48);
  for (const [name, isRight] of found) assert.equal(isRight, true, name);
  checkEncrypted(await call('encrypted'), vectors('v3_made'));
});

test('orders of requests at one time share a client that was made while the worker started', async () => {
  const numbers = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
  const payments = await Promise.all(numbers.map((number) => call('pay', [order(number)])));
  for (const { timeStamp, nonceStr, package: pack, paySign } of payments) {
    const text = Buffer.from(`${ids.appid}\n${timeStamp}\n${nonceStr}\n${pack}\n`);
    assert.ok(verify('RSA-SHA256', text, new X509Certificate(certificate).publicKey, Buffer.from(paySign, 'base64')));
  }
  assert.equal((await gateway.pay({ appId: ids.appid, ...payments[0] })).errMsg, 'requestPayment:ok');
  assert.deepEqual(await heard(), ['paid worker-1 8800']);
  assert.deepEqual(new Set(called), new Set([MAIN]));
});

test('a worker queries, refunds, hears of the refund, closes and settles', async () => {
  const [paid, unpaid] = [{ out_trade_no: 'worker-1' }, { out_trade_no: 'worker-2' }];
  assert.equal((await call('orderQuery', [paid])).trade_state, 'SUCCESS');
  const refund = { ...paid, out_refund_no: 'worker-R', amount: { refund: 800, total: 8800, currency: 'CNY' } };
  assert.equal((await call('refund', [{ ...refund, notify_url: NOTIFY_URL }])).status, 'PROCESSING');
  const isRefunded = () => gateway.notices().find(({ out_refund_no }) => out_refund_no !== undefined);
  while (isRefunded() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await heard(), ['refund worker-R SUCCESS']);
  assert.equal((await call('refundQuery', [{ out_refund_no: 'worker-R' }])).status, 'SUCCESS');
  await call('closeOrder', [unpaid]);
  assert.equal((await call('settle', [unpaid.out_trade_no])).state, 'closed');
  const { error } = await call('closeOrder', [paid]);
  assert.deepEqual([error.code, error.err_code, error.outcome], ['ERR_FAILED', 'ORDER_PAID', 'rejected']);
});

test('a worker refuses an answer with a wrong signature, and says that the order may be closed', async () => {
  const path = '/v3/pay/transactions/out-trade-no/{out_trade_no}/close';
  gateway.failNext({ kind: 'members', path, signature: 'wrong' });
  const { error } = await call('closeOrder', [{ out_trade_no: 'worker-3' }]);
  assert.deepEqual([error.code, error.outcome], ['ERR_SIGNATURE', 'unknown']);
});

test('a query goes to the backup host while the main host has no answer', async () => {
  silent.add(MAIN);
  called.length = 0;
  assert.equal((await call('orderQuery', [{ out_trade_no: 'worker-4' }])).trade_state, 'NOTPAY');
  silent.clear();
  assert.deepEqual(called, [MAIN, 'api2.mch.weixin.qq.com']);
});

test('a worker’s handler delivers a genuine notice once, and refuses a probe and each false one', async () => {
  const now = Math.floor(Date.now() / 1000);
  const post = async ({ headers, body }) =>
    (await worker.dispatchFetch(NOTIFY_URL, { method: 'POST', headers, body })).status;
  const byHand = (resource, { headers, ...how } = {}) =>
    notice(resource, { headers: { seconds: now, ...headers }, ...how });
  const genuine = byHand(ORDER);
  assert.deepEqual([await post(genuine), await post(genuine)], [200, 200]);
  assert.equal(await post(byHand(REFUND, { event_type: 'REFUND.SUCCESS' })), 200);
  assert.deepEqual(await heard(), [`paid ${ORDER.out_trade_no} 100`, `refund ${REFUND.out_refund_no} SUCCESS`]);
  assert.equal((await gateway.probe({ url: NOTIFY_URL })).accepted, false);
  assert.deepEqual(await heard(), ['probe']);
  for (const [name, message, code] of [
    ['a stranger', byHand(ORDER, { headers: { by: stranger } }), 'ERR_SIGNATURE'],
    ['another body', { ...genuine, body: genuine.body.replace('EV-', 'EW-') }, 'ERR_SIGNATURE'],
    ['an old one', byHand(ORDER, { headers: { seconds: now - 400 } }), 'ERR_SIGNATURE'],
    ['another APIv3 key', byHand(ORDER, { key: 'f'.repeat(32) }), 'ERR_DECRYPT'],
    ['another merchant', byHand({ ...ORDER, mchid: '1' }), 'ERR_MISMATCH'],
    ['no headers', { headers: {}, body: genuine.body }, 'ERR_SIGNATURE'],
  ]) {
    assert.ok((await post(message)) >= 400, name);
    assert.deepEqual(await heard(), [code], name);
  }
});

test('a worker refuses a key that cannot work before it sends anything', async () => {
  called.length = 0;
  for (const [change, field] of [
    [{ privateKey: merchantKeys.privateKey }, 'certificate'],
    [{ privateKey: './apiclient_key.pem' }, 'privateKey'],
    [{ privateKey: null, certificate: null, pfx: 'p12' }, 'pfx'],
    [{ apiV3Key: 'short' }, 'apiV3Key'],
  ]) {
    const { error } = await call('orderQuery', [{ out_trade_no: 'worker-1' }], change);
    assert.deepEqual([error.code, error.field, error.outcome], ['ERR_CONFIG', field, 'not-sent']);
  }
  assert.deepEqual(called, []);
});

test('a worker decrypts a file in pieces of any size, as node:crypto encrypted it, and refuses less than a tag', async () => {
  assert.deepEqual(await call('wronglyDeciphered', [encryptedFiles()]), []);
  assert.equal(await call('endOfShort'), 'refused');
});

for (const [index, phase] of PHASES.entries())
  test(`a worker reads bills, and its certificates verify answers and notices: ${phase}`, async () => {
    reached = lines[index];
    await checkDownloads(lines[index], askNew);
    await checkBills(lines[index], askNew);
  });

/** A request that fails without an answer after twenty seconds. A client may wait fifteen for the download of another request. */
const soon = (name, request) => ask(name, request, AbortSignal.timeout(20_000));

/** Lets the next download of certificates hang until `release`. `arrived` says that it has come. */
function hangNext() {
  let release;
  const arrived = new Promise((resolve) => {
    held = () => {
      held = undefined;
      resolve();
      return new Promise((done) => {
        release = done;
      });
    };
  });
  return { arrived, release: () => release() };
}

test('requests succeed after the visitor of the first one left in the middle of the download of certificates', async () => {
  const [line] = lines;
  reached = line;
  const { world } = line;
  const { out_trade_no } = await world.sides[0].paid();
  const query = () => ({ args: [{ out_trade_no }], isFresh: true, at: world.clock.now() });
  const hanging = hangNext();
  const visitor = new AbortController();
  const first = ask('orderQuery', query(), visitor.signal).then(
    () => 'answered',
    ({ name }) => name,
  );
  await hanging.arrived;
  // This one waits for the download of the other request.
  const second = soon('orderQuery', query());
  visitor.abort();
  assert.equal(await first, 'AbortError');
  const answers = [await second, await soon('orderQuery', query()), await soon('orderQuery', query())];
  assert.deepEqual(
    answers.map(({ trade_state }) => trade_state),
    ['SUCCESS', 'SUCCESS', 'SUCCESS'],
  );
  hanging.release();
});

test('requests succeed, and certificates get fresh, after the request that began to refresh old ones has ended', async () => {
  const [line] = lines;
  reached = line;
  const { world } = line;
  const { gateway: later, clock, sides } = world;
  const { out_trade_no } = await sides[0].paid();
  const query = () => soon('orderQuery', { args: [{ out_trade_no }], isFresh: true, at: clock.now() });
  assert.equal((await query()).trade_state, 'SUCCESS');
  await clock.advance(11 * 3_600_000);
  const hanging = hangNext();
  assert.equal((await query()).trade_state, 'SUCCESS', 'the last certificates are good');
  await hanging.arrived;
  assert.equal((await query()).trade_state, 'SUCCESS', 'the refresh hangs');
  await clock.advance(61_000);
  const before = downloads(world);
  await later.renewCertificate({ use: true });
  assert.equal((await query()).trade_state, 'SUCCESS', 'the answer is signed with a certificate that is not known yet');
  assert.ok(downloads(world) > before);
  hanging.release();
});
