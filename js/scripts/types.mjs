// The types of the package: written by the compiler, and those that no entry leads to taken out again.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { files, root, run } from './tools.mjs';

const types = join(root, 'pkg/types');

/** Both generations in a worker. Its script is written by the build too. */
const WORKERD = "export * from './web.js';\nexport * as v3 from './v3-web.js';\n";

/** Checks the sources, and writes their types into pkg/. */
export async function buildTypes() {
  await run('check and write the types', process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    'js/tsconfig.json',
    '--outDir',
    types,
  ]);
  writeFileSync(join(types, 'inline-workerd.d.ts'), WORKERD);
  const manifest = readFileSync(join(root, 'pkg-template/package.json'), 'utf8');
  const entries = new Set([...manifest.matchAll(/"\.\/types\/([^"]+)\.d\.m?ts"/g)].map(([, entry]) => `${entry}`));
  const used = new Set();
  for (const entry of entries) {
    // An ES module may import CommonJS, so both see the same declarations. A class that is declared twice would be two types.
    writeFileSync(join(types, `${entry}.d.mts`), `export * from './${posix.basename(entry)}.js';\n`);
    used.add(`${entry}.d.mts`);
    reach(`${entry}.d.ts`, used);
  }
  // A file that no entry refers to is not needed.
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
  for (const [, name] of readFileSync(join(types, path), 'utf8').matchAll(
    /(?:from |import\(|import )['"](\.[^'"]+)\.js['"]/g,
  ))
    reach(posix.join(posix.dirname(path), `${name}.d.ts`), used);
}
