// The sandbox through the client: both prefixes, both exchanges of the key, MD5 only, and refused options.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { order } from './failures-support.mjs';
import { shop } from './gateway-support.mjs';
import { requestOf } from './notices-support.mjs';

async function open(t) {
  const events = [];
  const gateway = createGateway({ merchants: [shop], onEvent: (event) => events.push(event) });
  t.after(() => gateway.close());
  const paths = [];
  const fetchAndTell = (url, init) => {
    paths.push(new URL(url).pathname);
    return fetch(url, init);
  };
  const { url } = await gateway.listen();
  const options = {
    ...shop,
    notify_url: 'https://shop.example/n',
    baseUrls: [url],
    fetch: fetchAndTell,
    certFetch: fetchAndTell,
  };
  return { gateway, paths, client: (changes) => new WechatPay({ ...options, ...changes }) };
}

for (const [name, sandboxKeyPath, sandboxPrefix, asked] of [
  ['newer', undefined, '/xdc/apiv2sandbox', '/xdc/apiv2getsignkey/sign/getsignkey'],
  ['older', '/sandboxnew/pay/getsignkey', '/sandboxnew', '/sandboxnew/pay/getsignkey'],
]) {
  test(`the ${name} sandbox returns its key to the production key, and takes orders signed with its own`, async (t) => {
    const { gateway, paths, client } = await open(t);
    const production = client({ sandboxKeyPath });
    const { sandbox_signkey } = await production.sandboxSignKey();
    const sandbox = client({ key: sandbox_signkey, signType: 'MD5', sandboxPrefix });
    const payment = await sandbox.pay(order('a'));
    assert.deepEqual(await gateway.pay({ appId: shop.appid, ...payment }), { errMsg: 'requestPayment:ok' });
    assert.equal((await sandbox.orderQuery({ out_trade_no: 'a' })).trade_state, 'SUCCESS');
    const refund = { out_trade_no: 'a', out_refund_no: 'r', total_fee: 8800, refund_fee: 1 };
    assert.equal((await sandbox.refund(refund)).refund_fee, 1);
    await assert.rejects(production.orderQuery({ out_trade_no: 'a' }), { err_code: 'ORDERNOTEXIST' });
    const calls = ['/pay/unifiedorder', '/pay/orderquery', '/secapi/pay/refund'].map((path) => sandboxPrefix + path);
    assert.deepEqual(paths, [asked, ...calls, '/pay/orderquery']);
    const wrongKey = client({ signType: 'MD5', sandboxPrefix });
    await assert.rejects(wrongKey.orderQuery({ out_trade_no: 'a' }), { code: 'ERR_REFUSED', return_msg: '签名错误' });
    await assert.rejects(client({ key: sandbox_signkey }).orderQuery({ out_trade_no: 'a' }), { code: 'ERR_REFUSED' });
  });
}

test('S10: a notice of the sandbox is forged for production, and the other way round', async (t) => {
  const { gateway, client } = await open(t);
  const notice = async (pay, out_trade_no) => {
    await gateway.pay({ appId: shop.appid, ...(await pay.pay(order(out_trade_no))) });
    await gateway.idle();
    return gateway.notices().at(-1).body;
  };
  const production = client({ signType: 'MD5' });
  const { sandbox_signkey } = await production.sandboxSignKey();
  const sandbox = client({ key: sandbox_signkey, signType: 'MD5', sandboxPrefix: '/sandboxnew' });
  const [inSandbox, real] = [await notice(sandbox, 'a'), await notice(production, 'b')];
  assert.deepEqual([sandbox.openNotify(inSandbox).paid, production.openNotify(real).paid], [true, true]);
  const stranger = client({ signType: 'MD5', key: 'x'.repeat(32) });
  const said = (pay, body) => {
    try {
      return pay.openNotify(body);
    } catch ({ code, message, field }) {
      return { code, message, field };
    }
  };
  for (const [pay, body] of [
    [production, inSandbox],
    [sandbox, real],
  ]) {
    assert.equal(said(pay, body).code, 'ERR_SIGNATURE', body);
    // The error does not say that another key fits.
    assert.deepEqual(said(pay, body), said(stranger, body), body);
    const calls = [];
    const handler = pay.notifyHandler({ onPaid: (paid) => calls.push(paid), onRejected() {} });
    assert.match(await (await handler(requestOf(body))).text(), /FAIL/, body);
    assert.deepEqual(calls, [], body);
  }
});

test('an unknown sandbox path and an unknown way of signing are named at once', async (t) => {
  const { client } = await open(t);
  for (const option of ['sandboxPrefix', 'sandboxKeyPath']) {
    for (const path of [
      '',
      '/',
      'sandboxnew',
      '/sandboxnew/',
      '//evil.example',
      '/a b',
      '/a?b',
      '/../a',
      1,
      null,
      ['/a'],
    ]) {
      const make = () => client({ signType: 'MD5', [option]: path });
      assert.throws(make, { code: 'ERR_CONFIG', field: option, outcome: 'not-sent' }, `${option} ${path}`);
    }
  }
  for (const signType of [undefined, 'HMAC-SHA256']) {
    const make = () => client({ signType, sandboxPrefix: '/sandboxnew' });
    assert.throws(make, { code: 'ERR_CONFIG', field: 'signType' }, `${signType}`);
  }
  assert.ok(client({ sandboxKeyPath: '/sandboxnew/pay/getsignkey' }), 'the exchange itself knows MD5 by itself');
});
