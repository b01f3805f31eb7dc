// `paysign` in a pseudo-terminal: the prompt without echo, colours and the progress bar; and that pipes have none.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, run, save } from './cli-support.mjs';
import { runInTerminal } from './cli-terminal-support.mjs';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';

const { key } = shop;
const fields = { appid: shop.appid, mch_id: shop.mch_id, body: '茶', nonce_str: 'abc', total_fee: '100' };
const right = save('right.xml', xmlByHand({ ...fields, sign: signByHand(fields, key) }));
const wrong = save('wrong.xml', xmlByHand({ ...fields, sign: '0'.repeat(32) }));
const keyFile = save('key', key);
const ESCAPE = '\u001b[';

test('the prompt reads a key, with corrections, and does not echo it', async () => {
  for (const typed of [`${key}\r`, `x\u007f${key}\n`, `${key}\u0004`]) {
    const { code, shown } = await runInTerminal(['verify', right], { prompt: 'key: ', typed });
    assert.equal(code, 0, shown);
    assert.match(shown, /key: \r?\n/);
    assert.match(shown, /right: the signature/);
    assert.ok(!shown.includes(key.slice(0, 6)), shown);
  }
  const other = await runInTerminal(['verify', right], { prompt: 'key: ', typed: 'xyzzy-4711\r' });
  assert.deepEqual([other.code, /xyzzy/.test(other.shown)], [1, false]);
});

test('an interrupt at the prompt ends the command, and an empty key is refused', async () => {
  const interrupted = await runInTerminal(['verify', right], { prompt: 'key: ', typed: '\u0003' });
  assert.equal(interrupted.code, 130);
  const empty = await runInTerminal(['verify', right], { prompt: 'key: ', typed: '\r' });
  assert.equal(empty.code, 2);
  assert.match(empty.shown, /the key is empty/);
});

test('colours are on a terminal alone, and NO_COLOR removes them', async () => {
  const args = (file) => ['verify', file, '--key-file', keyFile];
  const [green, red] = [await runInTerminal(args(right)), await runInTerminal(args(wrong))];
  assert.ok(green.shown.includes(`${ESCAPE}32m`), green.shown);
  assert.deepEqual([red.code, red.shown.includes(`${ESCAPE}31m`)], [1, true]);
  const plain = await runInTerminal(args(right), { env: { NO_COLOR: '1' } });
  assert.ok(!plain.shown.includes(ESCAPE), plain.shown);
  for (const file of [right, wrong]) {
    const { stdout, stderr } = await run(args(file));
    assert.ok(!(stdout + stderr).includes(ESCAPE));
  }
});

test('a bill has a progress bar on a terminal, and none in a pipe', async () => {
  const rows = '`2024-08-05 10:33:40,`A1,`1.00\r\n'.repeat(200_000);
  const path = save(
    'bill.csv',
    `交易时间,商户订单号,订单金额\r\n${rows}总交易单数,订单总金额\r\n\`200000,\`200000.00\r\n`,
  );
  const bar = /\[[#-]{30}\] \d+ % \d+\.\d MB/;
  const summary = await runInTerminal(['bill', path, '--summary']);
  assert.match(summary.shown, bar);
  assert.match(summary.shown, /200000 rows/);
  const redirect = join(folder, 'rows.csv');
  const { code, shown } = await runInTerminal(['bill', path, '--csv'], { redirect });
  assert.equal(code, 0, shown);
  assert.match(shown, bar);
  assert.equal(readFileSync(redirect, 'utf8').split('\r\n').length, 200_002);
  const piped = await run(['bill', path, '--summary']);
  assert.equal(piped.stderr, '');
  assert.doesNotMatch(piped.stdout, bar);
});

test('the values of others cannot control the terminal', async () => {
  const evil = '\u001b]0;owned\u0007\u202e';
  const input = JSON.stringify({ ...fields, body: evil, sign: '0' });
  const { shown } = await runInTerminal(['notice', save('evil.json', input), '--key-file', keyFile]);
  assert.ok(!shown.includes('\u001b]0') && !shown.includes('\u202e'), JSON.stringify(shown));
});
