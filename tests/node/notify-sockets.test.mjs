// The notice handler on a real socket: slow, endless, truncated and mislabelled bodies.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { nodeHandler } from 'paysign';
import { ACCEPT, countingShop, listen, paidNotice, post, until } from './notices-support.mjs';

const NOTICE = paidNotice();
const SIZE = Buffer.byteLength(NOTICE);
const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** Opens a connection and sends the head of a notice. */
async function open(url, head) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const seen = { text: '' };
  socket.on('error', () => {});
  socket.on('data', (part) => {
    seen.text += part;
  });
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nhost: shop.example\r\ncontent-type: text/xml\r\n${head}\r\n\r\n`);
  return Object.assign(seen, { socket, closed: once(socket, 'close') });
}

/** The actions of a hostile sender after the head, and the expected end: the status of an answer, or nothing. */
const SENDERS = {
  'a byte at a time': ['content-length: 600', ({ socket }) => drip(socket, '<'), /^HTTP\/1\.1 408 /],
  'a chunk of a byte at a time': [
    'transfer-encoding: chunked',
    ({ socket }) => drip(socket, chunk('<')),
    /^HTTP\/1\.1 408 /,
  ],
  'nothing but the head': ['content-length: 600', () => {}, /^HTTP\/1\.1 408 /],
  'a body without an end': [
    'transfer-encoding: chunked',
    ({ socket }) => drip(socket, chunk('x'.repeat(30_000))),
    /^HTTP\/1\.1 413 /,
  ],
  'a length of terabytes': ['content-length: 9999999999999', ({ socket }) => drip(socket, '<xml>'), /^HTTP\/1\.1 413 /],
  'a length that is too long': [
    `content-length: ${SIZE + 1}`,
    ({ socket }) => socket.write(NOTICE),
    /^HTTP\/1\.1 408 /,
  ],
  'a length that is too short': [
    `content-length: ${SIZE - 1}`,
    ({ socket }) => socket.write(NOTICE),
    /^HTTP\/1\.1 (400 |200 [\s\S]*FAIL)/,
  ],
  'a length that is no number': ['content-length: many', ({ socket }) => socket.write(NOTICE), /^HTTP\/1\.1 400 /],
  'two lengths': ['content-length: 5\r\ncontent-length: 6', ({ socket }) => socket.write(NOTICE), /^HTTP\/1\.1 400 /],
  'a length and chunks': [
    'content-length: 5\r\ntransfer-encoding: chunked',
    ({ socket }) => socket.write(chunk(NOTICE)),
    /^HTTP\/1\.1 400 /,
  ],
  'garbage for chunks': ['transfer-encoding: chunked', ({ socket }) => socket.write(NOTICE), /^HTTP\/1\.1 400 |^$/],
  'garbage after a chunk': [
    'transfer-encoding: chunked',
    ({ socket }) => socket.write(`${chunk('<xml>')}zz\r\n`),
    /^HTTP\/1\.1 400 |^$/,
  ],
  'half a body, then an end': ['content-length: 600', ({ socket }) => socket.end('<xml>'), /^HTTP\/1\.1 [24]|^$/],
  'half a body, then a reset': [
    'content-length: 600',
    ({ socket }) => socket.write('<xml>', () => socket.resetAndDestroy()),
    /^$/,
  ],
};

/** Sends the same over and over until the connection is closed. */
function drip(socket, text) {
  const timer = setInterval(() => socket.write(text), 20);
  socket.on('close', () => clearInterval(timer));
}

test('every hostile sender is answered or dropped, none is delivered, and the server keeps no connection', async (t) => {
  const { handler, calls } = countingShop({ timeoutMs: 250 });
  const server = createServer(nodeHandler(handler));
  const url = await listen(t, server);
  const ends = await Promise.all(
    Object.entries(SENDERS).map(async ([what, [head, send, expected]]) => {
      const connection = await open(url, head);
      send(connection);
      await connection.closed;
      return [what, expected, connection.text];
    }),
  );
  for (const [what, expected, text] of ends) assert.match(text, expected, what);
  assert.deepEqual(calls.paid, []);
  assert.ok(calls.refused.length > 3, `${calls.refused.length} were refused`);
  for (const { error } of calls.refused) assert.match(error.code, /^ERR_(XML|TIMEOUT)$/, error.message);
  assert.equal((await post(url, NOTICE)).text, ACCEPT);
  server.closeIdleConnections();
  await until(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count === 0))));
});

test('a notice in single bytes, and one in chunks, is read as it was sent', async (t) => {
  const { handler, calls } = countingShop();
  const url = await listen(t, createServer(nodeHandler(handler)));
  const whole = Buffer.from(paidNotice('a2'));
  const single = await open(url, `content-length: ${whole.length}\r\nconnection: close`);
  single.socket.setNoDelay(true);
  for (const byte of whole) single.socket.write(Uint8Array.of(byte));
  const chunked = await open(url, 'transfer-encoding: chunked\r\nconnection: close');
  for (const part of NOTICE.match(/.{1,7}/gs)) chunked.socket.write(chunk(part));
  chunked.socket.write('0\r\n\r\n');
  await Promise.all([single.closed, chunked.closed]);
  for (const { text } of [single, chunked]) assert.ok(text.endsWith(ACCEPT), text);
  assert.deepEqual(calls.paid.sort(), ['a1', 'a2']);
});

test('a sender that is gone before the answer has its notice delivered all the same', async (t) => {
  let release;
  const opened = new Promise((resolve) => {
    release = resolve;
  });
  const { handler, calls } = countingShop({ onPaid: () => opened });
  const url = await listen(t, createServer(nodeHandler(handler)));
  const gone = await open(url, `content-length: ${SIZE}`);
  gone.socket.write(NOTICE);
  await until(() => calls.paid.length === 1);
  gone.socket.resetAndDestroy();
  await gone.closed;
  release();
  await until(async () => (await post(url, NOTICE)).text === ACCEPT);
  assert.deepEqual(calls.paid, ['a1']);
});

test('tens of thousands of notices, refused, delivered and repeated, leave memory as it was', () => {
  const script = `
    const { memoryStore } = await import('paysign');
    const { forgedNotice, paidNotice, pay } = await import('./notices-support.mjs');
    let calls = 0;
    const count = () => void calls++;
    const handler = pay.notifyHandler({ onPaid: count, onRejected: count, store: memoryStore({ remember: 100 }) });
    const round = async (from) => {
      for (let at = from; at < from + 5000; at++) {
        const body = paidNotice('m' + at);
        await Promise.all([handler.answer(answerable(body)), handler.answer(answerable(body))]);
        await handler.answer(answerable(forgedNotice('m' + at)));
      }
    };
    const answerable = (body) => ({ method: 'POST', header: () => undefined, read: async () => Buffer.from(body), abandon() {} });
    const used = () => (gc(), process.memoryUsage().heapUsed);
    await round(0);
    const before = used();
    await round(5000);
    await round(10000);
    console.log(JSON.stringify({ calls, grown: used() - before }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  assert.ok(stdout, stderr);
  const { calls, grown } = JSON.parse(stdout);
  assert.equal(calls, 45_000);
  assert.ok(grown < 500_000, `${grown} bytes stay`);
});
