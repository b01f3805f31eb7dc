// The bundles of the package: one for each entry and host, made from js/src.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packAll, packPage } from './packing.mjs';
import { root, Told } from './tools.mjs';

/** @typedef {import('rolldown').InputOptions} InputOptions */
/** @typedef {import('rolldown').OutputOptions} OutputOptions */
/** @typedef {import('rolldown').Plugin} Plugin */

const pkg = join(root, 'pkg');
const ADAPTERS = ['express', 'fastify', 'koa'];

/** The files that Node loads with the first call that needs them. Its TLS and its cryptography take long to load. */
const LATE = { transport: 'js/src/node/transport.ts', 'v3-crypto': 'js/src/node/v3-crypto.ts' };

/** Without blanks a file is parsed faster. Names stay as they are, so that a stack can be read. */
const readable = { compress: true, mangle: false, codegen: { removeWhitespace: true } };

/** Short names too, but for those of classes: an error prints its class. */
const small = { ...readable, mangle: { keepNames: { class: true, function: false } } };

/** A test environment such as jsdom hides these globals, and Node 18 has no global `crypto`. */
const INJECT = {
  TextDecoder: ['node:util', 'TextDecoder'],
  TextEncoder: ['node:util', 'TextEncoder'],
  'globalThis.crypto': [join(root, 'js/src/node/host-crypto.ts'), 'hostCrypto'],
};

/** @type {InputOptions} */
const FOR_NODE = { platform: 'node', transform: { target: 'es2022', inject: INJECT } };

/** @type {InputOptions} */
const DOCTOR_ENTRY = { platform: 'neutral', transform: { target: 'es2022' }, input: 'js/src/doctor.ts' };

/** Mini programs of old phones know no later syntax. @type {InputOptions} */
const PHONE_ENTRY = { platform: 'neutral', transform: { target: 'es2017' }, input: 'js/src/miniprogram.ts' };

/** Makes all bundles in pkg/. Returns the paths of the sources that are in them. */
export async function buildBundles() {
  await packAll();
  const sources = [
    await bundle(
      { ...FOR_NODE, input: { node: 'js/src/node.ts', v3: 'js/src/v3-node.ts', ...LATE }, plugins: [late] },
      { format: 'cjs', minify: readable, codeSplitting: { groups: GROUPS } },
    ),
    ...(await Promise.all([
      bundle({ ...FOR_NODE, input: 'js/src/inline.ts' }, { format: 'cjs', minify: small, codeSplitting: false }),
      bundle(
        { ...FOR_NODE, input: 'js/src/inline.ts', plugins: [imported] },
        { format: 'es', minify: small, codeSplitting: false },
      ),
      bundle(
        { ...DOCTOR_ENTRY, plugins: [outside(/doctor-text\.js$/, './doctor-text.mjs')] },
        { format: 'es', minify: small, codeSplitting: false },
      ),
      bundle(
        { ...DOCTOR_ENTRY, platform: 'node', plugins: [fromFile] },
        { format: 'cjs', minify: small, codeSplitting: false },
      ),
      bundle(
        {
          ...FOR_NODE,
          input: { testing: 'js/src/testing/index.ts' },
          plugins: [outside(/^\.\.\/doctor\.js$/, './doctor.cjs'), packedPage],
        },
        { format: 'cjs', minify: small, codeSplitting: false },
      ),
    ])),
  ];
  await bundle(
    {
      platform: 'browser',
      transform: { target: 'es2022' },
      input: { web: 'js/src/web.ts', 'v3-web': 'js/src/v3-web.ts' },
    },
    { format: 'es', minify: small, codeSplitting: { groups: [{ name: 'web-common', minShareCount: 2 }] } },
  );
  await buildAdapters();
  await buildPhone();
  await bundle(
    {
      ...FOR_NODE,
      input: { cli: 'js/src/cli/main.ts' },
      plugins: COMMAND_IMPORTS.map(([id, path]) => outside(id, path)),
    },
    { format: 'cjs', minify: small, banner: '#!/usr/bin/env node', codeSplitting: false },
  );
  writeEntries();
  return sources.flat();
}

