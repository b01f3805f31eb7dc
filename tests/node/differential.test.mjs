// Our reader and the gateway's own, which share no code, on a hundred thousand documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareReaders, gatewayReader } from '../fuzz/differential.mjs';

test('the two readers agree on 100000 documents of the dialect that both speak, half of them changed', async (t) => {
  const counted = compareReaders(await gatewayReader(), 100_000, 20_260_101);
  t.diagnostic(JSON.stringify(counted));
  assert.ok(counted.both > 40_000 && counted.neither > 20_000, JSON.stringify(counted));
});
