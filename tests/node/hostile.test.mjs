// Hostile input to every export: a right result or a typed error, no forgery accepted, no trap, no growth.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as paysign from 'paysign';
import { createGateway } from 'paysign/testing';
import { shop, signByHand } from './gateway-support.mjs';
import {
  ANSWER,
  BILL,
  EXPECT,
  GENUINE,
  LISTENERS,
  METHODS,
  NOTICE,
  OPTIONS,
  PARAMS,
  PREPAY,
  signedXml,
  USER_DATA,
} from './hostile-support.mjs';
import { random } from './random-support.mjs';

const { key: KEY } = shop;
const { WechatPay, WxPayError, openNotify, parseXml } = paysign;
const HANDLER = new WechatPay(shop).notifyHandler(LISTENERS);
const SEED = Number(process.env.SEED ?? 20240805);

/** Errors that a caller's own object throws may pass through; all others must be WxPayError. */
const OWN = new Error("the caller's own exception");
const throws = () => {
  throw OWN;
};
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, throws]));
const detached = () => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
};
class Lying extends Uint8Array {
  get length() {
    return 3;
  }
}

/** Undocumented values, made anew for each use. */
const JUNK = [
  ...[undefined, null, true, false, 0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 10n, -1n, 2n ** 70n],
  ...[
    '',
    ' ',
    '0',
    '88.0',
    '\0',
    'a\0b',
    '\ud83d',
    '\udc00a',
    '\ufffd',
    '\uffff',
    '\r',
    '\u0001',
    '茶',
    'x'.repeat(60_000),
  ],
  ...['__proto__', 'constructor', 'toString', 'MD5', '<xml><a>1</a></xml>', '<!DOCTYPE x>', 'data:,x', 'ftp://x'],
].map((value) => () => value);
JUNK.push(
  ...[() => Symbol('s'), () => () => {}, () => [], () => ['MD5'], () => [[]], () => ({}), () => Object.create(null)],
  ...[
    () => new Map([['a', '1']]),
    () => new Set(['a']),
    () => new Date(0),
    () => /x/,
    () => new Error('x'),
    () => Promise.resolve(''),
  ],
  ...[
    () => new String('MD5'),
    () => new Number(88),
    () => new URL('http://x/'),
    () => new URLSearchParams('a=1'),
    () => class {},
  ],
  ...[
    () => new Uint8Array(4),
    () => new Float64Array(4),
    () => new ArrayBuffer(4),
    () => new DataView(new ArrayBuffer(4)),
  ],
  ...[
    detached,
    () => new Lying(300_000),
    () => Object.create(Uint8Array.prototype),
    () => new Proxy(new Uint8Array(4), {}),
  ],
  ...[
    () => new Proxy({}, traps),
    () => new Proxy(() => {}, traps),
    () => ({ toString: throws, valueOf: throws, toJSON: throws }),
  ],
  ...[
    () => ({ toString: () => '88' }),
    () => ({ length: 2 ** 31 }),
    () => globalThis,
    () => new WeakMap(),
    () => AbortSignal.abort(),
  ],
  ...['__proto__', 'constructor', 'then', 'toJSON', 'length'].map(
    (name) => () => JSON.parse(`{"${name}":{"polluted":"1"}}`),
  ),
);

/** The texts of parameters that are not records; only records are parameters. */
function texts(params) {
  const prototype = Object.getPrototypeOf(params);
  assert.ok(prototype === Object.prototype || prototype === null);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, `${value ?? ''}`]));
}
const isPresent = ([, value]) => value !== '';
const present = (fields) => Object.entries(fields).filter(isPresent).sort();
const inherited = (fields) =>
  ['toString', 'constructor', 'then'].filter((name) => name in fields && !Object.hasOwn(fields, name));
