// `paysign bill` as a process: rows, CSV, totals, damaged bills, constant memory, and a reader that leaves early.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { command, folder, run, save } from './cli-support.mjs';
import { vectors } from './gateway-support.mjs';

const { accepted } = vectors('bills');
const [{ text }] = accepted;
const bill = save('bill.csv', text);

/** A bill of this many payments of 1.00 yuan with these names of goods. */
function billOf(goods) {
  const names = '交易时间,商户订单号,商品名称,手续费,订单金额';
  const rows = goods.map((name, at) => `\`2024-08-05 10:33:40,\`A${at},\`${name},\`-0.00600,\`1.00`);
  return [names, ...rows, '总交易单数,订单总金额', `\`${goods.length},\`${goods.length}.00`, ''].join('\r\n');
}

/** A reader of CSV by hand. */
function readCsv(csv) {
  return csv
    .trimEnd()
    .split('\r\n')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)])
    .map((cells) => cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));
}

test('--json prints each row as one line of JSON, from a file, from gzip and from the standard input', async () => {
  for (const { text: whole, rows } of accepted.filter((one) => one.rows?.length > 0)) {
    const lines = (stdout) =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const plain = await run(['bill', save('one.csv', whole), '--json']);
    assert.equal(plain.stderr, '');
    assert.deepEqual(lines(plain.stdout), rows);
    const packed = await run(['bill', '-', '--json'], { input: gzipSync(whole) });
    assert.deepEqual(lines(packed.stdout), rows);
  }
});

test('the summary is the default, and has totals, differences and the number of rows', async () => {
  const shown = await run(['bill', bill]);
  assert.equal(shown.stderr, '');
  assert.match(shown.stdout, /^2 rows\n[\s\S]*订单总金额 +1\.00\n/);
  const { code, stdout } = await run(['bill', bill, '--summary', '--json']);
  const { rows, summary, differences } = JSON.parse(stdout);
  assert.deepEqual([rows, summary.总交易单数.trim(), code], [2, '2', differences.length === 0 ? 0 : 1]);
  const wrong = await run(['bill', save('wrong.csv', billOf(['a', 'b']).replace('`2.00', '`3.00'))]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /订单总金额: the bill says 3\.00, the rows have 2\.00/);
  assert.equal((await run(['bill', save('right.csv', billOf(['a', 'b']))])).code, 0);
});

test('--csv makes formulas text, and leaves numbers and other text as they are', async () => {
  const goods = ['=1+1', '+1', '-1+2', '@SUM(A1)', '\tx', '茶', 'say "tea"', '-2', '-2.50', '-', 'a=b'];
  const { code, stdout, stderr } = await run(['bill', save('goods.csv', billOf(goods)), '--csv']);
  assert.deepEqual([code, stderr], [0, '']);
  const [head, ...rows] = readCsv(stdout);
  assert.deepEqual(head, ['交易时间', '商户订单号', '商品名称', '手续费', '订单金额']);
  assert.deepEqual(
    rows.map((row) => row[2]),
    ["'=1+1", "'+1", "'-1+2", "'@SUM(A1)", "'\tx", '茶', 'say "tea"', '-2', '-2.50', "'-", 'a=b'],
  );
  assert.deepEqual([...new Set(rows.map((row) => row[3]))], ['-0.00600']);
});

test('a damaged bill ends with 1, and a wrong call with 2', async () => {
  const cut = await run(['bill', '-', '--json'], { input: text.slice(0, -60) });
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /^paysign: [^\n]+\n$/);
  for (const [args, words] of [
    [['bill'], /the bill is missing/],
    [['bill', join(folder, 'absent.csv')], /absent\.csv cannot be read \(ENOENT\)/],
    [['bill', folder], /cannot be read \(EISDIR\)/],
    [['bill', bill, '--csv', '--json'], /--csv is a form of its own/],
    [['bill', bill, '--cvs'], /did you mean --csv\?/],
  ]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, words);
  }
});

/** The head, this many rows in pieces, and the end of a bill. */
function* pieces(rows) {
  const [head, row, ...end] = billOf(['茶']).split('\r\n');
  yield `${head}\r\n`;
  const block = `${row}\r\n`.repeat(1000);
  for (let at = 0; at < rows; at += 1000) yield block;
  yield end.join('\r\n').replace('`1,`1.00', `\`${rows},\`${rows}.00`);
}

test('a bill of 100 MB needs hardly more memory than one of 10 MB', { timeout: 120_000 }, async () => {
  const peak = async (rows) => {
    const child = spawn(process.execPath, ['-e', MEASURED, command, 'bill', '-', '--csv'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.resume();
    child.stderr.on('data', (part) => {
      said += part;
    });
    const end = once(child, 'close');
    for (const piece of pieces(rows)) if (!child.stdin.write(piece)) await once(child.stdin, 'drain');
    child.stdin.end();
    assert.deepEqual(await end, [0, null], said);
    return Number(/peak (\d+)/.exec(said)[1]) / 1024;
  };
  const [small, large] = [await peak(150_000), await peak(1_500_000)];
  assert.ok(large < small + 40, `${small} MiB, then ${large} MiB`);
});

/** Runs the command, and prints the peak of its memory in KiB at its end. */
const MEASURED = `
process.on('exit', () => require('node:fs').writeSync(2, 'peak ' + process.resourceUsage().maxRSS));
require(process.argv[1]);
`;

test('a reader that leaves early ends the command quietly', async () => {
  const child = spawn(process.execPath, [command, 'bill', '-', '--json'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  child.stdin.on('error', () => undefined);
  const end = once(child, 'close');
  child.stdout.once('data', () => child.stdout.destroy());
  for (const piece of pieces(100_000)) child.stdin.write(piece);
  child.stdin.end();
  assert.deepEqual(await end, [0, null]);
  assert.equal(said, '');
});
