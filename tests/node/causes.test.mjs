// Errors by their cause: each mistake has a message of its own, which names it and says what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  beijingTime,
  buildXml,
  decryptUserData,
  openNotify,
  requestPayment,
  sign,
  signedXml,
  WechatPay,
} from 'paysign';
import { shop, signByHand, vectors, xmlByHand } from './gateway-support.mjs';
import { ACCEPT, countingShop, hand, NOTICE, paidNotice, signed } from './notices-support.mjs';

const ORDER = {
  body: 't',
  out_trade_no: 'a1',
  total_fee: 1,
  spbill_create_ip: '127.0.0.1',
  trade_type: 'JSAPI',
  openid: 'o',
};

const OTHER_KEY = 'f'.repeat(32);

/** The error of a call, whether it throws or rejects. */
async function errorOf(run) {
  try {
    await run();
  } catch (error) {
    assert.equal(error.name, 'WxPayError', error.stack);
    return error;
  }
  return assert.fail('nothing was thrown');
}

/** A client whose answers are `body`, and the requests that it sent. */
function clientOf(body, options = {}) {
  const sent = [];
  const fetch = async (_url, init) => {
    sent.push(String(init.body));
    return new Response(body, { status: options.status ?? 200 });
  };
  const { status, ...rest } = options;
  const pay = new WechatPay({ ...shop, notify_url: 'https://shop.example/n', fetch, certFetch: fetch, ...rest });
  return { pay, sent };
}

const prepaid = () => {
  const fields = {
    return_code: 'SUCCESS',
    appid: shop.appid,
    mch_id: shop.mch_id,
    nonce_str: 'n',
    result_code: 'SUCCESS',
    prepay_id: 'wx1',
    trade_type: 'JSAPI',
  };
  return signed(fields);
};

test('a notice without a mandatory field is refused as incomplete, not as malformed', async () => {
  const always = ['appid', 'mch_id', 'nonce_str', 'out_trade_no', 'return_code', 'result_code', 'sign'];
  const paid = ['bank_type', 'cash_fee', 'openid', 'time_end', 'total_fee', 'trade_type', 'transaction_id'];
  const pay = new WechatPay(shop);
  for (const field of [...always, ...paid]) {
    for (const empty of [undefined, '']) {
      const body = field === 'sign' ? xmlByHand({ ...NOTICE, sign: empty }) : signed({ ...NOTICE, [field]: empty });
      const error = await errorOf(() => pay.openNotify(body));
      assert.equal(error.field, field);
      assert.match(error.message, new RegExp(`^${field}: is missing`), field);
    }
  }
});

test('an answer without a mandatory field is refused as incomplete', async () => {
  for (const field of ['return_code', 'result_code', 'appid', 'mch_id', 'prepay_id', 'sign']) {
    const whole = Object.fromEntries(
      [...prepaid().matchAll(/<(\w+)>([^<]+)<\/\1>/g)].map(([, name, text]) => [name, text]),
    );
    const { sign: old, [field]: left, ...rest } = whole;
    const body = field === 'sign' ? xmlByHand(rest) : signed(rest);
    const error = await errorOf(() => clientOf(body).pay.unifiedOrder(ORDER));
    assert.match(error.message, new RegExp(`^${field}: is missing`), `${field} ${left} ${old}`);
    assert.equal(error.outcome, 'unknown');
  }
});

