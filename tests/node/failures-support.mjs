// The set-up of the tests of failures: a gateway over mutual TLS, its client, and good calls.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { nonce, WechatPay, WxPayError } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, START_MS, shop, vectors } from './gateway-support.mjs';

export const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
/** A payer's code of WeChat's. */
export const CODE = '120061098828009406';

/** A gateway with a stopped clock, and clients of its shop; closed when the test ends. */
export async function openShop(t, options) {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({
    merchants: [shop],
    clock,
    allowNotifyHosts: ['shop.example'],
    fetch: async () => new Response('<xml><return_code>SUCCESS</return_code></xml>'),
    ...options,
  });
  t.after(() => gateway.close());
  const { url } = await gateway.listen({ tls: true });
  // The host's own fetch does not trust the gateway's authority, so calls without a certificate go to the plain port.
  const plain = (await gateway.listen({ demandCertificates: true })).url;
  const { ca, merchants } = await gateway.certificates();
  const toPlain = (address, init) => fetch(String(address).replace(url, plain), init);
  const client = (changes) => {
    const { mch_id = shop.mch_id } = changes ?? {};
    const { cert, key } = merchants.find((one) => one.mch_id === mch_id) ?? merchants[0];
    return new WechatPay({
      ...shop,
      notify_url: 'https://shop.example/notify',
      baseUrls: [url],
      loginUrl: plain,
      retries: 0,
      certificate: { cert, key, ca },
      fetch: toPlain,
      ...changes,
    });
  };
  return { gateway, clock, client, toPlain, pay: client() };
}

export const order = (out_trade_no, changes) => ({
  body: '示例商店-茶',
  out_trade_no,
  total_fee: 8800,
  openid: OPENID,
  spbill_create_ip: '::1',
  trade_type: 'JSAPI',
  ...changes,
});
export const till = (out_trade_no, changes) => {
  const { openid, trade_type, ...members } = order(out_trade_no, { auth_code: CODE });
  return { ...members, ...changes };
};

/** Orders and pays; returns WeChat's number of the payment. */
export async function paid({ gateway, pay }, out_trade_no) {
  const payment = await pay.pay(order(out_trade_no));
  assert.deepEqual(await gateway.pay({ appId: shop.appid, ...payment }), { errMsg: 'requestPayment:ok' });
  return gateway.orders().find((one) => one.out_trade_no === out_trade_no).transaction_id;
}

export const refundOf = (out_trade_no, changes) => ({
  out_trade_no,
  out_refund_no: `r-${out_trade_no}`,
  total_fee: 8800,
  refund_fee: 800,
  ...changes,
});

/**
 * A good call of every API, in books that are made for it: [path, call]. Each needs what the earlier calls left
 * in the books, so they are written by hand. The APIs and their paths are those of the vectors.
 */
export async function goodCalls(world) {
  const { pay, gateway, clock } = world;
  const transaction_id = await paid(world, 'yesterday');
  await pay.refund(refundOf('yesterday'));
  gateway.comment({ transaction_id, stars: 5, comment: '很好的茶，下次还会再来，送货也很快' });
  await pay.unifiedOrder(order('unpaid'));
  await pay.micropay(till('till'));
  await clock.advance(24 * 60 * MINUTE_MS);
  const first = (make) => async (client) => {
    for await (const row of await make(client)) return row;
  };
  const day = { bill_date: '20240805' };
  const hours = { begin_time: '20240805000000', end_time: '20240806000000', offset: 0 };
  const report = { user_ip: '127.0.0.1', execute_time_: 1, return_code: 'SUCCESS', result_code: 'SUCCESS' };
  const calls = {
    unifiedOrder: (client) => client.unifiedOrder(order('unpaid')),
    orderQuery: (client) => client.orderQuery({ out_trade_no: 'yesterday' }),
    closeOrder: async (client) => {
      // An order is closed once, five minutes after it was made at the earliest.
      const out_trade_no = nonce();
      await pay.unifiedOrder(order(out_trade_no));
      await clock.advance(6 * MINUTE_MS);
      return client.closeOrder({ out_trade_no });
    },
    refund: (client) => client.refund(refundOf('yesterday')),
    refundQuery: (client) => client.refundQuery({ out_refund_no: 'r-yesterday' }),
    refundQueryV2: (client) => client.refundQueryV2({ out_refund_no: 'r-yesterday' }),
    micropay: (client) => client.micropay(till(nonce())),
    reverse: (client) => client.reverse({ out_trade_no: 'till' }),
    downloadBill: first((client) => client.downloadBill(day)),
    downloadFundFlow: first((client) => client.downloadFundFlow({ ...day, account_type: 'Basic' })),
    batchQueryComment: (client) => client.batchQueryComment(hours),
    report: (client) => client.report({ interface_url: 'https://api.mch.weixin.qq.com/', ...report }),
    sandboxSignKey: (client) => client.sandboxSignKey({}),
    code2Session: (client) => client.code2Session(gateway.login({ appid: shop.appid, openid: OPENID })),
  };
  const paths = Object.fromEntries(vectors('calls').calls.map(({ api, path }) => [api, path]));
  paths.code2Session = '/sns/jscode2session';
  assert.deepEqual(Object.keys(calls).sort(), Object.keys(paths).sort(), 'every API has its call');
  return Object.fromEntries(Object.entries(calls).map(([api, call]) => [api, [paths[api], call]]));
}

/** The error of a call that must fail; it never shows the key. */
export async function errorOf(promise, what) {
  const error = await promise.then(
    (value) => assert.fail(`${what}: no error, but ${inspect(value)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof WxPayError, `${what}: ${inspect(error)}`);
  for (const secret of [shop.key, shop.secret])
    assert.equal(inspect(error, { depth: 10 }).includes(secret), false, what);
  return error;
}
