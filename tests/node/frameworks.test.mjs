// The notice handler in every framework, mounted as the README says: the same cases for each.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { FRAMEWORKS } from './frameworks-support.mjs';
import {
  ACCEPT,
  assertRefusedWords,
  countingShop,
  forgedNotice,
  listen,
  paidNotice,
  post,
  refundNotice,
  requestOf,
} from './notices-support.mjs';
import { mountOf, mounts, run } from './readme-support.mjs';

/** Opens a framework on loopback until the test ends. */
async function open(t, mount, options) {
  const world = countingShop(options);
  const { server, close } = await mount(world.handler);
  const url = await listen(t, server);
  if (close) t.after(close);
  return { ...world, url: `${url}/wxpay/notify` };
}

/** Sends bytes unchanged, and returns the reply up to the end of the connection. */
async function sendRaw(url, ...parts) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  await once(socket, 'connect');
  socket.write(`POST ${pathname} HTTP/1.1\r\nhost: shop.example\r\ncontent-type: text/xml\r\n${parts.join('')}`);
  await once(socket, 'close');
  return text;
}

for (const [name, { open: plain, delivers, eats, mount }] of Object.entries(FRAMEWORKS)) {
  test(`${name}: a genuine notice is delivered once, a repeated one acknowledged, a forged one refused`, async (t) => {
    const { url, calls, codes } = await open(t, plain);
    for (let time = 0; time < 2; time++)
      assert.deepEqual(await post(url, paidNotice()), { status: 200, text: ACCEPT }, `time ${time}`);
    assert.equal((await post(url, refundNotice())).text, ACCEPT);
    assert.deepEqual([calls.paid, calls.refunded, codes()], [['a1'], ['R1 SUCCESS'], []]);
    const forged = await post(url, forgedNotice('a2'));
    assert.equal(forged.status, 200);
    assertRefusedWords(forged.text);
    assert.deepEqual([calls.paid, codes()], [['a1'], ['ERR_SIGNATURE']]);
  });

  test(`${name}: a body without an end and one that comes too slowly are answered, and the connection is closed`, async (t) => {
    const { url, calls, codes } = await open(t, plain, { timeoutMs: 200 });
    const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
    assert.match(await sendRaw(url, 'transfer-encoding: chunked\r\n\r\n', chunk.repeat(9)), /^HTTP\/1\.1 413 /);
    assert.match(await sendRaw(url, 'content-length: 600\r\n\r\n<xml>'), /^HTTP\/1\.1 408 /);
    assert.match(await sendRaw(url, 'content-length: 99999999\r\n\r\n<xml>'), /^HTTP\/1\.1 413 /);
    assert.deepEqual([calls.paid, codes()], [[], ['ERR_XML', 'ERR_TIMEOUT', 'ERR_XML']]);
    assert.equal((await post(url, paidNotice())).text, ACCEPT);
  });

  for (const [what, mounted] of Object.entries(delivers)) {
    test(`${name}: ${what}, a genuine notice is delivered once and a forged one refused`, async (t) => {
      const { url, calls, codes } = await open(t, mounted);
      for (let time = 0; time < 2; time++)
        assert.deepEqual([(await post(url, paidNotice())).text, codes()], [ACCEPT, []], `time ${time}`);
      assertRefusedWords((await post(url, forgedNotice('a2'))).text);
      assert.deepEqual([calls.paid, codes()], [['a1'], ['ERR_SIGNATURE']]);
    });
  }

  for (const [what, mounted] of Object.entries(eats)) {
    test(`${name}: when ${what} has consumed the body, the operator learns how to mount the handler right`, async (t) => {
      const { url, calls, codes } = await open(t, mounted);
      assertRefusedWords((await post(url, what.includes('json') ? '{"a":1}' : paidNotice())).text);
      assert.deepEqual([calls.paid, codes()], [[], ['ERR_XML']]);
      assert.match(calls.refused[0].error.message, /was read already, probably by a body parser/);
      assert.match(calls.refused[0].error.message, mount);
    });
  }
}

test('Next.js: the handler is the export of a route, whatever Next.js adds to the call', async () => {
  const { handler, calls } = countingShop();
  const [route] = mountOf('Next.js').code.split(/^\/\/ Next.*\n/m);
  const { POST } = await run(route, { notify: handler });
  for (let time = 0; time < 2; time++) {
    const response = await POST(requestOf(paidNotice()), { params: Promise.resolve({}) });
    assert.deepEqual([response.status, await response.text()], [200, ACCEPT], `time ${time}`);
  }
  const read = requestOf(paidNotice());
  await read.text();
  assertRefusedWords(await (await POST(read, { params: Promise.resolve({}) })).text());
  assert.match(calls.refused[0].error.message, /mount the handler before the code that reads the body/);
  assert.deepEqual(calls.paid, ['a1']);
});

test('every mount is at most six lines, and the same in both languages', () => {
  const [english, chinese] = [mounts('README.md', 'Receive the notice'), mounts('README.zh-CN.md', '接收通知')];
  const code = (text) => text.replaceAll(/ *\/\/.*/g, '').trim();
  assert.deepEqual(
    chinese.map((mount) => code(mount.code)),
    english.map((mount) => code(mount.code)),
  );
  assert.ok(english.length >= 8);
  for (const { title, code } of english) {
    if (!title.startsWith('SQL')) assert.ok(code.split('\n').filter((line) => line !== '').length <= 5, title);
  }
});
