// Sets everything up, builds, and runs every check there is: `npm test`. Ends with what ran, and what was skipped.
import { build } from './build.mjs';
import { checkSources, checkTypes, summary, testNatively, testPackage, testParcel, testRust } from './checks.mjs';
import { packageTests } from './package-tests.mjs';
import { buildElsewhere } from './reproduce.mjs';
import { setUpParcel, setUpTests } from './setup.mjs';
import { script } from './tools.mjs';

script(async () => {
  const tools = await build();
  const env = await setUpTests(tools.env);
  await setUpParcel();
  await checkSources(tools.env);
  await checkTypes('the adapters have the types that the frameworks want', 'tests/node/frameworks/tsconfig.json');
  await testNatively();
  const pack = ['test', '--mode', 'no-install'];
  const vectors = ['--', '--test', 'vectors'];
  await testRust('the vectors, wasm in Node', 'wasm-pack', [...pack, '--node', ...vectors], { env });
  await testRust('the vectors, wasm in Chromium', 'wasm-pack', [...pack, '--headless', '--chrome', ...vectors], {
    env: { ...env, WASM_BINDGEN_USE_BROWSER: '1' },
  });
  await testPackage('the package in Node', packageTests('tests/node'));
  await testPackage('the package in Chromium', packageTests('tests/browser'));
  await testParcel(['--quick']);
  // Last, as it takes long where the sources have changed.
  await buildElsewhere();
  summary();
});
