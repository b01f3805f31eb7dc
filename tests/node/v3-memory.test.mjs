// The memory of notices of APIv3, in short; `npm run memory` handles a million each night.
import { test } from 'node:test';
import { checkMemory } from './v3-memory-support.mjs';

test('18,000 notices of APIv3, half of them refused, do not grow heap, buffers or wasm after the first third', async (t) => {
  const { thirds } = await checkMemory(18_000);
  t.diagnostic(JSON.stringify(thirds));
});
