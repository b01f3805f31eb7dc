// Debian's packages, installed without starting their services: a test starts its own servers, and ends them by process id.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ask, run, Told } from './tools.mjs';

/**
 * Where Debian keeps what is needed here.
 * `policy` is asked by invoke-rc.d and deb-systemd-invoke before they start a service; its answer 101 forbids it.
 */
const MACHINE = { policy: '/usr/sbin/policy-rc.d', services: '/etc/init.d', isRoot: process.getuid?.() === 0 };

const NO_STARTS = `#!/bin/sh
# Written by paysign while it installs packages, so that none of their services starts. It may be removed.
exit 101
`;

/**
 * Installs packages. Their services do not run afterwards, nor start at boot. Services that were there before are left alone.
 * @param {string} title
 * @param {string[]} packages
 * @param {typeof MACHINE} [machine]
 */
export async function apt(title, packages, machine = MACHINE) {
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const byHand = `Run this and try again: sudo apt-get update && sudo apt-get ${install.join(' ')}`;
  if (ask('apt-get', ['--version']) === undefined || !machine.isRoot)
    throw new Told(`${title}: not possible here. ${byHand}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run(`${title}: look what there is`, 'apt-get', ['update'], { env });
  const before = new Set(servicesOf(machine));
  try {
    await withoutStarts(machine.policy, () => run(title, 'apt-get', install, { env }));
  } finally {
    // Also after an installation that failed half-way.
    for (const service of servicesOf(machine)) if (!before.has(service)) await rest(service);
  }
}

/**
 * Forbids the start of services during the work. A machine's own rules are kept.
 * @param {string} policy
 * @param {() => Promise<unknown>} work
 */
async function withoutStarts(policy, work) {
  // Our own file is left where a run was killed.
  const isOurs = !existsSync(policy) || readFileSync(policy, 'utf8') === NO_STARTS;
  if (!isOurs) {
    await work();
    return;
  }
  const restore = () => rmSync(policy, { force: true });
  process.once('exit', restore);
  try {
    writeFileSync(policy, NO_STARTS, { mode: 0o755 });
    await work();
  } finally {
    process.off('exit', restore);
    restore();
  }
}

/** @param {typeof MACHINE} machine */
const servicesOf = ({ services }) => (existsSync(services) ? readdirSync(services) : []);

/**
 * Keeps a service off that was just installed: now, whatever the machine's own rules allowed, and at boot.
 * @param {string} service
 */
async function rest(service) {
  if (ask('service', [service, 'status']) !== undefined) await run(`stop ${service}`, 'service', [service, 'stop']);
  const isOff = ask('update-rc.d', [service, 'disable']) !== undefined;
  console.log(
    isOff
      ? `  ${service} is installed, and not started. To have it started with the machine: update-rc.d ${service} enable`
      : `  ${service} is installed, and not started, but starts with the machine: update-rc.d cannot switch it off`,
  );
}
