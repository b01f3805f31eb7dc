// `paysign sign`, `verify` and `explain` of APIv2 as processes: every form of input, keys, exit codes, JSON.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, run, save } from './cli-support.mjs';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';

const { key } = shop;
const keyFile = save('apiv2.key', `${key}\n`);
const fields = { appid: shop.appid, mch_id: shop.mch_id, body: '茶 & cake', nonce_str: 'abc', total_fee: '100' };
const sign = signByHand(fields, key);
const signed = { ...fields, sign };

const lines = (all, separator = '=') =>
  Object.entries(all)
    .map(([name, value]) => `${name}${separator}${value}`)
    .join('\n');
const query = (all) =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
const dump = (body, length = true) =>
  [
    'POST /pay/unifiedorder HTTP/1.1',
    'Host: api.mch.weixin.qq.com',
    ...(length ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    '',
    body,
    '',
  ].join('\r\n');
const har = (...bodies) =>
  JSON.stringify({
    log: {
      entries: [
        { request: { method: 'GET', url: 'https://example.com/', headers: [] }, response: { status: 200 } },
        ...bodies.map((text) => ({
          startedDateTime: '2026-07-26T01:20:00.000Z',
          request: {
            method: 'POST',
            url: 'https://api.mch.weixin.qq.com/pay/unifiedorder',
            headers: [],
            postData: { text },
          },
          response: { status: 200, headers: [], content: { text: '<xml/>' } },
        })),
      ],
    },
  });

const FORMS = {
  xml: xmlByHand,
  json: (all) => JSON.stringify(all),
  'indented json': (all) => JSON.stringify(all, null, 2),
  query,
  'console lines': (all) => lines(all),
  'lines of an object': (all) =>
    `{\n${lines(Object.fromEntries(Object.entries(all).map(([name, value]) => [name, `'${value}',`])), ': ')}\n`.slice(
      2,
    ),
  'http dump': (all) => dump(xmlByHand(all)),
  'http dump without a length': (all) => dump(xmlByHand(all), false),
  har: (all) => har(xmlByHand(all)),
};

test('a message has the same signature in each form, from a file and from the standard input', async () => {
  for (const [form, write] of Object.entries(FORMS)) {
    const path = save('message', write(fields));
    const expected = { code: 0, stdout: `${sign}\n`, stderr: '' };
    assert.deepEqual(await run(['sign', path, '--key-file', keyFile]), expected, form);
    assert.deepEqual(await run(['sign', '-', '--key-file', keyFile], { input: write(fields) }), expected, form);
  }
});

test('sign uses the key of a variable, the named way of signing, and prints XML or JSON', async () => {
  const path = save('message.xml', xmlByHand(fields));
  const env = { PAY_KEY: key };
  const hmac = signByHand(fields, key, 'HMAC-SHA256');
  const type = ['--sign-type', 'HMAC-SHA256'];
  assert.equal((await run(['sign', path, '--key-env', 'PAY_KEY', ...type], { env })).stdout, `${hmac}\n`);
  const { stdout } = await run(['sign', path, '--key-env', 'PAY_KEY', '--json'], { env });
  const { sign: made, signType, signedText } = JSON.parse(stdout);
  assert.deepEqual([made, signType], [sign, 'MD5']);
  assert.match(signedText, /^appid=wx\w+&body=茶 & cake&mch_id=/);
  assert.doesNotMatch(stdout, new RegExp(key));
  const xml = await run(['sign', path, '--key-env', 'PAY_KEY', '--xml'], { env });
  assert.match(xml.stdout, new RegExp(`<sign>(<!\\[CDATA\\[)?${sign}`));
  const own = save('own.json', JSON.stringify({ ...fields, sign_type: 'HMAC-SHA256' }));
  const expected = signByHand({ ...fields, sign_type: 'HMAC-SHA256' }, key, 'HMAC-SHA256');
  assert.equal((await run(['sign', own, '--key-file', keyFile])).stdout, `${expected}\n`);
});

test('verify ends with 0 for a right signature and with 1 for a wrong one, in each form', async () => {
  for (const [form, write] of Object.entries(FORMS)) {
    const right = await run(['verify', '--key-file', keyFile], { input: write(signed) });
    assert.deepEqual([right.code, right.stderr], [0, ''], form);
    assert.match(right.stdout, /right: the signature of the message/, form);
    const wrong = await run(['verify', '--key-file', keyFile], { input: write({ ...signed, total_fee: '101' }) });
    assert.deepEqual([wrong.code, wrong.stderr], [1, ''], form);
    assert.match(wrong.stdout, /wrong/i, form);
    assert.doesNotMatch(wrong.stdout, new RegExp(key), form);
  }
});

test('verify prints JSON, and knows HMAC-SHA256 by the message or by the length of the signature', async () => {
  for (const more of [{}, { sign_type: 'HMAC-SHA256' }]) {
    const all = { ...fields, ...more };
    const input = xmlByHand({ ...all, sign: signByHand(all, key, 'HMAC-SHA256') });
    const { code, stdout } = await run(['verify', '--key-file', keyFile, '--json'], { input });
    assert.deepEqual([code, JSON.parse(stdout)], [0, { isRight: true, kind: 'v2' }]);
    const md5 = await run(['verify', '--key-file', keyFile, '--json', '--sign-type', 'MD5'], { input });
    assert.deepEqual([md5.code, JSON.parse(md5.stdout).isRight], [1, false]);
  }
});

test('of several messages in a HAR file each is judged, or the one of --entry', async () => {
  const path = save('traffic.har', har(xmlByHand(signed), xmlByHand({ ...signed, body: 'other' })));
  const all = await run(['verify', path, '--key-file', keyFile, '--json']);
  assert.equal(all.code, 1);
  assert.deepEqual(
    JSON.parse(all.stdout).map(({ entry, isRight }) => [entry, isRight]),
    [
      [2, true],
      [3, false],
    ],
  );
  assert.equal((await run(['verify', path, '--key-file', keyFile, '--entry', '2'])).code, 0);
  assert.equal((await run(['verify', path, '--key-file', keyFile, '--entry', '3'])).code, 1);
  const none = await run(['verify', path, '--key-file', keyFile, '--entry', '4']);
  assert.deepEqual([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, /--entry must be from 1 to 3/);
});

test('a payment of a mini program is verified with the appid that it lacks', async () => {
  const parts = { timeStamp: '1395712654', nonceStr: 'e61463f8efa94090', package: 'prepay_id=wx1', signType: 'MD5' };
  const paySign = signByHand({ appId: shop.appid, ...parts }, key);
  const input = JSON.stringify({ ...parts, paySign });
  assert.equal((await run(['verify', '--key-file', keyFile, '--appid', shop.appid], { input })).code, 0);
  assert.equal((await run(['verify', '--key-file', keyFile, '--appid', 'wx1'], { input })).code, 1);
  const without = await run(['verify', '--key-file', keyFile], { input });
  assert.match(without.stderr, /use --appid/);
  assert.equal(without.code, 2);
});

test('a wrong call ends with 2, says what to do, and repeats no value', async () => {
  const path = save('signed.xml', xmlByHand(signed));
  const both = ['--key-file', keyFile, '--key-env', 'K'];
  for (const [args, words] of [
    [['sign', '--key', key], /--key would put a secret among the arguments/],
    [['verify', `--key=${key}`], /use --key-file, --key-env or the prompt/],
    [['notice', '--api-v3-key', key], /--api-v3-key would put a secret/],
    [['cert', path, `--passphrase=${key}`], /--passphrase would put a secret/],
    [['sign', path, key, '--key-file', keyFile], /several files/],
    [['sign', path, '--key-file', key], /the file of --key-file cannot be read \(ENOENT\)/],
    [['sign', path, '--key-env', key], /the environment variable of --key-env is not set/],
    [['sign', path, `-${key}`], /there is no option/],
    [['sign', path, '--key-fil', key], /no option --key-fil; did you mean --key-file\?/],
    [['sign', path, '--key-file'], /--key-file has no value/],
    [['sign', path, '--key-file', '--json'], /--key-file has no value/],
    [['sign', path, ...both], /are both there; use one/],
    [['sign', path, '--xml=1', '--key-file', keyFile], /--xml takes no value/],
    [['sign', path, '--sign-type', 'SHA1', '--key-file', keyFile], /--sign-type must be one of MD5, HMAC-SHA256/],
    [['sign', path, '--key-file', keyFile, '--key-file', keyFile], /--key-file is there twice/],
    [['sign', path, '--lang', 'fr', '--key-file', keyFile], /--lang must be one of en, zh/],
    [['sign', path], /the key is missing; use --key-file or --key-env/],
    [['sign', join(folder, 'absent.xml'), '--key-file', keyFile], /absent\.xml cannot be read \(ENOENT\)/],
    [['sign', '--key-file', keyFile], /the message is empty/],
    [['sign', save('words.txt', 'only words'), '--key-file', keyFile], /neither XML, JSON, query text/],
    [['sign', save('half.json', '{"a":'), '--key-file', keyFile], /the JSON is damaged/],
  ]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, ''], `${args}: ${stderr}`);
    assert.match(stderr, words);
    assert.match(stderr, /^paysign: [^\n]+\nTry: paysign [\w-]+ --help\n$/);
    assert.doesNotMatch(stderr, new RegExp(key), `${args}`);
  }
});

test('explain names the mistake, prints the fields and the signed text, and shows no key', async () => {
  const lower = xmlByHand({ ...fields, sign: sign.toLowerCase() });
  const { code, stdout } = await run(['explain', '--key-file', keyFile], { input: lower });
  assert.equal(code, 1);
  for (const words of [/lower-case/, /\+ appid/, /Signed text/, /Fix: /]) assert.match(stdout, words);
  assert.doesNotMatch(stdout, new RegExp(key));
  const json = JSON.parse((await run(['explain', '--key-file', keyFile, '--json'], { input: lower })).stdout);
  assert.deepEqual([json.isRight, json.causes[0].code, json.causes[0].isCertain], [false, 'lower-case', true]);
  const chinese = await run(['explain', '--key-file', keyFile, '--lang', 'zh'], { input: lower });
  assert.match(chinese.stdout, /签名错误/);
  assert.equal((await run(['explain', '--key-file', keyFile], { input: xmlByHand(signed) })).code, 0);
});
