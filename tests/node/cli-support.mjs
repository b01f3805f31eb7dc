// The command `paysign` as a process of the built package, with files of a test.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../pkg/', import.meta.url));
export const command = join(root, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin.paysign);

/** A folder that is removed at the end of the process. */
export const folder = mkdtempSync(join(tmpdir(), 'paysign-cli-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Writes a file and returns its path. */
export function save(name, contents) {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** Runs the command to its end, in English unless `env` says otherwise. */
export async function run(args, { input = '', env = {} } = {}) {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, LC_ALL: 'C', ...env },
    timeout: 60_000,
  });
  // A command that needs no input may end before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const end = new Promise((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), end]);
  return { code, stdout, stderr };
}
