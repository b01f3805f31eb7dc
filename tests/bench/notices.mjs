// Notices a second: the handler beside bare node:http servers, in turns, and the handler's memory over a million notices.
import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { optionsOf, requests } from './notices-requests.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '3' },
    notices: { type: 'string', default: '1000000' },
    v3: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, notices] = [values.rounds, values.seconds, values.notices].map(Number);
const version = values.v3 ? 'v3' : 'v2';
const WARM_UP_SECONDS = 1;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paysign-bench-'));
const servers = {};

/** Writes the requests of this many new orders; returns the file and the size of each. */
async function write(count, connection = 'keep-alive') {
  const file = join(folder, 'requests');
  const handle = openSync(file, 'w');
  let size = 0;
  for (let written = 0; written < count; ) {
    const part = await requests(version, Math.min(5000, count - written), connection);
    size = Buffer.byteLength(part[0]);
    written += part.length;
    writeSync(handle, part.join(''));
  }
  closeSync(handle);
  return { file, size };
}

async function ask(server) {
  server.send('figures');
  return (await once(server, 'message'))[0];
}

async function open(kind) {
  const server = fork(here('notices-server.mjs'), [JSON.stringify({ kind, version, options: optionsOf(version) })]);
  servers[kind] = server;
  const [{ port }] = await once(server, 'message');
  return Object.assign(server, { url: `http://127.0.0.1:${port}` });
}

/** Has wrk send a file's requests; returns the figures of wrk and of the server. */
async function load(server, { file, size }, forSeconds = seconds) {
  const before = await ask(server);
  const options = ['-t1', '-c32', `-d${forSeconds}s`, '-s', here('notices.lua'), server.url];
  const args = [...options, '--', file, String(size)];
  const { stdout } = await promisify(execFile)('wrk', args, { maxBuffer: 1e7 });
  const seen = JSON.parse(stdout.trim().split('\n').at(-1));
  const after = await ask(server);
  assert.equal(seen.failed, 0, stdout);
  assert.equal(after.refused, 0);
  const delivered = after.delivered - before.delivered;
  const { requests } = seen;
  return { ...seen, delivered, rate: requests / seen.seconds, cpu: ((after.cpuMs - before.cpuMs) * 1000) / requests };
}

/** More new notices than the handler can use in a round: twice its rate for known ones, which are faster. */
async function enough(server, connection) {
  const known = await write(1000, connection);
  const rates = [];
  // The second is faster: the compiler is warm, and every notice is known.
  for (let time = 0; time < 2; time += 1) rates.push((await load(server, known, WARM_UP_SECONDS)).rate);
  return Math.ceil(2 * Math.max(...rates) * seconds);
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** The work of each server for a notice. */
const LANES = {
  bare: 'reads it',
  busy: 'reads it, then is busy for 5 µs',
  byHand: 'verifies it by hand on node:crypto',
  opening: '`openNotify`',
  handler: 'the handler: once for each order',
};

/** Rounds that take turns; prints a table. `again`: a thousand notices that come again and again. */
async function compare(title, { again = false, connection = 'keep-alive' } = {}) {
  const kinds = Object.keys(LANES);
  const lanes = Object.fromEntries(kinds.map((kind) => [kind, []]));
  const count = again ? 1000 : await enough(servers.handler, connection);
  const known = again ? await write(count, connection) : undefined;
  for (let round = -1; round < rounds; round += 1) {
    const sent = known ?? (await write(count, connection));
    for (const kind of round % 2 ? kinds : kinds.toReversed()) {
      const result = await load(servers[kind], sent);
      if (kind === 'handler' && !again)
        assert.ok(
          result.delivered >= result.requests - 64,
          `every notice is a new one: ${result.delivered} of ${result.requests} were, and ${count} were prepared`,
        );
      // The first round is for the compiler to get warm, and the first of the notices that come again.
      if (round >= 0) lanes[kind].push(result);
    }
  }
  console.log(`\n${title}\n\n| the server | a second | beside the bare one | CPU, µs |\n|---|---:|---:|---:|`);
  for (const [kind, what] of Object.entries(LANES)) {
    const rate = median(lanes[kind].map((result) => result.rate)).toFixed(0);
    const ratio = median(lanes[kind].map((result, round) => result.rate / lanes.bare[round].rate)).toFixed(2);
    const cpu = median(lanes[kind].map((result) => result.cpu)).toFixed(0);
    console.log(`| ${[what, rate, ratio, cpu].join(' | ')} |`);
  }
  const beside = median(lanes.handler.map((result, round) => result.rate / lanes.byHand[round].rate)).toFixed(2);
  console.log(`| handler / verify by hand | – | ${beside} | – |`);
}

async function memory() {
  const server = await open('handler');
  const count = await enough(server);
  const mega = [];
  console.log('\n| notices delivered | resident, MB |\n|---:|---:|');
  for (let delivered = 0; delivered < notices; ) {
    const { rss, ...figures } = await load(server, await write(count)).then(() => ask(server));
    delivered = figures.delivered;
    mega.push(rss / 1e6);
    if (mega.length % 4 === 0 || delivered >= notices) console.log(`| ${delivered} | ${(rss / 1e6).toFixed(1)} |`);
  }
  // The store remembers the last 100,000 to 200,000 deliveries: by a third of the way it is full.
  const warm = mega.slice(Math.ceil(mega.length / 3));
  const half = warm.length >> 1;
  console.log(
    `\nafter warm-up: median ${median(warm.slice(0, half)).toFixed(1)} MB, of the last ${median(warm.slice(half)).toFixed(1)} MB`,
  );
}

try {
  if (rounds > 0) {
    for (const kind of Object.keys(LANES)) await open(kind);
    console.log(`node ${process.version}, ${rounds} rounds of ${seconds} s, wrk with 32 connections; medians`);
    await compare('Each notice is of a new order, over kept connections:');
    await compare('Each is known already:', { again: true });
    await compare('Each is of a new order, on a connection of its own:', { connection: 'close' });
    for (const server of Object.values(servers)) server.disconnect();
  }
  if (notices > 0) await memory();
} finally {
  for (const server of Object.values(servers)) if (server.connected) server.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
