// Who may call APIv3 at the gateway: the Authorization header, and what a 401 says about it.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { otherShop, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  authorization,
  bothShop,
  call,
  isSigned,
  JSAPI,
  order,
  paymentFor,
  placeOrder,
  rsa,
  serialOf,
  withGateway as withOwn,
} from './gateway-v3-support.mjs';

const WRONG_SIGNATURE = 268443699;
const TARGET = `/v3/pay/transactions/out-trade-no/${order().out_trade_no}?mchid=${shop.mch_id}`;

const withGateway = (name, work) =>
  withOwn(name, work, { merchants: [bothShop, { ...otherShop, apiV3Key: 'x'.repeat(32) }] });

withGateway('the members of Authorization may come in any order', async (side) => {
  await placeOrder(side);
  const names = ['mchid', 'nonce_str', 'signature', 'timestamp', 'serial_no'];
  for (const order of [names.toReversed(), names.toSorted()]) {
    assertDone(side, await call(side, 'GET', TARGET, undefined, { order }));
  }
});

withGateway('an Authorization that is missing or malformed is a 401 that says so', async (side) => {
  const good = authorization(side.merchant, 'GET', TARGET, '');
  const malformed = [
    undefined,
    'WECHATPAY2-SHA256-RSA2048',
    good.replaceAll('"', "'"),
    good.replaceAll('"', ''),
    good.replaceAll(',', ', '),
    good.replace(/,timestamp="\d+"/, ''),
    `${good},mchid="1"`,
    good.replace('nonce_str', 'nonce'),
    good.replace(/nonce_str="\w+"/, `nonce_str="${'n'.repeat(33)}"`),
    good.replace(/timestamp="\d+"/, 'timestamp="now"'),
  ];
  for (const authorization of malformed) {
    const answer = await call(side, 'GET', TARGET, undefined, { headers: { authorization } });
    assert.match(
      assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE).message,
      /Authorization值格式错误/,
      authorization,
    );
  }
  for (const scheme of ['WECHATPAY2-SM2-WITH-SM3', 'Bearer', 'wechatpay2-sha256-rsa2048']) {
    const answer = await call(side, 'GET', TARGET, undefined, { scheme });
    assert.match(assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE).message, /认证类型不正确/);
  }
});

withGateway('a timestamp may be five minutes off, and no second more', async (side) => {
  await placeOrder(side);
  const nowS = Math.floor(side.merchant.nowMs() / 1000);
  for (const [timestamp, isGood] of [
    [nowS - 300, true],
    [nowS + 300, true],
    [nowS - 301, false],
    [nowS + 301, false],
    [nowS * 1000, false],
  ]) {
    const answer = await call(side, 'GET', TARGET, undefined, { signed: { timestamp: String(timestamp) } });
    if (isGood) assertDone(side, answer);
    else
      assert.match(
        assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE).message,
        /timestamp与发起请求的时间不得超过5分钟/,
      );
  }
});

withGateway(
  'a serial that is unknown, another merchant’s or written in another way is a 401 that says so',
  async (side) => {
    const other = await side.gateway.client(otherShop.mch_id, { api: 'v3' });
    const serial = serialOf(side.merchant.certificate);
    for (const changes of [
      { serial_no: '0'.repeat(40) },
      { serial_no: serialOf(other.certificate) },
      { serial_no: `00${serial}` },
      { serial_no: BigInt(`0x${serial}`).toString() },
      { mchid: otherShop.mch_id },
      { mchid: '1' },
    ]) {
      const answer = await call(side, 'GET', TARGET, undefined, { changes });
      const { message } = assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE);
      assert.match(message, /商户证书序列号有误/, JSON.stringify(changes));
    }
  },
);

withGateway('a serial may have small letters', async (side) => {
  const serial = serialOf(side.merchant.certificate).toLowerCase();
  const answer = await call(side, 'GET', TARGET, undefined, { changes: { serial_no: serial } });
  assert.equal(answer.status, 404, 'only the order is unknown');
});

