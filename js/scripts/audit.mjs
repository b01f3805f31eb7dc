// Looks up every package and crate of the lock files: `npm run audit [-- --offline]`. Known weaknesses, licences, doubles, sources.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpAudit } from './setup.mjs';
import { root, run, script, Told } from './tools.mjs';

/** `--offline` leaves out what is asked of npm's registry and of the advisory database. */
const options = { offline: { type: /** @type {const} */ ('boolean'), default: false } };

/** Clients of others whose weaknesses are known and stay: that they still work is what their test is for. */
const UNKEPT = 'tests/node/outside-unkept/package-lock.json';

script(async () => {
  const { offline } = parseArgs({ options }).values;
  const path = [await setUpAudit(), process.env.PATH].join(':');
  /** @type {string[]} */
  const failed = [];
  /** Every check is made, also after one that failed. @type {typeof run} */
  const check = (title, ...command) =>
    run(title, ...command).catch((error) => {
      if (!(error instanceof Told)) throw error;
      console.log(error.message);
      failed.push(title);
      return '';
    });
  for (const lock of offline ? [] : locks('package-lock.json')) {
    if (lock === UNKEPT) {
      console.log(
        `Left out: npm audit of ${lock}. Its packages are no longer mended, and run in one test on this machine alone.`,
      );
      continue;
    }
    const cwd = join(root, dirname(lock));
    await check(`npm audit of ${lock}`, 'npm', ['audit', '--package-lock-only', '--include=dev'], { cwd });
  }
  for (const lock of locks('Cargo.lock')) {
    const manifest = join(dirname(lock), 'Cargo.toml');
    const place = ['--locked', '--config', '.cargo/deny.toml', '--manifest-path', manifest];
    const checks = [...(offline ? [] : ['advisories']), 'bans', 'licenses', 'sources'];
    const env = { PATH: path };
    await check(`cargo deny of ${lock}: ${checks.join(', ')}`, 'cargo', ['deny', ...place, 'check', ...checks], {
      env,
    });
  }
  if (failed.length > 0) throw new Told(`✗ not clean, or not answered: ${failed.join('; ')}`);
  if (offline) console.log('Left out: npm audit, and the advisories of crates.');
});

/**
 * The lock files of that name in the repository.
 * @param {string} name
 */
function locks(name) {
  const tracked = execFileSync('git', ['ls-files', name, `**/${name}`], { cwd: root, encoding: 'utf8' });
  return tracked.split('\n').filter((path) => path !== '');
}
