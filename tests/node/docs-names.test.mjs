// The names in the tables of js/docs against the declarations, and the page in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { codesOf, isCall, readPage, undeclared } from './docs-support.mjs';

const page = readPage('from-v2-to-v3.md');
const chinese = readPage('from-v2-to-v3.zh-CN.md');

/** A column whose head names a type has names of members. The generations that it names have them all. */
function columnOf(head) {
  const [type] = codesOf(head).filter((name) => /^[A-Z]\w+$/.test(name));
  if (type === undefined) return [];
  return ['v2', 'v3'].filter((api) => head.includes(`API${api}`)).map((api) => ({ api, type }));
}

/** The names in the tables of a page. */
const namesOf = ({ tables }) =>
  tables.flatMap(({ head, rows }) =>
    head.flatMap((title, column) =>
      columnOf(title).flatMap(({ api, type }) =>
        rows.flatMap((row) => codesOf(row[column]).map((member) => ({ api, type, member }))),
      ),
    ),
  );

test('every name in a table of the page is a member of the type above it', () => {
  const names = namesOf(page);
  assert.ok(names.length > 120, `${names.length} names`);
  assert.deepEqual(undeclared(names), []);
});

test('a misspelt name, and a name of the other generation, is found', () => {
  const changes = {
    'payer.identity.number': 'payer.identity.numbr',
    'detail.goods_detail[].merchant_goods_id': 'detail.goods_detail[].goods_id',
    reason: 'refund_desc',
    apiV3Key: 'apiv3Key',
    request_id: 'requestId',
    user_truename: 'user_name',
    'certificate.pfx': 'certificate.p12',
  };
  const changed = namesOf(page).map(({ member, ...of }) => ({ member: changes[member] ?? member, ...of }));
  assert.deepEqual(undeclared(changed).sort(), [
    'apiv3Key of WechatPayOptions in APIv3',
    'certificate.p12 of WechatPayOptions in APIv2',
    'detail.goods_detail[].goods_id of JsapiOrder in APIv3',
    'payer.identity.numbr of JsapiOrder in APIv3',
    'refund_desc of Refund in APIv3',
    'requestId of WxPayError in APIv3',
    'user_name of UnifiedOrder in APIv2',
  ]);
});

test('both languages have the same headings, the same tables and the same code', () => {
  const level = (heading) => heading.match(/^#+/)[0];
  assert.deepEqual(chinese.headings.map(level), page.headings.map(level));
  assert.deepEqual(chinese.blocks, page.blocks);
  const shape = ({ tables }) => tables.map(({ head, rows }) => [head, ...rows].map((row) => row.map(codesOf)));
  assert.deepEqual(shape(chinese), shape(page));
  // Another language has another order of words.
  const words = ({ outside }) => codesOf(outside).sort();
  assert.deepEqual(words(chinese), words(page));
});

test('the code of the steps is that of the shop that moves, line by line', () => {
  const shop = readFileSync(new URL('../../js/examples/moving/shop.mjs', import.meta.url), 'utf8');
  const bare = (text) => text.split('\n').map((line) => line.trim());
  assert.equal(page.blocks.length, 2);
  for (const block of page.blocks) assert.ok(bare(shop).join('\n').includes(bare(block).join('\n').trim()), block);
});

test('no call is outside the tables and the blocks, where it would not run', () => {
  for (const { outside } of [page, chinese]) assert.deepEqual(codesOf(outside).filter(isCall), []);
});

test('each page links to the other and to the shop, and its links lead to files', () => {
  for (const { text } of [page, chinese]) {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    assert.equal(links.length, 2);
    for (const link of links) readFileSync(new URL(`../../js/docs/${link}`, import.meta.url));
  }
});
