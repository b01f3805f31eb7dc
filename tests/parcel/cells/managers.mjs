// The package managers: each installs the tarball without a network. Then the program and the command run.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/processes.mjs';
import { tool } from '../support/world.mjs';

const PNPM = tool('pnpm/bin/pnpm.cjs');
const YARN1 = tool('yarn/bin/yarn.js');
const YARN4 = tool('@yarnpkg/cli-dist/bin/yarn.js');
const NPM_OFFLINE = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];

const PNP = {
  install: [process.execPath, YARN4, 'install'],
  node: [process.execPath, YARN4, 'node'],
  command: [process.execPath, YARN4, 'paysign'],
  // The defaults of Yarn, but for what would call a server.
  files: { '.yarnrc.yml': 'enableTelemetry: false\nenableNetwork: false\n', 'yarn.lock': '' },
};

/** The way in which a package manager installs, runs a file, and runs the command of a package. */
const WAYS = {
  npm: {
    install: ['npm', 'install', ...NPM_OFFLINE],
    node: ['node'],
    command: ['npx', '--offline', 'paysign'],
  },
  pnpm: {
    install: [process.execPath, PNPM, 'install', '--offline', '--ignore-scripts'],
    node: [process.execPath, PNPM, 'exec', 'node'],
    command: [process.execPath, PNPM, 'exec', 'paysign'],
  },
  'yarn 1': {
    install: [
      process.execPath,
      YARN1,
      'install',
      '--offline',
      '--ignore-scripts',
      '--no-lockfile',
      '--non-interactive',
    ],
    node: [process.execPath, YARN1, '-s', 'node'],
    command: [process.execPath, YARN1, '-s', 'paysign'],
  },
  // Yarn loads ES modules only in a project of type "module".
  'yarn 4 PnP': { ...PNP, forms: ['require'] },
  'yarn 4 PnP, ES modules': { ...PNP, manifest: { type: 'module' } },
};

const FILES = { import: 'shop.mjs', require: 'shop.cjs' };

/** The programs and the command, in the folder of the project that depends on the package. */
async function checkInstalled(room, { node, command, forms = ['import', 'require'] }, at = '') {
  const cwd = join(room.folder, at);
  const start = ([name, ...args], ...more) => run(name, [...args, ...more], { cwd, env: ownFolders(room) });
  for (const form of forms) {
    room.write({ [join(at, FILES[form])]: room.shop({ form }) });
    room.check(await start(node, FILES[form]));
  }
  const { version } = JSON.parse(readFileSync(join(room.package, 'package.json'), 'utf8'));
  assert.equal((await start(command, '--version')).stdout.trim(), version);
}

const installedBy = (name) => ({
  name: `installed by ${name}`,
  isQuick: name === 'npm',
  async run(room) {
    const { install, files = {}, manifest, ...way } = WAYS[name];
    const [command, ...args] = install;
    const dependencies = { paysign: `file:${room.tarball}` };
    room.write({ 'package.json': { name: 'shop', private: true, dependencies, ...manifest }, ...files });
    await run(command, args, { cwd: room.folder, env: ownFolders(room) });
    await checkInstalled(room, way);
  },
});

/** Stores and settings of a package manager are in the room of the cell. */
function ownFolders({ folder }) {
  const home = `${folder}-home`;
  mkdirSync(home, { recursive: true });
  return { HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home };
}

/** The package is a dependency of one workspace, and npm installs it at the top. */
const inWorkspace = {
  name: 'installed by npm into a workspace',
  async run(room) {
    room.write({
      'package.json': { private: true, workspaces: ['shop'] },
      'shop/package.json': { name: 'shop', version: '1.0.0', dependencies: { paysign: `file:${room.tarball}` } },
    });
    const [command, ...args] = WAYS.npm.install;
    await run(command, args, { cwd: room.folder, env: ownFolders(room) });
    await checkInstalled(room, WAYS.npm, 'shop');
  },
};

export const cells = [...Object.keys(WAYS).map(installedBy), inWorkspace];
