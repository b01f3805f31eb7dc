// Orders at the gateway: identity, required fields, and the answers of order, query and close.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  call,
  callRaw,
  MINUTE_MS,
  order,
  otherShop,
  paymentFor,
  placeOrder,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const secondApp = { ...shop, appid: 'wxsecondapp' };

function open() {
  const clock = createManualClock(START_MS);
  const events = [];
  const gateway = createGateway({
    merchants: [shop, otherShop, secondApp],
    clock,
    seed: 7,
    fetch: async () => new Response(ACCEPT),
    onEvent: (event) => events.push(event),
  });
  return { gateway, clock, events };
}

/** The answer says return_code FAIL, and nothing else is in it. */
function assertFailed({ status, type, fields }, return_msg) {
  assert.equal(status, 200);
  assert.equal(type, 'text/plain');
  assert.deepEqual(fields, { return_code: 'FAIL', return_msg });
}

/** The answer is signed and says result_code FAIL with this err_code. */
function assertRefused({ status, fields }, err_code, { merchant = shop, signType } = {}) {
  assert.equal(status, 200);
  assert.equal(fields.return_code, 'SUCCESS');
  assert.equal(fields.result_code, 'FAIL');
  assert.equal(fields.err_code, err_code);
  assert.notEqual(fields.err_code_des, '');
  assert.equal(fields.appid, merchant.appid);
  assert.equal(fields.mch_id, merchant.mch_id);
  assert.equal(fields.sign, signByHand(fields, merchant.key, signType));
}

test("the manual's example signature is taken: the next thing to be wrong is a missing parameter", async () => {
  const { gateway } = open();
  const example = {
    appid: 'wxd930ea5d5a258f4f',
    body: 'test',
    device_info: '1000',
    mch_id: '10000100',
    nonce_str: 'ibuaiVcKdpRxkhJA',
  };
  const signed = xmlByHand({ ...example, sign: '9A0A8659F005D6984697E2CA0A9CF3B7' });
  assertFailed(await callRaw(gateway, '/pay/unifiedorder', signed), '缺少参数 out_trade_no');
  for (const sign of [
    '9a0a8659f005d6984697e2ca0a9cf3b7',
    '9A0A8659F005D6984697E2CA0A9CF3B8',
    '9A0A8659F005D6984697E2CA0A9CF3B',
    '9A0A8659F005D6984697E2CA0A9CF3B70',
    ' 9A0A8659F005D6984697E2CA0A9CF3B7',
    // The HMAC-SHA256 of the same example: good only where sign_type says so, and then sign_type is signed too.
    '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6',
  ]) {
    assertFailed(await callRaw(gateway, '/pay/unifiedorder', xmlByHand({ ...example, sign })), '签名错误');
  }
});

for (const [sign_type, sign] of [
  ['HMAC-SHA256', '59AD46A1B4AF84DA3FFDB45880C26A1AB2196DC4E8899EC10B26B971F56085DA'],
  ['MD5', '57AAC45322C84B2DF9C1970357DFB44D'],
]) {
  test(`an order with Chinese, JSON, entities and an empty member is taken by its known ${sign_type} signature`, async () => {
    const { gateway } = open();
    const { fields } = await callRaw(
      gateway,
      '/pay/unifiedorder',
      xmlByHand({
        appid: 'wx8888888888888888',
        attach: 'a=1&b=<2> "x"',
        body: '腾讯充值中心-QQ会员充值',
        detail: '{"goods_detail":[{"goods_id":"1","quantity":1,"price":1}]}',
        device_info: '',
        mch_id: '1900000109',
        nonce_str: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
        notify_url: 'https://example.com/notify',
        openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
        out_trade_no: '20150806125346',
        sign_type,
        spbill_create_ip: '127.0.0.1',
        total_fee: '1',
        trade_type: 'JSAPI',
        sign,
      }),
    );
    assert.equal(fields.result_code, 'SUCCESS');
    assert.equal(fields.sign, signByHand(fields, shop.key, sign_type));
    assert.equal(gateway.orders()[0].attach, 'a=1&b=<2> "x"');
  });
}

