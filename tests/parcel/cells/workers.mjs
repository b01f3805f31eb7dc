// The hosts with web standards alone: workerd by miniflare, and edge-runtime. `import` suffices there, without `await init()`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { run } from '../support/processes.mjs';
import { parcel, root } from '../support/world.mjs';

const { Miniflare } = createRequire(join(root, 'tests/node/workers/'))('miniflare');

/** Bundles a worker as its tools do. What becomes of an import of wasm is the host's matter. */
async function bundled(room, format, conditions, onWasm) {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(room.folder, 'shop.mjs')], bundle: true, write: false, format, conditions },
    logLevel: 'silent',
    plugins: [{ name: 'wasm', setup: onWasm }],
  });
  return outputFiles[0].text;
}

const WASM = /\.wasm(\?module)?$/;
/** The module stays beside the script. */
const beside = (on) => on.onResolve({ filter: WASM }, ({ path }) => ({ path, external: true }));
/** The host compiles the module before the script, and passes it as a global. */
function asGlobal(on) {
  on.onResolve({ filter: WASM }, ({ path }) => ({ path, namespace: 'wasm' }));
  const contents = (path) => `export default MODULES[${JSON.stringify(basename(path, '?module'))}];`;
  on.onLoad({ filter: /^/, namespace: 'wasm' }, ({ path }) => ({ contents: contents(path) }));
}

/** The modules of wasm beside a script. */
const modulesOf = (room, script) =>
  [...new Set(script.match(/(?<=from ")[^"]*\.wasm(?:\?module)?(?=")/g))].map((path) => ({
    ...{ type: 'CompiledWasm', path: path.replace('./', '') },
    contents: readFileSync(join(room.package, path.replace('?module', ''))),
  }));

/** @param {string} entry */
const inWorkerd = (entry) => ({
  name: `workerd, ${entry}`,
  isQuick: entry === 'paysign',
  async run(room) {
    room.install();
    room.write({ 'shop.mjs': room.shop({ entry, tail: 'worker', isWeb: true }) });
    const script = await bundled(room, 'esm', ['workerd', 'worker', 'browser'], beside);
    const modules = [{ type: 'ESModule', path: 'shop.mjs', contents: script }, ...modulesOf(room, script)];
    const worker = new Miniflare({ modules, compatibilityDate: '2026-04-24' });
    try {
      const answer = await worker.dispatchFetch('http://shop/');
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      room.checkSeen(JSON.parse(text).seen, true);
    } finally {
      await worker.dispose();
    }
  },
});

/** @param {string} entry */
const inEdgeRuntime = (entry) => ({
  name: `edge-runtime, ${entry}`,
  async run(room) {
    room.install();
    room.write({ 'shop.mjs': room.shop({ entry, tail: 'edge', isWeb: true }) });
    room.write({ 'edge.js': await bundled(room, 'iife', ['edge-light', 'worker', 'browser'], asGlobal) });
    const host = join(parcel, 'support/edge.mjs');
    room.check(await run(process.execPath, [host, join(room.folder, 'edge.js'), room.package]), true);
  },
});

export const cells = [
  ...['paysign', 'paysign/inline'].map(inWorkerd),
  ...['paysign', 'paysign/inline'].map(inEdgeRuntime),
];
