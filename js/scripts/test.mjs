// Sets everything up, builds, and runs every check there is: `npm test`. Ends with what ran, and what was skipped.
import { join } from 'node:path';
import { build } from './build.mjs';
import { MODULES } from './modules.mjs';
import { buildElsewhere } from './reproduce.mjs';
import { setUpTests } from './setup.mjs';
import { files, root, run, script, TIMED, Told } from './tools.mjs';

/** @type {{ what: string, passed: number, skipped: number }[]} */
const results = [];

/** What this machine cannot run, and why; never a test. @type {string[]} */
const left = [];

/** Natively everything is tested that the crate can; the module for wasm has its features one at a time. */
const feature = ['--features', 'certificate'];

script(async () => {
  const tools = await build();
  const env = await setUpTests(tools.env);
  await run('Rust is formatted', 'cargo', ['fmt', '--all', '--check']);
  await run('scripts and data are formatted and linted', process.execPath, [
    join(root, 'node_modules/@biomejs/biome/bin/biome'),
    'ci',
    '--colors=off',
    '--error-on-warnings',
  ]);
  await run('clippy, natively', 'cargo', ['clippy', '--locked', '--all-targets', ...feature, '--', '-D', 'warnings']);
  const wasm = ['--locked', '--lib', '--target', 'wasm32-unknown-unknown'];
  if (tools.env.RUSTC === undefined) {
    for (const { feature: name } of MODULES)
      await run(`clippy, for wasm (${name})`, 'cargo', ['clippy', ...wasm, '--features', name, '--', '-D', 'warnings']);
  } else {
    left.push("clippy, for wasm: rustup has no wasm target here, and Debian's compiler has no clippy");
  }
  await run('the documentation is whole', 'cargo', ['doc', '--locked', '--no-deps', '--lib', ...feature], {
    env: { RUSTDOCFLAGS: '-D warnings' },
  });
  for (const [what, project] of [
    ['the tests have the types that the package promises', 'tests/node/tsconfig.json'],
    ['the adapters have the types that the frameworks want', 'tests/node/frameworks/tsconfig.json'],
  ]) {
    await run(what, process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]);
  }
  cargo('Rust, natively', await run('Rust, natively', 'cargo', ['test', '--locked', ...feature]));
  const pack = ['test', '--mode', 'no-install'];
  cargo(
    'the vectors, wasm in Node',
    await run('the vectors, wasm in Node', 'wasm-pack', [...pack, '--node', '--', '--test', 'vectors'], { env }),
  );
  const browser = { ...env, WASM_BINDGEN_USE_BROWSER: '1' };
  cargo(
    'the vectors, wasm in Chromium',
    await run(
      'the vectors, wasm in Chromium',
      'wasm-pack',
      [...pack, '--headless', '--chrome', '--', '--test', 'vectors'],
      { env: browser },
    ),
  );
  for (const [what, folder] of [
    ['the package in Node', 'tests/node'],
    ['the package in Chromium', 'tests/browser'],
  ]) {
    const tests = files(folder).filter((path) => path.endsWith('.test.mjs') && !TIMED.includes(path));
    node(what, await run(what, process.execPath, ['--test', '--test-reporter', 'tap', ...tests]));
  }
  // Last, as it takes long where the sources have changed.
  await buildElsewhere();
  summary();
});

/**
 * Counts what cargo or wasm-bindgen ran; a host that ran nothing is a failure.
 * @param {string} what
 * @param {string} output
 */
function cargo(what, output) {
  let [passed, skipped] = [0, 0];
  for (const [, good, ignored, filtered] of output.matchAll(
    /test result: ok\. (\d+) passed; \d+ failed; (\d+) ignored;(?: \d+ measured;)? (\d+) filtered/g,
  )) {
    passed += Number(good);
    skipped += Number(ignored) + Number(filtered);
  }
  count(what, passed, skipped);
}

/**
 * Counts what node --test ran.
 * @param {string} what
 * @param {string} output
 */
function node(what, output) {
  const number = (/** @type {string} */ word) => Number(output.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  count(what, number('pass'), number('skipped') + number('todo'));
}

/**
 * @param {string} what
 * @param {number} passed
 * @param {number} skipped
 */
function count(what, passed, skipped) {
  if (passed === 0) throw new Told(`✗ ${what}: no test ran`);
  results.push({ what, passed, skipped });
}

function summary() {
  console.log('\nWhat ran:');
  for (const { what, passed, skipped } of results)
    console.log(`  ${what}: ${passed} passed${skipped ? `, ${skipped} SKIPPED` : ''}`);
  const skipped = results.reduce((sum, result) => sum + result.skipped, 0);
  if (skipped > 0) throw new Told(`✗ ${skipped} tests were skipped; nothing may be`);
  console.log(
    left.length === 0 ? 'Skipped: nothing.' : `Skipped, since this machine cannot run it: ${left.join('; ')}.`,
  );
}