test('an option or a parameter that is missing, a number or empty is named as such', async () => {
  const make = (changes) => errorOf(() => new WechatPay({ ...shop, ...changes }));
  for (const name of ['appid', 'mch_id', 'key']) {
    for (const empty of [undefined, null, ''])
      assert.match((await make({ [name]: empty })).message, /is missing/, name);
    assert.match((await make({ [name]: 1900000109 })).message, /is a number; give it as text/, name);
    assert.match((await make({ [name]: {} })).message, /is of type object; give it as text/, name);
  }
  assert.match((await make({ sub_mch_id: '' })).message, /sub_mch_id: is empty; leave it out/);
  assert.match((await make({ sub_mch_id: 1230000109 })).message, /sub_mch_id: is a number; give it as text/);
  const prepay = { appId: shop.appid, prepay_id: 'wx1', key: shop.key };
  for (const name of ['appId', 'prepay_id', 'key']) {
    assert.match((await errorOf(() => requestPayment({ ...prepay, [name]: undefined }))).message, /is missing/);
    assert.match(
      (await errorOf(() => requestPayment({ ...prepay, [name]: 12 }))).message,
      /is a number; give it as text/,
    );
  }
  const id = await errorOf(() => sign({ transaction_id: Number('4200000540202005267407409907') }, shop.key));
  assert.match(id.message, /^transaction_id: is a number with more digits .* give it as text/);
  const yuan = await errorOf(() => clientOf('').pay.unifiedOrder({ ...ORDER, total_fee: 1.5 }));
  assert.match(yuan.message, /^total_fee: is 1.5; .* 1.00 yuan is 100$/);
  const words = await errorOf(() => openNotify('', { key: shop.key, mch_id: 1900000109 }));
  assert.match(words.message, /^mch_id: is a number; give it as text/);
});

test('a Date becomes Beijing time in a time or a day, and is refused elsewhere with advice', async () => {
  const { pay, sent } = clientOf(prepaid());
  const time = new Date(Date.UTC(2024, 7, 5, 16, 30, 1));
  await pay.unifiedOrder({ ...ORDER, time_start: time, time_expire: new Date(+time + 3600e3) });
  assert.match(sent[0], /<time_start>.*20240806003001.*<\/time_start>/);
  assert.match(sent[0], /<time_expire>.*20240806013001.*<\/time_expire>/);
  assert.equal(beijingTime(time), '20240806003001');
  const { pay: bills, sent: asked } = clientOf('');
  await bills.downloadBill({ bill_date: time, bill_type: 'ALL' });
  assert.match(asked[0], /<bill_date>20240806<\/bill_date>/);
  for (const wrong of [new Date(Number.NaN), new Date(8.64e15)]) {
    const error = await errorOf(() => pay.unifiedOrder({ ...ORDER, time_start: wrong }));
    assert.match(error.message, /^time_start: must be a valid Date/);
  }
  for (const run of [
    () => buildXml({ a: time }),
    () => signedXml({ a: time }, shop.key),
    () => sign({ a: time }, shop.key),
  ])
    assert.match((await errorOf(run)).message, /^a: is a Date; .*beijingTime/);
  for (const wrong of [1722875401000, '2024', undefined, {}])
    assert.match((await errorOf(() => beijingTime(wrong))).message, /^date: must be a valid Date/);
  assert.match((await errorOf(() => pay.unifiedOrder({ ...ORDER, attach: { a: 1 } }))).message, /JSON\.stringify/);
});

