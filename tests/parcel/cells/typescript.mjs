// TypeScript of four ages with every module resolution, and what publint and attw say of the package.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { run } from '../support/processes.mjs';
import { parcel, tool } from '../support/world.mjs';

/** The module resolutions: the options of each, and the files in which its programs are. Node's know two kinds of modules. */
const RESOLUTIONS = {
  node10: { options: { module: 'commonjs', moduleResolution: 'node' }, shops: ['shop.ts'], page: 'page.ts' },
  node16: { options: { module: 'node16' }, shops: ['shop.mts', 'shop.cts'], page: 'page.mts' },
  nodenext: { options: { module: 'nodenext' }, shops: ['shop.mts', 'shop.cts'], page: 'page.mts' },
  bundler: { options: { module: 'esnext', moduleResolution: 'bundler' }, shops: ['shop.ts'], page: 'page.ts' },
};

const VERSIONS = {
  '5.0': { folder: 'typescript50', resolutions: ['node10', 'node16', 'nodenext', 'bundler'] },
  5.4: { folder: 'typescript54', resolutions: ['node10', 'node16', 'nodenext', 'bundler'] },
  5.9: { folder: 'typescript', resolutions: ['node10', 'node16', 'nodenext', 'bundler'] },
  // This one knows node10 no more.
  '7.0': { folder: 'typescript70', resolutions: ['node16', 'nodenext', 'bundler'] },
};
const QUICK = ['5.0 node10', '5.9 node10', '7.0 nodenext'];

const fixture = (name) => readFileSync(join(parcel, 'fixtures', name), 'utf8');

/** Compiles the files of a project. `code` is that of the compiler: 0, or 2 for errors. */
function compile(room, folder, options, code = 0) {
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], types: ['node'], strict: true, noEmit: true },
    ...{ exactOptionalPropertyTypes: true, skipLibCheck: false, ...options },
  };
  room.write({ 'tsconfig.json': { compilerOptions, include: ['*.ts', '*.mts', '*.cts'] } });
  return run(process.execPath, [tool(`${folder}/bin/tsc`), '-p', '.'], { cwd: room.folder, code });
}

const compiles = (version, resolution) => ({
  name: `typescript ${version} ${resolution}`,
  isQuick: QUICK.includes(`${version} ${resolution}`),
  async run(room) {
    const { options, shops, page } = RESOLUTIONS[resolution];
    room.install();
    room.write(Object.fromEntries(shops.map((name) => [name, fixture('shop.ts')])));
    room.write({ [page]: fixture('page.ts') });
    await compile(room, VERSIONS[version].folder, options);
  },
});

/** A server's program often leaves out the types of browsers. */
const serves = (version) => ({
  name: `typescript ${version} without lib.dom`,
  isQuick: version === '5.9',
  async run(room) {
    const { options, shops } = RESOLUTIONS.nodenext;
    room.install();
    room.write(Object.fromEntries(shops.map((name) => [name, fixture('shop.ts')])));
    await compile(room, VERSIONS[version].folder, { ...options, lib: ['es2022'] });
  },
});

/** A default import would end the program when it starts, so it must not compile. */
const refusesDefault = (version) => ({
  name: `typescript ${version} refuses a default import`,
  isQuick: version === '5.9',
  async run(room) {
    room.install();
    room.write({ 'shop.mts': "import paysign from 'paysign';\nconsole.log(paysign);\n" });
    const code = version === '7.0' ? 1 : 2;
    const { text } = await compile(room, VERSIONS[version].folder, RESOLUTIONS.nodenext.options, code);
    assert.match(text, /shop\.mts\(1,8\): error TS1192: Module '.*' has no default export\./);
  },
});

/** The entries that are ES modules only: a CommonJS module has to `import()` them. */
const MODULES_ONLY = ['./web'];

const judged = [
  {
    name: 'publint',
    isQuick: true,
    async run({ package: pkgDir }) {
      const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
      assert.deepEqual(
        messages.map((message) => formatMessage(message, pkg)),
        [],
      );
    },
  },
  {
    name: 'attw',
    isQuick: true,
    async run({ tarball }) {
      const packed = createPackageFromTarballData(readFileSync(tarball));
      const { problems } = await checkPackage(packed, { excludeEntrypoints: [/\.(wasm|json)$/] });
      const isKnown = ({ kind, entrypoint }) => kind === 'CJSResolvesToESM' && MODULES_ONLY.includes(entrypoint);
      assert.deepEqual(
        problems.filter((problem) => !isKnown(problem)),
        [],
      );
    },
  },
];

export const cells = [
  ...Object.entries(VERSIONS).flatMap(([version, { resolutions }]) => [
    ...resolutions.map((resolution) => compiles(version, resolution)),
    serves(version),
    refusesDefault(version),
  ]),
  ...judged,
];
