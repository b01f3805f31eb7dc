// Sets everything up, then walks an order from log-in to the compared books in both API generations: `npm run demo [-- --verbose]`.
import { build } from './build.mjs';
import { run, script } from './tools.mjs';

script(async () => {
  await build();
  const verbose = process.argv.includes('--verbose') ? ['--verbose'] : [];
  await run('the order flow', process.execPath, ['js/examples/shop/walk.mjs', ...verbose], {
    show: true,
    timeoutMs: 60_000,
  });
});
