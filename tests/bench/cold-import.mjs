// The time to load a package in a new process; the time of an empty process is subtracted.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './rounds.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Starts a process for each of `lines` in every round, in turns.
 * @param {Record<string, string>} lines what each process runs
 * @param {number} rounds
 * @returns {Record<string, number>} milliseconds above those of an empty process
 */
export function coldImports(lines, rounds) {
  const all = Object.entries({ empty: '0', ...lines });
  const took = Object.fromEntries(all.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, line] of all) took[name].push(once(line));
  }
  const empty = median(took.empty);
  return Object.fromEntries(Object.keys(lines).map((name) => [name, median(took[name]) - empty]));
}

function once(line) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['-e', line], { cwd: here, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${line} fails: ${stderr.trim().split('\n').at(-1)}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
