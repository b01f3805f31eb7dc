// The Python of the outside client: a virtual environment with the listed packages, kept in the cache.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apt } from './apt.mjs';
import { ask, cache, digest, root, run } from './tools.mjs';

/** Where the packages are listed, each with its version. */
const LIST = 'tests/node/outside/requirements.txt';

/** The command of the environment. Nothing is installed where it was made of the same list, by the same Python. */
export async function outsidePython() {
  const folder = join(cache, `outside-python-${digest([LIST]).slice(0, 16)}`);
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'paysign-stamp');
  const version = ask('python3', ['--version']);
  if (
    version !== undefined &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === version &&
    ask(python, ['--version'])
  )
    return python;
  if (ask('python3', ['-c', 'import ensurepip, venv']) === undefined) await apt('install Python', ['python3-venv']);
  // What was left half made, or by a Python that is gone.
  rmSync(folder, { recursive: true, force: true });
  await run('make a Python environment', 'python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
  await run('install the Python client', python, [...install, '-r', join(root, LIST)]);
  writeFileSync(stamp, ask('python3', ['--version']) ?? '');
  return python;
}
