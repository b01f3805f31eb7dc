// R3, R6, R7 and the memory of ids: the life and the cost of claims, notices and bodies.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { memoryStore, nodeHandler } from 'paysign';
import {
  ACCEPT,
  assertRefusedWords,
  countingShop,
  FEN,
  gate,
  hand,
  listen,
  paidNotice,
  pay,
  refundNotice,
  until,
} from './notices-support.mjs';

test('a slow, living listener is not called twice, also after its claim would have run out', async () => {
  let [running, most] = [0, 0];
  const end = gate();
  const { handler, calls, codes } = countingShop({
    timeoutMs: 20,
    claimMs: 300,
    async onPaid() {
      running += 1;
      most = Math.max(most, running);
      await end.opened;
      running -= 1;
    },
  });
  const endMs = performance.now() + 900;
  while (performance.now() < endMs) {
    assertRefusedWords((await hand(handler, paidNotice())).text);
    await wait(30);
  }
  end.open();
  await until(async () => (await hand(handler, paidNotice())).text === ACCEPT);
  assert.deepEqual([calls.paid, most], [['a1'], 1]);
  assert.ok(codes().includes('ERR_BUSY'));
});

test('a claim is renewed while findOrder is slow, so that the listener is called once', async () => {
  const end = gate();
  const found = [];
  const { handler, calls } = countingShop({
    timeoutMs: 2000,
    claimMs: 2000,
    findOrder: async (out_trade_no) => {
      found.push(out_trade_no);
      await end.opened;
      return { out_trade_no, total_fee: FEN };
    },
    store: shortLived(),
  });
  const first = hand(handler, paidNotice());
  await until(() => found.length === 1);
  await wait(1500);
  assertRefusedWords((await hand(handler, paidNotice())).text);
  end.open();
  assert.equal((await first).text, ACCEPT);
  assert.deepEqual([found, calls.paid], [['a1'], ['a1']]);
});

/** A store whose claims run out after six tenths of the requested time. */
function shortLived() {
  const inner = memoryStore();
  return { ...inner, claim: (id, token, ttlMs) => inner.claim(id, token, ttlMs * 0.6) };
}

test('a listener that fails after its claim was renewed frees the notice', async () => {
  let fails = true;
  const { handler, calls } = countingShop({
    timeoutMs: 20,
    claimMs: 400,
    async onPaid() {
      await wait(600);
      if (fails) throw new Error('no');
    },
  });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  await until(() => calls.refused.length > 1 || calls.paid.length > 0);
  await wait(900);
  fails = false;
  await until(async () => (await hand(handler, paidNotice())).text === ACCEPT);
  assert.equal(calls.paid.length, 2);
});

test('a listener that never ends keeps its notice for twenty lives of the claim, and the operator hears of it', async () => {
  const { handler, calls, codes } = countingShop({ timeoutMs: 10, claimMs: 10, onPaid: () => new Promise(() => {}) });
  assertRefusedWords((await hand(handler, paidNotice())).text);
  await until(() => codes().includes('ERR_LISTENER'));
  assert.match(calls.refused.find(({ error }) => error.code === 'ERR_LISTENER').error.message, /200 ms/);
  await until(async () => {
    await hand(handler, paidNotice());
    return calls.paid.length === 2;
  });
});

test('a store that fails to renew is reported, and the delivery still ends well', async () => {
  const inner = memoryStore();
  let claims = 0;
  const store = {
    ...inner,
    async claim(...args) {
      claims += 1;
      if (claims > 1) throw new Error('no connection');
      return inner.claim(...args);
    },
  };
  const { handler, calls, codes } = countingShop({ store, claimMs: 600, timeoutMs: 600, onPaid: () => wait(300) });
  assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
  assert.deepEqual(calls.paid, ['a1']);
  assert.ok(codes().every((code) => code === 'ERR_STORE') && codes().length > 0);
});

test('an old notice is refused where maxAgeMs is set, and is delivered where it is not', async () => {
  const day = 86_400_000;
  const stamp = (ageMs) => new Date(Date.now() - ageMs + 8 * 3_600_000).toISOString();
  const time_end = (ageMs) => stamp(ageMs).slice(0, 19).replaceAll(/\D/g, '');
  const success_time = (ageMs) => stamp(ageMs).slice(0, 19).replace('T', ' ');
  const rows = [
    [paidNotice('a1', { time_end: time_end(3 * day) }), 'time_end'],
    [paidNotice('a1', { time_end: time_end(day) }), undefined],
    [paidNotice('a1', { time_end: time_end(-day) }), undefined],
    [refundNotice({ success_time: success_time(3 * day) }), 'success_time'],
    [refundNotice({ success_time: success_time(day) }), undefined],
    [refundNotice({ refund_status: 'CHANGE', success_time: '' }), undefined],
    [paidNotice('a1', { result_code: 'FAIL', err_code: 'SYSTEMERROR', time_end: undefined }), undefined],
  ];
  for (const [body, field] of rows) {
    const limited = countingShop({ maxAgeMs: 2 * day });
    const { text } = await hand(limited.handler, body);
    if (field === undefined) assert.equal(text, ACCEPT, JSON.stringify(limited.calls.refused));
    else assertRefusedWords(text);
    const seen = limited.calls.refused.map(({ error }) => `${error.code} ${error.field}`);
    assert.deepEqual(seen, field === undefined ? [] : [`ERR_MISMATCH ${field}`], body);
    assert.equal((await hand(countingShop().handler, body)).text, ACCEPT, 'by default');
  }
  for (const maxAgeMs of [0, -1, '1', Number.NaN])
    assert.throws(
      () => pay.notifyHandler({ onPaid() {}, maxAgeMs }),
      { code: 'ERR_CONFIG', field: 'maxAgeMs' },
      `${maxAgeMs}`,
    );
});