test('an unknown, missing or foreign identity is refused before the signature is looked at', async () => {
  const { gateway } = open();
  const answerTo = (changes) => callRaw(gateway, '/pay/unifiedorder', xmlByHand({ ...order(), ...shop, ...changes }));
  assertFailed(await answerTo({ appid: undefined }), '缺少参数 appid');
  assertFailed(await answerTo({ mch_id: '' }), '缺少参数 mch_id');
  assertFailed(await answerTo({ appid: 'wxnobody' }), 'appid不存在');
  assertFailed(await answerTo({ mch_id: '1' }), 'mch_id不存在');
  assertFailed(await answerTo({ mch_id: otherShop.mch_id }), 'appid和mch_id不匹配');
  assertFailed(await answerTo({}), '缺少参数 sign');
  assertFailed(await answerTo({ sign: 'x' }), '签名错误');
});

test('a wrong key, a changed value and an unsigned extra member are all 签名错误', async () => {
  const { gateway } = open();
  const wrongKey = { merchant: { ...shop, key: shop.secret } };
  assertFailed(await call(gateway, '/pay/unifiedorder', order(), wrongKey), '签名错误');
  const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...order() };
  const sign = signByHand(fields, shop.key);
  for (const change of [{ total_fee: '1' }, { brand_new_field: '0' }, { body: '腾讯-游戏 ' }]) {
    assertFailed(await callRaw(gateway, '/pay/unifiedorder', xmlByHand({ ...fields, ...change, sign })), '签名错误');
  }
});

test('a sign_type that is neither MD5 nor HMAC-SHA256 is refused', async () => {
  const { gateway } = open();
  for (const signType of ['md5', 'NONE', '__proto__', 'toString', 'SHA256', 'HMAC-SHA256 ']) {
    const answer = await call(gateway, '/pay/unifiedorder', order(), { signType });
    assertFailed(answer, 'sign_type 参数错误：应为 MD5 或 HMAC-SHA256');
  }
});

test('a call that is not POST is refused as such', async () => {
  const { gateway } = open();
  for (const path of ['/pay/unifiedorder', '/pay/orderquery', '/pay/closeorder']) {
    assertFailed(await callRaw(gateway, path, undefined, 'GET'), '请使用post方法');
    assertFailed(await callRaw(gateway, path, xmlByHand(order()), 'PUT'), '请使用post方法');
  }
});

test('each required parameter of an order is missed by name', async () => {
  const { gateway } = open();
  const required = [...Object.keys(order()), 'nonce_str'];
  for (const name of required) {
    for (const value of [undefined, '']) {
      const answer = await call(gateway, '/pay/unifiedorder', order({ [name]: value }));
      assertFailed(answer, name === 'openid' ? 'JSAPI支付必须传openid' : `缺少参数 ${name}`);
    }
  }
  assertFailed(await call(gateway, '/pay/unifiedorder', order({ trade_type: 'NATIVE' })), '缺少参数 product_id');
  assertFailed(await call(gateway, '/pay/closeorder', {}), '缺少参数 out_trade_no');
  assertFailed(await call(gateway, '/pay/orderquery', {}), '缺少参数 transaction_id 或 out_trade_no');
  assert.deepEqual(gateway.orders(), []);
});

const malformed = {
  out_trade_no: ['a b', '中', 'a.b', 'a#b', 'a/b', 'a\n'],
  fee_type: ['USD', 'cny'],
  trade_type: ['jsapi', 'MICROPAY', 'H5', 'toString'],
  time_start: ['2024-08-05 17:33', '20240230000000'],
  time_expire: ['20240805', '20241305000000', '20240230000000', '20240805250000', '20240805173441 '],
};

for (const [name, values] of Object.entries(malformed)) {
  test(`an order with a malformed ${name} is PARAM_ERROR, named in err_code_des`, async () => {
    const { gateway } = open();
    for (const value of values) {
      const answer = await call(gateway, '/pay/unifiedorder', order({ [name]: value }));
      assertRefused(answer, 'PARAM_ERROR');
      assert.ok(answer.fields.err_code_des.startsWith(`${name} `), JSON.stringify(value));
    }
    assert.deepEqual(gateway.orders(), []);
  });
}

test('the good forms at the edge of each rule are taken', async () => {
  const good = {
    nonce_str: ['n', 'n'.repeat(32)],
    out_trade_no: ['1', 'x'.repeat(32), 'aZ09_-|*@'],
    total_fee: ['1', '9007199254740991'],
    fee_type: ['CNY'],
    spbill_create_ip: ['8.8.8.8', '::1', '2001:db8::1'],
    notify_url: ['http://127.0.0.1:8080/notify', 'https://shop.example', 'HTTPS://shop.example/@shop/notify'],
    time_start: ['20240805173341'],
  };
  for (const [name, values] of Object.entries(good)) {
    for (const value of values) {
      const { gateway } = open();
      const { fields } = await call(gateway, '/pay/unifiedorder', order({ [name]: value }));
      assert.equal(fields.result_code, 'SUCCESS', `${name}=${value}: ${fields.err_code_des}`);
    }
  }
});