/** What the command imports of the package, and the file that it finds there. @type {[id: RegExp, path: string][]} */
const COMMAND_IMPORTS = [
  [/^\.\.\/testing\/index\.js$/, './testing.cjs'],
  [/^\.\.\/node\.js$/, './node.cjs'],
  [/^\.\.\/v3-node\.js$/, './v3.cjs'],
  [/^\.\.\/node\/v3-crypto\.js$/, './v3-crypto.cjs'],
  [/^\.\.\/doctor\.js$/, './doctor.cjs'],
];

/**
 * What several entries of Node share is in one file, and what only certificates need is in another.
 * @type {import('rolldown').CodeSplittingGroup[]}
 */
const GROUPS = [
  {
    name: 'certificates',
    test: /\/node\/(pem|pkcs12|ber)[^/]*$|generated\/certificate/,
    priority: 2,
    includeDependenciesRecursively: false,
  },
  { name: 'common', minShareCount: 2, priority: 1 },
];

/**
 * @param {InputOptions} input
 * @param {OutputOptions} output
 */
async function bundle(input, output) {
  // Installed by the set-up, so it cannot be imported before that has run.
  const { rolldown } = await import('rolldown');
  const bundling = await rolldown({
    cwd: root,
    preserveEntrySignatures: 'allow-extension',
    onLog: (level, { message }) => {
      throw new Told(`the bundler says (${level}): ${message}`);
    },
    ...input,
  });
  const extension = output.format === 'cjs' ? 'cjs' : 'mjs';
  const made = await bundling.write({
    dir: pkg,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name].${extension}`,
    esModule: false,
    externalLiveBindings: false,
    exports: 'named',
    strict: true,
    comments: false,
    generatedCode: { symbols: false },
    ...output,
  });
  await bundling.close();
  const chunks = made.output.filter((file) => file.type === 'chunk');
  for (const { fileName } of chunks) {
    const file = join(output.dir ?? pkg, fileName);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, inAscii(output.format === 'cjs' ? plainExports(fileName, text) : text));
  }
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}

/**
 * Turns each getter of an export into a value. A name that somebody adds to `Object.prototype` cannot spoil a value, and the
 * descriptor of a getter inherits it.
 * @param {string} file
 * @param {string} text
 */
function plainExports(file, text) {
  const plain = text.replace(
    /Object\.defineProperty\(exports,([`"])([\w$]+)\1,\{enumerable:!0,get:function\(\)\{return ?([^{}]+?)\}\}\)/g,
    'exports.$2=$3',
  );
  if (plain.includes('defineProperty(exports'))
    throw new Told(`${file} has exports of another form; look what the bundler makes now`);
  return plain;
}

/** With one byte for each character a file is parsed 7 % faster. No text is raw, so that an escape means its character. */
const inAscii = (/** @type {string} */ text) =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Each adapter imports the entry that it is used with, so that a program has one instance. */
async function buildAdapters() {
  const input = Object.fromEntries(ADAPTERS.map((name) => [name, `js/src/adapters/${name}.ts`]));
  for (const [entry, format, suffix] of /** @type {const} */ ([
    ['./node.cjs', 'cjs', ''],
    ['./node.mjs', 'es', ''],
    ['./inline.cjs', 'cjs', '-inline'],
    ['./inline.mjs', 'es', '-inline'],
  ]))
    await bundle(
      { ...FOR_NODE, input, plugins: [outside(/^\.\.\/node\.js$/, entry)] },
      { format, entryFileNames: `[name]${suffix}.${format === 'cjs' ? 'cjs' : 'mjs'}`, minify: readable },
    );
}

/** The CommonJS one is in the folder that the developer tool copies, and under the name that it looks for. */
async function buildPhone() {
  await bundle(PHONE_ENTRY, { format: 'es', minify: small, codeSplitting: false });
  const place = { dir: join(pkg, 'miniprogram_dist'), entryFileNames: '[name].js' };
  await bundle(PHONE_ENTRY, { format: 'cjs', ...place, minify: small, codeSplitting: false });
  write('miniprogram_dist/index.js', "module.exports = require('./miniprogram.js');");
}

