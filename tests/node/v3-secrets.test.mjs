// Secrets of APIv3: no key is in an error, a print, a report, or the memory of wasm.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, publicEncrypt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay, WxPayError } from 'paysign/v3';
import { assertShowsNone, traces } from './secrets-support.mjs';
import {
  COMBINED,
  merchantKeys,
  NOW_MS,
  notice,
  ORDER,
  PUBLIC_ID,
  REFUND,
  options as trusting,
} from './v3-support.mjs';

const KEY = 'CanaryV3Key0CanaryV3Key1CanaryV3';
const OLD_KEY = 'canaryOldKeyCanaryOldKeyCanaryOl';
const SECRET = 'canary-app-secret-27182818284590';
const { privateKey } = merchantKeys;
const options = { ...trusting, apiV3Key: [KEY, OLD_KEY], secret: SECRET };

/** The numbers of the private key. */
const NUMBERS = Object.entries(createPrivateKey(privateKey).export({ format: 'jwk' })).flatMap(([name, value]) =>
  ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name) ? [Buffer.from(value, 'base64url')] : [],
);
/** The lines of its file. All keys share the first one. */
const LINES = privateKey.split('\n').slice(2, -2);
const of16 = (text) => text.match(/.{16}/g) ?? [];
const KEY_TRACES = [
  ...[KEY, OLD_KEY, SECRET].flatMap(traces),
  ...LINES.flatMap(of16),
  ...NUMBERS.flatMap((number) => [...of16(number.toString('hex')), ...of16(number.toString('base64'))]),
  ...NUMBERS.flatMap((number) => [[...number.subarray(0, 8)].join(), [...number.subarray(0, 8)].join(', ')]),
];
const assertSilent = (value, what) => assertShowsNone(value, what, KEY_TRACES);

const made = (change) => () => new WechatPay({ ...options, ...change });
const damaged = privateKey.replace(LINES[3], LINES[3].slice(1));

/** Clients that cannot be made, by what is wrong. */
const CLIENTS = {
  'a cut APIv3 key': made({ apiV3Key: KEY.slice(1) }),
  'an APIv3 key twice': made({ apiV3Key: KEY + KEY }),
  'an APIv3 key with a line end': made({ apiV3Key: `${KEY}\n` }),
  'an APIv3 key with half a pair': made({ apiV3Key: `${KEY}\ud83d` }),
  'an APIv3 key as bytes': made({ apiV3Key: Buffer.from(KEY) }),
  'an APIv3 key in an object': made({ apiV3Key: { key: KEY } }),
  'a damaged private key': made({ privateKey: damaged }),
  'a private key without its end': made({ privateKey: privateKey.slice(0, -60) }),
  'a private key without its lines': made({ privateKey: LINES.join('') }),
  'a private key for a certificate': made({ certificate: privateKey, serial: undefined }),
  'a private key for a serial': made({ serial: privateKey }),
  'a private key for the APIv3 key': made({ apiV3Key: privateKey }),
  'a private key for a key of WeChat': made({ wechatpayKeys: { [PUBLIC_ID]: privateKey } }),
  'a private key as the name of a key': made({ wechatpayKeys: { [privateKey]: privateKey } }),
  'an APIv3 key as the name of a key': made({ wechatpayKeys: { [KEY]: KEY } }),
  'a private key for an archive': made({ pfx: Buffer.from(privateKey), privateKey: undefined, serial: undefined }),
  'the APIv3 key for the private one': made({ privateKey: KEY }),
  'an address with a secret': made({ baseUrls: ['x'] }),
  'a bad merchant number': made({ mchid: 'x' }),
  'an option of another name': made({ key: KEY }),
};

const genuine = (more) => notice(ORDER, { key: KEY, ...more });
const { headers, body } = genuine();

/** Notices that are refused, by what is wrong. */
const NOTICES = {
  'no signature': { headers: {}, body },
  'a changed body': { headers, body: `${body} ` },
  'a probe': { headers: { ...headers, 'Wechatpay-Signature': 'WECHATPAY/SIGNTEST/AAAA' }, body },
  'an unknown key of WeChat': genuine({ headers: { serial: 'PUB_KEY_ID_9' } }),
  'an old message': genuine({ headers: { seconds: 1 } }),
  'the APIv3 key of others': genuine({ key: 'f'.repeat(32) }),
  'another cipher': genuine({ change: { algorithm: 'AEAD_SM4_GCM' } }),
  'another merchant': notice({ ...ORDER, mchid: '1' }, { key: KEY }),
  'no JSON inside': genuine({ plain: 'x' }),
  'an eaten body': { headers, body: {} },
};

