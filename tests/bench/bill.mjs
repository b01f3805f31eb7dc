// A bill of APIv3 beside the same bill of APIv2, in processes of their own: `npm run bench -- bill`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readBill } from 'paysign';
import { WechatPay } from 'paysign/v3';
import { billStream } from './growth-bills.mjs';
import { options, signed } from './messages-v3.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    reader: { type: 'string' },
  },
});
const rows = Number(values.rows);

/** What opens the bill. APIv3 asks for its address, downloads it, and compares its hash; APIv2 reads the stream. */
const READERS = {
  v2: async () => readBill(billStream(rows), { maxBytes: Number.POSITIVE_INFINITY }),
  v3: async () => {
    const hash = createHash('sha1');
    for await (const piece of billStream(rows)) hash.update(piece);
    const file = {
      ...{ hash_type: 'SHA1', hash_value: hash.digest('hex') },
      download_url: 'https://api.mch.weixin.qq.com/v3/billdownload/file?token=a',
    };
    const answers = [signed(JSON.stringify(file)), { body: ReadableStream.from(billStream(rows)) }];
    const fetch = async () => {
      const { headers, body } = answers.shift();
      return new Response(body, { headers });
    };
    return new WechatPay({ ...options, fetch }).tradeBill({ bill_date: '2026-07-25' });
  },
};

if (values.reader === undefined) compare();
else console.log(JSON.stringify(await reading(READERS[values.reader])));

async function reading(open) {
  const bill = await open();
  const start = process.hrtime.bigint();
  let count = 0;
  for await (const row of bill) if (row.微信订单号.length === 28) count += 1;
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (count !== rows || bill.summary.总交易单数 !== `${rows}.0`) throw new Error(`${count} of ${rows} rows were read`);
  return { seconds, megabytes: process.resourceUsage().maxRSS / 1000 };
}

function compare() {
  const script = fileURLToPath(import.meta.url);
  const measured = { v2: [], v3: [] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const reader of ['v2', 'v3']) {
      const given = [script, '--rows', String(rows), '--reader', reader];
      measured[reader].push(JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8' })));
      console.log(`… round ${round + 1}: ${reader} ${measured[reader].at(-1).seconds.toFixed(2)} s`);
    }
  }
  console.log('| a bill of', rows.toLocaleString('en'), 'rows | seconds | megabytes at most |\n|---|---:|---:|');
  for (const [reader, rounds] of Object.entries(measured)) {
    const seconds = rounds.map((one) => one.seconds.toFixed(2));
    console.log(
      `| ${reader} | ${seconds.join(', ')} | ${Math.max(...rounds.map((one) => one.megabytes)).toFixed(0)} |`,
    );
  }
}