function isSignature(result, [params, key, type]) {
  const empty = present({ ...texts(params), sign: '' }).length === 0;
  assert.equal(result, empty ? result : signByHand(texts(params), key, type));
}
function isText(result, [params]) {
  const fields = present({ ...texts(params), sign: '' });
  assert.equal(result, fields.map((field) => field.join('=')).join('&'));
}
function isXml(result, [params]) {
  assert.deepEqual(present(parseXml(result)), present(texts(params)));
}
function isSignedXml(result, [params, ...rest]) {
  const { sign, ...fields } = parseXml(result);
  assert.deepEqual(present(fields), present({ ...texts(params), sign: '' }));
  isSignature(sign, [params, ...rest]);
}
function isFields(result, [body]) {
  assert.ok(typeof body === 'string' || ArrayBuffer.isView(body));
  assert.equal('toString' in result, false);
}
function isNotice({ paid, fields }, [body, { key, signType, expect = {}, ...options }]) {
  assert.deepEqual([paid, body, key, 'toString' in fields], [true, GENUINE, KEY, false]);
  assert.equal(Object.getPrototypeOf(expect), Object.prototype);
  for (const [name, value] of Object.entries({ ...options, ...expect }))
    assert.ok((value ?? undefined) === undefined || value === { ...OPTIONS, ...EXPECT }[name], name);
  assert.ok(
    expect.total_fee !== null && expect.out_trade_no !== null && options.appid !== null,
    'only a currency may be null',
  );
}
function isReply(result, [reason]) {
  assert.match(result, /^<xml><return_code><!\[CDATA\[(SUCCESS|FAIL)\]\]><\/return_code>/);
  assert.ok(reason === undefined || typeof reason === 'string');
}
function isPayment(result, [{ appId, key, signType = 'MD5' }]) {
  const { timeStamp = result.timestamp, nonceStr, package: text, paySign } = result;
  const signed = { appId, timeStamp, nonceStr, package: text, signType: signType ?? 'MD5' };
  assert.equal(paySign, signByHand(signed, key, signType ?? 'MD5'));
}

/** Every export: good arguments, the check of its result, and its call. */
const EXPORTS = {
  sign: [[PARAMS, KEY, 'MD5'], isSignature],
  verify: [[PARAMS, KEY, 'MD5'], (result, [params]) => assert.equal(result, texts(params) === undefined)],
  signedText: [[PARAMS], isText],
  buildXml: [[PARAMS], isXml],
  signedXml: [[PARAMS, KEY, 'HMAC-SHA256'], isSignedXml],
  parseXml: [[GENUINE], isFields],
  openNotify: [[GENUINE, OPTIONS], isNotice],
  replyNotify: [['reason'], isReply],
  init: [['paysign.wasm'], (result) => assert.equal(result, undefined)],
  beijingTime: [[new Date(1722852821000)], (text) => assert.match(text, /^\d{14}$/)],
  errCode: [['ORDERPAID'], (facts) => assert.ok(facts === undefined || /\p{Script=Han}/u.test(facts.meaning_zh))],
  parseBill: [[BILL], (bill) => assert.equal(bill.rows.length, 1)],
  readBill: [[[Buffer.from(BILL)]], assert.ok],
  parseComments: [['0\n'], (comments) => assert.deepEqual(comments, { offset: 0, comments: [] })],
  fen: [['0.90'], (result) => assert.ok(Number.isSafeInteger(result))],
  decryptUserData: [[USER_DATA], (result) => assert.equal(result.nickName, 'Band')],
  nonce: [['ignored'], (result) => assert.match(result, /^[0-9A-Z]{32}$/)],
  requestPayment: [[PREPAY], isPayment],
  bridgePayment: [[PREPAY], isPayment],
  jssdkPayment: [[PREPAY], isPayment],
  readBody: [[Readable.from([Buffer.from('x')])], (result) => assert.ok(result instanceof Uint8Array)],
  memoryStore: [[{ remember: 1 }], (store) => assert.equal(typeof store.claim, 'function')],
  redisStore: [
    [{ eval() {} }, { prefix: 'x', rememberMs: 1 }],
    (store) => assert.equal(typeof store.claim, 'function'),
  ],
  redisTokenCache: [[{ eval() {} }, { prefix: 'x' }], (cache) => assert.equal(typeof cache.get, 'function')],
  notifyRouter: [[[new WechatPay(shop)], LISTENERS], (handler) => assert.equal(typeof handler.answer, 'function')],
  nodeHandler: [[HANDLER], (listener) => assert.equal(typeof listener, 'function')],
  answerNode: [[HANDLER, Readable.from([''])], (reply) => assert.equal(reply.status, 405)],
  WechatPay: [[{ ...shop, baseUrls: ['https://x/'] }], assert.ok, (options) => new WechatPay(options)],
  WxPayError: [['ignored'], assert.ok, () => new WxPayError({ code: 'ERR_XML', outcome: 'unknown', message: 'm' })],
};