const FAILURES = [CLIENTS, NOTICES].flatMap(Object.keys);

test(`no error of a client or a notice says a key of APIv3 (${FAILURES.length} failures)`, async () => {
  for (const [what, make] of Object.entries(CLIENTS)) {
    let error;
    try {
      make();
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
    assertSilent(error, what);
  }
  const pay = new WechatPay(options);
  for (const [what, message] of Object.entries(NOTICES)) {
    const error = await pay.openNotify(message).then(assert.fail, (thrown) => thrown);
    assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
    assertSilent(error, what);
    assertSilent((await error.diagnose()) ?? {}, `the diagnosis of ${what}`);
  }
});

/** Answers that are refused. One repeats the keys, which WeChat has too. */
const ANSWERS = [
  { status: 400, body: JSON.stringify({ code: 'X', message: `${KEY} ${OLD_KEY}`, detail: { field: KEY } }) },
  { status: 401, body: '{"code":"SIGN_ERROR","message":"错误的签名"}' },
  { status: 200, body: '{}' },
  { status: 502, body: '<html>' },
];

test('no print, copy, failed call or report of a client of APIv3 shows a key', async () => {
  const reports = [];
  let answer;
  const pay = new WechatPay({
    ...{ ...options, retries: 0, onExchange: (report) => void reports.push(report) },
    fetch: async () => new Response(answer.body, { status: answer.status }),
  });
  const shown = (moment) => {
    assertSilent(pay, moment);
    assertSilent({ pay, list: [pay], map: new Map([[pay, pay]]), error: new Error('x', { cause: pay }) }, moment);
  };
  shown('before');
  for (answer of ANSWERS)
    for (const call of [
      () => pay.orderQuery({ out_trade_no: 'a-1234' }),
      () =>
        pay.refund({ out_trade_no: 'a-1234', out_refund_no: 'r1', amount: { refund: 1, total: 1, currency: 'CNY' } }),
      () => pay.call('POST', '/v3/x', { a: 1 }),
      () => pay.tradeBill({ bill_date: '2026-07-25' }),
      () => pay.code2Session('code'),
    ]) {
      const error = await call().then(assert.fail, (thrown) => thrown);
      assert.ok(error instanceof WxPayError, inspect(error));
      assertSilent(error, answer.body);
      assertSilent((await error.diagnose()) ?? {}, answer.body);
    }
  shown('after');
  assert.ok(reports.length >= 20);
  for (const report of reports) assertSilent(report, 'a report');
});

test('an uncaught error and console.log of a client of APIv3 print no key', () => {
  const script = `
    import { WechatPay } from 'paysign/v3';
    import { readFileSync } from 'node:fs';
    const pay = new WechatPay(JSON.parse(readFileSync(0, 'utf8')));
    console.log(pay, [pay], new Error('x', { cause: pay })); console.dir(pay, { showHidden: true, depth: 10 }); console.table(pay);
    await pay.openNotify({ headers: {}, body: '{}' });`;
  const { nowMs: _, ...input } = options;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    input: JSON.stringify(input),
  });
  assert.equal(status, 1);
  assert.match(stdout, /WechatPay/);
  assert.match(stderr, /ERR_SIGNATURE/);
  for (const trace of KEY_TRACES) assert.equal((stdout + stderr).includes(trace), false, trace);
});

const CANARY = 'canary-of-a-payer-31415926535';
const PLAIN = 'canary-of-a-name-0123456789';

/** The program looks for these in the memory of wasm: twelve bytes of each secret and of each decrypted text. */
const PIECES = [KEY, OLD_KEY, SECRET, CANARY, PLAIN, ...LINES]
  .flatMap((text) => [0, 10, 16].map((at) => [text.slice(0, 16), Buffer.from(text.slice(at, at + 12)).toString('hex')]))
  .concat(NUMBERS.flatMap((number) => [0, 20, 60].map((at) => ['a number', number.toString('hex', at, at + 12)])))
  .filter(([, hex]) => hex.length === 24);