withGateway('a wrong signature is a 401 with WeChat’s own view of the signed message', async (side) => {
  const { merchant } = side;
  const body = JSON.stringify(order());
  const other = await side.gateway.client(otherShop.mch_id, { api: 'v3' });
  const timestamp = String(merchant.nowMs() / 1000);
  for (const how of [
    { signed: { target: JSAPI.slice(1) } },
    { signed: { target: `https://api.mch.weixin.qq.com${JSAPI}` } },
    { signed: { method: 'post' } },
    { signed: { body: JSON.stringify(order(), null, 1) } },
    { changes: { signature: rsa('something else', merchant.privateKey) } },
    { changes: { signature: rsa('something else', other.privateKey) } },
    { changes: { signature: 'bm8gc2lnbmF0dXJl' } },
  ]) {
    const answer = await call(side, 'POST', JSAPI, body, how);
    const { detail } = assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE);
    const nonce = 'ibuaiVcKdpRxkhJAibuaiVcKdpRxkhJA';
    assert.deepEqual(detail, {
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
      sign_information: {
        method: 'POST',
        url: JSAPI,
        sign_message_length: Buffer.byteLength(`POST\n${JSAPI}\n${timestamp}\n${nonce}\n${body}\n`),
        truncated_sign_message: `POST\n${JSAPI}\n${timestamp}\n${nonce}\n${body.slice(0, 8)}\n`,
      },
    });
  }
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway('a query that was left out of the signed text shows in the url of the 401', async (side) => {
  const answer = await call(side, 'GET', TARGET, undefined, { signed: { target: TARGET.split('?')[0] } });
  const { sign_information } = assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE).detail;
  assert.equal(sign_information.url, TARGET);
  assert.match(sign_information.truncated_sign_message, /\n\n$/);
});

withGateway('an mchid of the body or the query that is not the header’s is a 401', async (side) => {
  const body = order({ mchid: otherShop.mch_id });
  const target = TARGET.replace(shop.mch_id, otherShop.mch_id);
  for (const answer of [await call(side, 'POST', JSAPI, body), await call(side, 'GET', target)]) {
    const { message } = assertRefused(answer, 401, 'SIGN_ERROR', WRONG_SIGNATURE);
    assert.equal(message, 'http header中的mchid与post payload中的mchid不匹配');
  }
});

withGateway('a request without User-Agent, Accept or the type of its JSON is refused', async (side) => {
  for (const headers of [{ 'user-agent': undefined }, { accept: undefined }, { accept: 'text/html' }]) {
    const answer = await call(side, 'GET', TARGET, undefined, { headers });
    assert.equal(assertRefused(answer, 400, 'PARAM_ERROR').message, 'Http头缺少Accept或User-Agent');
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    assertRefused(await call(side, 'POST', JSAPI, order(), { headers: { 'content-type': type } }), 400, 'PARAM_ERROR');
  }
  const good = { accept: 'text/html, */*;q=0.8', 'content-type': 'application/json; charset=utf-8' };
  assertDone(side, await call(side, 'POST', JSAPI, order(), { headers: good }));
});

withGateway('over TLS the path is judged and signed exactly as it is sent', async (side) => {
  const { merchant } = side;
  await placeOrder(side, { out_trade_no: 'ORD|2026*07-25_1' });
  const [url] = merchant.baseUrls;
  for (const number of ['ORD|2026*07-25_1', 'ORD%7C2026*07-25_1', 'ORD%7c2026%2A07-25_1']) {
    const path = `/v3/pay/transactions/out-trade-no/${number}?mchid=${shop.mch_id}`;
    const headers = { authorization: authorization(merchant, 'GET', path, ''), accept: '*/*', 'user-agent': 'shop' };
    const answer = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      request({ hostname, port, path, headers, ca: merchant.ca }, async (response) => {
        let text = '';
        for await (const part of response.setEncoding('utf8')) text += part;
        resolve({ status: response.statusCode, headers: new Headers(response.headers), text });
      })
        .on('error', reject)
        .end();
    });
    assert.equal(answer.status, 200, `${number} ${answer.text}`);
    assert.ok(isSigned(merchant, answer.headers, answer.text));
    assert.ok(!isSigned(merchant, answer.headers, `${answer.text} `));
  }
});

withGateway(
  'a prepay_id is paid in the generation that made it, with the signature of its four lines',
  async (side) => {
    const { gateway, merchant } = side;
    const prepay_id = await placeOrder(side);
    const good = paymentFor(merchant, prepay_id);
    const other = await gateway.client(otherShop.mch_id, { api: 'v3' });
    const wrong = /^requestPayment:fail 支付验证签名失败/;
    for (const payment of [
      { ...good, paySign: rsa('something else', merchant.privateKey) },
      { ...good, nonceStr: 'another' },
      { ...good, timeStamp: '1490840663' },
      paymentFor({ ...merchant, privateKey: other.privateKey }, prepay_id),
      { ...good, signType: 'MD5' },
      { ...good, signType: undefined },
      { ...good, signType: 'HMAC-SHA256' },
    ]) {
      assert.match((await gateway.pay(payment)).errMsg, wrong, JSON.stringify(payment));
    }
    assert.match((await gateway.pay({ ...good, openid: 'oAnother' })).errMsg, /支付者与下单时不一致/);
    assert.deepEqual(await gateway.pay({ ...good, openid: order().payer.openid }), { errMsg: 'requestPayment:ok' });
    const v2 = await import('./gateway-support.mjs');
    const ofV2 = await v2.placeOrder(gateway, { out_trade_no: 'made-in-v2' });
    assert.match(
      (await gateway.pay(paymentFor(merchant, ofV2))).errMsg,
      /signType must be the sign_type of the order, MD5/,
    );
  },
);
