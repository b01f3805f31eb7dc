// Payment notices in JavaScript: refused ones (rows S1 to S8 of the threat model), accepted ones, the reply.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openNotify, replyNotify, WechatPay, WxPayError } from 'paysign';
import { createGateway } from 'paysign/testing';
import { openShop } from '../../js/examples/shop/shop.mjs';
import { genuine, otherShop, readByHand, shop, signByHand, xmlByHand } from './gateway-support.mjs';

const { key, appid, mch_id } = shop;
const NOTICE = genuine.fields;
const { openid: OPENID } = NOTICE;

const signed = (fields, signType = 'MD5', by = key) => xmlByHand({ ...fields, sign: signByHand(fields, by, signType) });
const open = (body, options) => openNotify(body, { key, appid, mch_id, ...options });
const GENUINE = signed(NOTICE);

/** The error that a call throws: never one of JavaScript's own, and with nothing of the message as data. */
function errorOf(call, what) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
    return error;
  }
  return assert.fail(`${what}: accepted`);
}

/** Checks `[what, body, options, code, field]`. */
function refused(rows) {
  for (const [what, body, options, code, field] of rows) {
    const error = errorOf(() => open(body, options), what);
    assert.deepEqual([error.code, field && error.field], [code, field], `${what}: ${error.message}`);
  }
}

test('a genuine notice is opened, with every field as text beside the typed ones', () => {
  const { fields, ...typed } = open(GENUINE, { expect: { out_trade_no: '1409811653', total_fee: 100 } });
  const { transaction_id, out_trade_no, attach, trade_type, time_end, openid, fee_type } = NOTICE;
  const amounts = { total_fee: 100, cash_fee: 90, fee_type };
  const texts = { transaction_id, out_trade_no, attach, trade_type, time_end, openid };
  const ids = { appid: NOTICE.appid, mch_id: NOTICE.mch_id, sub_appid: undefined, sub_mch_id: undefined };
  assert.deepEqual(typed, { kind: 'payment', paid: true, ...ids, ...amounts, ...texts });
  assert.deepEqual({ ...fields }, { ...NOTICE, sign: signByHand(NOTICE, key) });
  assert.equal('toString' in fields, false);
});

test('a genuine notice of a failed payment is opened and is not paid', () => {
  const { result_code, transaction_id, time_end, ...rest } = NOTICE;
  const notice = open(signed({ ...rest, result_code: 'FAIL', err_code: 'SYSTEMERROR', err_code_des: '系统错误' }));
  assert.deepEqual([notice.paid, notice.transaction_id], [false, undefined]);
});

const without = (...names) => Object.fromEntries(Object.entries(NOTICE).filter(([name]) => !names.includes(name)));
const SIGN = signByHand(NOTICE, key);
const withSign = (sign, name = 'sign') => xmlByHand({ ...NOTICE, [name]: sign });

test('S1: a notice without its own whole signature, or without return_code, is refused', () => {
  const forms = { none: undefined, empty: '', short: SIGN.slice(0, 31), long: `${SIGN}0`, double: SIGN + SIGN };
  Object.assign(forms, { 'lower case': SIGN.toLowerCase(), 'a blank before': ` ${SIGN}`, 'a line end': `${SIGN}\n` });
  Object.assign(forms, { zeros: '0'.repeat(32), 'no hex': 'Z'.repeat(32), 'full-width': SIGN.replace(/\d/, '１') });
  refused([
    ...Object.entries(forms).map(([what, sign]) => [what, withSign(sign), {}, 'ERR_SIGNATURE', 'sign']),
    ...['Sign', 'SIGN', 'signature', 'paySign', '_sign'].map((name) => [
      name,
      withSign(SIGN, name),
      {},
      'ERR_SIGNATURE',
    ]),
    ['the key of another', signed(NOTICE, 'MD5', otherShop.key), {}, 'ERR_SIGNATURE', 'sign'],
    ['signed without the key', signed(NOTICE, 'MD5', ''), {}, 'ERR_SIGNATURE', 'sign'],
    ['no return_code, signed', signed(without('return_code')), {}, 'ERR_MISMATCH', 'return_code'],
    ['no result_code, signed', signed(without('result_code')), {}, 'ERR_MISMATCH', 'result_code'],
    ['FAIL, unsigned', xmlByHand({ ...NOTICE, return_code: 'FAIL' }), {}, 'ERR_SIGNATURE'],
    ['FAIL alone', xmlByHand({ return_code: 'FAIL', return_msg: 'x' }), {}, 'ERR_SIGNATURE'],
    ['FAIL, signed', signed({ ...NOTICE, return_code: 'FAIL' }), {}, 'ERR_MISMATCH', 'return_code'],
    ...['success', 'SUCCESS ', 'OK', ''].map((word) => [
      `result_code "${word}"`,
      signed({ ...NOTICE, result_code: word }),
      {},
      'ERR_MISMATCH',
      'result_code',
    ]),
  ]);
});

