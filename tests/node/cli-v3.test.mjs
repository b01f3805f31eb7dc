// `paysign sign`, `verify`, `pay-params` and `notice` of APIv3 as processes, with keys and certificates of the local gateway.
import assert from 'node:assert/strict';
import { createPublicKey, createVerify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { run, save } from './cli-support.mjs';
import { genuine, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { authorization, bothShop } from './gateway-v3-support.mjs';
import { API_V3_KEY, envelope, notice, ORDER, PUBLIC_ID, signedHeaders, stranger, wechatKeys } from './v3-support.mjs';

const gateway = createGateway({ merchants: [bothShop] });
const merchant = await gateway.client(shop.mch_id, { api: 'v3' });
// Its keys are all that is needed.
await gateway.close();
const certificate = save('apiclient_cert.pem', merchant.certificate);
const privateKey = save('apiclient_key.pem', merchant.privateKey);
const serial = new X509Certificate(merchant.certificate).serialNumber;
const wechatKey = `${PUBLIC_ID}=${save('pub_key.pem', wechatKeys.publicKey)}`;
const apiV3Key = save('apiv3.key', `${API_V3_KEY}\n`);
const otherKey = save('other.key', 'z'.repeat(32));

const isRight = (text, signature) =>
  createVerify('RSA-SHA256').update(text).verify(createPublicKey(merchant.certificate), signature, 'base64');
const dump = (line, headers, body, { end = '\r\n', length = true } = {}) =>
  [
    line,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(length ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    '',
    body,
  ].join(end);
const partOf = (header, name) => new RegExp(`${name}="([^"]*)"`).exec(header)[1];

test('sign prints a header that the certificate verifies, for a body, for GET and for an HTTP dump', async () => {
  const body = '{"description":"茶"}';
  const keys = ['--private-key', privateKey, '--mchid', shop.mch_id];
  for (const [args, input, method, path, text] of [
    [
      ['--url', 'https://api.mch.weixin.qq.com/v3/pay?a=1', '--certificate', certificate],
      body,
      'POST',
      '/v3/pay?a=1',
      body,
    ],
    [['--url', '/v3/certificates', '--method', 'GET', '--serial', serial], '', 'GET', '/v3/certificates', ''],
    [['-', '--certificate', certificate], dump('PATCH /v3/x HTTP/1.1', { Host: 'a' }, body), 'PATCH', '/v3/x', body],
  ]) {
    const { code, stdout, stderr } = await run(['sign', ...args, ...keys], { input });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^WECHATPAY2-SHA256-RSA2048 [^\n]+\n$/);
    const [time, nonce, signature] = ['timestamp', 'nonce_str', 'signature'].map((name) => partOf(stdout, name));
    assert.ok(isRight(`${method}\n${path}\n${time}\n${nonce}\n${text}\n`, signature), path);
    assert.deepEqual([partOf(stdout, 'mchid'), partOf(stdout, 'serial_no')], [shop.mch_id, serial]);
  }
  const json = await run(['sign', '--json', '--url', '/v3/x', '--serial', serial, ...keys], { input: '{}' });
  assert.deepEqual(Object.keys(JSON.parse(json.stdout)), ['authorization']);
});

test('verify judges a request by the certificate: file, other body, other path, other certificate, no certificate', async () => {
  const sender = { ...merchant, mchid: shop.mch_id, nowMs: Date.now };
  const body = '{"a":"茶"}';
  const header = authorization(sender, 'POST', '/v3/x?y=%20', body);
  const request = (changed = body, path = '/v3/x?y=%20', how) =>
    dump(`POST ${path} HTTP/1.1`, { Authorization: header }, changed, how);
  const judge = async (input, ...more) =>
    (await run(['verify', '--certificate', certificate, ...more], { input })).code;
  assert.equal(await judge(request()), 0);
  assert.equal(await judge(request(body, undefined, { end: '\n' })), 0);
  assert.equal(await judge(`${request(body, undefined, { length: false })}\n`), 0);
  assert.equal(await judge(request('{"a":"水"}')), 1);
  assert.equal(await judge(request(body, '/v3/x')), 1);
  assert.equal(await judge(`${request()}\r\nHTTP/1.1 401 Unauthorized\r\n\r\n{"code":"SIGN_ERROR"}`), 0);
  const without = await run(['verify'], { input: request() });
  assert.deepEqual([without.code, without.stdout], [2, '']);
  assert.match(without.stderr, /--certificate is missing/);
});

test('of a HAR file the exchanges with WeChat Pay alone are judged', async () => {
  const sender = { ...merchant, mchid: shop.mch_id, nowMs: Date.now };
  const entry = (url, body, signed = body) => ({
    request: {
      method: 'POST',
      url,
      headers: [{ name: 'authorization', value: authorization(sender, 'POST', new URL(url).pathname, signed) }],
      postData: { text: body },
    },
    response: { status: 200, headers: [], content: {} },
  });
  const other = { ...entry('https://example.com/v3/x', '{}') };
  other.request.headers = [{ name: 'authorization', value: 'Bearer x' }];
  const host = 'https://api.mch.weixin.qq.com';
  const entries = [
    other,
    entry(`${host}/v3/a`, '{}'),
    entry(`${host}/v3/b`, '{}', '{ }'),
    entry('http://127.0.0.1:8080/v3/c', '{}'),
  ];
  const { code, stdout } = await run(['verify', '--json', '--certificate', certificate], {
    input: JSON.stringify({ log: { entries } }),
  });
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(stdout).map((one) => [one.entry, one.isRight]),
    [
      [2, true],
      [3, false],
      [4, true],
    ],
  );
});

test('pay-params signs a prepay_id for the phone, by both APIs', async () => {
  const args = ['pay-params', '--appid', shop.appid, '--prepay-id', 'wx2014102720093955'];
  const v3 = JSON.parse((await run([...args, '--private-key', privateKey])).stdout);
  assert.deepEqual([v3.package, v3.signType], ['prepay_id=wx2014102720093955', 'RSA']);
  assert.ok(isRight(`${shop.appid}\n${v3.timeStamp}\n${v3.nonceStr}\n${v3.package}\n`, v3.paySign));
  const keyFile = save('apiv2.key', shop.key);
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    const { stdout } = await run([...args, '--key-file', keyFile, '--sign-type', signType, '--json']);
    const { paySign, ...parts } = JSON.parse(stdout);
    assert.equal(paySign, signByHand({ appId: shop.appid, ...parts }, shop.key, signType));
  }
  const right = await run(['verify', '--appid', shop.appid, '--certificate', certificate], {
    input: JSON.stringify(v3),
  });
  assert.equal(right.code, 0, right.stderr);
  const wrong = await run(['verify', '--appid', 'wx1', '--certificate', certificate], { input: JSON.stringify(v3) });
  assert.equal(wrong.code, 1, wrong.stderr);
  for (const [more, words] of [
    [['--appid', 'wx1'], /--prepay-id is missing/],
    [['--prepay-id', 'wx1'], /--appid is missing/],
    [['--appid', 'wx1', '--prepay-id', 'prepay_id=wx1'], /--prepay-id must be the id alone/],
    [['--appid', 'wx1', '--prepay-id', 'wx1', '--private-key', certificate], /--private-key is not a readable RSA key/],
    [['--appid', 'wx1', '--prepay-id', 'wx1'], /the key is missing/],
  ]) {
    const { code, stderr } = await run(['pay-params', ...more]);
    assert.equal(code, 2);
    assert.match(stderr, words);
  }
});