/** The good arguments with one of them, or a member of one, replaced: each with place and value in words. */
function* variants(args, place = '') {
  for (const [index, arg] of args.entries()) {
    const at = place || `argument ${index}`;
    for (const junk of JUNK) {
      const value = junk();
      yield [args.with(index, value), `${at} ${shown(value)}`];
      if (Array.isArray(arg)) yield [args.with(index, [value, ...arg]), `${at} with ${shown(value)}`];
    }
    if (typeof arg !== 'object' || arg === null || Array.isArray(arg) || arg instanceof Readable) continue;
    for (const name of Object.keys(arg))
      for (const [[member], what] of variants([arg[name]], `${place}.${name}`))
        yield [args.with(index, { ...arg, [name]: member }), what];
  }
}
const shown = (value) =>
  inspect(value, { depth: 0, maxStringLength: 20, maxArrayLength: 1, breakLength: 1e9 }).split('\n')[0].slice(0, 60);

/** Collects the failures of one call: an error that is not ours, or a wrong result. */
async function collect(wrong, [args, what], call, right) {
  let result;
  try {
    result = await call(...args);
  } catch (error) {
    if (error === OWN || (error instanceof WxPayError && error.code !== 'ERR_INTERNAL')) return;
    wrong.add(`${what}: ${error?.name} ${error?.code ?? ''} ${String(error?.message).slice(0, 80)}`);
    return;
  }
  try {
    right(result, args);
  } catch {
    wrong.add(`${what}: accepted`);
  }
}

const named = (name) => Object.entries(paysign).find(([own]) => own === name)[1];

test('every export and every method of the client is covered', () => {
  assert.deepEqual(Object.keys(EXPORTS).sort(), Object.keys(paysign).sort());
  const methods = [];
  for (let at = WechatPay.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at))
    methods.push(...Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor'));
  assert.deepEqual(Object.keys(METHODS).sort(), methods.sort());
});

for (const [name, [good, right, call = named(name)]] of Object.entries(EXPORTS)) {
  test(`${name} returns a right result or throws a typed error for any input`, async () => {
    const wrong = new Set();
    let tried = 0;
    for (const variant of variants(good)) {
      await collect(wrong, variant, call, right);
      tried += 1;
    }
    assert.ok(tried > 50, `only ${tried} ways to call it`);
    assert.equal({}.polluted, undefined);
    assert.deepEqual([...wrong], []);
  });
}

for (const [name, good] of Object.entries(METHODS)) {
  test(`the client's ${name} returns a result or throws a typed error for any input`, async (t) => {
    const gateway = createGateway({ merchants: [shop] });
    const { url } = await gateway.listen();
    t.after(() => gateway.close());
    const addresses = { baseUrls: [url], loginUrl: url, notify_url: 'https://shop.example/n' };
    const pay = new WechatPay({ ...shop, ...addresses, signType: 'MD5' });
    const wrong = new Set();
    // A number that WeChat does not know is missing after a minute, which no test waits for.
    const quick = { pausesMs: [1], missingMs: 1 };
    const call = name === 'settle' ? (number) => pay.settle(number, quick) : (...args) => pay[name](...args);
    let tried = 0;
    for (const variant of variants(good)) {
      await collect(wrong, variant, call, assert.ok);
      tried += 1;
    }
    assert.ok(tried > 50, `only ${tried} ways to call it`);
    assert.equal({}.polluted, undefined);
    assert.deepEqual([...wrong], []);
  });
}

test('names with a meaning in JavaScript are ordinary names', () => {
  for (const name of [
    ...Object.getOwnPropertyNames(Object.prototype),
    'then',
    'toJSON',
    'length',
    'prototype',
    'name',
  ]) {
    const params = JSON.parse(`{"${name}":"1","a":"<&"}`);
    assert.equal(paysign.sign(params, KEY), signByHand(params, KEY), name);
    const fields = parseXml(paysign.buildXml(params));
    assert.deepEqual(present(fields), present(params), name);
    assert.deepEqual(inherited(fields), [], name);
    const notice = { ...NOTICE, ...params };
    assert.equal(openNotify(signedXml(notice), OPTIONS).fields[name], '1', name);
    const added = signedXml(NOTICE).replace('</xml>', `<${name}>1</${name}></xml>`);
    assert.throws(() => openNotify(added, OPTIONS), { code: 'ERR_SIGNATURE' }, `an unsigned ${name}`);
  }
  assert.equal({}.polluted, undefined);
});

const TOKENS = [
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '&a;',
  '&#0;',
  '&#xD800;',
  ']]>',
  '<![CDATA[',
  '<!-- -->',
  '<a>',
  '</xml>',
  '<xml>',
];
TOKENS.push(
  '<sign>',
  '\0',
  '\ufeff',
  '&amp;',
  '<__proto__>1</__proto__>',
  '<total_fee>1</total_fee>',
  '<result_code/>',
  '<?xml?>',
);

