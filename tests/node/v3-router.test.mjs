// Merchants of both API generations at one address. XML is APIv2, and JSON is APIv3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notifyRouter, WechatPay as WechatPayV2 } from 'paysign';
import { WechatPay } from 'paysign/v3';
import { shop } from './gateway-support.mjs';
import { ACCEPT, assertRefusedWords, paidNotice, until } from './notices-support.mjs';
import { certificateKeys, ids, notice, ORDER, options, PUBLIC_ID, REFUND, stranger } from './v3-support.mjs';

const v2 = new WechatPayV2(shop);
const v3 = new WechatPay(options);
const OTHER = { ...ids, mchid: '1900009192', appid: 'wx9999999999999999' };
const OTHER_KEY = 'other-key-0123456789abcdefghijkl';
/** Another merchant, with a key of WeChat and an APIv3 key of its own. */
const other = new WechatPay({
  ...options,
  ...OTHER,
  apiV3Key: OTHER_KEY,
  wechatpayKeys: { PUB_KEY_ID_2: certificateKeys.publicKey },
});
const otherNotice = (resource = { ...ORDER, ...OTHER }, how = {}) =>
  notice(resource, { key: OTHER_KEY, headers: { by: certificateKeys, serial: 'PUB_KEY_ID_2' }, ...how });

function routed(merchants, listeners = {}) {
  const calls = { paid: [], refunded: [], refused: [] };
  const handler = notifyRouter(merchants, {
    onPaid: ({ mch_id, out_trade_no }) => void calls.paid.push(`${mch_id} ${out_trade_no}`),
    onRefund: ({ mch_id, out_refund_no }) => void calls.refunded.push(`${mch_id} ${out_refund_no}`),
    onRejected: (error) => void calls.refused.push(error),
    ...listeners,
  });
  const hand = async ({ headers, body }, url = 'http://shop.example/wxpay?shop=1') => {
    const response = await handler(new Request(url, { method: 'POST', headers, body }));
    return { status: response.status, text: await response.text() };
  };
  return { calls, handler, hand };
}

const xml = (...given) => ({ headers: { 'content-type': 'text/xml' }, body: paidNotice(...given) });

test('one address takes notices of both generations, and answers each in its own words', async () => {
  const { calls, hand } = routed([v2, v3, other]);
  for (let repeat = 0; repeat < 2; repeat += 1) {
    assert.deepEqual(await hand(xml('a1')), { status: 200, text: ACCEPT });
    assert.deepEqual(await hand(notice()), { status: 200, text: '{"code":"SUCCESS"}' });
    assert.equal((await hand(otherNotice())).status, 200);
    assert.equal((await hand(notice(REFUND, { event_type: 'REFUND.SUCCESS' }))).status, 200);
  }
  assert.deepEqual(calls.paid, [
    `${shop.mch_id} a1`,
    `${ids.mchid} ${ORDER.out_trade_no}`,
    `${OTHER.mchid} ${ORDER.out_trade_no}`,
  ]);
  assert.deepEqual(calls.refunded, [`${ids.mchid} R1`]);
  assert.deepEqual(calls.refused, []);
});

test('no merchant of APIv3 opens what another one was sent, and the error of the nearest client is reported', async () => {
  const rows = [
    ['signed by a stranger', notice(ORDER, { headers: { by: stranger } }), 'ERR_SIGNATURE', 'Wechatpay-Signature'],
    ['a serial of nobody', notice(ORDER, { headers: { serial: 'PUB_KEY_ID_9' } }), 'ERR_SIGNATURE', 'Wechatpay-Serial'],
    ['our key around their order', notice({ ...ORDER, ...OTHER }), 'ERR_MISMATCH', 'mchid'],
    ['their cipher under our signature', notice(ORDER, { key: OTHER_KEY }), 'ERR_DECRYPT', 'resource.ciphertext'],
    ['their order to us', otherNotice(ORDER), 'ERR_MISMATCH', 'mchid'],
  ];
  for (const [name, message, code, field] of rows) {
    for (const clients of [
      [v3, other],
      [other, v3],
    ]) {
      const { calls, hand } = routed(clients);
      assert.equal((await hand(message)).status, 500, name);
      await until(() => calls.refused.length === 1);
      assert.deepEqual([calls.refused[0].code, calls.refused[0].field], [code, field], name);
      assert.equal(calls.paid.length, 0);
    }
  }
});

