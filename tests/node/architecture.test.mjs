// The architecture: allowed imports, the files at the top, and the first line of each file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MODULES, placeOf } from '../../js/scripts/modules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tracked = (...paths) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...paths], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '');
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');
const imports = (path) => [...read(path).matchAll(/(?:(?:from|import) |require\()'([^']+)'/g)].map(([, name]) => name);
const rust = tracked('src').filter((path) => path.endsWith('.rs'));
const script = tracked('js/src').filter((path) => path.endsWith('.ts'));
/** The files that the build makes from Rust. Their imports count, although they are not committed. */
const MADE = ['api', 'api-v3', 'constants', 'notices'].map((name) => `js/src/generated/${name}.ts`);

test('the core uses neither wasm nor a clock, an environment or a network', () => {
  const foreign = /wasm_bindgen|js_sys|std::(time|env|net::(Tcp|Udp)|fs|thread|process)|SystemTime|Instant\b/;
  for (const path of rust.filter((path) => !/^src\/wasm(\.rs|\/)/.test(path)))
    assert.doesNotMatch(read(path), foreign, path);
});

test('the glue of each module is called by the files of one room alone', () => {
  const own = 'js/src/wasm/';
  const doors = { glue: own, calls: own, bills: own, v3: own, certificate: 'js/src/node/', doctor: own };
  assert.deepEqual(
    MODULES.map(({ glue }) => glue),
    Object.keys(doors),
  );
  for (const [glue, door] of Object.entries(doors)) {
    const users = script.filter((path) => imports(path).some((name) => name.endsWith(`generated/${glue}.js`)));
    assert.ok(users.length > 0, glue);
    for (const path of users) assert.ok(path.startsWith(door), `${path} imports ${glue}`);
  }
});

test('only the entry files start a module, and only the folder of wasm sees addresses, lengths and bits', () => {
  const inside = /\/wasm\/(core|fields|instance|packed)\.js$/;
  const users = script.filter(
    (path) => !path.startsWith('js/src/wasm/') && imports(path).some((name) => inside.test(name)),
  );
  assert.deepEqual(users, ['js/src/node-v2.ts', 'js/src/web.ts']);
});

test('only the Node entry, its folder, the gateway and the command import Node', () => {
  const allowed = /^js\/src\/(node\.ts|node\/|testing\/|cli\/)/;
  for (const path of script.filter((path) => !allowed.test(path))) {
    assert.deepEqual(
      imports(path).filter((name) => name.startsWith('node:')),
      [],
      path,
    );
  }
});

/** The path from the top of an imported file; a name that is no file of ours stays unchanged. */
const target = (path, name) => (name.startsWith('.') ? join(dirname(path), name).replace(/\.js$/, '.ts') : name);

/** The rooms of the files that the build writes into js/src/generated. All others there are glue. */
const GENERATED = { 'constants.ts': 'ground', 'notices.ts': 'ground', 'api.ts': 'api', 'api-v3.ts': 'api' };

/** The room of a file: its folder under js/src, or the file itself where it is at the top. */
function roomOf(path) {
  const [room, ...rest] = path.replace('js/src/', '').split('/');
  if (room === 'generated') return GENERATED[rest[0]] ?? 'glue';
  return rest.length === 0 &&
    [
      'errors.ts',
      'params.ts',
      'own.ts',
      'names.ts',
      'flat.ts',
      'redis.ts',
      'diagnosis.ts',
      'reasons.ts',
      'caller.ts',
      'beijing.ts',
      'pem.ts',
      'certificate.ts',
      'json.ts',
      'well-formed.ts',
    ].includes(room)
    ? 'ground'
    : room;
}

/** What each room may import besides itself. Nothing imports what is above it. */
const ALLOWED = {
  ground: [],
  glue: [],
  wasm: ['ground', 'glue'],
  http: ['ground'],
  notices: ['ground', 'http'],
  orders: ['ground', 'http'],
  login: ['ground', 'http', 'wasm'],
  bill: ['ground', 'http', 'wasm'],
  api: ['ground', 'http', 'bill'],
  v2: ['ground', 'api', 'wasm', 'http', 'notices', 'orders', 'login', 'bill'],
  v3: ['ground', 'api', 'wasm', 'http', 'notices', 'orders', 'login', 'bill'],
  doctor: ['ground', 'glue', 'wasm', 'v3'],
  router: ['ground', 'notices', 'v2', 'v3'],
  'doctor.ts': ['ground', 'doctor', 'v3'],
  'index.ts': ['ground', 'api', 'http', 'notices', 'orders', 'login', 'bill', 'v2', 'router'],
  'v3.ts': ['ground', 'api', 'http', 'notices', 'orders', 'login', 'bill', 'v3'],
  node: ['ground', 'glue', 'http', 'notices', 'v3', 'doctor.ts'],
  web: ['ground', 'wasm', 'v3'],
  'node-host.ts': ['wasm', 'http', 'node'],
  'node-v2.ts': ['node-host.ts', 'wasm', 'index.ts', 'node'],
  'node-v3.ts': ['node-host.ts', 'wasm', 'node', 'v3', 'v3.ts'],
  'node.ts': ['node', 'node-v2.ts'],
  'v3-node.ts': ['node', 'node-v3.ts'],
  'inline.ts': ['node', 'node-v2.ts', 'node-v3.ts'],
  'web.ts': ['wasm', 'index.ts', 'web'],
  'v3-web.ts': ['wasm', 'web', 'v3', 'v3.ts'],
  'miniprogram.ts': [],
  adapters: ['node.ts'],
  testing: ['doctor.ts'],
  cli: ['testing', 'doctor.ts', 'node', 'node.ts', 'v3-node.ts'],
};

test('each row of both tables names rooms of rows above it only, so that the rooms have no circle', () => {
  for (const table of [ALLOWED, RUST_ALLOWED]) {
    const above = new Set();
    for (const [room, others] of Object.entries(table)) {
      for (const other of others) assert.ok(above.has(other), `${room} names ${other}`);
      above.add(room);
    }
  }
});

/** The room of a Rust file or module path: its folder under src, `ground` for files beside the folders. */
const rustRoomOf = (path) => {
  const [room] = path.replace(/^src\//, '').split(/\/|::|\.rs/);
  return ['bill', 'border', 'doctor', 'lib', 'pkcs12', 'v2', 'v3', 'wasm'].includes(room) ? room : 'ground';
};

/** What each room of the crate may import besides itself. `lib.rs` re-exports, and nothing imports it. */
const RUST_ALLOWED = {
  ground: [],
  bill: ['ground'],
  pkcs12: ['ground'],
  v2: ['ground', 'bill'],
  v3: ['ground'],
  doctor: ['ground', 'v2', 'v3'],
  border: ['ground', 'bill', 'v2', 'v3'],
  wasm: ['ground', 'bill', 'pkcs12', 'v2', 'v3', 'doctor', 'border'],
  lib: ['ground', 'bill', 'pkcs12', 'v2', 'v3', 'doctor'],
};

/** Code without its tests and without its comments. */
const rustCode = (path) =>
  read(path)
    .split(/^#\[cfg\(test\)\]\n(?:#\[allow.*\n)?mod tests/m)[0]
    .replaceAll(/^\s*\/\/.*$/gm, '');

/** The paths that code names from the top of the crate: `crate::a::b`, and each member of `crate::{…}`. */
function cratePaths(code) {
  const lists = [...code.matchAll(/\bcrate::\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g)].map(([, list]) => list);
  const named = lists.flatMap((list) =>
    list
      .replaceAll(/\{(?:[^{}]|\{[^{}]*\})*\}/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  return [...[...code.matchAll(/\bcrate::(\w+)/g)].map(([, name]) => name), ...named];
}

test('the reader of imports sees every form in which Rust names the crate', () => {
  const code = 'use crate::error::Error;\nuse $crate::{bill::{a, b}, v2::{x::{y}, z}, nonce};\ncrate::prepare();';
  assert.deepEqual(cratePaths(code), ['error', 'prepare', 'bill::', 'v2::', 'nonce']);
});

test('every room of the crate imports what the table allows, by the path of its room', () => {
  assert.deepEqual([...new Set(rust.map(rustRoomOf))].sort(), Object.keys(RUST_ALLOWED).sort());
  const modules = rust.map((path) => path.replace(/^src\/(\w+)[./].*$/, '$1'));
  let count = 0;
  for (const path of rust.filter((path) => path !== 'src/lib.rs')) {
    const room = rustRoomOf(path);
    for (const name of cratePaths(rustCode(path))) {
      const [module] = name.split('::');
      assert.ok(modules.includes(module), `${path} imports crate::${module} by the name that lib.rs gives it`);
      const other = rustRoomOf(module);
      assert.ok(other === room || RUST_ALLOWED[room].includes(other), `${path} imports crate::${name}`);
      count += 1;
    }
    // `super::` at the top of a room would leave it unseen.
    if (/^src\/\w+\.rs$/.test(path)) assert.doesNotMatch(rustCode(path), /\bsuper::/, path);
    assert.doesNotMatch(rustCode(path), /\bsuper::super::super\b/, path);
  }
  assert.ok(count > 100, `${count} imports were checked`);
});

test('no Rust file imports itself by way of others', () => {
  const fileOf = (names) => {
    for (let length = names.length; length > 0; length -= 1) {
      const path = `src/${names.slice(0, length).join('/')}.rs`;
      if (rust.includes(path)) return path;
    }
    return undefined;
  };
  const full = /\b(crate|super|self)::((?:\w+(?:::)?)+)/g;
  const edges = new Map(
    rust.map((path) => {
      const here = path.replace(/^src\/|\.rs$/g, '').split('/');
      const targets = [...rustCode(path).matchAll(full)].map(([, from, names]) => {
        const above = from === 'crate' ? [] : from === 'super' ? here.slice(0, -1) : here;
        return fileOf([...above, ...names.split('::').filter((name) => name !== '')]);
      });
      // The head of a folder names its files, and they may name its shapes: that is one room.
      return [path, new Set(targets.filter((target) => target !== undefined && !isHeadOf(target, path)))];
    }),
  );
  assert.ok([...edges.values()].flatMap((targets) => [...targets]).length > 100);
  const done = new Set();
  const visit = (path, above) => {
    assert.ok(!above.includes(path), `a circle: ${[...above.slice(above.indexOf(path)), path].join(' → ')}`);
    if (done.has(path)) return;
    for (const other of edges.get(path)) if (other !== path) visit(other, [...above, path]);
    done.add(path);
  };
  for (const path of rust) visit(path, []);
});

/** Whether `head` is the file of the folder in which `path` is. */
const isHeadOf = (head, path) => path.startsWith(`${head.replace(/\.rs$/, '')}/`);

test('every room imports what the table allows, and nothing else', () => {
  assert.deepEqual([...new Set([...script, ...MADE].map(roomOf)), 'glue'].sort(), Object.keys(ALLOWED).sort());
  for (const path of [...script, ...MADE]) {
    const room = roomOf(path);
    for (const name of imports(path).filter((name) => name.startsWith('.'))) {
      const other = roomOf(target(path, name));
      assert.ok(other === room || ALLOWED[room].includes(other), `${path} imports ${name}`);
    }
  }
});

test('the gateway imports nothing of ours: a judge does not share a bug with the judged', () => {
  const gateway = script.filter((path) => path.startsWith('js/src/testing/'));
  assert.ok(gateway.length > 5);
  for (const path of gateway) {
    for (const name of imports(path)) {
      const isOwn = target(path, name).startsWith('js/src/testing/');
      // The doctor explains what the gateway has refused; it judges nothing.
      const explains = path === 'js/src/testing/refusals.ts' && name === '../doctor.js';
      assert.ok(
        isOwn || explains || /^(node:|(fast-xml-parser|hpagent|proxy-from-env)$)/.test(name),
        `${path} imports ${name}`,
      );
    }
  }
});

test('no file imports itself by way of others', () => {
  const done = new Set();
  const visit = (path, above) => {
    assert.ok(!above.includes(path), `a circle: ${[...above.slice(above.indexOf(path)), path].join(' → ')}`);
    if (done.has(path)) return;
    for (const name of imports(path)) {
      const other = target(path, name);
      if (script.includes(other) || other === MADE[0]) visit(other, [...above, path]);
    }
    done.add(path);
  };
  for (const path of script) visit(path, []);
});

test('an adapter imports the public entry alone, has under thirty lines, and is imported by nothing', () => {
  const adapters = script.filter((path) => path.startsWith('js/src/adapters/'));
  assert.equal(adapters.length, 3);
  for (const path of adapters) {
    assert.deepEqual(imports(path), ['../node.js'], path);
    const code = read(path).replaceAll(/\/\*\*[\s\S]*?\*\/\n/g, '');
    assert.ok(code.split('\n').length < 30, path);
  }
  for (const path of script) {
    for (const name of imports(path)) assert.doesNotMatch(name, /adapters/, `${path} imports ${name}`);
  }
});

test('only the listed files are at the top', () => {
  const folders = ['js', 'pkg-template', 'src', 'tests'];
  const files = [
    'CHANGELOG.md',
    'Cargo.lock',
    'Cargo.toml',
    'LICENSE',
    'README.md',
    'README.zh-CN.md',
    'SECURITY.md',
    'package-lock.json',
    'package.json',
  ];
  const top = [...new Set(tracked().map((path) => path.split('/')[0]))].filter((name) => !name.startsWith('.'));
  assert.deepEqual(top.sort(), [...folders, ...files].sort());
});

test('every source file says its one job first and stays small', () => {
  for (const path of [
    ...rust,
    ...script,
    ...tracked('js/scripts', 'js/examples', 'tests').filter((path) => /\.(mjs|rs|ts)$/.test(path)),
  ]) {
    const lines = read(path).split('\n');
    assert.match(lines[0], /^(\/\/!|\/\/) \S/, `${path} begins without its job`);
    assert.ok(lines.length <= 420, `${path} has ${lines.length} lines`);
  }
});

test('the lock files name no download address, and nothing names a path of a machine', () => {
  const locks = tracked('*package-lock.json');
  assert.ok(locks.length > 1);
  for (const path of locks) assert.doesNotMatch(read(path), /"resolved"/, path);
  const crates = tracked('*Cargo.lock');
  assert.deepEqual(crates, ['Cargo.lock', 'js/scripts/glue/Cargo.lock', 'tests/fuzz/Cargo.lock']);
  for (const path of crates)
    assert.doesNotMatch(
      read(path),
      /source = "(?!registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index")/,
      path,
    );
  const text = tracked().filter(
    (path) => /\.(mjs|ts|rs|json|toml|md|yml)$/.test(path) && path !== 'tests/node/architecture.test.mjs',
  );
  for (const path of text) assert.doesNotMatch(read(path), /(^|[\s"'`(=])\/(home|root|work|Users)\/[a-z]/m, path);
});

test('the published wasm is the one that the build made, not a committed file', () => {
  assert.deepEqual(tracked('pkg', 'js/src/generated'), []);
  for (const { file } of MODULES) assert.ok(existsSync(placeOf(file)), file);
});

test('the continuous integration runs npm test and nothing else', () => {
  const commands = read('.ci/run')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(commands, ['set -e', 'cd "$(dirname "$0")/.."', 'exec npm test']);
});
