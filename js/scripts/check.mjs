// Builds, and checks what every machine can check in some minutes, without servers, root or a browser: `npm run check`.
import { build } from './build.mjs';
import { checkSources, summary, testNatively, testPackage } from './checks.mjs';
import { NEEDS, quickTests } from './package-tests.mjs';
import { setUpChecks } from './setup.mjs';
import { script } from './tools.mjs';

script(async () => {
  const { env } = await build();
  await setUpChecks();
  await checkSources(env);
  await testNatively();
  await testPackage('the package in Node', quickTests());
  summary();
  console.log(`Left to npm test: wasm in a browser, a second build, and ${Object.keys(NEEDS).length} files of tests.`);
});
