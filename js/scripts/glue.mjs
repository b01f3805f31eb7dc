// The maker of the glue: built once from js/scripts/glue, whose lock file names every crate of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache, digest, root, run } from './tools.mjs';

const CRATE = 'js/scripts/glue';
const PROGRAM = process.platform === 'win32' ? 'paysign-glue.exe' : 'paysign-glue';

/** Returns the path of the program, in a folder that is named after its sources. */
export async function glueMaker() {
  const sources = digest(['Cargo.toml', 'Cargo.lock', 'main.rs'].map((name) => `${CRATE}/${name}`));
  const folder = join(cache, `glue-${sources.slice(0, 16)}`);
  const program = join(folder, 'bin', PROGRAM);
  if (!existsSync(program)) {
    // Not optimised: it runs for a moment, and compiles in a third of the time.
    const install = ['install', '--path', CRATE, '--locked', '--debug', '--force', '--root', folder];
    await run('build the maker of the glue (once)', 'cargo', [...install, '--target-dir', join(root, 'target/glue')]);
  }
  return program;
}