test('S2: only the configured sign types are accepted, whatever the notice says', () => {
  const hmac = signed(NOTICE, 'HMAC-SHA256');
  const both = ['MD5', 'HMAC-SHA256'];
  const saysHmac = { ...NOTICE, sign_type: 'HMAC-SHA256' };
  refused([
    ['MD5 where HMAC is expected', GENUINE, { signType: 'HMAC-SHA256' }, 'ERR_SIGNATURE'],
    ['MD5 by its own word', signed({ ...NOTICE, sign_type: 'MD5' }), { signType: ['HMAC-SHA256'] }, 'ERR_SIGNATURE'],
    ['HMAC by default', hmac, {}, 'ERR_SIGNATURE'],
    ['HMAC by its own word', signed(saysHmac, 'HMAC-SHA256'), { signType: 'MD5' }, 'ERR_SIGNATURE'],
    ['both, signed by another', signed(NOTICE, 'MD5', otherShop.key), { signType: both }, 'ERR_SIGNATURE'],
  ]);
  for (const [body, signType] of [
    [GENUINE, undefined],
    [GENUINE, 'MD5'],
    [hmac, 'HMAC-SHA256'],
    [hmac, both],
    [GENUINE, both],
    [GENUINE, Object.freeze([...both])],
  ])
    assert.equal(open(body, { signType }).paid, true, `${signType}: ${body}`);
  const names = ['', 'md5', 'NONE', 'SHA256', '__proto__', 'toString', 'constructor', 'MD5,HMAC-SHA256', 'MD5\0'];
  for (const signType of [
    ...names,
    null,
    5,
    {},
    () => {},
    [],
    [[]],
    ['MD5', 'NONE'],
    [['MD5']],
    [undefined],
    new Set(both),
  ])
    assert.deepEqual(
      errorOf(() => open(GENUINE, { signType }), inspect(signType)).field,
      'signType',
      inspect(signType),
    );
});

test('S3: signed text is compared byte for byte: no normalising, trimming or case folding', () => {
  const variants = [
    'Café 1',
    'Cafe\u0301 1',
    'Café\u00a01',
    'Café １',
    'café 1',
    ' Café 1',
    'Café 1 ',
    '\ufeffCafé 1',
    'Café\t1',
  ];
  for (const one of variants) {
    assert.equal(open(signed({ ...NOTICE, attach: one })).attach, one, inspect(one));
    for (const other of variants.filter((variant) => variant !== one)) {
      const body = xmlByHand({ ...NOTICE, attach: other, sign: signByHand({ ...NOTICE, attach: one }, key) });
      assert.equal(errorOf(() => open(body), inspect([one, other])).code, 'ERR_SIGNATURE', inspect([one, other]));
    }
  }
});

