// R1, R2, R8: the order that a notice pays, where merchants, sub-merchants, keys and environments share a handler or store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStore, notifyRouter, WechatPay } from 'paysign';
import { otherShop, shop, signByHand, xmlByHand } from './gateway-support.mjs';
import {
  ACCEPT,
  assertRefusedWords,
  FEN,
  forgedNotice,
  hand,
  NOTICE,
  paidNotice,
  refundNotice,
} from './notices-support.mjs';

const ours = new WechatPay(shop);
const other = new WechatPay(otherShop);
const ofOther = { appid: otherShop.appid, mch_id: otherShop.mch_id };
const SUB = { sub_mch_id: '1230000109' };
const NEIGHBOUR = { sub_mch_id: '1230000110' };
const OLD_KEY = 'f'.repeat(32);

/** A shop that finds orders by their number alone. */
function shopOf(order) {
  const heard = [];
  const refused = [];
  const listeners = {
    findOrder: (out_trade_no) => (out_trade_no === order.out_trade_no ? order : undefined),
    onPaid: ({ mch_id, sub_mch_id }) => void heard.push(`paid ${mch_id} ${sub_mch_id}`),
    onRefund: ({ mch_id, sub_mch_id }) => void heard.push(`refunded ${mch_id} ${sub_mch_id}`),
    onRejected: ({ code, field }) => void refused.push(`${code} ${field}`),
  };
  return { listeners, heard, refused };
}

/** The reaction of a handler to a notice about an order. */
async function outcome(handlerOf, order, body) {
  const { listeners, heard, refused } = shopOf({ out_trade_no: 'a1', total_fee: FEN, ...order });
  const { text } = await hand(handlerOf(listeners), body);
  if (text === ACCEPT) return heard.join();
  assertRefusedWords(text);
  assert.deepEqual(heard, []);
  return refused.join();
}

const routed = (listeners) => notifyRouter([ours, other], listeners);
const single = (listeners) => ours.notifyHandler(listeners);

test('in a router a notice of one merchant never changes an order of another', async () => {
  const rows = [
    ['its own order', { mch_id: shop.mch_id }, paidNotice('a1'), `paid ${shop.mch_id} undefined`],
    [
      'its own order, a number in the database',
      { mch_id: Number(shop.mch_id) },
      paidNotice('a1'),
      `paid ${shop.mch_id} undefined`,
    ],
    ['its own order, a bigint', { mch_id: BigInt(shop.mch_id) }, paidNotice('a1'), `paid ${shop.mch_id} undefined`],
    ["another's order", { mch_id: shop.mch_id }, paidNotice('a1', ofOther, otherShop.key), 'ERR_MISMATCH mch_id'],
    ["another's app", { mch_id: shop.mch_id, appid: otherShop.appid }, paidNotice('a1'), 'ERR_MISMATCH appid'],
    ['an order of nobody', {}, paidNotice('a1'), 'ERR_PARAM mch_id'],
    ['an order whose merchant is null', { mch_id: null }, paidNotice('a1'), 'ERR_PARAM mch_id'],
    ['an order whose merchant is empty', { mch_id: '' }, paidNotice('a1'), 'ERR_PARAM mch_id'],
    ['an order whose merchant is an object', { mch_id: { a: 1 } }, paidNotice('a1'), 'ERR_PARAM mch_id'],
    ["a refund of another's order", { mch_id: shop.mch_id }, refundNotice({}, otherShop), 'ERR_MISMATCH mch_id'],
    ['a refund of its own order', { mch_id: shop.mch_id }, refundNotice(), `refunded ${shop.mch_id} undefined`],
    ['a refund of an order of nobody', {}, refundNotice(), 'ERR_PARAM mch_id'],
  ];
  for (const [what, order, body, expected] of rows) assert.equal(await outcome(routed, order, body), expected, what);
});

