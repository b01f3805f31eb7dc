// The parcel: the output of `npm pack` of pkg/, installed elsewhere, with its types.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { LOADED_V3, LOADED_V3_BYTES, MODULES, PACKAGE_BYTES } from '../../js/scripts/modules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'paysign-parcel-'));
const run = (command, ...args) => execFileSync(command, args, { cwd: place, encoding: 'utf8' });
const installed = join(place, 'node_modules/paysign');

before(() => {
  const [{ filename }] = JSON.parse(run('npm', 'pack', join(root, 'pkg'), '--json'));
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', join(place, filename));
});
after(() => rmSync(place, { recursive: true, force: true }));

const EXAMPLE = `sign({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', device_info: '1000', body: 'test',
  nonce_str: 'ibuaiVcKdpRxkhJA' }, '192006250b4c09247ec02edce69f6a2d')`;
const SIGN = '9A0A8659F005D6984697E2CA0A9CF3B7\n';

test('the installed parcel signs the documented example when it is imported', () => {
  assert.equal(
    run('node', '--input-type=module', '-e', `import { sign } from 'paysign'; console.log(${EXAMPLE})`),
    SIGN,
  );
});

test('the installed parcel signs the documented example when it is required', () => {
  assert.equal(run('node', '-e', `const { sign } = require('paysign'); console.log(${EXAMPLE})`), SIGN);
});

test('the gateway of the installed parcel starts, listens on loopback and stops', () => {
  const script = `import { createGateway } from 'paysign/testing';
    const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', key: 'k'.repeat(32) }] }); const { url } = await gateway.listen();
    console.log((await fetch(url + '/pay/unifiedorder', { method: 'POST', body: '<xml/>' })).status, url.slice(0, 17)); await gateway.close();`;
  assert.equal(run('node', '--input-type=module', '-e', script), '200 http://127.0.0.1:\n');
});

test('the installed parcel brings the command', () => {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.equal(run('npx', '--offline', 'paysign', '--version'), `${version}\n`);
  assert.match(run('npx', '--offline', 'paysign', 'gateway', '--help'), /--merchant <appid:mch_id:key\[:secret\]>/);
});

test('the parcel depends on nothing, runs nothing at installation, and contains no file that it does not use', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.deepEqual(
    [manifest.dependencies, manifest.scripts, manifest.optionalDependencies],
    [undefined, undefined, undefined],
  );
  assert.match(manifest.version, /^\d+\.\d+\.\d+/);
  assert.deepEqual(
    readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['paysign'],
  );
  const top = readdirSync(installed).sort();
  assert.deepEqual(top, [
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'THIRD-PARTY.md',
    'bills.wasm',
    'calls.wasm',
    'certificate.wasm',
    'cli.mjs',
    'express.cjs',
    'express.mjs',
    'fastify.cjs',
    'fastify.mjs',
    'koa.cjs',
    'koa.mjs',
    'node.cjs',
    'node.mjs',
    'package.json',
    'paysign.wasm',
    'testing.cjs',
    'testing.mjs',
    'types',
    'v3-web.mjs',
    'v3-workerd.mjs',
    'v3.cjs',
    'v3.mjs',
    'v3.wasm',
    'web.mjs',
  ]);
  const targets = JSON.stringify(manifest.exports)
    .match(/\.\/[\w./-]+/g)
    .filter((path) => /\.\w+$/.test(path) && !path.startsWith('./testing"'));
  assert.ok(targets.length > 10, `${targets.length} files`);
  for (const path of targets) assert.ok(statSync(join(installed, path)).isFile(), path);
});

