// The types of the package: written by the compiler, and those that no entry leads to taken out again.
import { readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { files, root, run } from './tools.mjs';

const types = join(root, 'pkg/types');

/** Checks the sources, and writes their types into pkg/. */
export async function buildTypes() {
  await run('check and write the types', process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    'js/tsconfig.json',
    '--outDir',
    types,
  ]);
  // A file that no entry refers to is not needed.
  const used = new Set();
  const entries = readFileSync(join(root, 'pkg-template/package.json'), 'utf8').matchAll(/"\.\/types\/([^"]+)"/g);
  for (const [, entry] of entries) reach(/** @type {string} */ (entry), used);
  for (const path of files('pkg/types')) if (!used.has(path.slice('pkg/types/'.length))) rmSync(join(root, path));
}

/**
 * Adds a file of types and all that it imports.
 * @param {string} path
 * @param {Set<string>} used
 */
function reach(path, used) {
  if (used.has(path)) return;
  used.add(path);
  for (const [, name] of readFileSync(join(types, path), 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g))
    reach(posix.join(posix.dirname(path), `${name}.d.ts`), used);
}
