// Installs what is missing: npm packages, the wasm target, the maker of the glue, wasm-pack, browser, servers, frameworks, Python.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { apt } from './apt.mjs';
import { cargoTool } from './cargo-tool.mjs';
import { glueMaker } from './glue.mjs';
import { outsidePython } from './python.mjs';
import { ask, digest, isWindows, root, run, Told } from './tools.mjs';

const TARGET = 'wasm32-unknown-unknown';
const POSTGRES = '/usr/lib/postgresql';
const WASM_PACK = '0.15.1';
const CARGO_DENY = '0.20.2';
const DEBIAN_STD = `/usr/lib/rustlib/${TARGET}/lib`;

/**
 * Sets up the build. Returns the environment in which wasm is built.
 * @returns {Promise<{ env: Record<string, string>, glueMaker: string }>}
 */
export async function setUpBuild() {
  await npmFolder('');
  if (ask('cargo', ['--version']) === undefined) {
    throw new Told('Rust is missing. Install it with rustup (https://rustup.rs), then run this again.');
  }
  return { env: await wasmTarget(), glueMaker: await glueMaker() };
}

/** The packages of a shop with a database: SQLite is among those of the frameworks. */
export async function setUpDatabase() {
  await npmFolder('tests/node/frameworks');
}

/** What the packed package is tried in. The programs among the packages are those of Linux on x64. */
export async function setUpParcel() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Told('The packed package is tried on Linux on x64 only. Run this there.');
  }
  await npmFolder('tests/parcel');
  for (const name of ['frameworks', 'workers']) await npmFolder(`tests/node/${name}`);
  if (!existsSync('/usr/bin/chromium')) await apt('install the browser', ['chromium']);
  if (!existsSync('/usr/bin/openssl')) await apt('install openssl', ['openssl']);
}

/** What checks the sources, besides the compilers and npm packages of the build. */
export async function setUpChecks() {
  for (const component of ['clippy', 'rustfmt']) {
    const command = component === 'clippy' ? 'clippy' : 'fmt';
    if (ask('cargo', [command, '--version']) === undefined) {
      await run(`install ${component}`, 'rustup', ['component', 'add', component]);
    }
  }
}

/**
 * Sets up the tests besides the build. Returns the environment in which wasm-pack finds everything.
 * @param {Record<string, string>} env in which wasm is built
 * @returns {Promise<Record<string, string>>}
 */
export async function setUpTests(env) {
  await setUpChecks();
  for (const name of ['outside', 'outside-unkept', 'conformance', 'telemetry', 'workers'])
    await npmFolder(`tests/node/${name}`);
  await outsidePython();
  await setUpDatabase();
  const wasmPack = await cargoTool('wasm-pack', WASM_PACK, 'wasm-pack');
  // wasm-pack runs the tests with the runner that belongs to its command, and needs both in one folder.
  const wasmBindgen = await cargoTool('wasm-bindgen-cli', wasmBindgenVersion(), 'wasm-bindgen');
  if (!existsSync('/usr/bin/chromium') || !existsSync('/usr/bin/chromedriver')) {
    await apt('install the browser', ['chromium', 'chromium-driver']);
  }
  if (!existsSync('/usr/bin/redis-server')) await apt('install Redis', ['redis-server']);
  if (!hasPostgres()) await apt('install PostgreSQL', ['postgresql']);
  if (!existsSync('/usr/sbin/nginx')) await apt('install nginx', ['nginx']);
  for (const name of ['curl', 'openssl']) if (!existsSync(`/usr/bin/${name}`)) await apt(`install ${name}`, [name]);
  const path = [wasmBindgen, wasmPack, env.PATH ?? process.env.PATH].join(':');
  return { ...env, PATH: path, CHROMEDRIVER: '/usr/bin/chromedriver' };
}

/** The client alone has the same folder. */
function hasPostgres() {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES) : [];
  return versions.some((version) => existsSync(join(POSTGRES, version, 'bin/initdb')));
}

/** What looks through the crates. Returns the folder of its command. */
export async function setUpAudit() {
  return cargoTool('cargo-deny', CARGO_DENY, 'cargo-deny');
}

/** The packages that the bench measures beside ours. */
export async function setUpPeers() {
  await npmFolder('tests/bench');
}