test('a client that names no sub-merchant never confuses the orders of two of them', async () => {
  const rows = [
    ['its own order', SUB, paidNotice('a1', SUB), `paid ${shop.mch_id} ${SUB.sub_mch_id}`],
    ["a neighbour's order", SUB, paidNotice('a1', NEIGHBOUR), 'ERR_MISMATCH sub_mch_id'],
    ['a notice of the provider itself', SUB, paidNotice('a1'), 'ERR_MISMATCH sub_mch_id'],
    ['an order of no sub-merchant', {}, paidNotice('a1', SUB), 'ERR_PARAM sub_mch_id'],
    ['an order of the provider itself', {}, paidNotice('a1'), `paid ${shop.mch_id} undefined`],
    [
      "the app of the sub-merchant's order",
      { ...SUB, appid: 'wx1' },
      paidNotice('a1', { ...SUB, sub_appid: 'wx1' }),
      `paid ${shop.mch_id} ${SUB.sub_mch_id}`,
    ],
  ];
  for (const [what, order, body, expected] of rows) assert.equal(await outcome(single, order, body), expected, what);
});

test('in a router the clients of two sub-merchants need orders that name the sub-merchant', async () => {
  const clients = [SUB, NEIGHBOUR].map((sub) => new WechatPay({ ...shop, ...sub }));
  const both = (listeners) => notifyRouter(clients, listeners);
  const order = { mch_id: shop.mch_id, ...SUB };
  assert.equal(await outcome(both, order, paidNotice('a1', SUB)), `paid ${shop.mch_id} ${SUB.sub_mch_id}`);
  assert.equal(await outcome(both, order, paidNotice('a1', NEIGHBOUR)), 'ERR_MISMATCH sub_mch_id');
  assert.equal(await outcome(both, { mch_id: shop.mch_id }, paidNotice('a1', NEIGHBOUR)), 'ERR_PARAM sub_mch_id');
});

test('an absent or empty id of a sub-merchant contradicts no client, and a different one does', async () => {
  const client = new WechatPay({ ...shop, sub_appid: 'wx1', ...SUB });
  const alone = (listeners) => client.notifyHandler(listeners);
  const among = (listeners) => notifyRouter([client, other], listeners);
  const order = { mch_id: shop.mch_id, ...SUB };
  for (const ids of [{ ...SUB, sub_appid: 'wx1' }, { ...SUB, sub_appid: '' }, SUB, {}]) {
    const body = paidNotice('a1', ids);
    assert.match(await outcome(alone, order, body), /^paid /, JSON.stringify(ids));
    assert.match(await outcome(among, order, body), /^paid /, JSON.stringify(ids));
  }
  assert.equal(await outcome(alone, order, paidNotice('a1', { ...SUB, sub_appid: 'wx2' })), 'ERR_MISMATCH sub_appid');
  assert.equal(await outcome(alone, order, paidNotice('a1', NEIGHBOUR)), 'ERR_MISMATCH sub_mch_id');
  assert.equal(await outcome(among, order, paidNotice('a1', NEIGHBOUR)), 'ERR_MISMATCH mch_id');
});

test('a notice that names no sub-merchant is for neither of two possible ones', async () => {
  const clients = [SUB, NEIGHBOUR].map((sub) => new WechatPay({ ...shop, ...sub }));
  const both = (listeners) => notifyRouter(clients, listeners);
  assert.equal(await outcome(both, { mch_id: shop.mch_id }, paidNotice('a1')), 'ERR_MISMATCH mch_id');
});

test('openNotify compares the merchant of the stored order too', () => {
  const body = paidNotice('a1');
  const order = { out_trade_no: 'a1', total_fee: FEN };
  assert.equal(ours.openNotify(body, { ...order, mch_id: shop.mch_id, appid: shop.appid }).mch_id, shop.mch_id);
  for (const field of ['mch_id', 'appid', 'sub_mch_id'])
    assert.throws(() => ours.openNotify(body, { ...order, [field]: '1' }), { code: 'ERR_MISMATCH', field }, field);
});

test('a notice says whom it is about', () => {
  const { appid, mch_id } = shop;
  const ids = { appid, mch_id, sub_appid: 'wx1', ...SUB };
  for (const notice of [ours.openNotify(paidNotice('a1', { sub_appid: 'wx1', ...SUB }))])
    assert.deepEqual({ ...ids, ...notice }, { ...notice, ...ids });
  const { sub_appid, sub_mch_id, ...rest } = ours.openNotify(refundNotice());
  assert.deepEqual([rest.appid, rest.mch_id, sub_appid, sub_mch_id], [appid, mch_id, undefined, undefined]);
});

