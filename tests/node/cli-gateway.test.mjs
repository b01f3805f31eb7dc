// `paysign gateway --json` as a process: a line of JSON for the start and for each event.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { command, run } from './cli-support.mjs';

test('with --json the start and each event are one line of JSON, without a key', { timeout: 20_000 }, async (t) => {
  const child = spawn(process.execPath, [command, 'gateway', '--port', '0', '--json', '--seed', '7']);
  t.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const start = await next();
  const { type, urls, seed, merchants } = JSON.parse(start);
  assert.deepEqual(
    [type, seed, merchants],
    ['listening', '7', [{ appid: 'wx8888888888888888', mch_id: '1900000109' }]],
  );
  assert.doesNotMatch(start, /0123456789abcdef/);
  await fetch(`${urls[0]}/pay/unifiedorder`, { method: 'POST', body: '<xml>\u202e</xml>' });
  const event = JSON.parse(await next());
  assert.equal(typeof event.timeMs, 'number');
  assert.equal(typeof event.type, 'string');
});

test('a wrong option of the gateway ends with 2, also with --json', async () => {
  const { code, stdout, stderr } = await run(['gateway', '--json', '--port', 'x']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /--port must be a port/);
});