/** Uses a client in a process of its own. Returns what the program says, and the texts of its heap before and after. */
function used() {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-heap-'));
  try {
    const { nowMs: _, wechatpayKeys, ...given } = options;
    const order = { ...ORDER, payer: { openid: CANARY } };
    const refund = { ...REFUND, user_received_account: CANARY };
    const combined = { ...COMBINED, combine_payer_info: { openid: CANARY } };
    const messages = {
      'a payment': notice(order, { key: KEY }),
      'a payment by the old key': notice(order, { key: OLD_KEY }),
      'a refund': notice(refund, { key: KEY, event_type: 'REFUND.SUCCESS' }),
      'a combined payment': notice(combined, { key: KEY }),
      'a payment with a long text': notice({ ...order, attach: 'x'.repeat(300_000) }, { key: KEY }),
      'a payment of others': notice({ ...order, mchid: '1' }, { key: KEY }),
      'half a resource': notice(order, { key: KEY, plain: JSON.stringify(order).slice(0, -1) }),
      ...NOTICES,
    };
    const oaep = { key: merchantKeys.publicKey, oaepHash: 'sha1' };
    const snapshots = { before: join(folder, 'before'), after: join(folder, 'after') };
    const input = {
      ...{ options: { ...given, wechatpayKeys, now: NOW_MS }, messages, snapshots, pieces: PIECES },
      ...{ sealed: publicEncrypt(oaep, Buffer.from(PLAIN)).toString('base64'), answer: ANSWERS[1] },
    };
    const args = ['--expose-gc', '--heap-snapshot-string-limit=100000', 'v3-secrets-run.mjs'];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      ...{ cwd: import.meta.dirname, encoding: 'utf8', input: JSON.stringify(input), maxBuffer: 1e8 },
    });
    assert.ok(stdout, stderr);
    const [before, after] = [snapshots.before, snapshots.after].map((file) => textsOf(readFileSync(file, 'utf8')));
    return { ...JSON.parse(stdout), before, after };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every text on a heap, as often as it is there. */
function textsOf(written) {
  const { snapshot, nodes, strings } = JSON.parse(written);
  const { node_fields, node_types } = snapshot.meta;
  const [type, name] = ['type', 'name'].map((field) => node_fields.indexOf(field));
  const kinds = ['string', 'concatenated string', 'sliced string'].map((kind) => node_types[0].indexOf(kind));
  const texts = [];
  for (let at = 0; at < nodes.length; at += node_fields.length)
    if (kinds.includes(nodes[at + type])) texts.push(strings[nodes[at + name]]);
  return texts;
}

const run = used();

test('no key of APIv3 and nothing that was decrypted is in the memory of wasm after a call', () => {
  assert.equal(run.instances, 1);
  const results = Object.fromEntries(run.results);
  for (const what of [
    'a client',
    'a payment',
    'a payment by the old key',
    'a refund',
    'an opened text',
    'a second signature',
  ])
    assert.equal(results[what], 'done', what);
  for (const what of ['a payment of others', 'half a resource', 'a text of others', 'a client that fails'])
    assert.match(results[what], /^ERR_(MISMATCH|JSON|DECRYPT|CONFIG)$/, what);
  assert.deepEqual(run.found, []);
});

test('after the calls of a client the text of the caller alone has a key of APIv3', () => {
  const holding = (texts, piece) => texts.filter((text) => text.includes(piece)).length;
  const pieces = { KEY, OLD_KEY, SECRET, 'the private key': LINES[2], 'its other line': LINES[12] };
  for (const [name, piece] of Object.entries(pieces)) {
    assert.equal(holding(run.before, piece), 1, `${name}: the caller's own text is found`);
    assert.equal(holding(run.after, piece), 1, name);
  }
  // The base64 of a number may be a part of the caller's text.
  const others = run.after.filter((text) => text !== privateKey);
  for (const number of NUMBERS)
    for (const form of ['hex', 'base64', 'base64url'])
      assert.equal(holding(others, number.toString(form, 0, 24)), 0, 'a number of the private key');
});
