// The bundlers of server code. Each bundle is moved to an empty folder, its project is removed, and then it runs.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import * as nitropack from 'nitropack';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import * as vite8 from 'vite';
import * as vite7 from 'vite7';
import webpack from 'webpack';
import { run } from '../support/processes.mjs';
import { tool } from '../support/world.mjs';

const BUN = tool('@oven/bun-linux-x64/bin/bun');
const EXTENSION = { import: 'mjs', require: 'cjs', esm: 'mjs', cjs: 'cjs' };

/**
 * A bundle. `build` makes the folder `out` from a program in a project, and returns the command that runs it there.
 * @param {string} name
 * @param {(at: { folder: string, source: string, file: string, out: string }) => Promise<string[]>} build
 * @param {{ form?: 'import' | 'require', entry?: string, isQuick?: boolean }} [more]
 */
const bundle = (name, build, { form = 'import', entry, isQuick } = {}) => ({
  name: `${name}, from ${entry ?? form}`,
  isQuick,
  async run(room) {
    const source = `shop.${EXTENSION[form]}`;
    room.install();
    room.write({ [source]: room.shop({ form, entry }) });
    const { folder } = room;
    const [command, ...args] = await build({ folder, source, file: join(folder, source), out: join(folder, 'out') });
    room.check(await run(command, args, { cwd: room.ship('out') }));
  },
});

const both = (...args) => [bundle(...args), bundle(...args, { form: 'require' })];
const node = (file) => [process.execPath, file];

/** @param {'esm' | 'cjs'} format */
const byEsbuild = (format) =>
  async function build({ file, out }) {
    const name = `shop.${EXTENSION[format]}`;
    const options = { bundle: true, platform: 'node', format, target: 'node18', logLevel: 'silent' };
    await esbuild.build({ entryPoints: [file], outfile: join(out, name), ...options });
    return node(name);
  };

/** Rollup warns where a bundle will not run. */
const onwarn = (warning) => {
  throw new Error(warning.message);
};

/** @param {'esm' | 'cjs'} format */
const byRollup = (format) =>
  async function build({ file, out }) {
    const name = `shop.${EXTENSION[format]}`;
    const plugins = [nodeResolve({ preferBuiltins: true }), commonjs()];
    const made = await rollup({ input: file, plugins, onwarn, external: /^node:/ });
    await made.write({ file: join(out, name), format, inlineDynamicImports: true });
    await made.close();
    return node(name);
  };

/** @param {'esm' | 'cjs'} format */
const byRolldown = (format) =>
  async function build({ file, out }) {
    const name = `shop.${EXTENSION[format]}`;
    const made = await rolldown({ input: file, platform: 'node', onwarn });
    await made.write({ file: join(out, name), format, codeSplitting: false });
    await made.close();
    return node(name);
  };

async function byNcc({ folder, source }) {
  const ncc = tool('@vercel/ncc/dist/ncc/cli.js');
  await run(process.execPath, [ncc, 'build', source, '-o', 'out', '--no-cache'], { cwd: folder });
  return node(`index.${EXTENSION[source.endsWith('.mjs') ? 'esm' : 'cjs']}`);
}

/** The server build of Vite, with nothing left in node_modules. */
const byVite = (vite) =>
  async function build({ folder, file }) {
    await vite.build({
      ...{ root: folder, configFile: false, logLevel: 'silent', ssr: { noExternal: true } },
      build: { ssr: file, outDir: 'out', rollupOptions: { output: { entryFileNames: 'shop.mjs' } } },
    });
    return node('shop.mjs');
  };

/** @param {'esm' | 'cjs'} format */
const byWebpack = (format) =>
  async function build({ folder, file, out }) {
    const filename = `shop.${EXTENSION[format]}`;
    const output = { path: out, filename, ...(format === 'esm' && { module: true, chunkFormat: 'module' }) };
    const stats = await promisify(webpack)({
      ...{ mode: 'production', target: 'node20', context: folder, entry: file, output },
      ...(format === 'esm' && { experiments: { outputModule: true } }),
    });
    if (stats.hasErrors() || stats.hasWarnings())
      throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
    return node(filename);
  };

/** @param {'node' | 'bun'} target */
const byBun = (target) =>
  async function build({ folder, source }) {
    await run(BUN, ['build', source, `--target=${target}`, '--outfile=out/shop.mjs'], { cwd: folder });
    return target === 'node' ? node('shop.mjs') : [BUN, 'shop.mjs'];
  };

/** The server of Nitro, which Nuxt has. It copies the files that it traces, and writes a manifest of its own beside them. */
async function byNitro({ folder, source }) {
  const nitro = await nitropack.createNitro({
    ...{ rootDir: folder, preset: 'node-server', entry: source, output: { dir: 'out' }, logLevel: 0 },
    ...{ compatibilityDate: '2025-01-01', buildDir: 'work' },
  });
  await nitropack.prepare(nitro);
  await nitropack.build(nitro);
  await nitro.close();
  return node('server/index.mjs');
}

async function compiledByBun({ folder, source }) {
  await run(BUN, ['build', '--compile', source, '--outfile=out/shop'], { cwd: folder });
  return ['./shop'];
}

/** One executable of Node with the program inside it. */
async function executable({ folder, file, out }) {
  await byEsbuild('cjs')({ file, out: folder });
  const prepared = JSON.stringify({ main: 'shop.cjs', output: 'blob', disableExperimentalSEAWarning: true });
  await run('sh', ['-c', `printf '%s' '${prepared}' > sea.json && mkdir out`], { cwd: folder });
  await run(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder });
  cpSync(process.execPath, join(out, 'shop'));
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  const inject = ['out/shop', 'NODE_SEA_BLOB', 'blob', '--sentinel-fuse', fuse];
  await run(process.execPath, [tool('postject/dist/cli.js'), ...inject], { cwd: folder });
  return ['./shop'];
}

export const cells = [
  bundle('esbuild to ESM', byEsbuild('esm'), { isQuick: true }),
  bundle('esbuild to ESM', byEsbuild('esm'), { form: 'require' }),
  bundle('esbuild to CJS', byEsbuild('cjs')),
  bundle('esbuild to CJS', byEsbuild('cjs'), { form: 'require', isQuick: true }),
  bundle('esbuild to CJS', byEsbuild('cjs'), { entry: 'paysign/inline' }),
  bundle('esbuild to ESM', byEsbuild('esm'), { entry: 'paysign/inline' }),
  bundle('rollup to ESM', byRollup('esm'), { isQuick: true }),
  bundle('rollup to CJS', byRollup('cjs')),
  bundle('rolldown to ESM', byRolldown('esm'), { isQuick: true }),
  bundle('rolldown to CJS', byRolldown('cjs')),
  ...both('ncc', byNcc),
  bundle('ncc', byNcc, { entry: 'paysign/inline' }),
  bundle('vite 7 SSR', byVite(vite7)),
  bundle('vite 8 SSR', byVite(vite8)),
  ...both('webpack to CJS', byWebpack('cjs')),
  ...both('webpack to ESM', byWebpack('esm')),
  bundle('nitro', byNitro),
  bundle('bun build for Node', byBun('node')),
  bundle('bun build for Bun', byBun('bun'), { isQuick: true }),
  ...both('bun build --compile', compiledByBun),
  bundle('bun build for Node', byBun('node'), { entry: 'paysign/inline' }),
  bundle('bun build for Bun', byBun('bun'), { entry: 'paysign/inline', isQuick: true }),
  bundle('bun build --compile', compiledByBun, { entry: 'paysign/inline' }),
  bundle('executable of Node', executable, { entry: 'paysign/inline' }),
];
