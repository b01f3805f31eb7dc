// Everything that is judged by how long it takes: `npm run timing`. `npm test` has none of it, since a busy machine would fail it.
import { build } from './build.mjs';
import { run, script, TIMED } from './tools.mjs';

const NATIVE = ['--locked', '--release', '--example', 'timing'];

script(async () => {
  await build();
  await run('build the measurement', 'cargo', ['build', ...NATIVE]);
  await run(
    'natively: the comparison of signatures, and XML in proportion to its size',
    'cargo',
    ['run', '--quiet', ...NATIVE],
    {
      show: true,
    },
  );
  await run('the same of the package', process.execPath, ['--test', '--test-reporter', 'spec', ...TIMED], {
    show: true,
  });
});
