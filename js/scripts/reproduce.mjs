// Builds the wasm of the last commit twice, in two clean clones in different folders: `npm run reproduce`. All bytes must be the same.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODULES } from './modules.mjs';
import { root, run, script, Told } from './tools.mjs';

script(async () => {
  const desk = mkdtempSync(join(tmpdir(), 'paysign-reproduce-'));
  try {
    const sums = [];
    // Folders of different depth and length: a path that gets into the module makes it another one.
    for (const folder of ['one', 'two/much/further-down']) {
      const clone = join(desk, folder);
      mkdirSync(clone, { recursive: true });
      await run(`clone into ${folder}`, 'git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
      // The same packages as the lock file gives; only the compiler's own folders have to be new.
      if (existsSync(join(root, 'node_modules'))) {
        cpSync(join(root, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true });
      }
      await run(`build in ${folder}`, process.execPath, ['js/scripts/build.mjs'], {
        cwd: clone,
        env: { CARGO_TARGET_DIR: undefined },
      });
      sums.push(MODULES.map(({ file }) => `${file} ${sum(join(clone, 'pkg', file))}`));
    }
    const [one, two] = sums;
    for (const line of one) console.log(`  ${line}`);
    if (one.join() !== two.join()) throw new Told(`✗ the second build gave other bytes: ${two.join(', ')}`);
    console.log('✓ both builds gave the same bytes');
  } finally {
    rmSync(desk, { recursive: true, force: true });
  }
});

/** @param {string} path */
const sum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
