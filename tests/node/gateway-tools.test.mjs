// The small tools at the gateway: short addresses of Native codes, and the payer of a pay code.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway } from 'paysign/testing';
import {
  assertDone,
  assertFailed,
  assertRefused,
  call,
  callRaw,
  order,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const SHORT = '/tools/shorturl';
const PAYER = '/tools/authcodetoopenid';
const long_url = 'weixin://wxpay/bizpayurl?sign=XXX&appid=wx1&mch_id=1&product_id=2&time_stamp=3&nonce_str=4';
const auth_code = '120061098828009406';

const open = (options) => createGateway({ merchants: [shop], ...options });

test('a long address of a Native code becomes a short one, signed as it was asked', async () => {
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    const events = [];
    const gateway = open({ onEvent: (event) => events.push(event) });
    const { short_url } = assertDone(await call(gateway, SHORT, { long_url }, { signType }), { signType });
    assert.match(short_url, /^weixin:\/\/wxpay\/s\/\w+$/);
    assert.ok(short_url.length <= 64);
    assert.deepEqual(
      events.map(({ type, short_url }) => [type, short_url]),
      [['shorturl', short_url]],
    );
    assert.notEqual(assertDone(await call(gateway, SHORT, { long_url })).short_url, short_url);
  }
});

test('the raw address is signed: one that was signed percent-encoded is refused', async () => {
  const gateway = open();
  const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', long_url };
  const sign = signByHand({ ...fields, long_url: encodeURIComponent(long_url) }, shop.key);
  assertFailed(await callRaw(gateway, SHORT, xmlByHand({ ...fields, sign })), '签名错误');
});

test('an address that is missing or longer than 512 bytes is refused by name', async () => {
  const gateway = open();
  assertFailed(await call(gateway, SHORT, {}), '缺少参数 long_url');
  assertFailed(await call(gateway, SHORT, { long_url: 'x'.repeat(513) }), 'long_url参数长度有误');
  assertDone(await call(gateway, SHORT, { long_url: 'x'.repeat(512) }));
});

test('the payer of a pay code is the one who pays with it', async () => {
  const gateway = open();
  const { openid } = assertDone(await call(gateway, PAYER, { auth_code }));
  assert.match(openid, /^o\S{27}$/);
  const scan = { trade_type: undefined, notify_url: undefined, openid: undefined, auth_code };
  assert.equal(assertDone(await call(gateway, '/pay/micropay', order(scan))).openid, openid);
  assert.notEqual(assertDone(await call(gateway, PAYER, { auth_code: '130061098828009406' })).openid, openid);
});

test('a number that is no pay code has no payer', async () => {
  const gateway = open();
  assertFailed(await call(gateway, PAYER, {}), '缺少参数 auth_code');
  assertRefused(await call(gateway, PAYER, { auth_code: '160061098828009406' }), 'AUTH_CODE_INVALID');
});

test('both tools fail on demand as every call does', async () => {
  const gateway = open();
  for (const [path, members] of [
    [SHORT, { long_url }],
    [PAYER, { auth_code }],
  ]) {
    gateway.failNext({ kind: 'err_code', err_code: 'SYSTEMERROR', path });
    assertRefused(await call(gateway, path, members), 'SYSTEMERROR');
  }
});
