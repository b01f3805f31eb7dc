// Measures whether verifying tells by its time how much of a signature is right: `npm run timing`.
import { run, script } from './tools.mjs';

script(async () => {
  await run('build the measurement', 'cargo', ['build', '--locked', '--release', '--example', 'timing']);
  await run(
    'verifying takes the same time',
    'cargo',
    ['run', '--locked', '--release', '--quiet', '--example', 'timing'],
    {
      show: true,
    },
  );
});
