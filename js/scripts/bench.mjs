// Builds, then measures our speed beside hand-written node:crypto: `npm run bench [-- --rounds 41]`; or the notice handler's: `-- notices`.
import { build } from './build.mjs';
import { setUpLoad } from './setup.mjs';
import { run, script } from './tools.mjs';

script(async () => {
  await build();
  const [name, ...rest] = process.argv.slice(2);
  if (name === 'notices') {
    await setUpLoad();
    await run('the bench of notices', process.execPath, ['tests/bench/notices.mjs', ...rest], { show: true });
    return;
  }
  await run('the bench', process.execPath, ['tests/bench/bench.mjs', ...process.argv.slice(2)], { show: true });
});
