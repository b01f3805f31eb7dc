// Tries the packed package in every cell, two at once, with one line for each: `node tests/parcel/run.mjs [--quick] [--only esbuild,node]`.
import { parseArgs } from 'node:util';
import { cells as bundlers } from './cells/bundlers.mjs';
import { cells as managers } from './cells/managers.mjs';
import { cells as next } from './cells/next.mjs';
import { cells as pages } from './cells/pages.mjs';
import { cells as runners } from './cells/runners.mjs';
import { cells as runtimes } from './cells/runtimes.mjs';
import { cells as typescript } from './cells/typescript.mjs';
import { cells as workers } from './cells/workers.mjs';
import { openRoom, openWorld } from './support/world.mjs';

/** @typedef {{ name: string, isQuick?: boolean, run(room: ReturnType<typeof openRoom>): Promise<void> }} Cell */

/** How many cells run at once. */
const WIDTH = 2;

const { only, quick } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } }).values;
const words = only?.split(',').filter((word) => word !== '');
const chosen = [...runtimes, ...bundlers, ...runners, ...typescript, ...workers, ...managers, ...next, ...pages].filter(
  ({ name, isQuick }) => (!quick || isQuick) && (words?.some((word) => name.includes(word)) ?? true),
);
if (chosen.length === 0) throw new Error(`no cell has ${only} in its name`);

const world = await openWorld();
let failed = 0;

/** Runs one cell, and prints its line; a failure is followed by its output. */
async function tried({ name, run }, number) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`.padStart(7);
  try {
    await run(openRoom(world, number));
    console.log(`✓ ${seconds()}  ${name}`);
  } catch (error) {
    failed += 1;
    // A long line is a program with its keys.
    const output = String(error?.stack ?? error).replaceAll(/^(.{300}).*/gm, '$1…');
    console.log(`✗ ${seconds()}  ${name}\n${output.replaceAll(/^/gm, '    ')}`);
  }
}

const numbered = chosen.entries();
const work = async () => {
  for (const [number, cell] of numbered) await tried(cell, number);
};
try {
  await Promise.all(Array.from({ length: WIDTH }, work));
} finally {
  world.close();
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