/** Notices of the same order, one under each key and way of signing. */
const byMd5 = () => {
  const fields = { ...NOTICE, out_trade_no: 'a1' };
  return xmlByHand({ ...fields, sign: signByHand(fields, shop.key, 'MD5') });
};

test('while key and sign type are changed, earlier notices are accepted only if the operator says so', async () => {
  const both = new WechatPay({ ...shop, key: [shop.key, OLD_KEY], signType: ['HMAC-SHA256', 'MD5'] });
  const handlers = {
    'one client with lists': (listeners) => both.notifyHandler(listeners),
    'a client for each, behind a router': (listeners) =>
      notifyRouter(
        [ours, new WechatPay({ ...shop, key: OLD_KEY }), new WechatPay({ ...shop, signType: 'MD5' })],
        listeners,
      ),
  };
  const refundOfBefore = refundNotice({}, { ...shop, key: OLD_KEY });
  for (const [what, handlerOf] of Object.entries(handlers)) {
    for (const body of [paidNotice('a1'), paidNotice('a1', {}, OLD_KEY), byMd5()])
      assert.match(await outcome(handlerOf, { mch_id: shop.mch_id }, body), /^paid /, what);
    assert.match(await outcome(handlerOf, { mch_id: shop.mch_id }, refundOfBefore), /^refunded /, what);
    assert.equal(
      await outcome(handlerOf, { mch_id: shop.mch_id }, paidNotice('a1', {}, 'e'.repeat(32))),
      'ERR_SIGNATURE sign',
      what,
    );
  }
  for (const body of [paidNotice('a1', {}, OLD_KEY), byMd5()])
    assert.equal(await outcome(single, {}, body), 'ERR_SIGNATURE sign', 'a client without lists');
});

test('a client signs with the first key and the first way alone', async () => {
  const sent = [];
  const fetch = async (_url, { body }) => {
    sent.push(body);
    return new Response('');
  };
  const both = new WechatPay({
    ...shop,
    key: [shop.key, OLD_KEY],
    signType: ['MD5', 'HMAC-SHA256'],
    fetch,
    retries: 0,
  });
  await assert.rejects(both.orderQuery({ out_trade_no: 'a1' }), { code: 'ERR_XML' });
  const fields = Object.fromEntries(
    [...sent[0].matchAll(/<(\w+)>([^<]+)<\/\1>/g)].map(([, name, text]) => [name, text]),
  );
  const { sign, ...rest } = fields;
  assert.equal(sign, signByHand(rest, shop.key, 'MD5'));
  assert.equal(both.signType, 'MD5');
  assert.equal(both.requestPayment('wx1').signType, 'MD5');
});

test('a delivery under the old key is a delivery under the new one', async () => {
  const store = memoryStore();
  const heard = [];
  const listeners = { store, onPaid: ({ out_trade_no }) => void heard.push(out_trade_no) };
  const before = new WechatPay({ ...shop, key: OLD_KEY }).notifyHandler(listeners);
  const during = new WechatPay({ ...shop, key: [shop.key, OLD_KEY] }).notifyHandler(listeners);
  const ofBefore = paidNotice('a1', {}, OLD_KEY);
  assert.equal((await hand(before, ofBefore)).text, ACCEPT);
  for (const body of [ofBefore, paidNotice('a1')]) assert.equal((await hand(during, body)).text, ACCEPT, body);
  assert.deepEqual(heard, ['a1']);
});

test('lists that cannot be meant are named', () => {
  for (const [field, value] of [
    ['key', []],
    ['key', [shop.key, '']],
    ['key', [shop.key, 1]],
    ['signType', []],
    ['signType', ['MD5', 'NONE']],
  ])
    assert.throws(() => new WechatPay({ ...shop, [field]: value }), { code: 'ERR_CONFIG', field }, `${field} ${value}`);
});