test('a function receives the serial and the path of a notice of APIv3, and the ids of one of APIv2', async () => {
  const asked = [];
  const { calls, hand } = routed(async (ids) => {
    asked.push(ids);
    if (ids.serial === '') return v2;
    return ids.url.endsWith('/other') ? other : [v3];
  });
  assert.equal((await hand(xml('a1'))).text, ACCEPT);
  assert.equal((await hand(notice(), 'http://shop.example/pay/ours?x=1')).status, 200);
  assert.equal((await hand(otherNotice(), 'http://shop.example/pay/other')).status, 200);
  assert.equal((await hand(otherNotice(), 'http://shop.example/pay/ours')).status, 500);
  assert.deepEqual(
    asked.map(({ mch_id, serial, url }) => [mch_id, serial, url]),
    [
      [shop.mch_id, '', '/wxpay?shop=1'],
      ['', PUBLIC_ID, '/pay/ours?x=1'],
      ['', 'PUB_KEY_ID_2', '/pay/other'],
      ['', 'PUB_KEY_ID_2', '/pay/ours'],
    ],
  );
  assert.equal(calls.paid.length, 3);
});

test('where APIv3 is possible, only XML is refused with status 200, since that status ends the repeats of APIv3', async () => {
  for (const merchants of [[v2, v3], () => v3]) {
    const { handler, hand } = routed(merchants);
    for (const body of ['', ' ', 'null', '[]', '{"a":', 'x', '\u0000']) {
      assert.equal((await hand({ headers: {}, body })).status, 500, JSON.stringify(body));
    }
    assertRefusedWords((await hand({ headers: {}, body: '<xml></xml>' })).text);
    // Other code has read the body: its generation is unknown.
    const request = new Request('http://shop.example/', { method: 'POST', ...notice() });
    await request.text();
    assert.equal((await handler(request)).status, 500);
    assert.equal((await handler(new Request('http://shop.example/'))).status, 405);
  }
  const { hand } = routed([v2]);
  assert.equal((await hand({ headers: {}, body: '' })).status, 200, 'APIv2 alone');
});

test('a notice of a generation that no client has is refused, and the error says so', async () => {
  for (const [merchants, message] of [
    [[v2, v2], notice()],
    [[v3], xml('a1')],
    [() => v2, notice()],
    [() => [v3, other], xml('a1')],
  ]) {
    const { calls, hand } = routed(merchants);
    await hand(message);
    await until(() => calls.refused.length === 1);
    assert.match(calls.refused[0].message, /the other API generation|paysign\/v3/);
    assert.equal(calls.paid.length, 0);
  }
});

test('a handler of one generation refuses the other one so that WeChat repeats it, and says what to add', async () => {
  const refused = [];
  const listeners = { onPaid: assert.fail, onRejected: (error) => void refused.push(error.message) };
  const post = async (handler, { headers, body }) =>
    (await handler(new Request('http://shop.example/', { method: 'POST', headers, body }))).status;
  assert.equal(await post(v2.notifyHandler(listeners), notice()), 500, 'status 200 would end the repeats');
  assert.equal(await post(v3.notifyHandler(listeners), xml('a1')), 500);
  await until(() => refused.length === 2);
  assert.match(refused[0], /paysign\/v3/);
  assert.match(refused[1], /XML, as of APIv2; add a client of APIv2/);
});

test('the stored order must name its merchant, as for APIv2', async () => {
  const { calls, hand } = routed([v3, other], { findOrder: () => ({ total_fee: 100 }) });
  assert.equal((await hand(notice())).status, 500);
  await until(() => calls.refused.length === 1);
  assert.equal(calls.refused[0].field, 'mch_id');
});

test('a wrapper around a client opens notices too, and a Proxy of one is refused at the start', async () => {
  const wrapper = { appid: ids.appid, mchid: ids.mchid, openNotify: (message) => v3.openNotify(message) };
  const { calls, hand } = routed([wrapper]);
  for (let repeat = 0; repeat < 2; repeat += 1) assert.equal((await hand(notice())).status, 200);
  assert.equal(calls.paid.length, 1);
  assert.throws(() => notifyRouter([new Proxy(v3, {})], { onPaid() {} }), { code: 'ERR_CONFIG', field: 'merchants' });
});
