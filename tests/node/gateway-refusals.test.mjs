// What real WeChat refuses, refused by the gateway in the words that users of other clients have reported.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  assertDone,
  assertFailed,
  assertRefused,
  call,
  order,
  otherShop,
  placeAndPay,
  START_MS,
  shop,
} from './gateway-support.mjs';

const ORDER = '/pay/unifiedorder';
const REFUND = '/secapi/pay/refund';
const QUERY = '/pay/orderquery';

function open(options = {}) {
  const clock = createManualClock(START_MS);
  const fetch = async () => new Response(ACCEPT);
  const gateway = createGateway({ merchants: [shop, otherShop], clock, fetch, ...options });
  return { clock, gateway };
}

/** Values that are refused with "invalid" and the name. */
const INVALID = {
  total_fee: ['0', '-1', '+1', '01', '1.0', '1e3', '0x1', ' 1', '１', '1,000', '9007199254740993', 'NaN'],
  spbill_create_ip: [
    ...['localhost', '256.0.0.1', '1.2.3', '01.2.3.4', '::g', 'fe80::1%eth0', '1.2.3.4 '],
    ...['::ffff:1.2.3.4', '::FFFF:1.2.3.4', '0:0:0:0:0:ffff:1.2.3.4', '::ffff:102:304'],
  ],
  notify_url: [
    ...['/notify', 'shop.example/notify', 'ftp://shop.example/notify', 'http://', 'http:///notify'],
    ...['http://shop.example/notify?a=1', 'http://shop.example/notify?', 'http://shop.example/#a'],
    ...['http://me:secret@shop.example/', ' http://shop.example/', 'javascript:alert(1)'],
  ],
};

for (const [name, values] of Object.entries(INVALID)) {
  test(`an order with a malformed ${name} is answered "invalid ${name}", unsigned`, async () => {
    const { gateway } = open();
    for (const value of values)
      assertFailed(await call(gateway, ORDER, order({ [name]: value })), `invalid ${name}`, value);
    assert.deepEqual(gateway.orders(), []);
  });
}

test('an address of IPv6 that only looks like one of IPv4 is taken', async () => {
  const { gateway } = open();
  const addresses = ['240e:b0:203:4e90:2535:6ee1:61ac:ffe5', '::1', '64:ff9b::1.2.3.4', '1::ffff:1'];
  for (const [index, spbill_create_ip] of addresses.entries())
    assertDone(await call(gateway, ORDER, order({ spbill_create_ip, out_trade_no: `N${index}` })));
});

/** The longest value that is taken, in bytes. */
const LONGEST = {
  nonce_str: 32,
  out_trade_no: 32,
  body: 128,
  attach: 128,
  device_info: 32,
  detail: 8192,
  goods_tag: 32,
  openid: 128,
};

for (const [name, longest] of Object.entries(LONGEST)) {
  test(`an order whose ${name} has more than ${longest} bytes is answered 参数长度有误`, async () => {
    const { gateway } = open();
    const long = { out_trade_no: 'second', [name]: 'x'.repeat(longest + 1) };
    assertFailed(await call(gateway, ORDER, order(long)), `${name}参数长度有误`);
    assert.deepEqual(gateway.orders(), []);
    assertDone(await call(gateway, ORDER, order({ [name]: 'x'.repeat(longest) })));
  });
}

test('the length of a body counts in bytes: 42 Chinese characters are taken, and 43 are not', async () => {
  const { gateway } = open();
  assertFailed(await call(gateway, ORDER, order({ body: '茶'.repeat(43) })), 'body参数长度有误');
  assertDone(await call(gateway, ORDER, order({ body: '茶'.repeat(42) })));
});

test('a notify_url of more than 256 bytes, and a transaction_id of more than 32, are too long', async () => {
  const { gateway } = open();
  const notify_url = `https://shop.example/${'x'.repeat(236)}`;
  assertFailed(await call(gateway, ORDER, order({ notify_url })), 'notify_url参数长度有误');
  assertDone(await call(gateway, ORDER, order({ notify_url: notify_url.slice(0, 256) })));
  const transaction_id = '4'.repeat(33);
  for (const path of [QUERY, '/pay/refundquery', '/secapi/pay/reverse'])
    assertFailed(await call(gateway, path, { transaction_id }), 'transaction_id参数长度有误');
});

