// The tools of all scripts: commands with one readable line each, files, and paths.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The cache of tools that are slow to build. It outlives a checkout. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'paysign');

/** Whether what is built is to be published: then nothing is taken that is not locked. */
export const isRelease = process.env.PAYSIGN_RELEASE === '1';

/** Windows has no process groups, and starts no scripts as commands. */
export const isWindows = process.platform === 'win32';

/** A failure that is printed as one sentence, without a stack. */
export class Told extends Error {}

/**
 * Runs a command and prints its title and duration in one line. Its output is shown only when it fails.
 * @param {string} title what the line says
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, show?: boolean, timeoutMs?: number }} [options] `show` passes the output on as it comes
 * @returns {Promise<string>} the output
 */
export async function run(title, command, args, { env = {}, cwd = root, show = false, timeoutMs = 1_800_000 } = {}) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // On Windows that would open a window.
    detached: !isWindows,
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output.push(data);
      if (show) process.stdout.write(data);
    });
  }
  // A tool starts tools of its own. The whole process group ends on the time limit, or with this script.
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    if (isWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, 'SIGKILL');
  };
  const interrupted = () => {
    end();
    process.exit(130);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM']);
  for (const signal of signals) process.once(signal, interrupted);
  const limit = setTimeout(end, timeoutMs);
  const progress = setInterval(() => console.log(`… ${title}: ${seconds()} so far`), 30_000);
  const code = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Told(`${title}: ${command} cannot be started (${error.message})`)));
    child.on('close', resolve);
  }).finally(() => {
    clearTimeout(limit);
    clearInterval(progress);
    for (const signal of signals) process.off(signal, interrupted);
  });
  const text = Buffer.concat(output).toString('utf8');
  if (code !== 0) {
    if (!show) process.stdout.write(text);
    throw new Told(`✗ ${title}: ${[command, ...args].join(' ')} ended with ${code ?? 'a signal'} after ${seconds()}`);
  }
  console.log(`✓ ${title} (${seconds()})`);
  return text;
}

/** The test files that judge by how long something takes: `npm run timing` runs them, and `npm test` does not. */
export const TIMED = ['tests/node/timing.test.mjs'];

/**
 * The output of a quick command, or undefined when it fails or is not there.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 */
export function ask(command, args, env = {}) {
  const asked = spawnSync(command, args, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/**
 * Every file under a folder, sorted, as paths from the top; what npm installed there is left out.
 * @param {string} folder
 * @returns {string[]}
 */
export function files(folder) {
  const whole = join(root, folder);
  if (!existsSync(whole)) return [];
  if (statSync(whole).isFile()) return [folder];
  return readdirSync(whole)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => files(posix.join(folder, name)));
}

/**
 * One digest over the names and contents of files.
 * @param {string[]} paths
 */
export function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Whether a module is what Node was started with.
 * @param {string} url its import.meta.url
 */
export function isMain(url) {
  return process.argv[1] === fileURLToPath(url);
}

/**
 * Runs a script's main function; a `Told` failure ends it with one line.
 * @param {() => Promise<void>} main
 */
export function script(main) {
  main().catch((error) => {
    console.error(error instanceof Told ? error.message : error);
    process.exitCode = 1;
  });
}
