// Real servers of a test on free loopback ports: Redis, PostgreSQL, and others.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const started = [];
const folders = [];

/** A folder that `stopAll` removes. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `paysign-${name}-`));
  folders.push(folder);
  return folder;
}

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * Starts a program; returns the process and its output, once that shows it to be ready. `signal` ends it and its
 * children; `log` is the stream on which it says that it is ready.
 */
export async function start(command, args, ready, { signal = 'SIGKILL', log = 'stdout', ...options } = {}) {
  const stdio = ['ignore', ...['stdout', 'stderr'].map((name) => (name === log ? 'pipe' : 'inherit'))];
  const child = spawn(command, args, { stdio, ...options });
  started.push({ child, signal });
  let text = '';
  for await (const part of child[log].iterator({ destroyOnReturn: false })) {
    text += part;
    if (ready.test(text)) break;
  }
  assert.match(text, ready, command);
  child[log].resume();
  return { child, text };
}

/** Ends the started processes, the last first, and removes the folders. */
export async function stopAll() {
  for (const { child, signal } of started.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill(signal);
    await once(child, 'exit');
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** A Redis that keeps nothing on disk; returns its port. */
export async function startRedis() {
  const port = await freePort();
  const options = {
    port,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir: temporaryFolder('redis'),
    daemonize: 'no',
  };
  await start(
    '/usr/bin/redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    /Ready to accept/,
  );
  return port;
}

/** An empty PostgreSQL; returns the options of its clients. Its disk may lie: processes are killed here, not machines. */
export async function startPostgres() {
  const [version] = readdirSync('/usr/lib/postgresql').sort((one, other) => Number(other) - Number(one));
  const command = (name) => `/usr/lib/postgresql/${version}/bin/${name}`;
  const folder = temporaryFolder('postgres');
  const owner = {};
  // It does not run as root.
  if (process.getuid() === 0) {
    const id = (option) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
    Object.assign(owner, { uid: id('-u'), gid: id('-g') });
    chownSync(folder, owner.uid, owner.gid);
  }
  const options = { cwd: folder, ...owner };
  const make = [
    '-D',
    folder,
    '-U',
    'shop',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
    '--no-instructions',
  ];
  execFileSync(command('initdb'), make, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await freePort();
  const args = [
    '-D',
    folder,
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-k',
    '',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
  ];
  // The quit signal ends its helpers too, and waits for no client.
  await start(command('postgres'), args, /ready to accept/, { ...options, log: 'stderr', signal: 'SIGQUIT' });
  return { host: '127.0.0.1', port, user: 'shop', database: 'postgres' };
}
