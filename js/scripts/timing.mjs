// The tests that judge time: `npm run timing`. `npm test` leaves them out, since a busy machine would fail them.
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
