// The types of the package: written by the compiler, and what no entry leads to taken out again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { files, root, run } from './tools.mjs';
import { dropUnused } from './unused-types.mjs';

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
  // An ES module may import CommonJS, so both see the same declarations. A class that is declared twice would be two types.
  for (const entry of entries)
    writeFileSync(join(types, `${entry}.d.mts`), `export * from './${posix.basename(entry)}.js';\n`);
  const paths = files('pkg/types').map((path) => path.slice('pkg/types/'.length));
  dropUnused(
    types,
    paths.filter((path) => path.endsWith('.d.ts')),
    [...entries].map((entry) => `${entry}.d.ts`),
  );
}
