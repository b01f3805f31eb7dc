// The client over real HTTP against the local gateway: requests, results, and refusals before sending.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay, WxPayError } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, otherShop, readByHand, START_MS, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const NOTIFY_URL = 'https://shop.example/notify';
const TYPES = ['MD5', 'HMAC-SHA256'];

/** The parameters of a good order; `changes` replace or, as undefined, remove some. */
const tea = (changes) => ({
  body: '示例商店-茶 & <b>',
  out_trade_no: '20150806125346',
  total_fee: 8800,
  spbill_create_ip: '127.0.0.1',
  trade_type: 'JSAPI',
  openid: OPENID,
  ...changes,
});

/** A server that keeps every request; `answer` returns the text of the reply. */
async function listen(t, answer) {
  const requests = [];
  const server = createServer(async (incoming, outgoing) => {
    const parts = [];
    for await (const part of incoming) parts.push(part);
    const { method, url, headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(parts).toString() };
    requests.push(request);
    outgoing.end(await answer(request));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { requests, url: `http://127.0.0.1:${server.address().port}` };
}

/** The gateway after a recording proxy, and the shop's client. */
async function open(t, { merchants = [shop, otherShop], ...options } = {}) {
  const clock = createManualClock(START_MS);
  const notices = [];
  const gateway = createGateway({
    merchants,
    clock,
    allowNotifyHosts: ['shop.example'],
    fetch: async (_url, { body }) => {
      notices.push(body);
      return new Response('');
    },
  });
  t.after(() => gateway.close());
  const { requests, url } = await listen(t, async ({ method, url: path, body }) => {
    const init = method === 'GET' ? { method } : { method, body };
    return (await gateway.fetch(new Request(`http://gateway${path}`, init))).text();
  });
  const client = (changes) =>
    new WechatPay({ ...shop, notify_url: NOTIFY_URL, baseUrls: [url], loginUrl: url, ...options, ...changes });
  return { gateway, clock, notices, requests, url, client, pay: client() };
}

/** The error of a call that must fail. */
async function errorOf(call) {
  const error = await Promise.resolve()
    .then(call)
    .then(
      (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
      (thrown) => thrown,
    );
  assert.ok(error instanceof WxPayError, `${error?.stack}`);
  return error;
}

for (const signType of TYPES) {
  test(`an order goes from the log-in to a verified notice and a paid query, signed with ${signType}`, async (t) => {
    const { gateway, notices, pay, requests } = await open(t, { signType });
    const session = await pay.code2Session(gateway.login({ appid: shop.appid, openid: OPENID }));
    assert.deepEqual(Object.keys(session).sort(), ['openid', 'session_key']);
    assert.equal(session.openid, OPENID);

    const ordered = await pay.unifiedOrder(tea());
    assert.deepEqual(Object.keys(ordered).sort(), ['fields', 'prepay_id', 'trade_type']);
    assert.equal(ordered.fields.prepay_id, ordered.prepay_id);

    const payment = pay.requestPayment(ordered.prepay_id);
    const { paySign, ...signed } = payment;
    assert.deepEqual(Object.keys(signed).sort(), ['nonceStr', 'package', 'signType', 'timeStamp']);
    assert.equal(paySign, signByHand({ appId: shop.appid, ...signed }, shop.key, signType));
    assert.equal(signed.signType, signType);
    const { errMsg } = await gateway.pay({ appId: shop.appid, openid: OPENID, ...payment });
    assert.equal(errMsg, 'requestPayment:ok');
    await gateway.idle();

    const notice = pay.openNotify(notices[0], { out_trade_no: '20150806125346', total_fee: 8800 });
    const query = await pay.orderQuery({ out_trade_no: '20150806125346' });
    assert.deepEqual([notice.kind, notice.paid, notice.total_fee], ['payment', true, 8800]);
    assert.deepEqual([query.trade_state, query.total_fee], ['SUCCESS', 8800]);
    assert.equal(query.transaction_id, notice.transaction_id);
    assert.equal((await pay.orderQuery({ transaction_id: query.transaction_id })).out_trade_no, '20150806125346');
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`),
      ['GET /sns/jscode2session', 'POST /pay/unifiedorder', 'POST /pay/orderquery', 'POST /pay/orderquery'],
    );
  });
}

test('pay orders and signs again in one step, as JSAPI by default', async (t) => {
  const { gateway, pay, requests } = await open(t);
  const payment = await pay.pay(tea({ trade_type: undefined }));
  const sent = readByHand(requests[0].body);
  assert.deepEqual([sent.trade_type, sent.notify_url], ['JSAPI', NOTIFY_URL]);
  const { errMsg } = await gateway.pay({ appId: shop.appid, openid: OPENID, ...payment });
  assert.equal(errMsg, 'requestPayment:ok');
});

test('the notify_url of the client is a default: the order goes before it, an undefined one does not', async (t) => {
  const { pay, requests } = await open(t);
  const own = 'https://shop.example/other';
  for (const [notify_url, expected] of [
    [own, own],
    [undefined, NOTIFY_URL],
  ]) {
    await pay.unifiedOrder(tea({ notify_url, out_trade_no: `n${requests.length}` }));
    assert.equal(readByHand(requests.at(-1).body).notify_url, expected, `${notify_url}`);
  }
});

test('an order that is closed is closed, and one that is paid says so with the outcome unknown', async (t) => {
  const { gateway, clock, pay } = await open(t);
  const payment = await pay.pay(tea());
  await pay.unifiedOrder(tea({ out_trade_no: 'unpaid' }));
  await gateway.pay({ appId: shop.appid, openid: OPENID, ...payment });
  await clock.advance(6 * MINUTE_MS);
  assert.equal((await pay.closeOrder({ out_trade_no: 'unpaid' })).fields.result_code, 'SUCCESS');
  assert.equal((await pay.orderQuery({ out_trade_no: 'unpaid' })).trade_state, 'CLOSED');
  const error = await errorOf(() => pay.closeOrder({ out_trade_no: '20150806125346' }));
  assert.deepEqual([error.code, error.err_code, error.outcome], ['ERR_FAILED', 'ORDERPAID', 'unknown']);
});

for (const signType of TYPES) {
  test(`what is sent is XML with the ids, a nonce and the signature of everything, with ${signType}`, async (t) => {
    const { pay, requests } = await open(t, { signType });
    // Undocumented parameters, and names that mean something to JavaScript, are kept and signed.
    const undocumented = JSON.parse('{"promo_mark":"a=1&b","constructor":"c","then":"t","toJSON":"j","Zebra":"z"}');
    const proto = JSON.parse('{"__proto__":"p"}');
    await pay.unifiedOrder(tea({ ...undocumented, ...proto })).catch(() => {});
    const [{ headers, body }] = requests;
    const { sign, nonce_str, ...sent } = readByHand(body);
    assert.match(headers['content-type'], /^text\/xml; ?charset=utf-8$/);
    assert.match(nonce_str, /^[0-9A-Za-z]{32}$/);
    const { appid, mch_id } = shop;
    const given = { ...tea(), notify_url: NOTIFY_URL, appid, mch_id, sign_type: signType, total_fee: '8800' };
    assert.deepEqual(sent, { ...given, ...undocumented });
    assert.ok(body.includes('<__proto__>p</__proto__>'), 'a name of JavaScript is a name as any other');
    assert.equal(sign, signByHand({ ...sent, nonce_str, ...proto }, shop.key, signType));
    assert.equal(body.includes(shop.key), false);
  });
}

test('the nonce is fresh in each call, and everything else of a repeated call is the same', async (t) => {
  const { pay, requests } = await open(t);
  await Promise.all(Array.from({ length: 200 }, () => pay.unifiedOrder(tea())));
  const sent = requests.map(({ body }) => readByHand(body));
  assert.equal(new Set(sent.map(({ nonce_str }) => nonce_str)).size, 200);
  assert.equal(new Set(sent.map(({ nonce_str, sign, ...rest }) => JSON.stringify(rest))).size, 1);
});

test('an answer carries every field as text in fields, beside typed ones, and inherits nothing', async (t) => {
  const names = ['__proto__', 'constructor', 'then', 'toJSON', 'length', 'hasOwnProperty', 'promo_9'];
  const fields = Object.create(null);
  Object.assign(fields, { return_code: 'SUCCESS', result_code: 'SUCCESS', appid: shop.appid, mch_id: shop.mch_id });
  Object.assign(fields, { out_trade_no: 'a1', trade_state: 'SUCCESS', total_fee: '8800', coupon_count: '0' });
  for (const name of names) fields[name] = `of ${name}`;
  fields.sign = signByHand(fields, shop.key, 'HMAC-SHA256');
  const { url } = await listen(t, () => xmlByHand(fields));
  const answer = await new WechatPay({ ...shop, baseUrls: [url] }).orderQuery({ out_trade_no: 'a1' });
  const { fields: texts, ...typed } = answer;
  assert.deepEqual(typed, {
    out_trade_no: 'a1',
    trade_state: 'SUCCESS',
    total_fee: 8800,
    coupon_count: 0,
    coupons: [],
  });
  assert.deepEqual(Object.keys(texts).sort(), Object.keys(fields).sort());
  for (const name of Object.keys(fields)) assert.equal(texts[name], fields[name], name);
  assert.deepEqual(
    ['toString', 'valueOf', 'isPrototypeOf'].filter((name) => name in texts),
    [],
  );
  assert.equal({}.polluted, undefined);
});

/** Values that are refused, by the field of an order that has them. */
const BAD_FIELDS = {
  body: [undefined, '', null, ' tea', 'a\u0000b', 'a\u001bb', 'a\r\nb', 'half \ud83d', '\ufffe'],
  out_trade_no: ['1'.repeat(33), 'a b', 'a&total_fee=1', Number.MAX_VALUE],
  total_fee: [
    88.5,
    0.1 + 0.2,
    2 ** 53,
    2n ** 64n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    '88.00',
    '８８',
    true,
    [88],
  ],
  spbill_create_ip: ['localhost', '1.2.3'],
  notify_url: ['https://shop.example/n?order=1', 'shop.example/n'],
  trade_type: ['jsapi', 'MICROPAY', ['JSAPI']],
  openid: [undefined, 'a b'],
  time_expire: ['2024-08-05'],
  detail: [() => 'a'],
  attach: [['a'], () => 'a', Symbol('a'), new Date()],
  sign: ['A'.repeat(32)],
  appid: [otherShop.appid],
  mch_id: [otherShop.mch_id],
  sign_type: ['MD5'],
  nonce_str: ['n'.repeat(33), 'a.b'],
  'a name': ['1'],
  '': ['1'],
};

const BAD_INPUT = [
  ...Object.entries(BAD_FIELDS).flatMap(([field, values]) =>
    values.map((value) => ['unifiedOrder', tea({ [field]: value }), field]),
  ),
  ['unifiedOrder', tea({ trade_type: 'NATIVE' }), 'product_id'],
  ['unifiedOrder', null, 'body'],
  ['orderQuery', {}, 'transaction_id'],
  ['orderQuery', undefined, 'params'],
  ['orderQuery', [['out_trade_no', '1']], 'params'],
  ['orderQuery', '20150806125346', 'params'],
  ['closeOrder', {}, 'out_trade_no'],
  ['code2Session', '', 'js_code'],
  ['code2Session', undefined, 'js_code'],
  ['code2Session', { js_code: '1' }, 'js_code'],
  ['requestPayment', undefined, 'prepay_id'],
  ['requestPayment', 'prepay_id=wx1', 'prepay_id'],
  ['requestPayment', 'wx1&signType=MD5', 'prepay_id'],
];

test(`bad input is named before anything is sent (${BAD_INPUT.length} shapes)`, async (t) => {
  const { pay, requests } = await open(t);
  const wrong = [];
  for (const [method, params, field] of BAD_INPUT) {
    const { code, outcome, field: named, message } = await errorOf(() => pay[method](params));
    const right = code === 'ERR_PARAM' && outcome === 'not-sent' && named === field && message.startsWith(`${field}: `);
    if (!right) wrong.push(`${method} ${field}: ${code} ${outcome} ${named}: ${message}`);
  }
  assert.deepEqual(wrong, []);
  assert.equal(requests.length, 0);
});

test('a constructor option that cannot work is named with ERR_CONFIG', () => {
  const rows = {
    appid: [undefined, null, '', 'wx 1', 5, 'wx\u0000', 'é'],
    mch_id: [undefined, '', 10000100, '1000010O', '1'.repeat(33)],
    key: [undefined, null, '', 'short', `${shop.key}\n`, 'k'.repeat(64), '密'.repeat(32), Buffer.from(shop.key)],
    signType: ['', 'md5', 'SHA256', '__proto__', 'toString', 5, {}, Symbol('MD5')],
    baseUrls: [
      [],
      5,
      {},
      'http://127.0.0.1',
      [5],
      [Symbol('url')],
      ['x'],
      ['ftp://a'],
      ['data:text/xml,a'],
      ['file:///'],
    ],
    loginUrl: ['', 'x', 5, 'ftp://a', 'data:text/xml,a', Symbol('url')],
    fetch: [5, 'fetch', {}],
    timeoutMs: [0, -1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY, '1000', 10n, 1.5, Symbol('ms')],
  };
  const wrong = [];
  for (const [field, values] of Object.entries(rows)) {
    for (const value of values) {
      const shown = `${field} ${inspect(value)}`;
      try {
        new WechatPay({ ...shop, [field]: value });
        wrong.push(`${shown}: accepted`);
      } catch (error) {
        const found = [error.name, error.code, error.outcome, error.field].join(' ');
        if (found !== `WxPayError ERR_CONFIG not-sent ${field}`) wrong.push(`${shown}: ${found} ${error.message}`);
      }
    }
  }
  for (const options of [undefined, null, 5, 'wx1', () => {}])
    assert.throws(() => new WechatPay(options), { code: 'ERR_CONFIG', outcome: 'not-sent' }, inspect(options));
  assert.deepEqual(wrong, []);
});

test("WeChat's refusals come with their own words, and the outcome that they mean", async (t) => {
  const { client, pay } = await open(t, { merchants: [shop] });
  const { secret: _none, ...withoutSecret } = shop;
  const rows = [
    [() => client({ key: otherShop.key }).unifiedOrder(tea()), 'ERR_REFUSED', 'rejected', 'return_msg', '签名错误'],
    [() => pay.orderQuery({ out_trade_no: 'none' }), 'ERR_FAILED', 'rejected', 'err_code', 'ORDERNOTEXIST'],
    [() => pay.code2Session('no-such-code'), 'ERR_FAILED', 'rejected', 'err_code', '40029'],
    [() => new WechatPay(withoutSecret).code2Session('c'), 'ERR_CONFIG', 'not-sent', 'field', 'secret'],
  ];
  for (const [call, code, outcome, name, value] of rows) {
    const error = await errorOf(call);
    assert.deepEqual([error.code, error.outcome, error[name]], [code, outcome, value], `${code} ${value}`);
  }
});

test('two merchants in one process do not mix', async (t) => {
  const { client } = await open(t);
  const clients = [client(), client({ ...otherShop, signType: 'MD5' })];
  const asked = Array.from({ length: 100 }, (_, index) => {
    const of = clients[index % 2];
    return of
      .unifiedOrder(tea({ out_trade_no: `x${index}` }))
      .then(({ fields }) => assert.equal(fields.appid, of.appid));
  });
  await Promise.all(asked);
});
