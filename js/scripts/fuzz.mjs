// Fuzzes: `npm run fuzz [-- --seconds 60 --target xml --keep]`. Builds the targets, runs one on each core, and prints the counts.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSeeds } from './fuzz-seeds.mjs';
import { ask, root, run, script, Told } from './tools.mjs';

const crate = join(root, 'tests/fuzz');
const place = join(root, 'target/fuzz');
const inputs = join(root, 'tests/native/found');

/** The flags with which libFuzzer sees the reached code. They work without a nightly compiler. */
const COVERAGE = [
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '-Ccodegen-units=1',
];

/** An input that takes 10 seconds or 512 MB is a find, as a panic is. */
const LIMITS = ['-timeout=10', '-rss_limit_mb=512', '-malloc_limit_mb=64', '-max_len=6000'];

/** The words that libFuzzer puts into the inputs of a target. @type {Record<string, string | undefined>} */
const DICTIONARIES = {
  ...{ xml: 'words.dict', notify: 'words.dict', req_info: 'words.dict' },
  ...{ json_v3: 'words-v3.dict', notice_v3: 'words-v3.dict', answer_v3: 'words-v3.dict' },
};

/** Our reader against the gateway's, in Node; the others are native. */
const DIFFERENTIAL = 'differential';

/** How many inputs of each target are kept beside the tests, and how long one may be. */
const [KEPT, KEPT_BYTES] = [36, 2500];

