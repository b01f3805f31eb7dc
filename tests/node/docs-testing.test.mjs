// The file of js/docs/testing.md as a user copies it: it passes in node:test, and finds mistakes of a shop.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readPage } from './docs-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}/target/paysign/docs-testing-${process.pid}`;
const { blocks, tables } = readPage('testing.md');
const [code] = blocks;

before(() => mkdirSync(folder, { recursive: true }));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a text as a file of tests in a process of its own. */
function tested(text) {
  const file = `${folder}/shop.test.mjs`;
  writeFileSync(file, text);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_TEST')));
  const args = ['--test', '--test-reporter', 'tap', file];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 });
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1]);
  return { passed: count('pass'), failed: count('fail'), stdout };
}

test('the file of the page passes unchanged', () => {
  const { passed, failed, stdout } = tested(code);
  assert.deepEqual([passed, failed], [3, 0], stdout);
});

/** Mistakes of a shop, and how many of its tests fail. */
const MISTAKES = {
  'delivers no refund': ['onRefund: async', 'onRejected: async', 1],
  'has another price': [
    '{ mch_id, out_trade_no, total_fee, timesPaid',
    '{ mch_id, out_trade_no, total_fee: 1, timesPaid',
    2,
  ],
  'signs with another clock': ['nowMs: () => clock.now()', 'nowMs: () => Date.now()', 3],
};
for (const [what, [right, wrong, count]] of Object.entries(MISTAKES))
  test(`the tests of the page fail for a shop that ${what}`, () => {
    assert.ok(code.includes(right));
    const { failed, stdout } = tested(code.replace(right, wrong));
    assert.equal(failed, count, stdout);
  });

test('one line of the file names the import for Vitest', () => {
  const lines = code.split('\n').filter((line) => line.includes('Vitest'));
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^import \{ .* \} from 'node:test'; \/\/ Vitest: import \{ .* \} from 'vitest';$/);
});

test('every function of the gateway and of the clock in the table exists', async () => {
  const { createGateway, createManualClock } = await import('paysign/testing');
  const clock = createManualClock(0);
  const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', key: 'k'.repeat(32) }], clock });
  const named = tables[0].rows.flatMap(([cell]) => [...cell.matchAll(/(gateway|clock)\.(\w+)/g)]);
  assert.ok(named.length >= 16);
  for (const [whole, object, name] of named) assert.equal(typeof { gateway, clock }[object][name], 'function', whole);
  await gateway.close();
});
