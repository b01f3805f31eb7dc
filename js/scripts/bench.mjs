// Builds, then measures our speed beside the same work by hand and other packages: `npm run bench [-- --short]`.
// `npm run bench -- phases`, `growth`, `blocks`, `bill`, `inline`, `native` or `notices` measure other things; see tests/bench/README.md.
import { join } from 'node:path';
import { build } from './build.mjs';
import { setUpLoad, setUpPeers } from './setup.mjs';
import { root, run, script } from './tools.mjs';

/** The set-up of each besides the build. @type {Record<string, () => Promise<unknown>>} */
const NEEDS = {
  compare: setUpPeers,
  phases: async () => {},
  growth: async () => {},
  blocks: setUpPeers,
  native: measureNative,
  notices: setUpLoad,
  bill: async () => {},
  inline: async () => {},
};

script(async () => {
  await build();
  const given = process.argv.slice(2);
  const [name = 'compare', options] = NEEDS[given[0] ?? ''] ? [given[0], given.slice(1)] : [undefined, given];
  await NEEDS[name]?.();
  await run(`the bench: ${name}`, process.execPath, [`tests/bench/${name}.mjs`, ...options], { show: true });
});

/** The same operations without wasm. tests/bench/native.mjs reads the figures. */
async function measureNative() {
  const env = { CRITERION_HOME: join(root, 'target/criterion') };
  await run('measure natively', 'cargo', ['bench', '--locked', '--bench', 'native'], { env, show: true });
}
