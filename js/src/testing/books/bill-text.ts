// The text of a bill: a back-quote before each value, commas between them, amounts in yuan (manual: 下载交易账单).

/** The values of one line by column. A missing column is empty. */
export type BillRow = ReadonlyMap<string, string>;

/** Writes a bill: header, rows, header of the summary, and the summary. All lines end with CR LF. */
export function writeBill(
  columns: readonly string[],
  rows: readonly BillRow[],
  summary: ReadonlyMap<string, string>,
): string {
  const lines = [
    columns.join(','),
    ...rows.map((row) => writeValues(columns.map((column) => row.get(column) ?? ''))),
    [...summary.keys()].join(','),
    writeValues([...summary.values()]),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** Writes an amount in fen as yuan with two decimals. */
export function yuan(fen: number): string {
  const [sign, amount] = fen < 0 ? ['-', -fen] : ['', fen];
  return `${sign}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}

/**
 * A comma in a value is kept, since only a comma with a back-quote ends a value. If a value has both, the comma is written as
 * backslash and space. A line break is written as `\n`. The newer pages say so.
 */
function writeValues(values: readonly string[]): string {
  const written = values.map((value) => value.replaceAll(',`', '\\ `').replaceAll(/\r\n?|\n/g, '\\n'));
  return written.map((value) => `\`${value}`).join(',');
}
