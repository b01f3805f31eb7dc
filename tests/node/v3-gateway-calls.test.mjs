// Every declared call of APIv3 against the gateway over TLS: on each side, in both key modes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { everyCall, SCENARIOS } from './v3-gateway-scenarios.mjs';
import { WAYS } from './v3-gateway-support.mjs';

test('every declared call has a scenario with a round trip, bad input and refusals', () => {
  const source = readFileSync(new URL('../../js/src/generated/api-v3.ts', import.meta.url), 'utf8');
  const declared = [...source.matchAll(/^ {2}async (\w+)\(/gm)].map(([, name]) => name);
  assert.ok(declared.length >= 21, declared.join());
  assert.deepEqual(Object.keys(SCENARIOS).sort(), declared.sort());
  for (const [name, { round, bad, refused }] of Object.entries(SCENARIOS))
    for (const part of [round, bad, refused]) assert.equal(typeof part, 'function', name);
});

describe('every call makes its round trip', { concurrency: true }, () => {
  for (const way of WAYS.filter(({ keyPhase }) => ['public key', 'certificate'].includes(keyPhase))) {
    const isWhole = way.name === 'public key';
    test(`${way.name}${isWhole ? ', and bad input and refusals' : ''}`, () => everyCall(way, { isWhole }));
  }
});
