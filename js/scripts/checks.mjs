// The checks that `npm run check` and `npm test` share, and the count of what ran.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MODULES } from './modules.mjs';
import { files, root, run, Told } from './tools.mjs';

/** @type {{ what: string, passed: number, skipped: number }[]} */
const results = [];

/** The checks that this machine cannot run, and why; never a test. @type {string[]} */
const left = [];

/** Natively everything is tested that the crate can; the module for wasm has its features one at a time. */
const feature = ['--features', 'certificate,doctor,aws-lc,typescript'];

/**
 * Format, lint and types.
 * @param {Record<string, string>} env in which wasm is built
 */
export async function checkSources(env) {
  // cargo formats the crate alone.
  const outside = [...files('js/scripts/glue'), ...files('tests/fuzz')].filter((path) => path.endsWith('.rs'));
  await run('Rust is formatted', 'cargo', ['fmt', '--all', '--check', '--', ...outside]);
  await run('scripts and data are formatted and linted', process.execPath, [
    join(root, 'node_modules/@biomejs/biome/bin/biome'),
    'ci',
    '--colors=off',
    '--error-on-warnings',
  ]);
  await run('clippy, natively', 'cargo', ['clippy', '--locked', '--all-targets', ...feature, '--', '-D', 'warnings']);
  const wasm = ['--locked', '--lib', '--target', 'wasm32-unknown-unknown'];
  if (env.RUSTC === undefined) {
    for (const name of ['bindings', ...MODULES.map(({ feature }) => feature)]) {
      const only = ['--no-default-features', '--features', name];
      await run(`clippy, for wasm (${name})`, 'cargo', ['clippy', ...wasm, ...only, '--', '-D', 'warnings']);
    }
  } else {
    left.push("clippy, for wasm: rustup has no wasm target here, and Debian's compiler has no clippy");
  }
  await run('the documentation is whole', 'cargo', ['doc', '--locked', '--no-deps', '--lib', ...feature], {
    env: { RUSTDOCFLAGS: '-D warnings' },
  });
  await checkTypes('the tests have the types that the package promises', 'tests/node/tsconfig.json');
}

/**
 * The types of the package, as those who import it see them.
 * @param {string} what
 * @param {string} project
 */
export async function checkTypes(what, project) {
  await run(what, process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]);
}

export async function testNatively() {
  await testRust('Rust, natively', 'cargo', ['test', '--locked', ...feature]);
}

/**
 * Runs tests by cargo or wasm-bindgen, and counts them.
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string> }} [options]
 */
export async function testRust(what, command, args, options) {
  const output = await run(what, command, args, options);
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
 * Runs tests by Node, and counts them.
 * @param {string} what
 * @param {string[]} tests
 */
export async function testPackage(what, tests) {
  // By default Node leaves a core idle: a third of the tests' time is waiting.
  const width = `--test-concurrency=${availableParallelism()}`;
  const output = await run(what, process.execPath, ['--test', width, '--test-reporter', 'tap', ...tests]);
  const number = (/** @type {string} */ word) => Number(output.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  count(what, number('pass'), number('skipped') + number('todo'));
}

/**
 * Tries the packed package in its cells, and counts them.
 * @param {string[]} args
 */
export async function testParcel(args) {
  const what = 'the packed package in its cells';
  const output = await run(what, process.execPath, ['tests/parcel/run.mjs', ...args], { show: true });
  count(what, Number(output.match(/^(\d+) passed, 0 failed$/m)?.[1] ?? 0), 0);
}

/**
 * A host that ran nothing is a failure.
 * @param {string} what
 * @param {number} passed
 * @param {number} skipped
 */
function count(what, passed, skipped) {
  if (passed === 0) throw new Told(`✗ ${what}: no test ran`);
  results.push({ what, passed, skipped });
}

/** Says what ran, and throws where a test was skipped. */
export function summary() {
  console.log('\nWhat ran:');
  for (const { what, passed, skipped } of results)
    console.log(`  ${what}: ${passed} passed${skipped ? `, ${skipped} SKIPPED` : ''}`);
  const skipped = results.reduce((sum, result) => sum + result.skipped, 0);
  if (skipped > 0) throw new Told(`✗ ${skipped} tests were skipped; nothing may be`);
  console.log(
    left.length === 0 ? 'Skipped: nothing.' : `Skipped, since this machine cannot run it: ${left.join('; ')}.`,
  );
}
