// A crate that depends on ours. Natively it compiles nothing of wasm; on wasm it has only its own exports.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setUpBuild } from '../../js/scripts/setup.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
let env;

before(async () => {
  env = { ...process.env, ...(await setUpBuild()).env };
});

test('natively the crate compiles no wasm-bindgen, and serde for APIv3 only', async () => {
  const { host } = (await run('rustc', ['-vV'], { env })).stdout.match(/^host: (?<host>.*)$/m).groups;
  for (const features of [[], ['--no-default-features']]) {
    const args = ['tree', '--locked', '--edges', 'normal', '--target', host, '--prefix', 'none', ...features];
    const { stdout } = await run('cargo', args, { cwd: root, env });
    assert.match(stdout, /^paysign v/);
    assert.match(stdout, /^zeroize v/m);
    assert.doesNotMatch(stdout, /^(wasm-bindgen|js-sys|serde-wasm-bindgen)/m, features.join());
    assert.equal(/^serde/m.test(stdout), features.length === 0, features.join());
  }
});

test('a crate for wasm without default features may export its own `sign`, and has no export of ours', async () => {
  const crate = join(root, 'target/wasm-pack/dependent');
  mkdirSync(join(crate, 'src'), { recursive: true });
  const manifest = `[package]
name = "dependent"
version = "0.0.0"
edition = "2024"
[lib]
crate-type = ["cdylib"]
[dependencies]
paysign = { path = "../../..", default-features = false }
wasm-bindgen = "*"
[workspace]
`;
  const code = `use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub fn sign(value: &str, key: &str) -> String {
    let params = paysign::Params::from_pairs([("a", value)]).unwrap();
    paysign::sign(&params, &paysign::Key::new(key).unwrap(), paysign::SignType::Md5)
}
`;
  writeFileSync(join(crate, 'Cargo.toml'), manifest);
  writeFileSync(join(crate, 'src/lib.rs'), code);
  // The same releases as ours.
  writeFileSync(join(crate, 'Cargo.lock'), readFileSync(join(root, 'Cargo.lock')));
  // A folder of its own: our library has one file name with any features. Another build at the same time would replace it.
  const own = { ...env, CARGO_TARGET_DIR: join(root, 'target/dependent') };
  await run('cargo', ['build', '--offline', '--target', 'wasm32-unknown-unknown'], { cwd: crate, env: own });
  const wasm = readFileSync(join(root, 'target/dependent/wasm32-unknown-unknown/debug/dependent.wasm'));
  // wasm-bindgen writes a description of each export; those of `__wbg_` are imports.
  const described = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).flatMap(
    ({ name }) => name.match(/^__wbindgen_describe_(?!__wbg_)(\w+)_[0-9a-f]{16}$/)?.[1] ?? [],
  );
  assert.deepEqual(described, ['sign']);
});
