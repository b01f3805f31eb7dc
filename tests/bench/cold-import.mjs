// The time that a new process takes for a line of code. The time of an empty process is subtracted.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './rounds.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Starts a process for each of `lines` in every round, in turns.
 * @param {Record<string, string>} lines what each process runs
 * @param {number} rounds
 * @param {Record<string, string>} [env] what else each process finds in its environment
 * @returns {Record<string, number>} milliseconds above those of an empty process
 */
export function coldImports(lines, rounds, env = {}) {
  const all = Object.entries({ empty: '0', ...lines });
  const took = Object.fromEntries(all.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, line] of all) took[name].push(once(line, env));
  }
  const empty = median(took.empty);
  return Object.fromEntries(Object.keys(lines).map((name) => [name, median(took[name]) - empty]));
}

function once(line, env) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['-e', line], {
    cwd: here,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${line} fails: ${stderr.trim().split('\n').at(-1)}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
