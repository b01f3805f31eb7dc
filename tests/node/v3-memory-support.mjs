// The memory of a process that handles notices of APIv3, and its bounds.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('v3-memory-run.mjs', import.meta.url));

/** Thirteen bytes that each notice kept would be more, with the 12,000 of the last two thirds in `npm test`. */
const BOUND_BYTES = 150_000;

/**
 * Handles notices in a process of its own. Fails if heap, buffers or wasm are larger after the last third than after the first one.
 * @param {number} count
 */
export async function checkMemory(count) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, String(count)]);
  const said = JSON.parse(stdout);
  const { delivered, refused, thirds, instances } = said;
  assert.deepEqual([delivered, refused, thirds.length, instances], [count / 2, count / 2, 3, 1], stdout);
  const [first, , last] = thirds;
  assert.equal(last.wasm, first.wasm, stdout);
  for (const part of ['heap', 'buffers']) assert.ok(last[part] - first[part] < BOUND_BYTES, stdout);
  return said;
}
