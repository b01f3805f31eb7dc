// Builds, then measures our speed beside hand-written node:crypto: `npm run bench [-- --rounds 41]`.
import { build } from './build.mjs';
import { run, script } from './tools.mjs';

script(async () => {
  await build();
  await run('the bench', process.execPath, ['tests/bench/bench.mjs', ...process.argv.slice(2)], { show: true });
});
