// Builds pkg/, exactly what is published, and links it as node_modules/paysign: `npm run build`.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { MODULES, PACKAGE_BYTES } from './modules.mjs';
import { describe, writeLicences } from './papers.mjs';
import { setUpBuild } from './setup.mjs';
import { ask, digest, files, isMain, root, run, script, Told } from './tools.mjs';
import { buildTypes } from './types.mjs';

const pkg = join(root, 'pkg');
const generated = join(root, 'js/src/generated');
const work = join(root, 'target/paysign');
const stamp = join(work, 'stamp');
const ADAPTERS = ['express', 'fastify', 'koa'];

/** APIv3 is in the file of the main entry, so that an error has one class in both. */
const V3 = "'use strict';\nmodule.exports = require('./node.cjs')[Symbol.for('paysign/v3')];\n";

/** Workers compile no bytes: their bundlers turn this import into a compiled module. APIv3 is ready when it is imported. */
const WORKERD = [
  "import module from './v3.wasm?module';",
  "import bills from './bills.wasm?module';",
  "import { init } from './v3-web.mjs';",
  "export * from './v3-web.mjs';",
  'init(module, bills);\n',
].join('\n');

/** Builds the package unless it is up to date. Returns the tools that the tests need too. */
export async function build() {
  const tools = await setUpBuild();
  const inputs = [
    'src',
    'js/src',
    'js/scripts',
    'pkg-template',
    'README.md',
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
    await buildScript();
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
  await run(`optimise ${title}`, process.execPath, [...optimise, join(work, `${glue}_bg.wasm`), '-o', join(pkg, file)]);
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

async function buildScript() {
  for (const [what, file] of [
    ['types', 'api.ts'],
    ['constants', 'constants.ts'],
    ['notices', 'notices.ts'],
    ['types-v3', 'api-v3.ts'],
  ]) {
    const maker = ['run', '--locked', '--quiet', '--bin', 'typescript', '--', what];
    writeFileSync(join(generated, file), await run(`make ${file} from Rust`, 'cargo', maker));
  }
  // Installed by the set-up, so it cannot be imported before that has run.
  const esbuild = await import('esbuild');
  const common = {
    bundle: true,
    target: 'es2022',
    charset: /** @type {const} */ ('utf8'),
    metafile: true,
    logLevel: /** @type {const} */ ('warning'),
    legalComments: /** @type {const} */ ('none'),
    absWorkingDir: root,
  };
  // Only the glue's own loader uses import.meta, and Node does not use that loader.
  // The entry of Node adds APIv3 to its own exports.
  const silent = /** @type {const} */ ({ 'empty-import-meta': 'silent', 'commonjs-variable-in-esm': 'silent' });
  const node = await esbuild.build({
    ...common,
    entryPoints: ['js/src/node.ts'],
    outfile: 'pkg/node.cjs',
    // Half of an import is the time to parse this file. Without blanks, and with one byte for each character, it is 7 % less.
    charset: 'ascii',
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    format: 'cjs',
    logOverride: silent,
  });
  writeFileSync(join(pkg, 'v3.cjs'), V3);
  writeFileSync(join(pkg, 'v3-workerd.mjs'), WORKERD);
  await esbuild.build({
    ...common,
    entryPoints: ['js/src/web.ts', 'js/src/v3-web.ts'],
    outdir: 'pkg',
    outExtension: { '.js': '.mjs' },
    minify: true,
    platform: 'browser',
    format: 'esm',
  });
  const testing = await esbuild.build({
    ...common,
    entryPoints: ['js/src/testing/index.ts'],
    outfile: 'pkg/testing.cjs',
    // Without its blanks the package stays under 1 MiB.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    format: 'cjs',
  });
  writeLicences([node, testing].flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  await esbuild.build({
    ...common,
    entryPoints: ADAPTERS.map((name) => `js/src/adapters/${name}.ts`),
    outdir: 'pkg',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    plugins: [outside(/^\.\.\/node\.js$/, './node.cjs')],
  });
  await esbuild.build({
    ...common,
    entryPoints: ['js/src/cli/main.ts'],
    outfile: 'pkg/cli.mjs',
    minifyWhitespace: true,
    banner: { js: '#!/usr/bin/env node' },
    platform: 'node',
    format: 'esm',
    plugins: [outside(/^\.\.\/testing\/index\.js$/, './testing.mjs')],
  });
  for (const entry of ['node', 'testing', ...ADAPTERS]) ownNamesOnly(entry);
  for (const entry of ['node', 'v3', 'testing', ...ADAPTERS]) passOn(entry);
}

/**
 * The bundler's helper exports every name that a loop over its list meets. A name that somebody added to `Object.prototype` is one
 * too many. Its descriptor would inherit members, and the package could not be loaded.
 * @param {string} entry
 */
function ownNamesOnly(entry) {
  const file = join(pkg, `${entry}.cjs`);
  const text = readFileSync(file, 'utf8');
  const own = text.replace(/for ?\(var (\w+) in (\w+)\)(?=\s*\w+\()/, 'for (var $1 of Object.keys($2))');
  const bare = own.replace(/__defProp\((\w+|\{\}), ?([\w"]+), ?\{ ?/g, '__defProp($1, $2, { __proto__: null, ');
  if (own === text || bare === own)
    throw new Told(`${entry}.cjs has no loop over its exports; look what the bundler makes now`);
  writeFileSync(file, bare);
}

/**
 * A file that the package has already is not bundled a second time.
 * @param {RegExp} filter
 * @param {string} path
 */
function outside(filter, path) {
  return {
    name: path,
    setup: (/** @type {import('esbuild').PluginBuild} */ { onResolve }) =>
      onResolve({ filter }, () => ({ path, external: true })),
  };
}

/**
 * One instance for import and require: the ES module re-exports the CommonJS one.
 * @param {string} entry
 */
function passOn(entry) {
  const names = Object.keys(createRequire(import.meta.url)(join(pkg, `${entry}.cjs`))).sort();
  writeFileSync(
    join(pkg, `${entry}.mjs`),
    // Not an import: Node would search a CommonJS file for its names again, which is slower than all the rest.
    [
      "import { createRequire } from 'node:module';",
      `const all = createRequire(import.meta.url)('./${entry}.cjs');`,
      `export const { ${names.join(', ')} } = all;\n`,
    ].join('\n'),
  );
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
    const wasm = readFileSync(join(pkg, file));
    const [zipped, brotli] = [gzipSync(wasm, { level: 9 }).length, brotliCompressSync(wasm).length];
    const limits = `at most ${kilo(raw)}, gzip ${kilo(gzip)}`;
    console.log(`  ${file} ${kilo(wasm.length)}, gzip ${kilo(zipped)}, brotli ${kilo(brotli)} (${limits})`);
  }
  const whole = files('pkg').reduce((sum, path) => sum + statSync(join(root, path)).size, 0);
  console.log(`  the package, unpacked, ${kilo(whole)} (at most ${kilo(PACKAGE_BYTES)})`);
}

if (isMain(import.meta.url)) script(async () => void (await build()));
