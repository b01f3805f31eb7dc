// The size of an installed package: its packages and bytes on disk, and the size of our module.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const pkg = fileURLToPath(new URL('../../pkg', import.meta.url));

/** Our package as it is published. */
export function ours() {
  const wasm = readFileSync(join(pkg, 'paysign.wasm'));
  const { dependencies = {} } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));
  return {
    packages: 1 + Object.keys(dependencies).length,
    bytes: size(pkg),
    wasm: wasm.length,
    gzip: gzipSync(wasm, { level: 9 }).length,
  };
}

/** A package of tests/bench/package.json with everything that it depends on, by the lock file. */
export function installed(name) {
  const { packages } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8'));
  const places = new Set();
  const add = (place) => {
    if (place === undefined || places.has(place)) return;
    places.add(place);
    const { dependencies, optionalDependencies } = packages[place];
    for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) add(placeOf(packages, place, other));
  };
  add(`node_modules/${name}`);
  const bytes = [...places].reduce((sum, place) => sum + size(join(here, place)), 0);
  return { packages: places.size, bytes };
}

/** Where Node finds a package for one at `place`: the nearest folder upwards. */
function placeOf(packages, place, name) {
  for (let from = place; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) return existsSync(join(here, candidate)) ? candidate : undefined;
    if (from === '') return undefined;
  }
}

/** The bytes of all files; packages inside are counted on their own. */
function size(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.isSymbolicLink())
    .map((entry) => join(folder, entry.name))
    .reduce((sum, path) => sum + (statSync(path).isDirectory() ? size(path) : statSync(path).size), 0);
}
