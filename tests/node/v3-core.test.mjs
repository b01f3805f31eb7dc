// The module v3.wasm by itself: the body of a call by path, and whether an answer is to be parsed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as glue from '../../js/src/generated/v3.js';
import { ids, ORDER } from './v3-support.mjs';

before(() => {
  glue.initSync({ module: readFileSync(fileURLToPath(new URL('../../pkg/v3.wasm', import.meta.url))) });
});

const bytes = (text) => new TextEncoder().encode(text);
const complete = (api, body, asked = []) => glue.complete(api, [ids.appid, ids.mchid], asked, bytes(body));

test('an API whose answer has no members has nothing to parse, whatever its body is', () => {
  for (const body of ['', '{', '<html>', '{"mchid":"1"}']) assert.equal(complete('closeOrder', body), undefined, body);
  assert.deepEqual(complete('orderQuery', JSON.stringify(ORDER)), []);
  assert.deepEqual(complete('jsapiOrder', '{"prepay_id":"wx1"}'), []);
  assert.throws(() => complete('jsapiOrder', ''), { code: 'ERR_JSON', outcome: 'unknown' });
});

test('the amounts of a refund are repeated as numbers', () => {
  const params = { out_refund_no: 'R1', out_trade_no: 'a', amount: { refund: 40, total: 100, currency: 'CNY' } };
  const { asked } = glue.prepare('refund', [ids.appid, ids.mchid], JSON.stringify(params));
  assert.deepEqual(asked.slice(-2), [
    ['amount.refund', '40'],
    ['amount.total', '100'],
  ]);
  const answer = { refund_id: '5', status: 'SUCCESS', ...params };
  assert.deepEqual(complete('refund', JSON.stringify(answer), asked.flat()), []);
  const other = JSON.stringify({ ...answer, amount: { refund: 41, total: 100 } });
  assert.throws(() => complete('refund', other, asked.flat()), {
    ...{ code: 'ERR_MISMATCH', field: 'amount.refund', outcome: 'unknown' },
  });
});

test('the body of a call by path is an object without null and without characters outside the BMP', () => {
  for (const body of [{}, { a: { b: [1, '茶', true] } }]) glue.checkBody(JSON.stringify(body));
  for (const [body, field] of [
    [{ a: { b: [null] } }, 'a.b[0]'],
    [{ a: [{ b: '😀' }] }, 'a[0].b'],
    [{ a: { '😀': 1 } }, 'a.😀'],
    [{ a: '\ud800' }, 'body'],
    [[], 'body'],
    [null, 'body'],
  ])
    assert.throws(() => glue.checkBody(JSON.stringify(body)), { code: 'ERR_PARAM', field, outcome: 'not-sent' });
});

test('an order of 6,000 goods is prepared', () => {
  const goods = { merchant_goods_id: 'g'.repeat(32), goods_name: '茶'.repeat(128), quantity: 1, unit_price: 1 };
  const order = {
    ...{ description: 'd', out_trade_no: 'a-1234', notify_url: 'https://a.example/n', amount: { total: 1 } },
    ...{ payer: { openid: 'o' }, detail: { goods_detail: Array.from({ length: 6000 }, () => goods) } },
  };
  const { body } = glue.prepare('jsapiOrder', [ids.appid, ids.mchid], JSON.stringify(order));
  assert.equal(JSON.parse(body).detail.goods_detail.length, 6000);
});

test('a message with more than 4,096 members, 16 levels or 1,310,720 bytes is refused', () => {
  const resource = (value) => bytes(JSON.stringify({ mchid: ids.mchid, value }));
  const read = (value) => glue.readResource('A.NEW_EVENT', resource(value), ids.appid, ids.mchid, '', '');
  const deep = (levels) => (levels === 0 ? 1 : [deep(levels - 1)]);
  assert.equal(read(Array.from({ length: 4094 }, () => 0)), 0);
  assert.equal(read(deep(15)), 0);
  for (const value of [Array.from({ length: 4095 }, () => 0), deep(16), 'x'.repeat(1_310_720)])
    assert.throws(() => read(value), { code: 'ERR_JSON' });
});
