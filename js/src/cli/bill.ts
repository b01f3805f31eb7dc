// `paysign bill`: a bill as rows of JSON, as CSV for spreadsheets, or its totals. A row is read at a time.

import { createReadStream, statSync } from 'node:fs';
import { unreadable } from './input.js';
import { v2 } from './packages.js';
import { print, progressBar, rowsOf, styled, write } from './terminal.js';
import type { Command, Given } from './usage.js';

/** The command. */
export const billCommand: Command = {
  summary: { en: 'read a bill', zh: '读取账单' },
  usage: ['bill <file|-> [--json|--csv|--summary]'],
  about: {
    en: 'Reads a trade or fund-flow bill, plain or gzip, row by row. Without an option it prints the summary.\nExit code 1: the bill is damaged, or its totals differ from its rows.',
    zh: '逐行读取交易账单或资金账单（原文或 gzip）。不带选项时输出汇总。\n退出码 1：账单损坏，或汇总与明细不符。',
  },
  options: [
    {
      name: 'csv',
      text: {
        en: "print CSV; cells that a spreadsheet would calculate begin with '",
        zh: "输出 CSV；会被表格软件当作公式的单元格以 ' 开头",
      },
    },
    { name: 'summary', text: { en: 'print totals and differences', zh: '输出汇总与差异' } },
  ],
  examples: [
    'paysign bill 20240805.csv',
    'paysign bill 20240805.csv.gz --csv > clean.csv',
    'paysign bill 20240805.csv --json | jq -r \'.["商户订单号"]\'',
  ],
  async run(given) {
    const [isCsv, isSummary] = [given.has('csv'), given.has('summary')];
    if (isCsv && (isSummary || given.has('json')))
      throw given.wrong({
        en: '--csv is a form of its own; leave out the others',
        zh: '--csv 是单独的格式；请去掉其他选项',
      });
    const { stream, totalBytes } = sourceOf(given);
    const printsRows = isCsv || (given.has('json') && !isSummary);
    // Rows and bar on one terminal would overwrite each other.
    const bar = progressBar(printsRows && process.stdout.isTTY ? undefined : totalBytes);
    const bill = v2().readBill(counted(stream, bar.at), { maxBytes: Number.MAX_SAFE_INTEGER });
    let count = 0;
    let batch = '';
    try {
      for await (const row of bill) {
        if (isCsv && count === 0) batch += csvLine(bill.columns);
        count += 1;
        if (!printsRows) continue;
        batch += isCsv ? csvLine(Object.values(row)) : `${JSON.stringify(row)}\n`;
        if (batch.length < BATCH) continue;
        await write(batch);
        batch = '';
      }
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      if (cause instanceof Error && 'syscall' in cause) throw unreadable(given, given.file ?? '-', cause);
      throw error;
    } finally {
      bar.end();
    }
    if (batch !== '') await write(batch);
    const { summary, differences, uncompared } = bill;
    if (printsRows) return differences.length === 0;
    if (given.has('json')) await print(JSON.stringify({ rows: count, summary, differences, uncompared }));
    else
      await print(
        styled('bold', given.say({ en: `${count} rows`, zh: `共 ${count} 行` })),
        ...rowsOf(Object.entries(summary)),
        ...differences.map(({ name, stated, counted: sum = '?' }) =>
          styled(
            'red',
            given.say({
              en: `${name}: the bill says ${stated}, the rows have ${sum}`,
              zh: `${name}：汇总为 ${stated}，明细合计为 ${sum}`,
            }),
          ),
        ),
        ...(uncompared.length === 0
          ? []
          : [
              styled(
                'yellow',
                given.say({ en: `not compared: ${uncompared.join(', ')}`, zh: `未核对：${uncompared.join('、')}` }),
              ),
            ]),
      );
    return differences.length === 0;
  },
};

/** How many characters are written at a time. */
const BATCH = 64 * 1024;

function sourceOf(given: Given): { stream: AsyncIterable<Buffer>; totalBytes: number | undefined } {
  const { file } = given;
  if (file === undefined)
    throw given.wrong({
      en: 'the bill is missing; name a file, or - for the standard input',
      zh: '缺少账单；请写明文件，或用 - 表示标准输入',
    });
  if (file === '-') return { stream: process.stdin, totalBytes: undefined };
  try {
    const { size } = statSync(file);
    return { stream: createReadStream(file), totalBytes: size };
  } catch (error) {
    throw unreadable(given, file, error);
  }
}

/** The bytes of the stream, with a call for each part. */
async function* counted(stream: AsyncIterable<Buffer>, at: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    at(bytes);
    yield part;
  }
}

const csvLine = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`;

/** A cell that a spreadsheet would calculate becomes text. A plain number such as `-1.00` stays a number. */
function csvCell(value: string): string {
  const isFormula = /^[=+\-@\t\r\n]/.test(value) && !/^-\d+(\.\d+)?$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
