// The demo: it walks the whole flow, prints signed texts on request, and finds books that differ.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareBooks, walk } from '../../js/examples/shop/walk.mjs';

const KEY = '192006250b4c09247ec02edce69f6a2d';
const file = fileURLToPath(new URL('../../js/examples/shop/walk.mjs', import.meta.url));

test('the walk ends with books that agree, a line for each step', async () => {
  const lines = [];
  assert.deepEqual(await walk({ print: (line) => lines.push(line) }), []);
  assert.equal(lines.length, 12, lines.join('\n'));
  assert.match(lines.at(-1), /the books agree/);
  assert.match(
    lines.join('\n'),
    /forged notice is refused \(ERR_SIGNATURE\)[\s\S]*changed amount is refused \(ERR_SIGNATURE\)[\s\S]*another amount is refused \(ERR_MISMATCH\)/,
  );
});

test('a verbose walk shows each string that was signed and never the key', () => {
  const output = execFileSync(process.execPath, [file, '--verbose'], { encoding: 'utf8' });
  assert.match(output, /signed for \/pay\/unifiedorder: appid=wxd930ea5d5a258f4f&body=.*&key=\*{8}\n/);
  assert.match(output, /signed for the phone: appId=.*&key=\*{8}\n/);
  assert.match(output, /signed by WeChat: appid=.*&key=\*{8}\n/);
  assert.ok(!output.includes(KEY));
});

test('books that differ in anything are found', () => {
  const shop = [{ out_trade_no: '1', total_fee: 1, state: 'SUCCESS', transaction_id: 't', timesPaid: 1 }];
  const gateway = [{ out_trade_no: '1', total_fee: 1, trade_state: 'SUCCESS', transaction_id: 't' }];
  assert.deepEqual(compareBooks(shop, gateway), []);
  const changed = (row, change) => [{ ...row[0], ...change }];
  const cases = [
    [[], gateway],
    [shop, []],
    [changed(shop, { total_fee: 2 }), gateway],
    [changed(shop, { state: 'NOTPAY', timesPaid: 0 }), gateway],
    [changed(shop, { transaction_id: 'u' }), gateway],
    [changed(shop, { timesPaid: 2 }), gateway],
  ];
  for (const [ours, theirs] of cases) assert.equal(compareBooks(ours, theirs).length, 1, JSON.stringify(ours));
});
