// Builds, then handles notices of APIv3 and measures memory: `npm run memory [-- --notices 1000000]`.
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { script, Told } from './tools.mjs';

/** A notice of each of eight kinds, in each third. */
const KINDS = 24;

script(async () => {
  const options = { notices: { type: /** @type {const} */ ('string'), default: '1000000' } };
  const { notices } = parseArgs({ options }).values;
  // Half of the notices are refused only where each kind comes as often as the others.
  const count = Number(notices) - (Number(notices) % KINDS);
  if (!/^\d{3,9}$/.test(notices)) throw new Told(`--notices ${notices}: pass a whole number of three digits or more`);
  await build();
  const { checkMemory } = await import('../../tests/node/v3-memory-support.mjs');
  const { thirds } = await checkMemory(count);
  console.log(`\n${count} notices of APIv3, half of them refused; bytes after each third:`);
  for (const { heap, buffers, wasm } of thirds) console.log(`  heap ${heap}, buffers ${buffers}, wasm ${wasm}`);
});
