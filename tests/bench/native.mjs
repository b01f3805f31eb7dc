// The package in Node beside the same operations in native Rust, which criterion has measured just before: `npm run bench -- native`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contestants } from './contestants.mjs';
import { operations } from './operations.mjs';
import { inTurns, median } from './rounds.mjs';
import { bars } from './verdict.mjs';

const criterion = process.env.CRITERION_HOME ?? fileURLToPath(new URL('../../target/criterion', import.meta.url));
const [{ methods }] = await contestants((name) => name === 'paysign');
const micro = (ns) => (ns / 1000).toFixed(2);

console.log('\n| operation | native, µs | in Node, µs | Node / native |\n|---|---:|---:|---:|');
for (const { id, run, check, slow } of operations({ rows: 100_000 })) {
  await check(methods);
  const { run: samples } = await inTurns({ run: run(methods) }, { rounds: slow ? 7 : 41 });
  const estimates = JSON.parse(readFileSync(join(criterion, id, 'new/estimates.json'), 'utf8'));
  const [native, ours] = [estimates.median.point_estimate, median(samples)];
  const { what } = bars.find((bar) => bar.id === id);
  console.log(`| ${[`${id} ${what}`, micro(native), micro(ours), (ours / native).toFixed(2)].join(' | ')} |`);
}
