// Builds pkg/, exactly what is published, and links it as node_modules/paysign: `npm run build`.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildBundles } from './bundles.mjs';
import { LOADED, MODULES, PACKAGE_BYTES, placeOf } from './modules.mjs';
import { describe, writeLicences } from './papers.mjs';
import { setUpBuild } from './setup.mjs';
import { ask, digest, files, isMain, root, run, script } from './tools.mjs';
import { buildTypes } from './types.mjs';

const pkg = join(root, 'pkg');
const generated = join(root, 'js/src/generated');
const work = join(root, 'target/paysign');
const stamp = join(work, 'stamp');

/** Builds the package unless it is up to date. Returns the tools that the tests need too. */
export async function build() {
  const tools = await setUpBuild();
  const inputs = [
    'src',
    'js/src',
    'js/scripts',
    'pkg-template',
    'README.md',
    'README.zh-CN.md',
    'CHANGELOG.md',
    'js/docs',
    'js/examples',
    'Cargo.toml',
    'Cargo.lock',
    'package-lock.json',
    'js/tsconfig.json',
    '.cargo/config.toml',
    'LICENSE',
    'SECURITY.md',
  ];
  const wanted = digest(inputs.flatMap(files).filter((path) => !path.startsWith('js/src/generated')));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === `${wanted} ${digest(files('pkg'))}`) {
    console.log('✓ the package is up to date');
  } else {
    rmSync(stamp, { force: true });
    rmSync(pkg, { recursive: true, force: true });
    await buildWasm(tools);
    await writeGenerated();
    writeLicences(await buildBundles());
    await buildTypes();
    describe();
    // The stamp covers the output too: a folder that lost a file is built again.
    writeFileSync(stamp, `${wanted} ${digest(files('pkg'))}`);
  }
  link();
  sizes();
  return tools;
}

/**
 * The modules in pkg/, and their glue among the sources.
 * @param {{ env: Record<string, string>, glueMaker: string }} tools
 */
export async function buildWasm(tools) {
  for (const folder of [pkg, generated]) mkdirSync(folder, { recursive: true });
  for (const module of MODULES) await buildModule(tools, module);
}

/**
 * One feature of the crate as a module in pkg/, with its glue.
 * @param {{ env: Record<string, string>, glueMaker: string }} tools
 * @param {import('./modules.mjs').Module} module
 */
async function buildModule({ env, glueMaker }, { title, feature, glue, file, level }) {
  const cargo = ['build', '--locked', '--release', '--lib', '--target', 'wasm32-unknown-unknown'];
  await run(`compile ${title} to wasm`, 'cargo', [...cargo, '--no-default-features', '--features', feature], {
    env: {
      ...env,
      CARGO_ENCODED_RUSTFLAGS: rustFlags(env).join('\x1f'),
      CARGO_PROFILE_RELEASE_OPT_LEVEL: level,
    },
  });
  const compiled = join(root, 'target/wasm32-unknown-unknown/release/paysign.wasm');
  await run(`make the glue of ${title}`, glueMaker, [compiled, work, glue]);
  for (const name of [`${glue}.js`, `${glue}.d.ts`]) cpSync(join(work, name), join(generated, name));
  // The features that the compiler uses for this target, by name. With all of them Node 20 could not load the module.
  const features = [
    'bulk-memory',
    'bulk-memory-opt',
    'mutable-globals',
    'nontrapping-float-to-int',
    'sign-ext',
    'reference-types',
    'multivalue',
    'simd',
  ];
  const optimise = [
    join(root, 'node_modules/binaryen/bin/wasm-opt'),
    `-O${level}`,
    '--converge',
    ...features.map((feature) => `--enable-${feature}`),
  ];
  await run(`optimise ${title}`, process.execPath, [...optimise, join(work, `${glue}_bg.wasm`), '-o', placeOf(file)]);
}

/**
 * No path of this machine may be in the module. The build's memory is limited, so that it cannot exhaust the machine.
 * @param {Record<string, string>} env
 */
function rustFlags(env) {
  const sysroot = ask(env.RUSTC ?? 'rustc', ['--print', 'sysroot']) ?? '';
  const cargoHome = process.env.CARGO_HOME || join(homedir(), '.cargo');
  return [
    `--remap-path-prefix=${root}=paysign`,
    `--remap-path-prefix=${cargoHome}=cargo`,
    `--remap-path-prefix=${sysroot}=rust`,
    // Vectors make SHA-256 and the search for bytes faster. Node 16.4, Chrome 91, Firefox 89 and Safari 16.4 have them.
    '-Ctarget-feature=+simd128',
    '-Clink-arg=--max-memory=268435456',
    // A third less code for AES, and in wasm no slower.
    '--cfg=aes_backend_soft="compact"',
  ];
}

/** Types, constants and tables, which both sides have, from Rust. */
async function writeGenerated() {
  for (const [what, file] of [
    ['types', 'api.ts'],
    ['constants', 'constants.ts'],
    ['notices', 'notices.ts'],
    ['types-v3', 'api-v3.ts'],
  ]) {
    const maker = ['run', '--locked', '--quiet', '--features', 'typescript', '--bin', 'typescript', '--', what];
    writeFileSync(join(generated, file), await run(`make ${file} from Rust`, 'cargo', maker));
  }
}

/** Tests and examples import the built package by its name. */
function link() {
  const place = join(root, 'node_modules/paysign');
  rmSync(place, { recursive: true, force: true });
  // Windows lets everybody make a junction, and only some people a link. Elsewhere there is no difference.
  symlinkSync('../pkg', place, 'junction');
}

function sizes() {
  const kilo = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  for (const { file, raw, gzip } of MODULES) {
    const wasm = readFileSync(placeOf(file));
    const [zipped, brotli] = [gzipSync(wasm, { level: 9 }).length, brotliCompressSync(wasm).length];
    const limits = `at most ${kilo(raw)}, gzip ${kilo(gzip)}`;
    console.log(`  ${file} ${kilo(wasm.length)}, gzip ${kilo(zipped)}, brotli ${kilo(brotli)} (${limits})`);
  }
  const sum = (/** @type {string[]} */ paths) => paths.reduce((all, path) => all + statSync(join(root, path)).size, 0);
  for (const { program, files, most } of LOADED)
    console.log(`  ${program}: loads ${kilo(sum(files.map((file) => `pkg/${file}`)))} (at most ${kilo(most)})`);
  const whole = sum(files('pkg'));
  console.log(`  the package, unpacked, ${kilo(whole)} (at most ${kilo(PACKAGE_BYTES)})`);
}

if (isMain(import.meta.url)) script(async () => void (await build()));
