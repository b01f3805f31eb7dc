// WeChat's err_code: the package says the same as the core's table.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errCode } from 'paysign';

/** The rows of the core's table, read from its source: code, outcome, meaning, Chinese meaning, advice. */
const rows = [
  ...readFileSync(new URL('../../src/v2/err_code.rs', import.meta.url), 'utf8').matchAll(
    /^ {4}("?)(\w+)\1 (NotSent|Rejected|Unknown) "([^"]*)" "([^"]*)" "([^"]*)";$/gm,
  ),
].map(([, , code, outcome, ...texts]) => ({ code, outcome, texts }));

test('every documented err_code has its meaning in both languages, its outcome and an advice', () => {
  assert.ok(rows.length > 30, `${rows.length} rows were read`);
  const outcomes = { NotSent: 'not-sent', Rejected: 'rejected', Unknown: 'unknown' };
  for (const { code, outcome, texts } of rows) {
    const [meaning, meaning_zh, advice] = texts;
    assert.deepEqual(errCode(code), { outcome: outcomes[outcome], meaning, meaning_zh, advice }, code);
    assert.match(meaning_zh, /\p{Script=Han}/u, code);
  }
});

test('a code that no page names is unknown, whatever its name', () => {
  for (const code of ['NEW_CODE', '', '__proto__', 'constructor', 'orderpaid', undefined])
    assert.equal(errCode(code), undefined, String(code));
});
