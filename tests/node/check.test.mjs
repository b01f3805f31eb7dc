// The list of tests that `npm run check` leaves to `npm test`, and the checks that both commands share.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NEEDS, packageTests, quickTests } from '../../js/scripts/package-tests.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

/** The signs of a need in the code of a test. Long duration has no sign. */
const SIGNS = {
  browser: /playwright-core/,
  server: /\/(?:servers|nginx)-support\.mjs'|'\/usr\//,
  packages: /[/'`](?:frameworks|outside|outside-unkept|conformance|telemetry|workers)\//,
  openssl: /\(\s*'openssl'/,
  npm: /\(\s*'npm'/,
  python: /scripts\/python\.mjs'|\(\s*'python3'/,
  shell: /#!\/bin\/sh|\(\s*'(?:ba)?sh'/,
  signals: /'SIGTERM'/,
};

/** A file of the tests and all that it imports of them. */
function reach(path, seen = new Set()) {
  if (seen.has(path) || !path.startsWith('tests/') || !existsSync(join(root, path))) return seen;
  seen.add(path);
  for (const [, name] of read(path).matchAll(/(?:from |import |import\()'(\.[^']+)'/g))
    reach(join(dirname(path), name), seen);
  return seen;
}

/** Without this file, which names every sign. */
const tests = packageTests('tests/node').filter((path) => !path.endsWith('/check.test.mjs'));

function needsOf(path) {
  const code = [...reach(path)].map(read).join('\n');
  return Object.keys(SIGNS).filter((need) => SIGNS[need].test(code));
}

test('every test has the needs that the list names, and no quick test has one', () => {
  assert.deepEqual(
    Object.keys(NEEDS).filter((name) => !tests.includes(`tests/node/${name}`)),
    [],
  );
  for (const path of tests) {
    const listed = NEEDS[path.replace('tests/node/', '')] ?? [];
    assert.deepEqual(needsOf(path).sort(), listed.filter((need) => need !== 'time').sort(), path);
  }
});

test('every test in tests/browser needs a browser, and the quick tests are not among them', () => {
  for (const path of packageTests('tests/browser')) assert.ok(needsOf(path).includes('browser'), path);
  assert.deepEqual(
    quickTests().filter((path) => !path.startsWith('tests/node/')),
    [],
  );
  assert.ok(quickTests().length > 40);
});

test('the check needs no root, no shell and no package of the system', () => {
  const code = ['check', 'checks', 'package-tests', 'glue'].map((name) => read(`js/scripts/${name}.mjs`)).join('\n');
  assert.doesNotMatch(code, /\bapt\b|sudo|shell: true|'(?:sh|bash)'|setUpTests/);
});

test('npm test runs every check of npm run check', () => {
  const called = (name) =>
    [...read(`js/scripts/${name}.mjs`).matchAll(/await ((?:check|test)\w+)\(/g)].map(([, check]) => check);
  const all = called('test');
  assert.ok(called('check').length > 2);
  for (const check of called('check')) assert.ok(all.includes(check), check);
});
