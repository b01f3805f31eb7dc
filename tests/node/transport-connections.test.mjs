// The connections of Node's transport: kept, closed in time, and made by the caller's own agent.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import { before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { errorOf, file, issueAll } from './certificate-support.mjs';
import { shop } from './gateway-support.mjs';
import { listen } from './notices-support.mjs';
import { answer, client, printed, QUERY, replying, secure } from './transport-support.mjs';

before(issueAll);

test('an idle connection keeps no process alive', async (t) => {
  const base = await secure(
    t,
    replying((response) => response.end(answer())),
  );
  const given = JSON.stringify({ ...shop, baseUrls: [base], ca: file('ca.pem') });
  const code = `
    import { WechatPay } from 'paysign';
    const pay = new WechatPay(${given});
    await pay.orderQuery({ out_trade_no: 'a1' });
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1000).unref();
    process.on('exit', () => console.log(turns === 0 ? 'ended at once' : 'ended after ' + turns + ' s'));`;
  assert.equal(await printed(code), 'ended at once');
});

test('a connection is kept for the next call of any client, and closed before the server closes it', async (t) => {
  let connections = 0;
  let hint;
  const server = createServer(
    { keepAliveTimeout: 0 },
    replying((response) => {
      if (hint !== undefined) response.setHeader('keep-alive', hint);
      response.setHeader('connection', 'keep-alive').end(answer());
    }),
  );
  server.on('connection', () => (connections += 1));
  const base = await listen(t, server);
  for (let call = 0; call < 3; call += 1) await client(base).orderQuery(QUERY);
  assert.equal(connections, 1);
  // A server that closes an idle connection within a second is not asked on it again.
  hint = 'timeout=1';
  for (let call = 0; call < 3; call += 1) await client(base).orderQuery(QUERY);
  assert.equal(connections, 3);
});

test('a kept connection that the server has closed is not used again', async (t) => {
  for (const end of ['end', 'destroy', 'resetAndDestroy']) {
    const sockets = new Set();
    const server = createServer(replying((response) => response.end(answer())));
    server.on('connection', (socket) => sockets.add(socket));
    const pay = client(await listen(t, server));
    for (let call = 0; call < 20; call += 1) {
      await pay.orderQuery(QUERY);
      for (const socket of sockets) {
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket[end]();
        await closed;
      }
      sockets.clear();
      // The other side hears of it as soon as it looks.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
});

test('a kept connection that the server closed while this process was busy is not used', async (t) => {
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const serving = `
    const { parentPort, workerData: { closed, body } } = require('node:worker_threads');
    const server = require('node:http').createServer((request, response) => request.resume().on('end', () => response.end(body)));
    const sockets = new Set();
    server.on('connection', (socket) => sockets.add(socket));
    parentPort.on('message', () => {
      for (const socket of sockets) socket.on('close', () => { Atomics.store(closed, 0, 1); Atomics.notify(closed, 0); }).destroy();
      sockets.clear();
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(serving, { eval: true, workerData: { closed, body: answer() } });
  t.after(() => worker.terminate());
  const port = await new Promise((resolve) => worker.once('message', resolve));
  const pay = client(`http://127.0.0.1:${port}`);
  for (let call = 0; call < 20; call += 1) {
    await pay.orderQuery(QUERY);
    worker.postMessage('close');
    Atomics.wait(closed, 0, 0, 10_000);
    assert.equal(Atomics.exchange(closed, 0, 0), 1);
  }
});

test("the caller's own agent carries all calls, and one that trusts everybody is refused", async (t) => {
  const seen = [];
  const base = await secure(
    t,
    replying((response, { socket }) => {
      seen.push(socket.remotePort);
      response.end(answer());
    }),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: file('ca.pem') });
  t.after(() => agent.destroy());
  const pay = client(base, { agent });
  await Promise.all([1, 2, 3].map(() => pay.orderQuery(QUERY)));
  assert.deepEqual([seen.length, new Set(seen).size], [3, 1]);
  for (const [wrong, words] of [
    [{ agent: {} }, /must be an Agent of node:https/],
    [{ agent: null }, /must be an Agent/],
    [
      { agent: new Agent({ rejectUnauthorized: false }) },
      /switches TLS checks off .*; pass the PEM of the authority as ca instead/,
    ],
  ]) {
    const { code, field, message } = await errorOf(() => client(base, wrong));
    assert.deepEqual([code, field], ['ERR_CONFIG', 'agent']);
    assert.match(message, words);
  }
});
