// How a bill is written: a back-quote before each value, commas between them, amounts in yuan (manual: 下载交易账单).

/** The values of one line by the name of their column; a column that is not named is empty. */
export type BillRow = ReadonlyMap<string, string>;

/** Writes a bill: head, rows, head of the summary, and the summary. Lines end with CR LF, the last one too. */
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

/** An amount in fen as yuan with two decimals. */
export function yuan(fen: number): string {
  const [sign, amount] = fen < 0 ? ['-', -fen] : ['', fen];
  return `${sign}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}

/**
 * A comma inside a value stays, since only the back-quote after it ends a value; where the value itself has both, the
 * comma is written as backslash and space, and a line break as `\n`, as the newer pages say.
 */
function writeValues(values: readonly string[]): string {
  const written = values.map((value) => value.replaceAll(',`', '\\ `').replaceAll(/\r\n?|\n/g, '\\n'));
  return written.map((value) => `\`${value}`).join(',');
}