test('notice verifies and decrypts a notice of APIv3, and refuses one that was changed or has another key', async () => {
  const { headers, body } = notice();
  const at = (key = apiV3Key, known = wechatKey) => ['notice', '--wechatpay-key', known, '--api-v3-key-file', key];
  const input = dump('POST /notify HTTP/1.1', headers, body);
  const { code, stdout } = await run([...at(), '--json'], { input });
  assert.equal(code, 0);
  const read = JSON.parse(stdout);
  assert.equal(read.isRight, true);
  assert.deepEqual(read.notice.resource, ORDER);
  const shown = await run(at(), { input });
  assert.match(shown.stdout, /The notice is genuine\.\n[\s\S]*resource\.amount\.total +100\n/);
  assert.equal((await run(at(), { input: dump('wechatpay-x: 1', headers, body) })).code, 0, 'without a request line');
  const changed = await run([...at(), '--json'], {
    input: dump('POST / HTTP/1.1', headers, body.replace('EV-', 'EW-')),
  });
  assert.deepEqual([changed.code, JSON.parse(changed.stdout).isRight], [1, false]);
  assert.match(JSON.parse(changed.stdout).error, /the signature is wrong/);
  const other = await run([...at(otherKey), '--json'], { input });
  assert.deepEqual(
    [other.code, JSON.parse(other.stdout).isRight, JSON.parse(other.stdout).notice],
    [1, false, undefined],
  );
  assert.doesNotMatch(other.stdout + other.stderr, /zzzz|0123456789abcdef/);
  assert.match(
    (await run(at(otherKey), { input })).stdout,
    /^The notice is refused: .*\nThe notice cannot be opened\.\n/,
  );
  const strange = `${PUBLIC_ID}=${save('stranger.pem', stranger.publicKey)}`;
  assert.equal((await run(at(apiV3Key, strange), { input })).code, 1);
  assert.equal((await run(at(apiV3Key, wechatKey.replace(PUBLIC_ID, 'PUB_KEY_ID_2')), { input })).code, 1);
  for (const [args, words] of [
    [['notice', '--api-v3-key-file', apiV3Key], /--wechatpay-key is missing/],
    [['notice', '--wechatpay-key', wechatKey], /the api-v3-key is missing/],
    [['notice', '--wechatpay-key', 'pub_key.pem', '--api-v3-key-file', apiV3Key], /must be ID=FILE/],
  ]) {
    const { code: wrong, stderr } = await run(args, { input });
    assert.equal(wrong, 2, stderr);
    assert.match(stderr, words);
  }
});

