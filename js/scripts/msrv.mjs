// The oldest Rust that Cargo.toml names compiles the crate, natively and for wasm: `npm run msrv`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES } from './modules.mjs';
import { ask, root, run, script, Told } from './tools.mjs';

const WASM = 'wasm32-unknown-unknown';

script(async () => {
  const wanted = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^rust-version = "([\d.]+)"/m)?.[1];
  if (wanted === undefined) throw new Told('Cargo.toml names no rust-version; name the oldest Rust that compiles it');
  // The first release of a version: a later one may have a mended compiler.
  const version = wanted.split('.').length === 2 ? `${wanted}.0` : wanted;
  if (ask('cargo', [`+${version}`, '--version']) === undefined) {
    await run(`install Rust ${version}`, 'rustup', ['toolchain', 'install', version, '--profile', 'minimal']);
  }
  await run(`install its wasm target`, 'rustup', ['target', 'add', WASM, '--toolchain', version]);
  const env = { CARGO_TARGET_DIR: join(root, 'target/msrv') };
  const check = (/** @type {string} */ what, /** @type {string[]} */ ...more) =>
    run(`Rust ${version} compiles ${what}`, 'cargo', [`+${version}`, 'check', '--locked', ...more], { env });
  await check('the crate with every feature', '--all-features', '--lib', '--bins');
  for (const name of ['bindings', ...MODULES.map(({ feature }) => feature)])
    await check(`it for wasm (${name})`, '--lib', '--target', WASM, '--no-default-features', '--features', name);
});
