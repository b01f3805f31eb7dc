// The installations of the set-up: no service starts, no package runs a script, and a release uses locked tools.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { until } from './notices-support.mjs';

const scripts = fileURLToPath(new URL('../../js/scripts/', import.meta.url));

/** A folder with our own commands, before all others in the path. */
function desk(t, commands) {
  const place = mkdtempSync(join(tmpdir(), 'paysign-set-up-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  for (const folder of ['bin', 'services', 'running']) mkdirSync(join(place, folder));
  for (const [name, lines] of Object.entries(commands))
    writeFileSync(join(place, 'bin', name), ['#!/bin/sh', `cd ${place}`, ...lines].join('\n'), { mode: 0o755 });
  return place;
}

/** Runs lines of a module beside the scripts, in a process of its own. */
const start = (place, lines, env = {}) =>
  spawn(process.execPath, ['--input-type=module', '-e', lines.join('\n')], {
    env: {
      ...process.env,
      PATH: `${place}/bin:${process.env.PATH}`,
      XDG_CACHE_HOME: place,
      PAYSIGN_RELEASE: '',
      ...env,
    },
  });

async function ended(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** A Debian that starts what it installs, unless its policy forbids it. */
const DEBIAN = {
  'apt-get': [
    'if [ "$1" != install ]; then exit 0; fi',
    'shift',
    'for name in "$@"; do',
    '  case $name in -*) continue;; broken) exit 100;; slow) touch begun; sleep 3;; esac',
    '  touch services/$name',
    '  if [ -x policy ]; then ./policy $name start; fi',
    '  if [ $? -ne 101 ]; then touch running/$name; fi',
    'done',
  ],
  service: ['case $2 in status) test -e running/$1;; stop) rm running/$1;; *) exit 2;; esac'],
  'update-rc.d': ['echo "$@" >> off'],
};

const install = (place, packages, isRoot = true) =>
  start(place, [
    `const { apt } = await import(${JSON.stringify(pathToFileURL(join(scripts, 'apt.mjs')).href)});`,
    `const { script } = await import(${JSON.stringify(pathToFileURL(join(scripts, 'tools.mjs')).href)});`,
    `const machine = ${JSON.stringify({ policy: join(place, 'policy'), services: join(place, 'services'), isRoot })};`,
    `script(() => apt('install what is missing', ${JSON.stringify(packages)}, machine));`,
  ]);

test('no service of an installed package runs, now or when the machine starts, and the machine may start others afterwards', async (t) => {
  const place = desk(t, DEBIAN);
  const { code, output } = await ended(install(place, ['nginx', 'redis-server']));
  assert.equal(code, 0, output);
  assert.deepEqual(readdirSync(join(place, 'services')).sort(), ['nginx', 'redis-server']);
  assert.deepEqual(readdirSync(join(place, 'running')), []);
  assert.equal(readFileSync(join(place, 'off'), 'utf8'), 'nginx disable\nredis-server disable\n');
  assert.ok(!existsSync(join(place, 'policy')));
  assert.match(output, /nginx is installed, and not started. To have it started/);
});

test('a service that was there before runs on', async (t) => {
  const place = desk(t, DEBIAN);
  for (const folder of ['services', 'running']) writeFileSync(join(place, folder, 'postgresql'), '');
  assert.equal((await ended(install(place, ['redis-server', 'postgresql']))).code, 0);
  assert.deepEqual(readdirSync(join(place, 'running')), ['postgresql']);
  assert.equal(readFileSync(join(place, 'off'), 'utf8'), 'redis-server disable\n');
});

test('a machine’s own rules are unchanged, and the services that they allowed are stopped', async (t) => {
  const place = desk(t, DEBIAN);
  const own = '#!/bin/sh\nexit 0\n';
  writeFileSync(join(place, 'policy'), own, { mode: 0o755 });
  const { code, output } = await ended(install(place, ['nginx']));
  assert.equal(code, 0, output);
  assert.match(output, /stop nginx/);
  assert.deepEqual(readdirSync(join(place, 'running')), []);
  assert.equal(readFileSync(join(place, 'policy'), 'utf8'), own);
});

test('an installation that fails, is interrupted or was killed before leaves no rule on the machine', async (t) => {
  const failed = desk(t, DEBIAN);
  assert.equal((await ended(install(failed, ['nginx', 'broken']))).code, 1);
  assert.ok(!existsSync(join(failed, 'policy')));
  assert.deepEqual(readdirSync(join(failed, 'running')), []);
  assert.equal(readFileSync(join(failed, 'off'), 'utf8'), 'nginx disable\n');
  const stopped = desk(t, DEBIAN);
  const policy = join(stopped, 'policy');
  for (const signal of ['SIGKILL', 'SIGTERM']) {
    rmSync(join(stopped, 'begun'), { force: true });
    const child = install(stopped, ['slow']);
    await until(() => existsSync(join(stopped, 'begun')));
    child.kill(signal);
    await once(child, 'exit');
    // After the first run one rule is left, which nobody can prevent; the second run recognises it.
    assert.equal(existsSync(policy), signal === 'SIGKILL', signal);
  }
});

test('who is not root is shown the command', async (t) => {
  const { code, output } = await ended(install(desk(t, DEBIAN), ['nginx'], false));
  assert.equal(code, 1);
  assert.match(
    output,
    /not possible here. Run this and try again: sudo apt-get update && sudo apt-get install -y .*nginx/,
  );
});

/** A cargo that builds a tool, with its lock file only where the registry has all of it. */
const cargo = (hasAll) => ({
  cargo: [
    'echo "$@" >> asked',
    `case "$*" in *--locked*) ${hasAll ? '' : 'exit 101'};; esac`,
    'while [ "$1" != --root ]; do shift; done',
    'mkdir -p $2/bin; printf "#!/bin/sh\\necho tool 1.2.3\\n" > $2/bin/tool; chmod 755 $2/bin/tool',
  ],
});

const tool = (place, env) =>
  ended(
    start(
      place,
      [
        `const { cargoTool } = await import(${JSON.stringify(pathToFileURL(join(scripts, 'cargo-tool.mjs')).href)});`,
        `const { script } = await import(${JSON.stringify(pathToFileURL(join(scripts, 'tools.mjs')).href)});`,
        `script(async () => console.log('in ' + (await cargoTool('tool', '1.2.3', 'tool'))));`,
      ],
      env,
    ),
  );

test('a tool is built from its lock file, and where that cannot be had without it, which is said aloud', async (t) => {
  const whole = desk(t, cargo(true));
  for (let round = 0; round < 2; round += 1) {
    const { code, output } = await tool(whole);
    assert.equal(code, 0, output);
    assert.match(output, /in .*tool-1\.2\.3-locked\/bin/, `round ${round}`);
    assert.doesNotMatch(output, /WITHOUT/, `round ${round}`);
  }
  assert.equal(readFileSync(join(whole, 'asked'), 'utf8').trim().split('\n').length, 1);
  const part = desk(t, cargo(false));
  const { code, output } = await tool(part);
  assert.equal(code, 0, output);
  assert.match(output, /! tool 1\.2\.3 is now built WITHOUT its lock file/);
  assert.match(output, /in .*tool-1\.2\.3\/bin/);
  assert.equal((await tool(part)).code, 0);
  assert.equal(readFileSync(join(part, 'asked'), 'utf8').trim().split('\n').length, 2);
});

test('a release takes no tool that was built without its lock file, and builds none', async (t) => {
  const part = desk(t, cargo(false));
  const release = { PAYSIGN_RELEASE: '1' };
  assert.equal((await tool(part)).code, 0);
  const { code, output } = await tool(part, release);
  assert.equal(code, 1, output);
  assert.match(output, /A release is made with tools as their authors locked them/);
  const asked = readFileSync(join(part, 'asked'), 'utf8').trim().split('\n');
  assert.deepEqual(
    asked.map((line) => line.includes('--locked')),
    [true, false, true],
  );
  const whole = desk(t, cargo(true));
  assert.match((await tool(whole, release)).output, /in .*tool-1\.2\.3-locked\/bin/);
});

test('the maker of the glue is locked, and to the same wasm-bindgen as the crate', () => {
  const read = (path) => readFileSync(join(scripts, path), 'utf8');
  const locked = (path) => read(path).match(/name = "wasm-bindgen-shared"\nversion = "([^"]+)"/)?.[1];
  const version = locked('../../Cargo.lock');
  assert.equal(locked('glue/Cargo.lock'), version);
  assert.match(read('glue/Cargo.toml'), new RegExp(`^wasm-bindgen-cli-support = "=${version}"`, 'm'));
  assert.match(read('glue.mjs'), /'install', '--path', CRATE, '--locked'/);
});

test('no package of npm runs a script when it is installed', () => {
  let installs = 0;
  for (const name of readdirSync(scripts).filter((name) => name.endsWith('.mjs'))) {
    for (const line of readFileSync(join(scripts, name), 'utf8').split('\n'))
      if (/'(?:ci|install)', '--include|'npm', \['(?:ci|install)'/.test(line)) {
        assert.match(line, /'--ignore-scripts'/, name);
        installs += 1;
      }
  }
  assert.ok(installs > 0, 'no script installs a package');
  const { stdout } = spawnSync('git', ['ls-files', '.ci', '.github'], {
    cwd: join(scripts, '../..'),
    encoding: 'utf8',
  });
  // A guide names what its reader runs.
  const files = stdout
    .trim()
    .split('\n')
    .filter((path) => !path.endsWith('.md'));
  assert.ok(files.length > 3, stdout);
  for (const path of files)
    assert.doesNotMatch(readFileSync(join(scripts, '../..', path), 'utf8'), /npm (?:ci|i|install)\b|npx /, path);
});
