// The tools from crates.io that make the package or check it: built once, from the releases that their authors locked.
import { join } from 'node:path';
import { ask, cache, isRelease, run, Told } from './tools.mjs';

/**
 * Installs a tool in a folder of its version. Returns the folder of its command.
 * @param {string} name
 * @param {string} version
 * @param {string} command
 */
export async function cargoTool(name, version, command) {
  const free = join(cache, `${name}-${version}`);
  const locked = `${free}-locked`;
  const isThere = (/** @type {string} */ folder) =>
    ask(join(folder, 'bin', command), ['--version'])?.endsWith(version) === true;
  if (isThere(locked)) return join(locked, 'bin');
  if (!isRelease && isThere(free)) return join(free, 'bin');
  const install = (/** @type {string} */ folder) => [
    'install',
    name,
    '--version',
    version,
    '--root',
    folder,
    '--force',
  ];
  try {
    await run(`build ${name} ${version} (some minutes, once)`, 'cargo', [...install(locked), '--locked']);
    return join(locked, 'bin');
  } catch (error) {
    // Its lock file may name a release that the registry does not have.
    if (isRelease)
      throw new Told(
        `${message(error)}\nA release is made with tools as their authors locked them; build ${name} where that is possible`,
      );
    console.log(
      `${message(error)}\n! ${name} ${version} is now built WITHOUT its lock file, from whatever releases the registry has.`,
    );
    console.log('! What it makes is for this machine alone: PAYSIGN_RELEASE=1 never uses it.');
  }
  await run(`build ${name} ${version} without its lock file`, 'cargo', install(free));
  return join(free, 'bin');
}

/** @param {unknown} error */
const message = (error) => (error instanceof Error ? error.message : String(error));