/** The small files that lead to a bundle. */
function writeEntries() {
  for (const entry of ['node', 'v3', 'testing']) passOn(entry);
  const { v3 } = createRequire(import.meta.url)(join(pkg, 'inline.cjs'));
  write('v3-inline.cjs', "'use strict';", "module.exports = require('./inline.cjs').v3;");
  write('v3-inline.mjs', "import { v3 } from './inline.mjs';", `export const { ${namesOf(v3)} } = v3;`);
  writeWorkerd('web', ['paysign', 'calls', 'bills']);
  writeWorkerd('v3', ['v3', 'bills']);
  write('inline-workerd.mjs', "export * from './web-workerd.mjs';", "export * as v3 from './v3-workerd.mjs';");
}

/**
 * One instance for import and require: the ES module passes on what the CommonJS one exports. The file between them has one export.
 * Without it Node would search the whole bundle for names of exports, and an import would take 7 ms more.
 * @param {string} entry
 */
function passOn(entry) {
  write(`${entry}-all.cjs`, `exports.all = require('./${entry}.cjs');`);
  const names = namesOf(createRequire(import.meta.url)(join(pkg, `${entry}.cjs`)));
  write(`${entry}.mjs`, `import { all } from './${entry}-all.cjs';`, `export const { ${names} } = all;`);
}

/**
 * Workers compile no bytes: their bundlers turn these imports into compiled modules. The entry is ready when it is imported.
 * @param {'web' | 'v3'} entry
 * @param {string[]} modules
 */
function writeWorkerd(entry, modules) {
  const web = entry === 'web' ? './web.mjs' : './v3-web.mjs';
  write(
    `${entry}-workerd.mjs`,
    ...modules.map((name) => `import ${name} from './${name}.wasm?module';`),
    `import { init } from '${web}';`,
    `export * from '${web}';`,
    `init(${modules.join(', ')});`,
  );
}

/** @param {object} all */
const namesOf = (all) => Object.keys(all).sort().join(', ');

/**
 * @param {string} file
 * @param {string[]} lines
 */
const write = (file, ...lines) => writeFileSync(join(pkg, file), `${lines.join('\n')}\n`);

/**
 * A file that the package has already is not bundled a second time.
 * @param {RegExp} id
 * @param {string} path
 * @returns {Plugin}
 */
const outside = (id, path) => ({
  name: path,
  resolveId: { filter: { id }, handler: () => ({ id: path, external: true }) },
});

/** CommonJS cannot require an ES module in each version of Node, so it takes the text out of its file. @type {Plugin} */
const fromFile = {
  name: 'from-file',
  resolveId: { filter: { id: /doctor-text\.js$/ }, handler: () => '\0doctor-text' },
  load: {
    filter: { id: /^\0doctor-text$/ },
    handler: () => `const file = require('node:path').join(__dirname, 'doctor-text.mjs');
      export const [, DOCTOR_TEXT] = require('node:fs').readFileSync(file, 'latin1').split("'");`,
  },
};

/** The page of the gateway is made here, and packed: as code it would be 40 kB. @type {Plugin} */
const packedPage = {
  name: 'packed-page',
  load: {
    filter: { id: /testing\/page\/document\.ts$/ },
    async handler(id) {
      const { rolldown } = await import('rolldown');
      const bundling = await rolldown({ ...FOR_NODE, transform: { target: 'es2022' }, input: id });
      const { output } = await bundling.generate({ format: 'es', minify: small, comments: false });
      await bundling.close();
      const { makeDocument } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
      return packPage(makeDocument());
    },
  },
};

/** A file that is loaded late is a file of its own. @type {Plugin} */
const late = {
  name: 'late',
  resolveId: {
    filter: { id: /^\.\/node\/[\w-]+\.js$|^\.\.\/doctor\.js$/ },
    handler(source, _importer, { kind }) {
      const name = source.replace(/^.*\//, '').slice(0, -'.js'.length);
      if (kind === 'require-call' && (Object.hasOwn(LATE, name) || name === 'doctor'))
        return { id: `./${name}.cjs`, external: true };
    },
  },
};

/** An ES module has no `require`: a module of Node that is required is imported. @type {Plugin} */
const imported = {
  name: 'imported',
  resolveId: {
    filter: { id: /^(?:node:)?(?:crypto|http|https|url|zlib)$/ },
    handler(source, _importer, { kind }) {
      if (kind === 'require-call') return `\0imported:${source.replace('node:', '')}`;
    },
  },
  load: {
    filter: { id: /^\0imported:/ },
    handler: (id) => `export * from 'node:${id.slice('\0imported:'.length)}';`,
  },
};
