// Isolation of calls: getters that call in, messages of many kinds, and lists of ways of signing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as paysign from 'paysign';
import { shop, signByHand } from './gateway-support.mjs';
import { NOTICE, OPTIONS, signedXml } from './hostile-support.mjs';
import { random } from './random-support.mjs';

const { key: KEY } = shop;
const { openNotify, parseXml } = paysign;

test('a getter that signs something else does not change what is signed', () => {
  const nested = () => paysign.sign({ x: '1', y: '2' }, KEY).slice(0, 1);
  const params = {
    a: '1',
    b: '2',
    get c() {
      return nested();
    },
    d: '4',
  };
  assert.equal(paysign.sign(params, KEY), signByHand({ a: '1', b: '2', c: nested(), d: '4' }, KEY));
});

test('nor does a getter whose own call fails, of the same names', () => {
  const failing = {
    'a value': () => paysign.sign({ a: 'long', b: 1.5, c: '' }, KEY),
    'no key': () => paysign.sign({ a: 'long', b: 'longer', c: '' }, ''),
    'a value in XML': () => paysign.buildXml({ a: 'long', b: '\u0001', c: '' }),
    'no notice': () => openNotify('<xml/>', OPTIONS),
  };
  for (const [what, fail] of Object.entries(failing)) {
    const params = {
      a: 'xx',
      get b() {
        assert.throws(fail, { name: 'WxPayError' }, what);
        return 'yy';
      },
      c: 'z',
    };
    paysign.sign({ a: '1', b: '2', c: '3' }, KEY);
    assert.equal(paysign.signedText(params), 'a=xx&b=yy&c=z', what);
    assert.equal(paysign.sign(params, KEY), signByHand({ a: 'xx', b: 'yy', c: 'z' }, KEY), what);
    assert.match(paysign.signedXml(params, KEY), /<a>xx<\/a><b>yy<\/b><c>z<\/c>/, what);
  }
});

test('messages of many kinds in any order are each read with their own names', () => {
  const kind = (number) =>
    Object.fromEntries(Array.from({ length: (number % 5) + 1 }, (_, at) => [`n${number}_${at}`, `v${number}.${at}茶`]));
  const below = random(20150806);
  // More kinds than either cache has room for, repeated, and one that is larger than a whole cache.
  const long = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`${'x'.repeat(50)}${at}`, String(at)]));
  for (let turn = 0; turn < 3000; turn += 1) {
    const fields = turn % 100 === 99 ? long : kind(below([2, 10, 20, 200][turn % 4]));
    assert.deepEqual({ ...parseXml(paysign.buildXml(fields)) }, fields, `turn ${turn}`);
  }
});

test('a list of ways of signing with a repeat or a hole accepts no other way', () => {
  const notice = signedXml(NOTICE);
  assert.equal(openNotify(notice, { ...OPTIONS, signType: ['MD5', 'MD5'] }).kind, 'payment');
  assert.throws(() => openNotify(notice, { ...OPTIONS, signType: ['HMAC-SHA256', 'HMAC-SHA256'] }), {
    code: 'ERR_SIGNATURE',
  });
  for (const signType of [new Array(1), [undefined, 'HMAC-SHA256'], ['MD5,HMAC-SHA256'], 'MD5,HMAC-SHA256', ['']]) {
    assert.throws(() => openNotify(notice, { ...OPTIONS, signType }), { code: 'ERR_PARAM' }, String(signType));
  }
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is refused.
  assert.throws(() => openNotify(notice, { ...OPTIONS, signType: [, 'MD5'] }), { code: 'ERR_PARAM' });
});