test('notice opens a notice of APIv2 in both ways of signing, and refuses another key', async () => {
  const keyFile = save('genuine.key', genuine.key);
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    const input = xmlByHand({ ...genuine.fields, sign: genuine[signType] });
    const { code, stdout, stderr } = await run(['notice', '--key-file', keyFile, '--json'], { input });
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).notice.out_trade_no, genuine.fields.out_trade_no);
    const other = await run(['notice', '--key-file', otherKey], { input });
    assert.deepEqual([other.code, other.stderr], [1, '']);
    assert.match(other.stdout, /The notice is refused: /);
    const ids = await run(['notice', '--key-file', keyFile, '--mch-id', '1900000999'], { input });
    assert.equal(ids.code, 1);
  }
});

test('verify judges an answer and a notice by the key with its serial, and ignores the time', async () => {
  const body = envelope(ORDER);
  const old = dump('POST / HTTP/1.1', signedHeaders(body, { seconds: 1_600_000_000 }), body);
  assert.equal((await run(['verify', '--wechatpay-key', wechatKey], { input: old })).code, 0);
  const answer = dump('HTTP/1.1 200 OK', signedHeaders('{}'), '{}');
  const { code, stdout } = await run(['verify', '--wechatpay-key', wechatKey, '--json'], { input: answer });
  assert.deepEqual([code, JSON.parse(stdout)], [0, { isRight: true, kind: 'v3-answer' }]);
  assert.equal((await run(['verify', '--wechatpay-key', wechatKey], { input: answer.replace('{}', '[]') })).code, 1);
});

test('explain names the mistakes of requests and notices of APIv3', async () => {
  const sender = { ...merchant, mchid: shop.mch_id, nowMs: Date.now };
  const header = authorization(sender, 'GET', '/v3/x', '');
  const input = dump('GET /v3/x?mchid=1 HTTP/1.1', { Authorization: header }, '');
  const { code, stdout } = await run(['explain', '--certificate', certificate, '--json'], { input });
  assert.deepEqual([code, JSON.parse(stdout).causes[0].code], [1, 'query-missing']);
  const unchecked = await run(['explain'], { input: input.replace('?mchid=1', '?a=1') });
  assert.deepEqual([unchecked.code, unchecked.stdout.split('\n')[0]], [2, 'The signature was not checked.']);
  assert.match(unchecked.stderr, /--certificate or --private-key is missing/);
  const { headers, body } = notice();
  const serial = headers['Wechatpay-Serial'];
  const unknown = await run(['explain', '--wechatpay-key', wechatKey.replace(PUBLIC_ID, '7A'), '--json'], {
    input: dump('POST / HTTP/1.1', headers, body),
  });
  assert.equal(JSON.parse(unknown.stdout).causes[0].code, 'public-key-missing', serial);
});
