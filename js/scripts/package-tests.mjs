// The tests of the package, and which of them `npm run check` leaves to `npm test`.
import { files, TIMED } from './tools.mjs';

/** @typedef {'browser' | 'server' | 'packages' | 'openssl' | 'npm' | 'python' | 'shell' | 'signals' | 'time'} Need */

/**
 * The needs of a test that some machines lack, or that take long. Each test in tests/browser needs a browser.
 * - `browser`: Chromium
 * - `server`: Redis, PostgreSQL, nginx or another program in /usr
 * - `packages`: what other folders than the top install
 * - `openssl`: the command of OpenSSL 3
 * - `npm`: the command npm, which Windows starts in another way
 * - `python`: Python 3 with its modules pty and venv
 * - `shell`: programs written for /bin/sh
 * - `signals`: a process that ends itself on a signal, which Windows has not
 * - `time`: half a minute or more
 * @type {Record<string, Need[]>}
 */
export const NEEDS = {
  'arrivals.test.mjs': ['packages'],
  'certificate-mistakes.test.mjs': ['openssl'],
  'certificate.test.mjs': ['openssl'],
  'chaos.test.mjs': ['packages', 'time'],
  'cli-cert.test.mjs': ['openssl'],
  'cli-help.test.mjs': ['shell'],
  'cli-terminal.test.mjs': ['python'],
  'cli.test.mjs': ['signals'],
  'client-answers.test.mjs': ['openssl'],
  'conformance.test.mjs': ['packages'],
  'docs-rust.test.mjs': ['shell', 'time'],
  'docs-telemetry.test.mjs': ['packages'],
  'doctor.test.mjs': ['python'],
  'exchange-ends.test.mjs': ['openssl'],
  'frameworks.test.mjs': ['packages'],
  'hostile-process.test.mjs': ['time'],
  'hostile.test.mjs': ['time'],
  'next.test.mjs': ['server', 'packages', 'signals'],
  'nginx.test.mjs': ['server', 'openssl', 'shell', 'signals'],
  'notify-killed.test.mjs': ['server', 'packages', 'time'],
  'notify-sql.test.mjs': ['packages'],
  'notify-stores.test.mjs': ['server', 'packages'],
  'outside-clients.test.mjs': ['packages', 'openssl'],
  'outside-python.test.mjs': ['packages', 'openssl', 'python'],
  'outside-root-element.test.mjs': ['packages', 'openssl'],
  'outside-v3.test.mjs': ['packages', 'openssl', 'python'],
  'package.test.mjs': ['npm'],
  'pkcs12-rounds.test.mjs': ['openssl'],
  'pkcs12.test.mjs': ['openssl'],
  'proxy.test.mjs': ['openssl'],
  'set-up.test.mjs': ['shell', 'signals'],
  'token-cache-redis.test.mjs': ['server', 'packages'],
  'transport-connections.test.mjs': ['openssl'],
  'transport.test.mjs': ['openssl'],
  'v3-keys.test.mjs': ['openssl'],
  'wasm-pack.test.mjs': ['browser', 'packages', 'server'],
  'workers.test.mjs': ['packages'],
};

/**
 * Every test in a folder, but for those that judge time: `npm run timing` runs them.
 * @param {'tests/node' | 'tests/browser'} folder
 */
export const packageTests = (folder) =>
  files(folder).filter((path) => path.endsWith('.test.mjs') && !TIMED.includes(path));

/** The tests that need Node, Rust and the built package alone. */
export const quickTests = () =>
  packageTests('tests/node').filter((path) => NEEDS[path.slice('tests/node/'.length)] === undefined);
