// Some thousand mutants of genuine messages of APIv3; `npm run mutants` tries a million each night.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { init, WechatPay as WebClient } from '../../pkg/v3-web.mjs';
import { DOUBLED, OF_BODY, OF_HEADERS, OF_RESOURCE } from './v3-mutants-support.mjs';
import { mutateAnswers, mutateNotices } from './v3-mutations.mjs';

const SEED = Number(process.env.SEED ?? 20260726);
const CHANGES = Object.keys({ ...OF_BODY, ...OF_RESOURCE, ...DOUBLED, ...OF_HEADERS });

test('no mutant of a genuine notice of APIv3 is accepted as another one (4000 mutants)', async (t) => {
  const counts = await mutateNotices(4000, SEED);
  t.diagnostic(inspect(counts));
  assert.deepEqual([counts.mutants, counts.genuine], [4000, 200]);
  assert.deepEqual(
    CHANGES.filter((name) => !counts.changes[name]),
    [],
  );
  const { ERR_SIGNATURE, ERR_JSON, ERR_DECRYPT } = counts.refused;
  assert.ok(ERR_SIGNATURE > 2000 && ERR_JSON > 10 && ERR_DECRYPT > 10 && counts.accepted > 100, inspect(counts));
});

test('no mutant of a genuine notice of APIv3 is accepted as another one on WebCrypto (800 mutants)', async () => {
  const wasm = (name) => readFileSync(new URL(`../../pkg/${name}.wasm`, import.meta.url));
  await init(wasm('v3'), wasm('bills'));
  const counts = await mutateNotices(800, SEED + 1, WebClient);
  assert.ok(counts.refused.ERR_SIGNATURE > 400 && counts.accepted > 20, inspect(counts));
});

test('no mutant of a genuine answer of APIv3 is accepted as another one (600 mutants)', async (t) => {
  const counts = await mutateAnswers(600, SEED);
  t.diagnostic(inspect(counts));
  assert.ok(counts.genuine >= 30 && counts.refused.ERR_SIGNATURE > 400 && counts.accepted > 10, inspect(counts));
});
