// The check that the wasm has the same bytes in every folder. `npm run reproduce` builds two clean clones of the last commit;
// `npm test` builds what it tests a second time.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderOf, MODULES } from './modules.mjs';
import { ask, digest, files, isMain, root, run, script, Told } from './tools.mjs';

/** Where it is kept which sources were built a second time, and to which bytes. */
const stamp = join(root, 'target/paysign/built-twice');

/** Builds the wasm of this checkout from nothing in another folder. Its bytes must be those in pkg/. */
export async function buildElsewhere() {
  const sources = ['src', 'js', 'tests', '.cargo', 'Cargo.toml', 'Cargo.lock', 'package.json', 'package-lock.json'];
  const paths = sources.flatMap(files).filter((path) => !path.startsWith('js/src/generated'));
  const ours = sums(root);
  // Files of the tests and the package only do not change the wasm.
  const compiled = paths.filter((path) => /^(?:src\/|js\/scripts\/|\.cargo\/|[^/]+$)/.test(path));
  const proved = [digest(compiled), ask('rustc', ['-vV']), ...ours].join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === proved) {
    console.log('✓ the wasm was built twice from these sources, with the same bytes');
    return;
  }
  await withDesk(async (desk) => {
    const copy = join(desk, 'another/folder');
    for (const path of paths) cpSync(join(root, path), join(copy, path));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const build = [
      "import { buildWasm } from './js/scripts/build.mjs';",
      "import { setUpBuild } from './js/scripts/setup.mjs';",
      'await buildWasm(await setUpBuild());',
    ];
    await run('build the wasm a second time', process.execPath, ['--input-type=module', '-e', build.join('\n')], {
      cwd: copy,
      env: { CARGO_TARGET_DIR: undefined },
    });
    compare(ours, sums(copy));
  });
  writeFileSync(stamp, proved);
}

async function buildClones() {
  await withDesk(async (desk) => {
    const built = [];
    // Folders of different depth and length: a path that gets into the module makes it another one.
    for (const folder of ['one', 'two/much/further-down']) {
      const clone = join(desk, folder);
      mkdirSync(clone, { recursive: true });
      await run(`clone into ${folder}`, 'git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
      // The same packages as in the lock file; only the compiler's own folders have to be new.
      if (existsSync(join(root, 'node_modules'))) {
        cpSync(join(root, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true });
      }
      await run(`build in ${folder}`, process.execPath, ['js/scripts/build.mjs'], {
        cwd: clone,
        env: { CARGO_TARGET_DIR: undefined },
      });
      built.push(sums(clone));
    }
    const [one = [], two = []] = built;
    for (const line of one) console.log(`  ${line}`);
    compare(one, two);
  });
}

/** @param {(desk: string) => Promise<void>} work */
async function withDesk(work) {
  const desk = mkdtempSync(join(tmpdir(), 'paysign-reproduce-'));
  try {
    await work(desk);
  } finally {
    rmSync(desk, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} one
 * @param {string[]} two
 */
function compare(one, two) {
  if (one.join() !== two.join()) throw new Told(`✗ the second build gave other bytes: ${two.join(', ')}`);
  console.log('✓ both builds gave the same bytes');
}

/** The checksum of each module in a checkout. @param {string} checkout */
const sums = (checkout) =>
  MODULES.map(({ file }) => {
    const bytes = readFileSync(join(checkout, folderOf(file), file));
    return `${file} ${createHash('sha256').update(bytes).digest('hex')}`;
  });

if (isMain(import.meta.url)) script(buildClones);