test('the parcel contains the types that an entry leads to, all of them and no others', () => {
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const entries = new Set(JSON.stringify(exports).match(/types\/[^"]+/g));
  const used = [...entries].map((path) => join(installed, path));
  assert.ok(used.length > 5);
  for (const path of used) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/(?:from |import\(|import )['"](\.[^'"]+)\.js['"]/g)) {
      const next = join(path, '..', `${name}.d.ts`);
      if (!used.includes(next)) used.push(next);
    }
  }
  const there = readdirSync(join(installed, 'types'), { recursive: true }).map((name) =>
    join(installed, 'types', name),
  );
  assert.deepEqual(there.filter((path) => path.endsWith('.ts')).sort(), used.sort());
});

test('no module is larger than its limits, raw or compressed, and the parcel is no larger than its own', () => {
  for (const { file, raw, gzip } of MODULES) {
    const wasm = readFileSync(join(installed, file));
    assert.ok(wasm.length <= raw, `${file}: ${wasm.length} bytes`);
    assert.ok(gzipSync(wasm, { level: 9 }).length <= gzip, `${file} compressed`);
  }
  const paths = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const whole = paths.reduce(
    (sum, { parentPath, path, name }) => sum + statSync(join(parentPath ?? path, name)).size,
    0,
  );
  assert.ok(whole > 500_000 && whole <= PACKAGE_BYTES, `${whole} bytes`);
});

test('what a program loads for APIv3, bills included, is no larger than 650 kB', () => {
  for (const loaded of LOADED_V3) {
    const size = loaded.reduce((sum, name) => sum + statSync(join(installed, name)).size, 0);
    assert.ok(size > 300_000 && size <= LOADED_V3_BYTES, `${loaded.join(', ')}: ${size} bytes`);
  }
});

test('each package bundled into the parcel has its licence there', () => {
  const notices = readFileSync(join(installed, 'THIRD-PARTY.md'), 'utf8');
  for (const name of ['fast-xml-parser', 'hpagent', 'proxy-from-env'])
    assert.match(notices, new RegExp(`## ${name} \\d`));
  assert.match(notices, /Permission is hereby granted/);
});

test('every link in its README leads somewhere', () => {
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  assert.ok(targets.length > 3, `${targets.length} links`);
  assert.deepEqual(
    targets.filter((target) => !/^https?:/.test(target)),
    [],
  );
  assert.match(readme, /`js\/examples\/nginx` in the project's repository is a configuration/);
});

test('no path of the building machine is in the parcel', () => {
  const modules = MODULES.map(({ file }) => file);
  for (const name of [...modules, 'node.cjs', 'web.mjs', 'testing.cjs', 'cli.mjs']) {
    const text = readFileSync(join(installed, name), 'latin1');
    for (const path of [root, '/.cargo/', '/rustlib/', '/home/', '/root/'])
      assert.ok(!text.includes(path), `${name} holds ${path}`);
  }
});

test('the types say what the Rust declarations say, in the same sentences', () => {
  const declaration = readFileSync(join(root, 'src/v2/api/unified_order.rs'), 'utf8');
  const types = readFileSync(join(installed, 'types/generated/api.d.ts'), 'utf8');
  const sentences = [...declaration.matchAll(/^\s+\/\/\/ (.+)$/gm)].map(([, sentence]) => sentence);
  assert.ok(sentences.length > 20);
  for (const sentence of sentences) assert.ok(types.includes(sentence), sentence);
});

test('each module is compiled by its first call, not by the import, and a missing one is a typed error', () => {
  const copy = mkdtempSync(join(tmpdir(), 'paysign-lazy-'));
  try {
    cpSync(join(root, 'pkg'), copy, { recursive: true });
    const script = `
      let made = 0;
      const { Module } = WebAssembly;
      WebAssembly.Module = class extends Module { constructor(bytes) { super(bytes); made += 1 } };
      const { sign, WechatPay } = await import(${JSON.stringify(pathToFileURL(join(copy, 'node.mjs')).href)});
      const key = 'k'.repeat(32), said = [made];
      const calls = [() => sign({ a: '1' }, key), () => new WechatPay({ appid: 'wx1', mch_id: '1', key })];
      for (const call of [...calls, ...calls]) try { call(); said.push(made) } catch (error) { said.push(error.code) }
      console.log(JSON.stringify(said));`;
    const run = () => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
      assert.ok(stdout, stderr);
      return JSON.parse(stdout);
    };
    assert.deepEqual(run(), [0, 1, 2, 2, 2]);
    rmSync(join(copy, 'calls.wasm'));
    assert.deepEqual(run(), [0, 1, 'ERR_CONFIG', 1, 'ERR_CONFIG']);
    rmSync(join(copy, 'paysign.wasm'));
    assert.deepEqual(run(), [0, 'ERR_CONFIG', 'ERR_CONFIG', 'ERR_CONFIG', 'ERR_CONFIG']);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
