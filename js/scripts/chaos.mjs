// Builds, then runs shop, buyers and gateway through all faults and compares the books: `npm run chaos [-- --api v3 --orders 10000 --seed 1 --seeds 1]`.
import { build } from './build.mjs';
import { setUpDatabase } from './setup.mjs';
import { run, script } from './tools.mjs';

/** Five runs of 10,000 orders take under two hours on one core. */
const LONGEST_MS = 4 * 60 * 60 * 1000;

script(async () => {
  await build();
  await setUpDatabase();
  const args = ['tests/chaos/run.mjs', ...process.argv.slice(2)];
  await run('the books agree', process.execPath, args, { show: true, timeoutMs: LONGEST_MS });
});
