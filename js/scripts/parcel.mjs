// Builds, packs, and tries the package in bundlers, runtimes, test runners and TypeScript: `npm run test:parcel [-- --quick] [-- --only esbuild,rollup]`.
import { build } from './build.mjs';
import { summary, testParcel } from './checks.mjs';
import { setUpParcel } from './setup.mjs';
import { script } from './tools.mjs';

script(async () => {
  await build();
  await setUpParcel();
  await testParcel(process.argv.slice(2));
  summary();
});
