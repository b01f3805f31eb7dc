// Several merchants at one address: the notice names the merchant, and only that merchant's key verifies it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { notifyRouter, WechatPay } from 'paysign';
import { otherShop, shop } from './gateway-support.mjs';
import { ACCEPT, assertRefusedWords, hand, paidNotice, refundNotice } from './notices-support.mjs';

const sub = { sub_appid: 'wx1111111111111111', sub_mch_id: '1230000109' };
const ours = new WechatPay(shop);
const other = new WechatPay(otherShop);
const ofOther = { appid: otherShop.appid, mch_id: otherShop.mch_id };

/** A router whose shop counts, and the number of notices that each merchant was to open. */
function routed(merchants) {
  const paid = [];
  const refused = [];
  const opened = merchants.map(() => 0);
  const counting = merchants.map((merchant, at) => {
    const { appid, mch_id, sub_appid, sub_mch_id } = merchant;
    const openNotify = (...args) => {
      opened[at] += 1;
      return merchant.openNotify(...args);
    };
    return { appid, mch_id, sub_appid, sub_mch_id, openNotify };
  });
  const handler = notifyRouter(counting, {
    onPaid: ({ out_trade_no, fields }) => void paid.push(`${fields.mch_id} ${out_trade_no}`),
    onRefund: ({ out_refund_no, fields }) => void paid.push(`${fields.mch_id} ${out_refund_no}`),
    onRejected: (error) => void refused.push(error.code),
  });
  return { handler, paid, refused, opened };
}

test('each notice goes to the merchant that it names; the same number of two merchants is two orders', async () => {
  const { handler, paid, opened } = routed([ours, other]);
  for (const body of [
    paidNotice('a1'),
    paidNotice('a1'),
    paidNotice('a1', ofOther, otherShop.key),
    refundNotice({}),
    refundNotice({}, otherShop),
  ]) {
    assert.equal((await hand(handler, body)).text, ACCEPT, body);
  }
  assert.deepEqual(
    paid,
    ['a1', 'R1'].flatMap((number) => [shop, otherShop].map(({ mch_id }) => `${mch_id} ${number}`)),
  );
  assert.deepEqual(opened, [3, 2]);
});

test('no key is tried on a notice of another merchant', async () => {
  const rows = [
    ["another's name with our key", paidNotice('a1', ofOther), 'ERR_SIGNATURE', [0, 1]],
    ["our name with another's key", paidNotice('a1', {}, otherShop.key), 'ERR_SIGNATURE', [1, 0]],
    ['a stranger', paidNotice('a1', { mch_id: '1' }), 'ERR_MISMATCH', [0, 0]],
    ['a mixture', paidNotice('a1', { mch_id: otherShop.mch_id }), 'ERR_MISMATCH', [0, 0]],
    ['nobody', paidNotice('a1', { mch_id: undefined }), 'ERR_MISMATCH', [0, 0]],
    ['no XML', 'appid=1', 'ERR_XML', [0, 0]],
  ];
  for (const [what, body, code, asked] of rows) {
    const { handler, paid, refused, opened } = routed([ours, other]);
    assertRefusedWords((await hand(handler, body)).text);
    assert.deepEqual([paid, refused, opened], [[], [code], asked], what);
  }
});

test('a sub-merchant has its own client, and a notice without one goes to the client without one', async () => {
  const { handler, opened } = routed([ours, new WechatPay({ ...shop, ...sub })]);
  for (const changes of [sub, {}, { ...sub, sub_mch_id: '1230000110' }]) {
    assert.equal((await hand(handler, paidNotice('a1', changes))).text, ACCEPT, JSON.stringify(changes));
  }
  assert.deepEqual(opened, [2, 1]);
});

test('what are no merchants is named at once', () => {
  for (const merchants of [undefined, [], [{}], [null], [ours, other, {}]]) {
    assert.throws(
      () => notifyRouter(merchants, { onPaid() {} }),
      { code: 'ERR_CONFIG', field: 'merchants' },
      inspect(merchants),
    );
  }
});