test('an IPv4-mapped address is sent as IPv4, and every other one as it is', async () => {
  for (const [given, expected] of [
    ['::ffff:101.226.125.108', '101.226.125.108'],
    ['::FFFF:65e2:7d6c', '101.226.125.108'],
    ['101.226.125.108', '101.226.125.108'],
    ['240e:b0:203:4e90:2535:6ee1:61ac:ffe5', '240e:b0:203:4e90:2535:6ee1:61ac:ffe5'],
    ['::1', '::1'],
  ]) {
    const { pay, sent } = clientOf(prepaid());
    await pay.unifiedOrder({ ...ORDER, spbill_create_ip: given });
    assert.match(sent[0], new RegExp(`<spbill_create_ip>(<!\\[CDATA\\[)?${expected}[\\]<]`), given);
    const fields = Object.fromEntries(
      [...sent[0].matchAll(/<(\w+)>(?:<!\[CDATA\[)?([^<\]]+)/g)].map(([, n, v]) => [n, v]),
    );
    assert.equal(fields.sign, signByHand(fields, shop.key, 'HMAC-SHA256'), 'what is sent is signed');
  }
});

test('the other sign type of the right key is named to the operator, and the sender hears nothing of it', async () => {
  const types = ['MD5', 'HMAC-SHA256'];
  for (const [mine, theirs] of [types, types.toReversed()]) {
    const pay = new WechatPay({ ...shop, signType: mine });
    const { handler, calls } = countingShop({}, pay);
    const right = { ...NOTICE, sign: signByHand(NOTICE, shop.key, theirs) };
    const { text } = await hand(handler, xmlByHand(right));
    assert.match(text, /FAIL/);
    assert.ok(!text.includes(theirs) && !text.includes('signType'), text);
    const [{ error }] = calls.refused;
    assert.equal(error.code, 'ERR_SIGNATURE');
    assert.match(error.message, new RegExp(`rightly signed with ${theirs}.*set signType to '${theirs}'`));
    assert.ok(!error.message.includes(right.sign), 'the right signature is not shown');
    for (const forged of [
      { ...right, total_fee: '9' },
      { ...NOTICE, sign: signByHand(NOTICE, OTHER_KEY, theirs) },
    ]) {
      const refused = await errorOf(() => pay.openNotify(xmlByHand(forged)));
      assert.ok(!refused.message.includes('signType'), refused.message);
    }
    // The key that is right may be the second of two.
    const changing = new WechatPay({ ...shop, key: [OTHER_KEY, shop.key], signType: mine });
    assert.match((await errorOf(() => changing.openNotify(xmlByHand(right)))).message, /signType/);
    const both = new WechatPay({ ...shop, signType: [mine, theirs] });
    assert.equal(both.openNotify(xmlByHand(right)).paid, true);
    const fields = {
      return_code: 'SUCCESS',
      appid: shop.appid,
      mch_id: shop.mch_id,
      result_code: 'SUCCESS',
      prepay_id: 'w',
    };
    const answer = { ...fields, trade_type: 'JSAPI' };
    const wrong = clientOf(xmlByHand({ ...answer, sign: signByHand(answer, shop.key, theirs) }), { signType: mine });
    const error2 = await errorOf(() => wrong.pay.unifiedOrder(ORDER));
    assert.deepEqual([error2.code, error2.outcome], ['ERR_SIGNATURE', 'unknown']);
    assert.match(error2.message, new RegExp(`set signType to '${theirs}'`));
  }
});

test('encryptedData in base64url is taken, and damage on its way is named and not repaired', async () => {
  const { session_key, iv, encryptedData, appid, data } = vectors('user_data');
  const url = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const opened = decryptUserData({
    session_key: url(session_key),
    iv: url(iv),
    encryptedData: url(encryptedData),
    appid,
  });
  assert.equal(opened.nickName, data.nickName);
  const causes = [
    [encryptedData.replaceAll('+', ' '), /has blanks where .*replaced \+/],
    [encodeURIComponent(encryptedData), /is percent-encoded; .*decodeURIComponent/],
    [undefined, /is missing/],
    [null, /is missing/],
    ['', /is missing/],
    [Buffer.from('x'), /must be text/],
    ['你好', /must be base64/],
    ['A'.repeat(65537), /is longer than 65536 characters/],
  ];
  assert.ok(encryptedData.includes('+') && encodeURIComponent(encryptedData).includes('%2B'));
  for (const [text, expected] of causes) {
    for (const field of ['encryptedData', 'iv', 'session_key']) {
      const error = await errorOf(() => decryptUserData({ session_key, iv, encryptedData, appid, [field]: text }));
      assert.deepEqual([error.code, error.field], ['ERR_PARAM', field]);
      assert.match(error.message, expected);
    }
  }
});

test('an error has the members that have a value, and no others', async () => {
  const error = await errorOf(() => sign({ a: {} }, shop.key));
  assert.deepEqual(Object.keys(error).sort(), ['code', 'field', 'name', 'outcome']);
  assert.deepEqual(Object.keys(error.toJSON()), ['name', 'code', 'outcome', 'message', 'field']);
  assert.ok(!inspect(error).includes('undefined'));
  const failed = {
    return_code: 'SUCCESS',
    appid: shop.appid,
    mch_id: shop.mch_id,
    result_code: 'FAIL',
    err_code: 'SYSTEMERROR',
  };
  const refused = await errorOf(() => clientOf(signed(failed)).pay.unifiedOrder(ORDER));
  assert.deepEqual(Object.keys(refused).sort(), ['code', 'err_code', 'name', 'outcome']);
  Object.prototype.status = 500;
  try {
    const clean = await errorOf(() => sign({ a: {} }, shop.key));
    assert.ok(!Object.hasOwn(clean, 'status'), 'a foreign member of Object.prototype is not taken');
    assert.ok(!Object.hasOwn(clean.toJSON(), 'status'));
  } finally {
    delete Object.prototype.status;
  }
});

test('the stack of an error begins at the line that called, whatever was called', async () => {
  const { pay } = clientOf('<html>');
  const here = new URL(import.meta.url).pathname;
  const calls = {
    sign: () => sign({ a: {} }, shop.key),
    requestPayment: () => requestPayment({}),
    parse: () => openNotify('<xml>', { key: shop.key }),
    options: () => new WechatPay({}),
    'a method': () => pay.openNotify('<xml>'),
    'a call that is not sent': () => pay.unifiedOrder({}),
    'an answer that is refused': () => pay.unifiedOrder(ORDER),
    'a call by name': () => pay.call('orderQuery', { out_trade_no: 'a1' }),
    'two calls in one': () => pay.pay(ORDER),
    'a refused option of settle': () => pay.settle('a1', { pausesMs: [] }),
    'a subclass': () => new (class Shop extends WechatPay {})({}),
  };
  for (const [name, run] of Object.entries(calls)) {
    const [first, second] = (await errorOf(run)).stack.split('\n');
    assert.match(first, /^WxPayError: /, name);
    assert.ok(second.includes(here), `${name}: ${second}`);
  }
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    assert.equal((await errorOf(calls['an answer that is refused'])).code, 'ERR_XML');
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});

test('an answer with another status than 200 is named by its call, its status and how it begins', async () => {
  const page = '<html>\r\n<head><title>400 The SSL certificate error</title></head>\r\n<body>';
  const refund = { out_trade_no: '1', out_refund_no: '1', total_fee: 1, refund_fee: 1 };
  const errorWith = async (body, status, options) =>
    errorOf(() => clientOf(body, { status, retries: 0, ...options }).pay.refund(refund));
  const { code, outcome, status, message } = await errorWith(page, 400);
  assert.deepEqual([code, outcome, status], ['ERR_HTTP', 'unknown', 400]);
  assert.match(
    message,
    /^\/secapi\/pay\/refund: HTTP status 400 .*begins: <html> <head><title>400 The SSL certificate error/,
  );
  assert.match((await errorWith('', 503)).message, /503 instead of 200; the answer is empty/);
  assert.match((await errorWith('{"errcode":-1}', 404)).message, /404 .*begins: \{"errcode":-1\};/);
  const hostile = (await errorWith(`\u001b[31m\u202e${'x'.repeat(500)}`, 500)).message;
  assert.ok(!/[\p{Cc}\u202e]/u.test(hostile) && hostile.length < 200, hostile);
  assert.match(hostile, /x…;/);
  assert.ok(!(await errorWith(`key ${shop.key}`, 500)).message.includes(shop.key.slice(0, 8)));
  const echo = async (url) => new Response(`not found: ${url}`, { status: 404 });
  const repeated = new WechatPay({ ...shop, fetch: echo });
  const error = await errorOf(() => repeated.code2Session('the-code'));
  assert.ok(!error.message.includes(shop.secret), error.message);
  assert.match(error.message, /\/sns\/jscode2session: HTTP status 404/);
});

test('a refused reverse says whether to call it again', async () => {
  const ids = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n' };
  const failed = { return_code: 'SUCCESS', ...ids, result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: 'x' };
  const reverse = (body) => errorOf(() => clientOf(body).pay.reverse({ out_trade_no: 'a1' }));
  const again = await reverse(signed({ ...failed, recall: 'Y' }));
  assert.deepEqual([again.code, again.recall, again.toJSON().recall], ['ERR_FAILED', 'Y', 'Y']);
  assert.equal((await reverse(signed({ ...failed, recall: 'N' }))).recall, 'N');
  assert.ok(!('recall' in (await reverse(signed(failed)))));
  const unsigned = await reverse(xmlByHand({ return_code: 'FAIL', return_msg: 'busy', recall: 'Y' }));
  assert.deepEqual([unsigned.code, unsigned.outcome, unsigned.recall], ['ERR_REFUSED', 'unknown', 'Y']);
});

test('a bill that is called by name is refused before anything is sent, and the method is named', async () => {
  for (const api of ['downloadBill', 'downloadFundFlow', 'batchQueryComment']) {
    const params = { bill_date: '20240805', bill_type: 'ALL', account_type: 'Basic' };
    const times = { begin_time: '20240805000000', end_time: '20240806000000', offset: 0 };
    const { pay, sent } = clientOf('');
    const error = await errorOf(() => pay.call(api, { ...params, ...times }));
    assert.deepEqual([error.code, error.field, error.outcome], ['ERR_PARAM', 'api', 'not-sent']);
    assert.match(error.message, new RegExp(`use the method ${api}`));
    assert.deepEqual(sent, []);
  }
});

test('a genuine notice is still accepted', async () => {
  const { handler } = countingShop();
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
});

test('another message that the key signs in the other way is not said to need another sign type', async () => {
  const pay = new WechatPay({ ...shop, signType: 'HMAC-SHA256' });
  const payment = {
    appId: shop.appid,
    timeStamp: '1722850421',
    nonceStr: 'n',
    package: 'prepay_id=w',
    signType: 'MD5',
  };
  for (const fields of [payment, { ...NOTICE, prepay_id: 'w' }, { ...NOTICE, mch_id: '1230000109' }]) {
    const error = await errorOf(() => pay.openNotify(xmlByHand({ ...fields, sign: signByHand(fields, shop.key) })));
    assert.equal(error.code, 'ERR_SIGNATURE');
    assert.ok(!error.message.includes('signType'), error.message);
  }
});

test('a method without its client, and an object that is not JSON, are typed errors', async () => {
  const { pay } = clientOf('');
  for (const name of ['settle', 'unifiedOrder', 'pay', 'openNotify', 'code2Session']) {
    const method = pay[name];
    assert.equal((await errorOf(() => method('a1'))).field, 'this', name);
  }
  const circle = {};
  circle.self = circle;
  for (const detail of [circle, { a: 1n }]) {
    const error = await errorOf(() => pay.unifiedOrder({ ...ORDER, detail }));
    assert.deepEqual([error.code, error.field, error.outcome], ['ERR_PARAM', 'detail', 'not-sent']);
  }
});

test('an answer of the log-in that is not its JSON is named by its fault, and shows no session_key', async () => {
  const session_key = 'tiihtNczf5v6AKRyjwEUhQ==';
  for (const [body, words] of [
    ['', /the answer is empty/],
    ['<html><title>502 Bad Gateway</title>', /begins with "<html><title>502 Bad Gateway/],
    [`{"session_key":"${session_key}"`, /is cut off or malformed/],
    [`{"session_key":"${session_key}"}`, /lacks openid or session_key/],
    ['[]', /is not an object/],
    ['{"errcode":"1"}', /errcode that is not a number/],
  ]) {
    const error = await errorOf(() => clientOf(body).pay.code2Session('the-code-of-wx-login'));
    assert.deepEqual([error.code, error.outcome], ['ERR_HTTP', 'unknown'], body);
    assert.match(error.message, words);
    assert.match(error.message, /let the client log in again/);
    assert.ok(!error.message.includes(session_key.slice(0, 8)), error.message);
  }
  for (const name of ['secret', 'notify_url'])
    assert.match((await errorOf(() => new WechatPay({ ...shop, [name]: 5 }))).message, /is a number; give it as text/);
});
