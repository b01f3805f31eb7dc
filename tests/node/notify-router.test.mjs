// Several merchants behind one address: the notice says whose it is, and that merchant's key alone judges it.

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

/** A router whose shop counts, and how often each merchant was asked to open a notice. */
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

test('no key is tried on a notice that names somebody else', async () => {
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

test('a sub-merchant has a client of its own, and what names no sub-merchant goes to the client without one', async () => {
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