test('time_expire is read in Beijing time and must be a minute ahead', async () => {
  const { gateway, clock } = open();
  for (const time_expire of ['20240805093441', '20240805173440']) {
    assertRefused(await call(gateway, '/pay/unifiedorder', order({ time_expire })), 'PARAM_ERROR');
  }
  await placeOrder(gateway, { time_expire: '20240805173441' });
  await clock.advance(MINUTE_MS - 1);
  assert.equal(gateway.orders()[0].trade_state, 'NOTPAY');
  await clock.advance(1);
  assert.equal(gateway.orders()[0].trade_state, 'CLOSED');
  const { fields } = await call(gateway, '/pay/orderquery', { out_trade_no: order().out_trade_no });
  assert.equal(fields.trade_state, 'CLOSED');
  assertRefused(await call(gateway, '/pay/unifiedorder', order({ time_expire: '20240805173441' })), 'ORDERCLOSED');
});

test('each trade_type gets what it needs beside the prepay_id', async () => {
  const { gateway } = open();
  const placed = {};
  for (const trade_type of ['JSAPI', 'NATIVE', 'APP', 'MWEB']) {
    const changes = { trade_type, out_trade_no: trade_type, product_id: 'p' };
    const { fields } = await call(gateway, '/pay/unifiedorder', order(changes));
    assert.equal(fields.trade_type, trade_type, trade_type);
    assert.match(fields.prepay_id, /^wx20240805173341[0-9a-f]{20}$/, trade_type);
    placed[trade_type] = fields;
  }
  assert.match(placed.NATIVE.code_url, /^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/);
  assert.equal(new URL(placed.MWEB.mweb_url).searchParams.get('prepay_id'), placed.MWEB.prepay_id);
  for (const trade_type of ['JSAPI', 'APP', 'MWEB']) assert.ok(!('code_url' in placed[trade_type]), trade_type);
  for (const trade_type of ['JSAPI', 'APP', 'NATIVE']) assert.ok(!('mweb_url' in placed[trade_type]), trade_type);
});

test('a repeated order returns the same prepay_id, also with a new nonce_str, and a new one after two hours', async () => {
  const { gateway, clock } = open();
  const time_expire = '20240806000000';
  const first = await placeOrder(gateway, { time_expire });
  assert.equal(await placeOrder(gateway, { time_expire, nonce_str: 'another' }), first);
  assert.equal(await placeOrder(gateway), first, 'time_expire is for the first call');
  await clock.advance(120 * MINUTE_MS - 1);
  assert.equal(await placeOrder(gateway, { time_expire }), first);
  await clock.advance(1);
  const second = await placeOrder(gateway, { time_expire });
  assert.notEqual(second, first);
  assert.match((await gateway.pay(paymentFor(first))).errMsg, /^requestPayment:fail 订单已过期/);
  assert.equal((await gateway.pay(paymentFor(second))).errMsg, 'requestPayment:ok');
  assert.equal(gateway.orders().length, 1);
});

test('the same number with any other parameter is INVALID_REQUEST 201, and the order stays as it was', async () => {
  const { gateway } = open();
  await placeOrder(gateway);
  const before = gateway.orders();
  const changes = [
    { total_fee: '89' },
    { attach: 'new' },
    { spbill_create_ip: '127.0.0.2' },
    { openid: 'oOther' },
    { time_expire: '20240806000000' },
    { brand_new_field: '1' },
  ];
  for (const change of changes) {
    const answer = await call(gateway, '/pay/unifiedorder', order(change));
    assertRefused(answer, 'INVALID_REQUEST');
    assert.equal(answer.fields.err_code_des, '201 商户订单号重复', JSON.stringify(change));
  }
  const hmac = { signType: 'HMAC-SHA256' };
  assertRefused(await call(gateway, '/pay/unifiedorder', order(), hmac), 'INVALID_REQUEST', hmac);
  const other = { merchant: secondApp };
  assertRefused(await call(gateway, '/pay/unifiedorder', order(), other), 'INVALID_REQUEST', other);
  assert.deepEqual(gateway.orders(), before);
});