test('a function finds the client of a notice by its ids, and that client alone judges it', async () => {
  const asked = [];
  const refused = [];
  const paid = [];
  const clients = new Map([ours, other].map((client) => [client.mch_id, client]));
  const find = async (ids) => {
    asked.push(ids);
    await new Promise((resolve) => setImmediate(resolve));
    return clients.get(ids.mch_id);
  };
  const handler = notifyRouter(find, {
    onPaid: ({ mch_id, out_trade_no }) => void paid.push(`${mch_id} ${out_trade_no}`),
    onRejected: (error) => void refused.push(`${error.code} ${error.message}`),
    findOrder: (out_trade_no, { mch_id, total_fee }) => ({ out_trade_no, mch_id, total_fee }),
  });
  assert.equal((await hand(handler, paidNotice('a1'))).text, ACCEPT);
  assert.equal((await hand(handler, paidNotice('a1', ofOther, otherShop.key))).text, ACCEPT);
  assert.equal((await hand(handler, paidNotice('a1'))).text, ACCEPT);
  assert.deepEqual(paid, [`${shop.mch_id} a1`, `${otherShop.mch_id} a1`], 'each order is delivered once');
  const { appid, mch_id } = shop;
  assert.deepEqual(asked[0], {
    ...{ appid, mch_id, sub_appid: undefined, sub_mch_id: undefined },
    ...{ serial: '', url: '/wxpay/notify' },
  });
  // Who claims to be another merchant is judged with that merchant's key.
  assertRefusedWords((await hand(handler, paidNotice('a2', ofOther, shop.key))).text);
  assertRefusedWords((await hand(handler, paidNotice('a2', { mch_id: '1230000109' }))).text);
  assertRefusedWords((await hand(handler, '<xml><a>')).text);
  assert.deepEqual(
    refused.map((error) => error.split(' ')[0]),
    ['ERR_SIGNATURE', 'ERR_MISMATCH', 'ERR_XML'],
  );
  assert.match(refused[1], /no client is for this notice/);
  assert.equal(paid.length, 2);
});

test('a list from the function is tried in turn, and a client of another merchant is never asked', async () => {
  const NEW_KEY = 'f'.repeat(32);
  const renewed = new WechatPay({ ...shop, key: NEW_KEY });
  const refused = [];
  const results = { two: [renewed, ours], foreign: other, none: [], nothing: null, junk: {} };
  const handlerOf = (name) =>
    notifyRouter(() => results[name], { onPaid() {}, onRejected: ({ code }) => void refused.push(code) });
  for (const key of [shop.key, NEW_KEY]) {
    assert.equal((await hand(handlerOf('two'), paidNotice(`b${key}`.slice(0, 20), {}, key))).text, ACCEPT);
  }
  for (const name of ['foreign', 'none', 'nothing', 'junk'])
    assertRefusedWords((await hand(handlerOf(name), paidNotice('b1'))).text);
  assert.deepEqual(refused, ['ERR_MISMATCH', 'ERR_MISMATCH', 'ERR_MISMATCH', 'ERR_CONFIG']);
});

test('a function that throws or never answers loses no notice: the sender hears FAIL and comes again', async () => {
  const refused = [];
  let isDown = true;
  const paid = [];
  const find = () => {
    if (isDown) throw new Error('the database is down');
    return ours;
  };
  const listeners = {
    onPaid: ({ out_trade_no }) => void paid.push(out_trade_no),
    onRejected: (error) => void refused.push(error),
  };
  const handler = notifyRouter(find, listeners);
  assertRefusedWords((await hand(handler, paidNotice('c1'))).text);
  assert.deepEqual([refused[0].code, refused[0].cause.message], ['ERR_LISTENER', 'the database is down']);
  isDown = false;
  assert.equal((await hand(handler, paidNotice('c1'))).text, ACCEPT);
  assert.deepEqual(paid, ['c1']);
  const stuck = notifyRouter(() => new Promise(() => {}), { ...listeners, timeoutMs: 50 });
  assertRefusedWords((await hand(stuck, paidNotice('c2'))).text);
  assert.equal(refused[1].code, 'ERR_TIMEOUT');
  const late = deferred();
  const slow = notifyRouter(() => late.promise, { ...listeners, timeoutMs: 50 });
  assertRefusedWords((await hand(slow, paidNotice('c3'))).text);
  late.resolve(ours);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(paid, ['c1'], 'what was refused is not delivered later');
});

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test('a Proxy or a copy of a client is refused as such, and not as an unreadable request', async () => {
  for (const wrong of [new Proxy(ours, {}), Object.create(ours)]) {
    const refused = [];
    const handler = notifyRouter(() => wrong, { onPaid() {}, onRejected: (error) => void refused.push(error) });
    assertRefusedWords((await hand(handler, paidNotice('p1'))).text);
    assert.deepEqual([refused[0].code, refused[0].field], ['ERR_CONFIG', 'merchants']);
    assert.throws(() => notifyRouter([wrong], { onPaid() {} }), { code: 'ERR_CONFIG', field: 'merchants' });
  }
});
