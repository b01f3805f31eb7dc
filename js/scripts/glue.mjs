// The maker of the glue: built once from js/scripts/glue, whose lock file names every crate of it.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, digest, isWindows, root, run } from './tools.mjs';

const CRATE = 'js/scripts/glue';
const PROGRAM = isWindows ? 'paysign-glue.exe' : 'paysign-glue';

/** Returns the path of the program, in a folder that is named after its sources. */
export async function glueMaker() {
  const sources = digest(['Cargo.toml', 'Cargo.lock', 'main.rs'].map((name) => `${CRATE}/${name}`));
  const folder = join(cache, `glue-${sources.slice(0, 16)}`);
  const program = join(folder, 'bin', PROGRAM);
  if (!existsSync(program)) {
    const desk = join(root, 'target/glue');
    // Not optimised: it runs for a moment, and compiles in a third of the time.
    const install = ['install', '--path', CRATE, '--locked', '--debug', '--force', '--root', folder];
    await run('build the maker of the glue (once)', 'cargo', [...install, '--target-dir', desk]);
    rmSync(desk, { recursive: true, force: true });
  }
  return program;
}