/** Runs code in a process of its own that can collect garbage, and returns what it prints. */
function printed(code) {
  const child = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], {
    cwd: new URL('../../', import.meta.url),
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  return child.stdout.trim();
}

test('the store in memory keeps the ids of deliveries, not the texts of their notices', () => {
  const perId = Number(
    printed(`
      import { hand, paidNotice, pay } from './tests/node/notices-support.mjs';
      const handler = pay.notifyHandler({ onPaid() {} });
      const promotion_detail = JSON.stringify({ promotion_detail: [{ name: 'x'.repeat(6000) }] });
      const send = async (from, to) => { for (let at = from; at < to; at += 1) await hand(handler, paidNotice('order-number-' + at, { promotion_detail })); };
      const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
      await send(0, 500);
      const before = used();
      await send(500, 2500);
      console.log(Math.round((used() - before) / 2000));
    `),
  );
  assert.ok(perId < 1000, `${perId} bytes for each id`);
});

test('a body in chunks of one byte costs its bytes, not its chunks', async (t) => {
  const { handler } = countingShop({ timeoutMs: 30_000 });
  const url = new URL(await listen(t, createServer(nodeHandler(handler))));
  const chunks = 60_000;
  const body = `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(chunks)}`;
  const used = () => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--expose-gc');
  globalThis.gc ??= (await import('node:vm')).runInNewContext('gc');
  const before = used();
  const sockets = Array.from({ length: 8 }, () => {
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => {});
    socket.write(body);
    return socket;
  });
  await wait(2500);
  const each = (used() - before) / sockets.length;
  for (const socket of sockets) socket.destroy();
  assert.ok(each < 2 ** 20, `${Math.round(each / 1024)} KiB for each request`);
});

test('a request with a body of a foreign kind is answered, and read if no byte of it is lost', async () => {
  const notice = Buffer.from(paidNotice());
  const rows = [
    ['a Node stream', () => Readable.from([notice.subarray(0, 9), notice.subarray(9)]), true],
    ['bytes', () => notice, true],
    ['text', () => notice.toString(), true],
    ['a Node stream of text', () => Readable.from([notice.toString()]), false],
    [
      'a Node stream that fails',
      () =>
        new Readable({
          read() {
            this.destroy(new Error('no'));
          },
        }),
      false,
    ],
    ['a Node stream that stalls', () => new Readable({ read() {} }), false],
    ['a web stream that cannot be cancelled', () => new ReadableStream({ cancel: () => new Promise(() => {}) }), false],
    ['an object', () => ({ xml: {} }), false],
    ['a number', () => 7, false],
    ['a form', () => new FormData(), false],
    [
      'a locked stream',
      () => {
        const stream = new ReadableStream();
        stream.getReader();
        return stream;
      },
      false,
    ],
  ];
  for (const [what, body, isRead] of rows) {
    const { handler, calls } = countingShop({ timeoutMs: 100 });
    const request = { method: 'POST', headers: new Headers(), bodyUsed: false, body: body() };
    const text = await (await handler(request)).text();
    if (isRead) assert.equal(text, ACCEPT, what);
    else assertRefusedWords(text);
    assert.deepEqual(calls.paid, isRead ? ['a1'] : [], what);
  }
});

test("control characters of a stranger reach no error's text", async () => {
  const { handler, calls } = countingShop();
  const encoding = 'gz\u009b31m\u0085\u001b[31m\u202e\u2028';
  const request = { method: 'P\u009bT', headers: { get: (name) => (name === 'content-encoding' ? encoding : null) } };
  for (const method of ['POST', request.method])
    await handler.answer({
      method,
      header: (name) => request.headers.get(name),
      read: async () => new Uint8Array(),
      abandon() {},
    });
  assert.equal(calls.refused.length, 2);
  for (const { error } of calls.refused)
    assert.doesNotMatch(error.message, /[\p{Cc}\u2028\u2029\u202a-\u202e]/u, error.message);
});

test('a request that throws at any touch of its body is answered', async () => {
  for (const method of ['POST', 'GET']) {
    const { handler, calls } = countingShop({ timeoutMs: 50 });
    const request = {
      method,
      headers: new Headers(),
      get body() {
        throw new Error('boom');
      },
    };
    assertRefusedWords(await (await handler(request)).text());
    assert.equal(calls.refused.length, 1, method);
  }
});

test('an empty rawBody does not hide the text that a parser left', async (t) => {
  const { handler, calls } = countingShop();
  const server = createServer(async (request, response) => {
    request.body = '';
    for await (const part of request) request.body += part;
    request.rawBody = Buffer.alloc(0);
    await nodeHandler(handler)(request, response);
  });
  const url = await listen(t, server);
  const answer = await fetch(url, { method: 'POST', body: paidNotice() });
  assert.deepEqual([await answer.text(), calls.paid], [ACCEPT, ['a1']]);
});

test('an id that a shop keeps does not keep the text of its notice', () => {
  const perId = Number(
    printed(`
      import { paidNotice, pay } from './tests/node/notices-support.mjs';
      const promotion_detail = JSON.stringify({ promotion_detail: [{ name: 'x'.repeat(6000) }] });
      const kept = [];
      const open = (from, to) => { for (let at = from; at < to; at += 1) kept.push(pay.openNotify(paidNotice('order-number-' + at, { promotion_detail })).out_trade_no); };
      const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
      open(0, 200);
      const before = used();
      open(200, 1200);
      console.log(Math.round((used() - before) / 1000));
    `),
  );
  assert.ok(perId < 1000, `${perId} bytes for each id`);
});
