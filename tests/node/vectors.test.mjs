// The shared vectors on the built package in Node, imported and required.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as imported from 'paysign';
import { cases } from '../vectors/suite.mjs';

const folder = new URL('../vectors/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const vectors = Object.fromEntries(
  names.map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
);
const required = createRequire(import.meta.url)('paysign');
const host = {
  equal: assert.deepEqual,
  bytes: (base64) => new Uint8Array(Buffer.from(base64, 'base64')),
};

for (const [how, paysign] of [
  ['imported', imported],
  ['required', required],
]) {
  test(`the package, ${how}, does what every vector says`, async (t) => {
    const list = cases(paysign, vectors, host);
    assert.ok(list.length > 100, `${list.length} cases`);
    for (const [name, run] of list) await t.test(name, run);
  });
}

test('import and require share one instance, so that an error of one is an error of the other', () => {
  assert.equal(imported.WxPayError, required.WxPayError);
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
});