test('a JSAPI order without openid is answered in the words that name the rule', async () => {
  const { gateway } = open();
  assertFailed(await call(gateway, ORDER, order({ openid: undefined })), 'JSAPI支付必须传openid');
  assertDone(await call(gateway, ORDER, order({ openid: undefined, trade_type: 'APP' })));
});

test('a payer who logged in to another mini program only does not match', async () => {
  const { gateway } = open();
  const { openid } = order();
  gateway.login({ appid: otherShop.appid, openid });
  assertFailed(await call(gateway, ORDER, order()), 'appid and openid not match');
  assert.deepEqual(gateway.orders(), []);
  assertDone(await call(gateway, ORDER, order(), { merchant: otherShop }), { merchant: otherShop });
  gateway.login({ appid: shop.appid, openid });
  assertDone(await call(gateway, ORDER, order()));
});

test('a payer of the sub-merchant’s mini program must belong to it', async () => {
  const sub = { sub_mch_id: '1900000201', sub_appid: 'wxsub0000000000001' };
  const provider = { ...shop, sub_merchants: [sub] };
  const { gateway } = open({ merchants: [provider] });
  const members = order({ ...sub, openid: undefined, sub_openid: 'oSubPayer' });
  gateway.login({ appid: shop.appid, openid: 'oSubPayer' });
  assertFailed(await call(gateway, ORDER, members), 'sub_appid and sub_openid not match');
  gateway.login({ appid: sub.sub_appid, openid: 'oSubPayer' });
  assertDone(await call(gateway, ORDER, members));
});

test('an order that ends less than a minute after its start, or after now, is too short', async () => {
  const { gateway } = open();
  const words = 'time_expire时间过短，刷卡至少1分钟，其他5分钟';
  const scan = { auth_code: '120061098828009406', trade_type: undefined, notify_url: undefined, openid: undefined };
  const rows = [
    // The clock is 17:33:41 in Beijing.
    { time_expire: '20240805173440' },
    { time_start: '20240805173341', time_expire: '20240805173341' },
    { time_start: '20240805180000', time_expire: '20240805175959' },
    { time_start: '20240805180000', time_expire: '20240805180059' },
  ];
  for (const times of rows) {
    for (const [path, changes] of [
      [ORDER, times],
      ['/pay/micropay', { ...times, ...scan }],
    ]) {
      const answer = await call(gateway, path, order(changes));
      assertRefused(answer, 'PARAM_ERROR');
      assert.equal(answer.fields.err_code_des, words, JSON.stringify(changes));
    }
  }
  assertDone(await call(gateway, ORDER, order({ time_start: '20240805180000', time_expire: '20240805180100' })));
});

test('a refund of more than the order that it names is answered "invalid refund_fee"', async () => {
  const { gateway } = open();
  await placeAndPay(gateway);
  const { out_trade_no } = order();
  const refund = { out_trade_no, out_refund_no: 'R', total_fee: '88' };
  for (const refund_fee of ['89', '0', '-1', '01', '1.0'])
    assertFailed(await call(gateway, REFUND, { ...refund, refund_fee }), 'invalid refund_fee');
  for (const total_fee of ['0', '1.0'])
    assertFailed(await call(gateway, REFUND, { ...refund, total_fee, refund_fee: '1' }), 'invalid total_fee');
  const long = { ...refund, refund_fee: '1', out_refund_no: 'x'.repeat(65) };
  assertFailed(await call(gateway, REFUND, long), 'out_refund_no参数长度有误');
  const bare = { ...refund, refund_fee: '1', notify_url: 'shop.example' };
  assertFailed(await call(gateway, REFUND, bare), 'invalid notify_url');
  assert.deepEqual(gateway.refunds(), []);
});

test('a wrong signature is answered before a wrong parameter, so that only the merchant learns of it', async () => {
  const { gateway } = open();
  const members = order({ total_fee: '0', sign: 'wrong' });
  assertFailed(await call(gateway, ORDER, members), '签名错误');
});