function changed(text, at, change) {
  const copy = Buffer.from(text);
  if (at < text.length) copy[at] = change(copy[at]);
  return copy;
}

/** Replaces a letter or digit by another digit: the body stays well-formed, and only the signature finds the change. */
function forged(text, below) {
  const copy = Buffer.from(text);
  for (let at = below(text.length + 1); at < text.length; at += 1) {
    if (!/[0-9A-Za-z]/.test(String.fromCharCode(text[at]))) continue;
    copy[at] = 0x30 + below(10);
    break;
  }
  return copy;
}

/** A message with one to three things changed in it. */
function mutate(bytes, other, below) {
  let text = Buffer.from(bytes);
  for (let times = [1, 1, 1, 2, 3][below(5)]; times > 0; times -= 1) {
    const [at, to] = [below(text.length + 1), below(text.length + 1)];
    const [from, end] = [Math.min(at, to), Math.max(at, to)];
    const join = (...parts) => Buffer.concat(parts);
    text = [
      () => changed(text, at, (byte) => byte ^ (1 << below(8))),
      () => changed(text, at, () => below(256)),
      () => forged(text, below),
      () => forged(text, below),
      () => forged(text, below),
      () => join(text.subarray(0, at), text.subarray(at + 1 + below(3))),
      () => text.subarray(0, at),
      () => join(text.subarray(0, end), text.subarray(from)),
      () => join(text.subarray(0, at), other.subarray(below(other.length))),
      () => join(text.subarray(0, at), Buffer.from(TOKENS[below(TOKENS.length)]), text.subarray(at)),
    ][below(10)]();
  }
  return text;
}

test('no changed notice is accepted as something else than it was (30000 mutants)', (t) => {
  t.diagnostic(`seed ${SEED}; run again with SEED=${SEED}`);
  const below = random(SEED);
  const another = { ...NOTICE, out_trade_no: 'a2', total_fee: '1', attach: '', device_info: 'x' };
  const other = Buffer.from(signedXml(another));
  const same = [NOTICE, another].map((message) => inspect(present(message)));
  const bodies = ['MD5', 'HMAC-SHA256'].map((type) => [type, Buffer.from(signedXml(NOTICE, type))]);
  const codes = {};
  for (let count = 0; count < 30_000; count += 1) {
    const [type, body] = bodies[below(2)];
    const mutant = mutate(body, other, below);
    try {
      const { fields } = openNotify(below(2) ? mutant : mutant.toString(), { key: KEY, signType: type });
      const { sign, ...rest } = fields;
      assert.ok(same.includes(inspect(present(rest))), `${count}: ${mutant}`);
      codes.accepted = (codes.accepted ?? 0) + 1;
    } catch (error) {
      assert.ok(
        error instanceof WxPayError && /^ERR_(XML|SIGNATURE|MISMATCH)$/.test(error.code),
        `${count}: ${inspect(error)}`,
      );
      codes[error.code] = (codes[error.code] ?? 0) + 1;
    }
  }
  t.diagnostic(inspect(codes));
  assert.ok(codes.ERR_XML > 1000 && codes.ERR_SIGNATURE > 1000 && codes.accepted > 10, inspect(codes));
});

test('no changed answer is accepted as something else than it was (3000 mutants over HTTP)', async (t) => {
  const below = random(SEED + 1);
  const genuine = Buffer.from(signedXml(ANSWER, 'HMAC-SHA256'));
  const other = Buffer.from(signedXml({ ...ANSWER, out_trade_no: 'a2', total_fee: '1' }, 'HMAC-SHA256'));
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(mutate(genuine, other, below)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const pay = new WechatPay({ ...shop, baseUrls: [`http://127.0.0.1:${server.address().port}`] });
  const codes = {};
  // One after the other, so that the same seed makes the same mutants.
  for (let count = 0; count < 3000; count += 1) {
    try {
      const { sign, ...rest } = (await pay.orderQuery({ out_trade_no: ANSWER.out_trade_no })).fields;
      assert.deepEqual(present(rest), present(ANSWER), `${count}`);
      codes.accepted = (codes.accepted ?? 0) + 1;
    } catch (error) {
      const known = error instanceof WxPayError && /^ERR_(XML|SIGNATURE|MISMATCH)$/.test(error.code);
      assert.ok(known && error.outcome === 'unknown', `${count}: ${inspect(error)}`);
      codes[error.code] = (codes[error.code] ?? 0) + 1;
    }
  }
  assert.ok(codes.ERR_XML > 100 && codes.ERR_SIGNATURE > 100 && codes.accepted > 0, inspect(codes));
});