test('a paid number is ORDERPAID and a closed one ORDERCLOSED, for order and close alike', async () => {
  const { gateway, clock } = open();
  await gateway.pay(paymentFor(await placeOrder(gateway, { out_trade_no: 'paid' })));
  await placeOrder(gateway, { out_trade_no: 'closed' });
  await clock.advance(5 * MINUTE_MS);
  const { fields } = await call(gateway, '/pay/closeorder', { out_trade_no: 'closed' });
  assert.equal(fields.result_code, 'SUCCESS');
  assert.equal(fields.sign, signByHand(fields, shop.key));
  for (const [out_trade_no, err_code] of [
    ['paid', 'ORDERPAID'],
    ['closed', 'ORDERCLOSED'],
  ]) {
    assertRefused(await call(gateway, '/pay/unifiedorder', order({ out_trade_no })), err_code);
    assertRefused(await call(gateway, '/pay/closeorder', { out_trade_no }), err_code);
  }
});

test('an order can be closed five minutes after it was placed, not earlier', async () => {
  const { gateway, clock } = open();
  await placeOrder(gateway);
  const out_trade_no = order().out_trade_no;
  await clock.advance(5 * MINUTE_MS - 1);
  assertRefused(await call(gateway, '/pay/closeorder', { out_trade_no }), 'TRADE_STATE_ERROR');
  await clock.advance(1);
  assert.equal((await call(gateway, '/pay/closeorder', { out_trade_no })).fields.result_code, 'SUCCESS');
  assert.equal(gateway.orders()[0].trade_state, 'CLOSED');
});

test('an order that is not there, or is of another identity, is ORDERNOTEXIST', async () => {
  const { gateway } = open();
  await gateway.pay(paymentFor(await placeOrder(gateway)));
  const [{ transaction_id, out_trade_no }] = gateway.orders();
  assertRefused(await call(gateway, '/pay/closeorder', { out_trade_no: 'none' }), 'ORDERNOTEXIST');
  for (const number of [
    { out_trade_no: 'none' },
    { transaction_id: 'none' },
    { transaction_id: 'none', out_trade_no },
  ]) {
    assertRefused(await call(gateway, '/pay/orderquery', number), 'ORDERNOTEXIST');
  }
  for (const merchant of [otherShop, secondApp]) {
    for (const number of [{ out_trade_no }, { transaction_id }]) {
      assertRefused(await call(gateway, '/pay/orderquery', number, { merchant }), 'ORDERNOTEXIST', { merchant });
    }
  }
});

test('a query returns number and attach of an unpaid order, and the payment of a paid one', async () => {
  const { gateway } = open();
  const prepay_id = await placeOrder(gateway, { attach: '附加', device_info: 'WEB' });
  const common = ['return_code', 'return_msg', 'appid', 'mch_id', 'nonce_str', 'device_info', 'result_code', 'sign'];
  const unpaid = ['trade_state', 'trade_state_desc', 'out_trade_no', 'attach'];
  const paid = [
    ...['openid', 'is_subscribe', 'trade_type', 'bank_type', 'total_fee', 'fee_type', 'cash_fee'],
    ...['transaction_id', 'time_end'],
  ];
  const query = () => call(gateway, '/pay/orderquery', { out_trade_no: order().out_trade_no });
  const before = (await query()).fields;
  assert.deepEqual(Object.keys(before).sort(), [...common, ...unpaid].sort());
  assert.equal(before.attach, '附加');
  await gateway.pay(paymentFor(prepay_id));
  const after = (await query()).fields;
  assert.deepEqual(Object.keys(after).sort(), [...common, ...unpaid, ...paid].sort());
  assert.equal(after.time_end, '20240805173341');
});

test('every refusal is an event that names the path and the reason', async () => {
  const { gateway, events } = open();
  await call(gateway, '/pay/closeorder', { out_trade_no: 'none' });
  await callRaw(gateway, '/pay/orderquery', 'x');
  assert.deepEqual(events, [
    { timeMs: START_MS, type: 'refused', path: '/pay/closeorder', reason: 'ORDERNOTEXIST 订单不存在' },
    { timeMs: START_MS, type: 'refused', path: '/pay/orderquery', reason: 'XML格式错误' },
  ]);
});