script(async () => {
  const options = {
    seconds: { type: /** @type {const} */ ('string'), default: '60' },
    target: { type: /** @type {const} */ ('string') },
    keep: { type: /** @type {const} */ ('boolean'), default: false },
  };
  const { seconds, target, keep } = parseArgs({ options }).values;
  if (!/^[1-9]\d{0,5}$/.test(seconds)) throw new Told(`--seconds ${seconds}: give a whole number of seconds`);
  const targets = readdirSync(join(crate, 'targets')).map((name) => basename(name, '.rs'));
  targets.push(DIFFERENTIAL);
  if (target !== undefined && !targets.includes(target)) {
    throw new Told(`--target ${target}: there are ${targets.join(', ')}`);
  }
  const programs = await buildTargets();
  const seeds = writeSeeds(join(place, 'seeds'));
  /** @type {Result[]} */
  const results = [];
  const waiting = target === undefined ? targets : [target];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (name === DIFFERENTIAL) {
        results.push(await compare(Number(seconds)));
        continue;
      }
      results.push(await fuzz(name, join(programs, name), seeds[name], Number(seconds)));
      if (keep) await keepInputs(name, join(programs, name), seeds[name]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  summary(results);
});

/** Builds every target with coverage. Returns the folder of the programs. */
async function buildTargets() {
  const host = ask('rustc', ['-vV'])?.match(/^host: (.+)$/m)?.[1];
  if (host === undefined) throw new Told('rustc -vV names no host');
  if (ask('c++', ['--version']) === undefined) {
    throw new Told('libFuzzer needs a C++ compiler. Run this and try again: sudo apt-get install g++');
  }
  // With --target the flags are for the targets alone, not for what runs while they are built.
  await run('build the fuzz targets', 'cargo', ['build', '--release', '--locked', '--target', host], {
    cwd: crate,
    env: { CARGO_TARGET_DIR: place, CARGO_ENCODED_RUSTFLAGS: COVERAGE.join('\x1f') },
  });
  return join(place, host, 'release');
}

/** @typedef {{ name: string, executions: number, inputs: number, crashes: string[] }} Result */

/**
 * Runs one target. What crashes it is kept, so that `npm test` fails until it is mended.
 * @param {string} name
 * @param {string} program
 * @param {string} seeds
 * @param {number} seconds
 * @returns {Promise<Result>}
 */
async function fuzz(name, program, seeds, seconds) {
  const [corpus, crashes, found] = [join(place, 'corpus', name), join(place, 'crashes', name), join(inputs, name)];
  rmSync(crashes, { recursive: true, force: true });
  for (const folder of [corpus, crashes, found]) mkdirSync(folder, { recursive: true });
  const dictionary = DICTIONARIES[name];
  const words = dictionary === undefined ? [] : [`-dict=${join(crate, dictionary)}`];
  const more = [`-max_total_time=${seconds}`, `-artifact_prefix=${crashes}/`, '-print_final_stats=1', '-verbosity=1'];
  const log = await run(`fuzz ${name}`, program, [corpus, seeds, found, ...LIMITS, ...words, ...more], {
    timeoutMs: (seconds + 300) * 1000,
  }).catch((error) => {
    if (readdirSync(crashes).length === 0) throw error;
    console.log(error.message);
    return '';
  });
  const executions = Number(log.match(/stat::number_of_executed_units:\s*(\d+)/)?.[1] ?? 0);
  for (const crash of readdirSync(crashes)) copyFileSync(join(crashes, crash), join(found, crash));
  const result = { name, executions, inputs: readdirSync(corpus).length, crashes: readdirSync(crashes) };
  console.log(`  ${line(result)}`);
  return result;
}

/**
 * The differential target: fresh documents until the time is over. Each round has a seed, which a failure prints.
 * @param {number} seconds
 * @returns {Promise<Result>}
 */
async function compare(seconds) {
  const from = Date.now();
  const { compareReaders, gatewayReader } = await import('../../tests/fuzz/differential.mjs');
  const reader = await gatewayReader();
  let executions = 0;
  /** @type {string[]} */
  const crashes = [];
  for (let seed = from % 2 ** 32; Date.now() - from < seconds * 1000 && crashes.length === 0; seed += 1) {
    try {
      compareReaders(reader, ROUND, seed);
    } catch (error) {
      crashes.push(error instanceof Error ? error.message : String(error));
    }
    executions += ROUND;
    // The other targets' output is read in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const result = { name: DIFFERENTIAL, executions, inputs: 0, crashes };
  console.log(`  ${line(result)}`);
  return result;
}

/** Documents of one round of the differential target. */
const ROUND = 2000;

/**
 * Keeps the inputs that together reach the most, small ones only.
 * @param {string} name
 * @param {string} program
 * @param {string} seeds
 */
async function keepInputs(name, program, seeds) {
  const [merged, found] = [join(place, 'merged', name), join(inputs, name)];
  rmSync(merged, { recursive: true, force: true });
  mkdirSync(merged, { recursive: true });
  await run(`the inputs of ${name} that reach the most`, program, [
    '-set_cover_merge=1',
    '-max_len=2500',
    merged,
    join(place, 'corpus', name),
    seeds,
  ]);
  const crashes = readdirSync(found).filter((file) => file.includes('-'));
  for (const file of readdirSync(found)) if (!crashes.includes(file)) rmSync(join(found, file));
  const small = readdirSync(merged).filter((file) => statSync(join(merged, file)).size <= KEPT_BYTES);
  for (const file of small.slice(0, KEPT)) {
    // The first characters of libFuzzer's checksum are name enough.
    const target = join(found, file.slice(0, 12));
    if (!existsSync(target)) copyFileSync(join(merged, file), target);
  }
}

/** @param {Result} result */
const line = ({ name, executions, inputs, crashes }) =>
  `${name}: ${executions} executions, ${inputs} inputs in the corpus, ${crashes.length} crashes`;

/** @param {Result[]} results */
function summary(results) {
  console.log('\nWhat was fuzzed:');
  for (const result of results) console.log(`  ${line(result)}`);
  console.log(`  all: ${results.reduce((sum, { executions }) => sum + executions, 0)} executions`);
  const crashed = results.filter(({ crashes }) => crashes.length > 0);
  if (crashed.length > 0) {
    const where = crashed.map(({ name, crashes }) => `${name}: ${crashes.join(', ')}`).join('; ');
    throw new Told(`✗ crashes: ${where}. Inputs are in tests/native/found, and the native tests replay them`);
  }
}
