// SECURITY.md and its tests: every rule has its row, and every test in a row exists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('SECURITY.md');
const rows = new Map([...text.matchAll(/^\| ([A-Z][\w ]*) \|.*\|$/gm)].map(([row, rule]) => [rule, row]));

test('every rule of the threat model has a row', () => {
  const numbered = [
    ['X', 6],
    ['S', 12],
    ['V', 8],
    ['M', 8],
    ['R', 13],
  ].flatMap(([letter, last]) => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`));
  assert.deepEqual([...rows.keys()].sort(), [...numbered, 'Secrets', 'Wasm', 'Bills', 'Supply chain'].sort());
});

test('every test that a rule names exists, and every rule but the later one names one', () => {
  let found = 0;
  for (const [rule, row] of [...rows, ['the end', text.slice(text.lastIndexOf('Further:'))]]) {
    const named = [...row.matchAll(/`([\w/.-]+\.(?:rs|mjs))`:\s((?:`[^`]+`(?:, )?)+)/g)];
    assert.equal(named.length > 0, !row.includes('not yet'), `${rule} names no test`);
    for (const [, path, names] of named) {
      for (const [, name] of names.matchAll(/`([^`]+)`/g)) {
        const begins = path.endsWith('.rs') ? [`fn ${name}(`] : [`'${name}'`, `"${name}"`, `\`${name}\``];
        const source = read(path).replaceAll(/ \((?:\d+ mutants|\$\{[^}]+\}[^)]*)\)(?=['`])/g, '');
        assert.ok(
          begins.some((begin) => source.includes(begin)),
          `${rule}: ${path} has no test ${name}`,
        );
        found += 1;
      }
    }
  }
  assert.ok(found > 40, `only ${found} tests were looked for`);
});
