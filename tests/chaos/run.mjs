// The chaos run as a command: `node tests/chaos/run.mjs --api v2 --orders 10000 --seed 1 --seeds 1`; ends with 1 where the books disagree.

import { parseArgs } from 'node:util';
import { booksDigest, digest, disagreements } from './compare.mjs';
import { APIS } from './merchants.mjs';
import { figures, tables } from './report.mjs';
import { runWorld } from './world.mjs';

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'v2' },
    orders: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
  },
});
const [orders, first, seeds] = [number('orders', 1), number('seed', 0), number('seeds', 1)];
const { api } = values;
if (!APIS.includes(api)) {
  console.error(`--api is one of ${APIS.join(', ')}`);
  process.exit(2);
}

function number(name, least) {
  const given = Number(values[name]);
  if (Number.isSafeInteger(given) && given >= least) return given;
  console.error(`--${name} is a whole number from ${least} on, such as --${name} 10`);
  return process.exit(2);
}

/** Between two lines of progress, in milliseconds. */
const PROGRESS_MS = 15_000;

const all = [];
for (let seed = first; seed < first + seeds; seed += 1) {
  const start = Date.now();
  let told = start;
  const run = await runWorld({
    ...{ seed, orders, api },
    onMinute({ minute, customers }) {
      if (Date.now() - told < PROGRESS_MS) return;
      told = Date.now();
      const gone = [...customers.values()].filter(({ isDone }) => isDone).length;
      console.log(`… seed ${seed}, minute ${minute}: ${gone} of ${orders} buyers have gone home`);
    },
  });
  const found = disagreements(run);
  const seconds = Math.round((Date.now() - start) / 1000);
  all.push(figures(run, found, seconds));
  console.log(
    `${found.length === 0 ? '✓' : '✗'} ${api}, seed ${seed}: ${orders} orders, ${found.length} disagreements (${seconds} s)`,
  );
  console.log(`  books ${booksDigest(run)}, faults ${digest(run.diary.faults())}`);
  for (const { kind, number, what } of found.slice(0, 20)) console.log(`  ${kind}: ${number}: ${what}`);
  if (found.length > 0) {
    console.log(`  npm run chaos -- --api ${api} --orders ${orders} --seed ${seed} # replays it`);
    process.exitCode = 1;
  }
  run.database.close();
}
console.log(`\n${tables(all)}`);