test('S5: every other message that the same key signs is refused', () => {
  const ids = { appid, mch_id, nonce_str: 'n1' };
  const answer = { ...ids, return_code: 'SUCCESS', result_code: 'SUCCESS' };
  const refund = { refund_id: '5', out_refund_no: 'r1', refund_fee: '100' };
  const messages = {
    'our own order': { ...ids, body: 'tea', out_trade_no: 'a1', total_fee: '1', notify_url: 'https://shop.example/n' },
    "an order's answer": { ...answer, trade_type: 'JSAPI', prepay_id: 'wx1' },
    "an order's answer with a code": { ...NOTICE, code_url: 'weixin://wxpay/bizpayurl?pr=1' },
    'the query of an unpaid order': { ...answer, out_trade_no: 'a1', trade_state: 'NOTPAY' },
    'the query of a paid order': { ...NOTICE, trade_state: 'SUCCESS' },
    'a closed order': answer,
    'a closed order with its number': { ...answer, out_trade_no: 'a1', result_msg: 'OK' },
    'a refund': { ...NOTICE, ...refund },
    'the query of refunds': { ...NOTICE, refund_count: '1', out_refund_no_0: 'r1', refund_status_0: 'SUCCESS' },
    'a refund notice': {
      return_code: 'SUCCESS',
      appid,
      mch_id,
      nonce_str: 'n1',
      req_info: 'T87GAHG17TGAHG1TGHAHAHA1Y1CIOA9UGJH1',
    },
    'a reversal': { ...NOTICE, recall: 'N' },
    'a payment by card reader': { ...NOTICE, trade_type: 'MICROPAY' },
    "the client's values": {
      appId: appid,
      nonceStr: 'n1',
      package: 'prepay_id=wx1',
      signType: 'MD5',
      timeStamp: '1414561699',
    },
  };
  for (const [what, fields] of Object.entries(messages)) {
    refused([[what, signed(fields), {}, 'req_info' in fields ? 'ERR_DECRYPT' : 'ERR_MISMATCH']]);
  }
});

test('a notice for another merchant or app is refused; an empty own id is an error, not a skipped check', () => {
  const others = { appid: otherShop.appid, mch_id: otherShop.mch_id };
  for (const [field, other] of Object.entries(others)) {
    refused([
      [`another ${field}`, signed({ ...NOTICE, [field]: other }), {}, 'ERR_MISMATCH', field],
      [`no ${field}`, signed(without(field)), {}, 'ERR_MISMATCH', field],
    ]);
    for (const value of ['', null, 0, false, Number.NaN, [NOTICE[field]], {}, `${NOTICE[field]}\0`, Symbol(field)])
      assert.equal(errorOf(() => open(GENUINE, { [field]: value }), inspect(value)).code, 'ERR_PARAM', inspect(value));
    assert.equal(open(GENUINE, { [field]: undefined }).paid, true, `undefined ${field}`);
  }
});

test('S6: no field can be swallowed by its neighbour', () => {
  const names = Object.keys(NOTICE).sort();
  assert.ok(names.length > 15, `${names.length} fields`);
  for (const [index, name] of names.entries()) {
    const next = names[index + 1];
    if (next === undefined || next === 'is_subscribe') continue;
    const swallowing = { ...without(next), [name]: `${NOTICE[name]}&${next}=${NOTICE[next]}` };
    assert.equal(signByHand(swallowing, key), SIGN, 'both have one signature');
    refused([[`${name} swallows ${next}`, signed(swallowing), {}, 'ERR_MISMATCH']]);
  }
  refused([
    ['a FAIL inside the number', signed({ ...NOTICE, out_trade_no: 'a1&result_code=FAIL' }), {}, 'ERR_MISMATCH'],
    [
      'an amount inside the attachment',
      signed({ ...without('bank_type'), attach: 'a&bank_type=CMB' }),
      {},
      'ERR_MISMATCH',
    ],
  ]);
});

test('S7: a stored order that says nothing is an error, not a skipped check', () => {
  const nothing = [
    null,
    {},
    [],
    new Map([['total_fee', 100]]),
    { total_fee: undefined, out_trade_no: undefined },
    { totalFee: 100 },
  ];
  for (const expect of nothing) {
    assert.throws(
      () => open(GENUINE, { expect }),
      { code: 'ERR_PARAM', field: 'expect', outcome: 'not-sent' },
      inspect(expect),
    );
  }
});