test('a sandbox, a gateway on this machine and another key do not swallow deliveries of production', async () => {
  const key = 'sandbox0sandbox0sandbox0sandbox0';
  const strangers = {
    sandbox: new WechatPay({ ...shop, signType: 'MD5', sandboxPrefix: '/xdc/apiv2sandbox' }),
    'a gateway': new WechatPay({ ...shop, baseUrls: ['http://127.0.0.1:8080'], signType: 'MD5' }),
    'a staging system': new WechatPay({ ...shop, baseUrls: ['https://staging.example'], signType: 'MD5' }),
    'another key': new WechatPay({ ...shop, key, signType: 'MD5' }),
  };
  for (const [what, client] of Object.entries(strangers)) {
    const store = memoryStore();
    const heard = [];
    const fields = { ...NOTICE, out_trade_no: 'a1' };
    const by = what === 'another key' ? key : shop.key;
    const body = xmlByHand({ ...fields, sign: signByHand(fields, by, 'MD5') });
    const staging = client.notifyHandler({ store, onPaid: () => void heard.push('staging') });
    const production = ours.notifyHandler({ store, onPaid: () => void heard.push('production') });
    assert.equal((await hand(staging, body)).text, ACCEPT, what);
    assert.equal((await hand(production, paidNotice('a1'))).text, ACCEPT, what);
    assert.deepEqual(heard, ['staging', 'production'], what);
  }
});

test('the fingerprint in a delivery id says nothing of the key, and a forged notice makes none', async () => {
  const ids = [];
  const inner = memoryStore();
  const claim = (id, ...rest) => {
    ids.push(id);
    return inner.claim(id, ...rest);
  };
  const store = { ...inner, claim };
  const handler = ours.notifyHandler({ store, onPaid() {}, onRejected() {} });
  await hand(handler, paidNotice('a1'));
  await hand(handler, forgedNotice('a2'));
  assert.equal(ids.length, 1);
  assert.match(ids[0], new RegExp(`^paid:${shop.mch_id}::a1:[0-9A-F]{16}$`));
  assert.ok(!ids[0].includes(shop.key.slice(0, 8)));
});

test('a sandbox and production in one router do not swallow deliveries of each other', async () => {
  const sandbox = new WechatPay({
    ...{ ...shop, key: 'sandbox0sandbox0sandbox0sandbox0' },
    ...{ signType: 'MD5', sandboxPrefix: '/xdc/apiv2sandbox' },
  });
  const heard = [];
  const handler = notifyRouter([ours, sandbox], { onPaid: ({ fields }) => void heard.push(fields.sign.length) });
  const fields = { ...NOTICE, out_trade_no: 'a1' };
  const ofSandbox = xmlByHand({ ...fields, sign: signByHand(fields, 'sandbox0sandbox0sandbox0sandbox0', 'MD5') });
  for (const body of [ofSandbox, paidNotice('a1')]) assert.equal((await hand(handler, body)).text, ACCEPT, body);
  assert.deepEqual(heard, [32, 64]);
});

test('a delivery is claimed once, also where several clients share a key', async () => {
  const inner = memoryStore();
  const ids = [];
  const claim = (id, ...rest) => {
    ids.push(id);
    return inner.claim(id, ...rest);
  };
  const clients = [
    ours,
    new WechatPay({ ...shop, signType: 'MD5' }),
    new WechatPay({ ...shop, key: [shop.key, shop.key] }),
  ];
  const handler = notifyRouter(clients, { store: { ...inner, claim }, onPaid() {} });
  assert.equal((await hand(handler, paidNotice('a1'))).text, ACCEPT);
  assert.equal(ids.length, 1);
});

test('openNotify of a client that names no sub-merchant needs an order that does', () => {
  const order = { out_trade_no: 'a1', total_fee: FEN };
  const body = paidNotice('a1', SUB);
  assert.throws(() => ours.openNotify(body, order), { code: 'ERR_PARAM', field: 'sub_mch_id' });
  assert.equal(ours.openNotify(body, { ...order, ...SUB }).paid, true);
  assert.equal(new WechatPay({ ...shop, ...SUB }).openNotify(body, order).paid, true);
});
