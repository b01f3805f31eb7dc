// Time and peak memory of reading bills of growing length as streams, each in a process of its own.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readBill } from 'paysign';
import { bill } from './messages.mjs';

/** This many rows are made once and repeated: reading is measured, not making. */
const PART = 1000;
/** The rows before time counts, in which the engine compiles. Memory is that of a process that reads only the bill. */
const WARM = 200_000;
const self = fileURLToPath(import.meta.url);

/**
 * @param {number} rows thousands of them
 * @returns {{ ns: number, megabytes: number }}
 */
export function billGrowth(rows) {
  const [{ ns }, { megabytes }] = [WARM, 0].map((before) =>
    JSON.parse(execFileSync(process.execPath, [self, String(rows), String(before)], { encoding: 'utf8' })),
  );
  return { ns, megabytes };
}

/** A bill of this many rows in pieces. */
export async function* billStream(rows) {
  const whole = Buffer.concat([...bill(PART)]);
  const first = whole.indexOf('\n') + 1;
  const last = whole.lastIndexOf('`', whole.lastIndexOf('总交易单数'));
  const end = whole.indexOf('\n', last) + 1;
  yield whole.subarray(0, first);
  for (let made = 0; made < rows; made += PART) yield whole.subarray(first, end);
  yield Buffer.from(whole.subarray(end).toString().replace(`\`${PART}.0`, `\`${rows}.0`));
}

if (process.argv[1] === self) {
  const [rows, before] = process.argv.slice(2).map(Number);
  if (before > 0) await reading(before);
  const ns = await reading(rows);
  console.log(JSON.stringify({ ns, megabytes: process.resourceUsage().maxRSS / 1000 }));
}

async function reading(rows) {
  const start = process.hrtime.bigint();
  const read = readBill(billStream(rows), { maxBytes: Number.POSITIVE_INFINITY });
  let count = 0;
  for await (const row of read) if (row.微信订单号.length === 28) count += 1;
  const ns = Number(process.hrtime.bigint() - start);
  if (count !== rows || read.summary.总交易单数 !== `${rows}.0`) throw new Error(`${count} of ${rows} rows were read`);
  return ns;
}
