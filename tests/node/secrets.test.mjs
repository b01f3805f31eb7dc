// Secrets: no key, AppSecret or computed signature is in an error, client, log, copy or wasm memory.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as paysign from 'paysign';
import { genuine, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { assertShowsNone, traces } from './secrets-support.mjs';

const { WechatPay, openNotify, requestPayment, sign, signedXml, verify, WxPayError } = paysign;
const KEY = 'CanaryKey0CanaryKey1CanaryKey2Ab';
const SECRET = 'canary-app-secret-31415926535897';
const IDS = { appid: shop.appid, mch_id: shop.mch_id };
const TYPES = ['MD5', 'HMAC-SHA256'];

const KEY_TRACES = [...traces(KEY), ...traces(SECRET)];

const assertSilent = (value, what, more = []) => assertShowsNone(value, what, [...KEY_TRACES, ...more.flatMap(traces)]);

/** The genuine notice. The canary signs it here, since its traces are searched for. */
const NOTICE = genuine.fields;
const signed = (fields, type) => xmlByHand({ ...fields, sign: signByHand(fields, KEY, type) });

/** Calls that fail, by what goes wrong. */
const FAILURES = {
  'no signature': () => openNotify(xmlByHand(NOTICE), { key: KEY }),
  'a forged signature': () => openNotify(xmlByHand({ ...NOTICE, sign: 'A'.repeat(32) }), { key: KEY }),
  'the wrong type': () => openNotify(signed(NOTICE), { key: KEY, signType: 'HMAC-SHA256' }),
  'another order': () => openNotify(signed(NOTICE), { key: KEY, expect: { out_trade_no: 'a' } }),
  'another amount': () => openNotify(signed(NOTICE), { key: KEY, expect: { total_fee: 1 } }),
  'another kind of message': () => openNotify(signed({ ...NOTICE, trade_state: 'NOTPAY' }), { key: KEY }),
  'no XML': () => openNotify('<html>', { key: KEY }),
  'too many bytes': () => openNotify('x'.repeat(100_000), { key: KEY }),
  'an eaten body': () => openNotify({}, { key: KEY }),
  'bad options': () => openNotify('<xml/>', { key: KEY, appid: '', signType: 'MD5' }),
  'half a surrogate pair beside the key': () => openNotify('<xml/>', { key: KEY, appid: 'wx\ud83d' }),
  'a bad value': () => sign({ a: {} }, KEY),
  'a bad name': () => sign({ 'a b': '1' }, KEY),
  'a NUL': () => sign({ a: '\0' }, KEY),
  'a bad type': () => sign({ a: '1' }, KEY, 'SHA1'),
  'no XML value': () => signedXml({ a: '\u0001' }, KEY),
  'a bad name to verify': () => verify({ 'a b': '1', sign: 'A' }, KEY),
  'a bad prepay_id': () => requestPayment({ appId: IDS.appid, prepay_id: '&', key: KEY }),
  'a bad time': () => requestPayment({ appId: IDS.appid, prepay_id: 'wx1', key: KEY, timeStamp: 1 }),
  'the key as another field': () => requestPayment({ appId: IDS.appid, prepay_id: 'wx1', key: [KEY] }),
  'a key that is too long': () => sign({ a: '1' }, KEY + KEY + KEY),
  'a key with a line end': () => sign({ a: '1' }, `${KEY}\n`),
  'a key with a NUL': () => sign({ a: '1' }, `${KEY}\0`),
  'a key with half a surrogate pair': () => sign({ a: '1' }, `${KEY}\ud83d`),
  'a key in full-width letters': () => sign({ a: '1' }, `${KEY}Ａ`),
  'a key as bytes': () => sign({ a: '1' }, Buffer.from(KEY)),
  'a client with a cut key': () => new WechatPay({ ...IDS, key: KEY.slice(1), secret: SECRET }),
  'a client with two keys': () => new WechatPay({ ...IDS, key: KEY + KEY, secret: SECRET }),
  'a client with a bad id': () => new WechatPay({ ...IDS, mch_id: 'x', key: KEY, secret: SECRET }),
  'a client with a bad address': () => new WechatPay({ ...IDS, key: KEY, secret: SECRET, loginUrl: 'x' }),
  'a client with a bad type': () => new WechatPay({ ...IDS, key: KEY, secret: SECRET, signType: 'X' }),
};

test(`no error says the key, however it is shown (${Object.keys(FAILURES).length} failures)`, () => {
  for (const [what, call] of Object.entries(FAILURES)) {
    let error;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
    assertSilent(error, what);
  }
});

test('the signature that a refused message should have had is in no error', async () => {
  for (const type of TYPES) {
    const right = signByHand(NOTICE, KEY, type);
    for (const given of [
      undefined,
      '',
      '0'.repeat(right.length),
      `${right.slice(0, -1)}g`,
      right.slice(1),
      right.toLowerCase(),
    ]) {
      const body = xmlByHand({ ...NOTICE, sign: given });
      for (const signType of [type, TYPES])
        assert.throws(
          () => openNotify(body, { key: KEY, signType }),
          (error) => {
            assert.equal(error.code, 'ERR_SIGNATURE');
            // The sender knows his own words; still, they are not repeated.
            assertSilent(error, `${type} ${given}`, [right]);
            return true;
          },
          `${type} ${given}`,
        );
      assert.equal(verify({ ...NOTICE, sign: given }, KEY, type), false);
    }
  }
});

/** A client whose server answers the same to everything. */
async function withServer(t, answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    requests.push(body);
    response.end(answer);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${server.address().port}`;
  return { requests, pay: new WechatPay({ ...IDS, key: KEY, secret: SECRET, baseUrls: [url], loginUrl: url }) };
}

test('no failed call of the client says a secret, the signature that was sent, or the one that was expected', async (t) => {
  const fields = { ...IDS, return_code: 'SUCCESS', result_code: 'SUCCESS', out_trade_no: 'a1', trade_state: 'SUCCESS' };
  const hmac = signByHand(fields, KEY, 'HMAC-SHA256');
  const failure = { ...fields, result_code: 'FAIL', err_code: 'E', err_code_des: 'd' };
  const signedFailure = xmlByHand({ ...failure, sign: signByHand(failure, KEY, 'HMAC-SHA256') });
  const refusal = xmlByHand({ return_code: 'FAIL', return_msg: 'm' });
  const unsigned = [xmlByHand(fields), xmlByHand({ ...fields, sign: signByHand(fields, KEY) })];
  for (const answer of [
    '',
    '<html>',
    ...unsigned,
    refusal,
    signedFailure,
    '{"errcode":40125,"errmsg":"invalid appsecret"}',
  ]) {
    const { pay, requests } = await withServer(t, answer);
    for (const call of [() => pay.orderQuery({ out_trade_no: 'a1' }), () => pay.code2Session('js-code-27182818')]) {
      const error = await call().then(assert.fail, (thrown) => thrown);
      assert.ok(error instanceof WxPayError, inspect(error));
      const sent = requests.join().match(/<sign>(\w+)</)[1];
      assertSilent(error, answer, [hmac, sent, 'js-code-27182818', signByHand(failure, KEY, 'HMAC-SHA256')]);
    }
    assert.equal(requests.join().includes(KEY), false, answer);
  }
});

test('a client shows neither key nor secret in any print or copy, before and after its calls', async (t) => {
  const { pay } = await withServer(t, '<html>');
  for (const moment of ['before', 'after']) {
    assertSilent(pay, moment);
    assertSilent({ pay, list: [pay], map: new Map([[pay, pay]]) }, moment);
    assert.deepEqual(
      Object.keys(pay).sort(),
      ['appid', 'mch_id', 'notify_url', 'signType', 'sub_appid', 'sub_mch_id'],
      moment,
    );
    assert.equal('key' in pay || 'secret' in pay, false, moment);
    await pay.orderQuery({ out_trade_no: 'a1' }).catch(() => {});
    await pay.code2Session('c').catch(() => {});
  }
});

test('an uncaught error and console.log of a client print no secret', () => {
  const script = `
    import { WechatPay } from 'paysign';
    const pay = new WechatPay({ appid: 'wx1', mch_id: '1', key: '${KEY}', secret: '${SECRET}', baseUrls: ['http://127.0.0.1:1'] });
    console.log(pay, [pay], new Error('x', { cause: pay })); console.dir(pay, { showHidden: true, depth: 10 }); console.table(pay);
    pay.openNotify('<xml><a>1</a></xml>');`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stdout, /WechatPay/);
  assert.match(stderr, /ERR_SIGNATURE/);
  // An uncaught error is printed with the line that threw it, which is the package's own and contains no value.
  const printed = stdout + stderr;
  for (const trace of KEY_TRACES) assert.equal(printed.includes(trace), false, trace);
});

test('the search itself finds a secret in each place where one could be', () => {
  const expected = createHash('md5').update('x').digest('hex').toUpperCase();
  const leaks = {
    message: new Error(`bad ${KEY}`),
    member: Object.assign(new Error('x'), { key: KEY }),
    hidden: Object.defineProperty(new Error('x'), 'key', { value: SECRET }),
    cause: new Error('x', { cause: { deep: { deeper: { deepest: KEY } } } }),
    bytes: Object.assign(new Error('x'), { bytes: Buffer.from(KEY) }),
    part: new Error(KEY.slice(0, 20)),
    symbol: Object.assign(new Error('x'), { [Symbol('s')]: KEY }),
    expected: new Error(`expected ${expected}`),
  };
  for (const [what, error] of Object.entries(leaks))
    assert.throws(() => assertSilent(error, what, [expected]), { code: 'ERR_ASSERTION' }, what);
});

/** What AES-256-ECB of refund notices takes for its key, and a notice under it. */
const REFUND_KEY = createHash('md5').update(KEY).digest('hex');
const REFUND = (() => {
  const inside = {
    ...{ out_refund_no: 'r1', out_trade_no: 'a1', refund_fee: '1', refund_id: '50000000382019052709732678859' },
    ...{ refund_status: 'SUCCESS', total_fee: '1', transaction_id: '4200000215201811190261405420' },
  };
  const cipher = createCipheriv('aes-256-ecb', REFUND_KEY, null);
  const text = xmlByHand(inside).replaceAll('xml>', 'root>');
  const req_info = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
  return xmlByHand({ ...IDS, nonce_str: 'n1', req_info, return_code: 'SUCCESS' });
})();

/** The data of a log-in with its canary of a key, and a canary in what is encrypted. */
const SESSION_KEY = Buffer.from('canarySessionKey');
const USER_DATA = (() => {
  const cipher = createCipheriv('aes-128-cbc', SESSION_KEY, Buffer.alloc(16, 7));
  const encrypted = Buffer.concat([cipher.update('{"phoneNumber":"canary-13580006666"}'), cipher.final()]);
  const iv = Buffer.alloc(16, 7).toString('base64');
  return { encryptedData: encrypted.toString('base64'), iv, session_key: SESSION_KEY.toString('base64') };
})();

/** The places of the key in wasm's memory after each call: in the first mebibyte (the stack), or later. */
const KEY_PLACES = () => {
  const script = `
    const { Instance } = WebAssembly, instances = [];
    WebAssembly.Instance = function (module, imports) { const made = new Instance(module, imports); instances.push(made); return made };
    const { sign, openNotify, signedXml, verify, requestPayment, decryptUserData, WechatPay } = await import('paysign');
    const REFUND = ${JSON.stringify(REFUND)}, USER_DATA = ${JSON.stringify(USER_DATA)};
    if (openNotify(REFUND, { key: '${KEY}' }).kind !== 'refund' || !decryptUserData(USER_DATA).phoneNumber) throw new Error('not opened');
    const KEY = '${KEY}', NOTICE = ${JSON.stringify(signed(NOTICE))}, HMAC = ${JSON.stringify(signed(NOTICE, 'HMAC-SHA256'))};
    const text = Buffer.from(KEY), pads = [0x36, 0x5c].map((pad) => text.map((byte) => byte ^ pad));
    const others = ['${REFUND_KEY}', '${SESSION_KEY}', USER_DATA.session_key, 'canary-13580006666'].map((other) => Buffer.from(other));
    const pieces = [text, ...pads, ...others].flatMap((whole) => [0, 4, 10, 20].map((at) => Buffer.from(whole.subarray(at, at + 12))))
      .filter((piece) => piece.length === 12);
    const found = { stack: [], heap: [] }, clean = [];
    const after = async (what, call) => {
      try { await call() } catch {}
      const places = new Set(), memories = instances.map(({ exports }) => Buffer.from(exports.memory.buffer));
      for (const memory of memories) for (const piece of pieces)
        for (let at = memory.indexOf(piece); at >= 0; at = memory.indexOf(piece, at)) {
          places.add(at < 2 ** 20 ? 'stack' : 'heap');
          // Taken away, so that each call is told only of what it left itself.
          memory.fill(0, at, at + piece.length);
        }
      for (const place of places) if (!found[place].includes(what)) found[place].push(what);
      if (places.size === 0) clean.push(what);
    };
    for (const signType of ['MD5', 'HMAC-SHA256']) {
      const body = signType === 'MD5' ? NOTICE : HMAC, options = { key: KEY, signType };
      const fetch = async () => new Response('<xml><return_code>SUCCESS</return_code><sign>A</sign></xml>');
      let pay;
      const calls = {
        sign: () => sign({ b: '1', a: '2' }, KEY, signType), 'sign that fails': () => sign({ '1': '1' }, KEY, signType),
        verify: () => verify({ a: '1', sign: 'A' }, KEY, signType), signedXml: () => signedXml({ a: 'x'.repeat(1000) }, KEY, signType),
        'signedXml that grows memory': () => signedXml({ a: 'x'.repeat(3e5) }, KEY, signType),
        requestPayment: () => requestPayment({ appId: 'wx1', prepay_id: 'p', ...options }),
        openNotify: () => openNotify(body, options), 'openNotify of bytes': () => openNotify(Buffer.from(body), options),
        'openNotify of a refund': () => openNotify(REFUND, { key: KEY }),
        'openNotify of a refund for others': () => openNotify(REFUND.replace(/<req_info>.{12}/, '<req_info>AAAAAAAAAAAA'), { key: KEY }),
        decryptUserData: () => decryptUserData(USER_DATA),
        'decryptUserData in lines': () => decryptUserData({ ...USER_DATA, session_key: USER_DATA.session_key.replace('W', 'W\\n') }),
        'decryptUserData that fails': () => decryptUserData({ ...USER_DATA, iv: USER_DATA.session_key }),
        'openNotify of a forgery': () => openNotify(body.replace('<total_fee>100<', '<total_fee>101<'), options),
        'openNotify of no XML': () => openNotify('<html>', options), 'openNotify of 64 KiB': () => openNotify(Buffer.alloc(65536), options),
        'openNotify of too much': () => openNotify('x'.repeat(70000), options), 'openNotify of an eaten body': () => openNotify({}, options),
        'a client': () => { pay = new WechatPay({ appid: 'wx1', mch_id: '1', fetch, ...options }) },
        'a client that fails': () => new WechatPay({ appid: 'wx 1', mch_id: '1', ...options }),
        'prepare and complete': () => pay.orderQuery({ out_trade_no: 'a1' }), 'prepare that fails': () => pay.orderQuery({ out_trade_no: 'a 1' }),
      };
      for (const [what, call] of Object.entries(calls)) await after(what + ' ' + signType, call);
      // Where the key stands in the last block of the hash depends on the length before it.
      for (let n = 1; n <= 64; n++) await after('sign of any length ' + signType, () => sign({ a: 'x'.repeat(n) }, KEY, signType));
    }
    console.log(JSON.stringify({ ...found, clean, instances: instances.length }));`;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
};

test("the key is in no buffer of wasm's memory after a call", (t) => {
  const { heap, clean, instances } = KEY_PLACES();
  assert.equal(instances, 2, 'both modules took part');
  t.diagnostic(`clean: ${[...new Set(clean)].join(', ')}`);
  assert.deepEqual(heap, []);
});

test("the key is not on wasm's stack after a call", () => {
  assert.deepEqual(KEY_PLACES().stack, []);
});