/** The load generator of the servers. */
export async function setUpLoad() {
  if (!existsSync('/usr/bin/wrk')) await apt('install wrk', ['wrk']);
}

/** The version of wasm-bindgen that the crate is locked to; its tool must be the same one. */
function wasmBindgenVersion() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = lock.match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)?.[1];
  if (version === undefined) throw new Told('Cargo.lock names no wasm-bindgen');
  return version;
}

/**
 * The packages that the lock file of a folder names, in the folder. No package runs a script when it is installed.
 * @param {string} folder from the top; '' is the top
 */
async function npmFolder(folder) {
  const stamp = join(root, folder, 'node_modules', '.paysign-lock');
  const wanted = digest([join(folder, 'package-lock.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const title = folder === '' ? 'install the npm packages' : `install the npm packages of ${folder}`;
  const install = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  // On Windows the command is a script, which Node does not start: `npm run` names the program.
  const program = isWindows ? [process.env.npm_execpath ?? 'npm-cli.js'] : [];
  await run(title, isWindows ? process.execPath : 'npm', [...program, ...install], { cwd: join(root, folder) });
  writeFileSync(stamp, wanted);
}

/**
 * rustup's wasm target; where rustup cannot fetch it, Debian's compiler with a standard library built from its sources.
 * @returns {Promise<Record<string, string>>}
 */
async function wasmTarget() {
  if (process.env.PAYSIGN_WASM_STD !== 'debian') {
    const sysroot = ask('rustc', ['--print', 'sysroot']) ?? '';
    if (existsSync(join(sysroot, 'lib/rustlib', TARGET, 'lib'))) return {};
    try {
      await run('install the wasm target', 'rustup', ['target', 'add', TARGET], { timeoutMs: 300_000 });
      return {};
    } catch (error) {
      if (process.platform !== 'linux') throw error;
      console.log(`${error instanceof Error ? error.message : error}\nrustup cannot; trying Debian's packages`);
    }
  }
  if (!hasDebianStd()) await buildDebianStd();
  return {
    PATH: `/usr/bin:${process.env.PATH}`,
    RUSTC: '/usr/bin/rustc',
    CARGO: '/usr/bin/cargo',
    RUSTUP_TOOLCHAIN: '',
  };
}

/** Whether the library there was built whole, by the compiler that is there now. */
function hasDebianStd() {
  const stamp = join(DEBIAN_STD, 'paysign-stamp');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === ask('/usr/bin/rustc', ['-vV']);
}

async function buildDebianStd() {
  if (process.getuid?.() !== 0) {
    throw new Told(
      `The wasm library of Debian's compiler is missing or outdated. Run this once as root: npm run build`,
    );
  }
  await apt("install Debian's compiler", ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'lld-22']);
  const crate = mkdtempSync(join(tmpdir(), 'paysign-std-'));
  try {
    // This is compiled into the published module, which may contain no path of this machine.
    const remap = `--remap-path-prefix=${process.env.CARGO_HOME || join(homedir(), '.cargo')}=cargo`;
    mkdirSync(join(crate, 'src'));
    writeFileSync(join(crate, 'Cargo.toml'), '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n');
    writeFileSync(join(crate, 'src/lib.rs'), '');
    await run(
      'build the standard library for wasm',
      '/usr/bin/cargo',
      ['build', '--release', '--target', TARGET, '-Z', 'build-std=std,panic_abort,test'],
      {
        cwd: crate,
        env: {
          PATH: `/usr/bin:${process.env.PATH}`,
          RUSTC: '/usr/bin/rustc',
          RUSTC_BOOTSTRAP: '1',
          CARGO_ENCODED_RUSTFLAGS: remap,
        },
      },
    );
    const built = join(crate, 'target', TARGET, 'release/deps');
    rmSync(DEBIAN_STD, { recursive: true, force: true });
    mkdirSync(DEBIAN_STD, { recursive: true });
    for (const name of readdirSync(built)) {
      if (name.endsWith('.rlib') && !name.startsWith('libempty-')) cpSync(join(built, name), join(DEBIAN_STD, name));
    }
    // Last: a copy that was interrupted has no stamp and is made again.
    writeFileSync(join(DEBIAN_STD, 'paysign-stamp'), ask('/usr/bin/rustc', ['-vV']) ?? '');
  } finally {
    rmSync(crate, { recursive: true, force: true });
  }
}