test('S7: expect compares integers with integers and names with names', () => {
  const agree = { out_trade_no: ['1409811653'], total_fee: [100, 100n, '100', 1e2], fee_type: ['CNY'] };
  for (const [field, values] of Object.entries(agree))
    for (const value of values) assert.equal(open(GENUINE, { expect: { [field]: value } }).paid, true, inspect(value));
  assert.equal(open(signed(without('fee_type')), { expect: { fee_type: 'CNY' } }).paid, true, 'absent means CNY');
  assert.equal(open(GENUINE, { expect: { total_fee: 100, fee_type: null } }).paid, true, 'an empty column of a table');
  const differ = {
    out_trade_no: ['1409811654', '01409811653', '1409811653 ', '1409811653\u0301', '１409811653'],
    total_fee: [101, 1, 0, -0, 100_00, 101n, '10', '1000', Number.MAX_SAFE_INTEGER],
    fee_type: ['USD', 'cny', 'CNY '],
  };
  const nonsense = {
    out_trade_no: ['', null, 1409811653, 1409811653n, ['1409811653'], { toString: () => '1409811653' }, true],
    total_fee: ['100.0', '+100', ' 100', '100\n', '0100', '0x64', '1e2', '１００', '1,00', '-100', '', '100n']
      .concat([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -100, -1n, null, true, false, Symbol('100')])
      .concat([[100], ['100'], new Number(100), new String('100'), Object(100n), new Date(100)])
      .concat([
        { valueOf: () => 100 },
        { toString: () => '100' },
        { [Symbol.toPrimitive]: () => 100 },
        Object.create(null),
      ]),
    fee_type: ['', 1, ['CNY'], { toString: () => 'CNY' }],
  };
  const wrong = [];
  for (const [table, code] of [
    [differ, 'ERR_MISMATCH'],
    [nonsense, 'ERR_PARAM'],
  ]) {
    for (const [field, values] of Object.entries(table)) {
      for (const value of values) {
        try {
          open(GENUINE, { expect: { [field]: value } });
          wrong.push(`${field} ${inspect(value)}: accepted`);
        } catch (error) {
          if (error.code !== code || error.field !== field) wrong.push(`${field} ${inspect(value)}: ${error}`);
        }
      }
    }
  }
  for (const expect of ['1409811653', 100, true, [], null, () => {}, new Map([['total_fee', 1]])]) {
    try {
      open(GENUINE, { expect });
      wrong.push(`expect ${inspect(expect)}: accepted, nothing was compared`);
    } catch (error) {
      if (error.code !== 'ERR_PARAM') wrong.push(`expect ${inspect(expect)}: ${error}`);
    }
  }
  assert.deepEqual(wrong, []);
  for (const total_fee of ['100.0', '+100', '0100', '0x64', '１００', '0', '-1', '9007199254740992', ' 100'])
    refused([[total_fee, signed({ ...NOTICE, total_fee }), {}, 'ERR_MISMATCH', 'total_fee']]);
});

test('S8: the same notice a hundred times in parallel marks the order paid once', async (t) => {
  const bodies = [];
  const gateway = createGateway({
    merchants: [shop],
    fetch: async (_url, { body }) => {
      bodies.push(body);
      throw new Error('the notice is kept, to be delivered below');
    },
  });
  const { url } = await gateway.listen();
  const backend = await openShop({ v2: new WechatPay({ ...shop, baseUrls: [url], loginUrl: url }) });
  t.after(() => Promise.all([gateway.close(), backend.close()]));
  const post = async (path, body) => (await fetch(backend.address + path, { method: 'POST', body })).text();
  const ask = async (path, question) => JSON.parse(await post(path, JSON.stringify(question)));
  const { token } = await ask('/login', { js_code: gateway.login({ appid, openid: OPENID }), api: 'v2' });
  const { payment } = await ask('/orders', { token, goods: 'tea' });
  await gateway.pay({ appId: appid, ...payment });
  await gateway.idle();
  assert.equal(backend.books().orders[0].timesPaid, 0);
  const notify = () => post('/wxpay/notify', bodies[0]);
  const replies = new Set(await Promise.all(Array.from({ length: 100 }, notify)));
  // Notices that come during the first delivery are refused for now, and acknowledged later.
  assert.ok(replies.delete(replyNotify()));
  assert.ok(replies.size === 0 || (replies.size === 1 && replies.has(replyNotify('refused'))), inspect(replies));
  assert.equal(await notify(), replyNotify());
  const [{ state, timesPaid }] = backend.books().orders;
  assert.deepEqual([state, timesPaid], ['SUCCESS', 1]);
});

test('a body may be text, bytes, a view into larger memory, or a subclass of Uint8Array', () => {
  const bytes = Buffer.from(GENUINE);
  const large = new Uint8Array(bytes.length + 64).fill(0x3c);
  large.set(bytes, 37);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  class Bytes extends Uint8Array {}
  const views = [large.subarray(37, 37 + bytes.length), shared, new Bytes(bytes), new Uint8Array(bytes), bytes];
  for (const body of [GENUINE, ...views, `\ufeff${GENUINE}`])
    assert.equal(open(body).out_trade_no, '1409811653', inspect(body));
  assert.deepEqual(Buffer.from(views[0]), bytes, "the caller's bytes are left alone");
});

test('a body that a parser has consumed has an error that says so, and so does one over 64 KiB', () => {
  const eaten = [
    NOTICE,
    { xml: NOTICE },
    JSON.parse(JSON.stringify(Buffer.from(GENUINE))),
    [...Buffer.from(GENUINE)],
    new Map(),
  ];
  const never = [undefined, null, 5, true, Symbol('x'), () => GENUINE, Promise.resolve(GENUINE), new String(GENUINE)];
  const views = [new DataView(new ArrayBuffer(8)), new Uint16Array(8), new ArrayBuffer(8), new Blob([GENUINE])];
  for (const body of [...eaten, ...never, ...views]) {
    const error = errorOf(() => open(body), inspect(body));
    assert.equal(error.code, 'ERR_XML', inspect(body));
    assert.match(error.message, /body parser/, inspect(body));
  }
  const limit = 64 * 1024;
  const padded = GENUINE.replace('<xml>', `<xml>${' '.repeat(limit - Buffer.byteLength(GENUINE))}`);
  assert.equal(open(Buffer.from(padded)).paid, true);
  const large = [
    `${padded} `,
    Buffer.from(`${padded} `),
    '茶'.repeat(limit / 3 + 1),
    new Uint8Array(50_000_000),
    'x'.repeat(5e7),
  ];
  for (const body of large) {
    const before = process.memoryUsage().arrayBuffers;
    const error = errorOf(() => open(body), body.length);
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.deepEqual([error.code, error.position], ['ERR_XML', limit], `${body.length}`);
    assert.ok(grown < 1_000_000, `no copy is made of ${body.length}: ${grown} bytes`);
  }
});

test('the reply accepts without a reason, refuses with one, and carries only what XML can', () => {
  const said = (reason) => readByHand(replyNotify(reason));
  assert.deepEqual(said(), { return_code: 'SUCCESS', return_msg: 'OK' });
  assert.equal(said('').return_code, 'FAIL');
  for (const [reason, kept] of Object.entries({
    库存不足: '库存不足',
    'a]]>b<c>&d': 'a]]>b<c>&d',
    'a\u0000\u001b\nb': 'ab',
  }))
    assert.deepEqual(said(reason), { return_code: 'FAIL', return_msg: kept });
  assert.equal(said('错'.repeat(1_000_000)).return_msg.length, 128);
  for (const reason of ['\ud83d', '\uffff', ']]>'.repeat(200), '</return_code>'])
    assert.equal(said(reason).return_code, 'FAIL', inspect(reason));
  for (const reason of [null, 0, {}, [], new Error('x'), Symbol('x'), true])
    assert.equal(errorOf(() => replyNotify(reason), inspect(reason)).code, 'ERR_PARAM', inspect(reason));
});
