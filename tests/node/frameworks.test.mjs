// The notice handler in every framework, mounted as js/docs/frameworks.md says: the same cases, in both API generations.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { test } from 'node:test';
import { WxPayError } from 'paysign';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { FRAMEWORKS } from './frameworks-support.mjs';
import {
  ACCEPT,
  assertRefusedWords,
  countingShop,
  forgedNotice,
  listen,
  paidNotice,
  pay,
  post,
  refundNotice,
  requestOf,
} from './notices-support.mjs';
import { mountOf, mounts, run } from './readme-support.mjs';
import { notice, ORDER, options as optionsV3, REFUND, stranger } from './v3-support.mjs';

/** A notice of APIv3, as the arguments of `post`. */
const letter = (...of) => {
  const { headers, body } = notice(...of);
  return [body, { 'content-type': 'application/json', ...headers }];
};

/**
 * The API generations: the client, what WeChat posts, and its answers. A parser of the types of one generation leaves the bodies
 * of the other alone.
 */
const GENERATIONS = {
  APIv2: {
    client: pay,
    number: 'a1',
    paid: () => [paidNotice()],
    refund: () => [refundNotice()],
    forged: () => [forgedNotice('a2')],
    accepted: ACCEPT,
    assertRefused({ status, text }) {
      assert.equal(status, 200);
      assertRefusedWords(text);
    },
    delivers: ({ delivers, eatsJson = {} }) => ({ ...delivers, ...beside(eatsJson) }),
    eats: ({ eats, eatsXml = {} }) => ({ ...eats, ...eatsXml }),
    // A parser of JSON for every type answers XML itself.
    eaten: (what) => [what.includes('json') ? '{"a":1}' : paidNotice()],
  },
  APIv3: {
    client: new WechatPayV3(optionsV3),
    number: ORDER.out_trade_no,
    paid: () => letter(),
    refund: () => letter(REFUND, { event_type: 'REFUND.SUCCESS' }),
    forged: () => letter({ ...ORDER, out_trade_no: 'a2' }, { headers: { by: stranger } }),
    accepted: '{"code":"SUCCESS"}',
    assertRefused({ status, text }) {
      assert.ok(status >= 400, `${status}`);
      assert.equal(text, '{"code":"FAIL","message":"refused"}');
    },
    delivers: ({ delivers, eatsXml = {} }) => ({ ...delivers, ...beside(eatsXml) }),
    eats: ({ eats, eatsJson = {} }) => ({ ...eats, ...eatsJson }),
    eaten: () => letter(),
  },
};

const beside = (mounts) => Object.fromEntries(Object.entries(mounts).map(([what, one]) => [`beside ${what}`, one]));

/** Opens a framework on loopback until the test ends. */
async function open(t, mount, options, client = pay) {
  const world = countingShop(options, client);
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

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  for (const [api, generation] of Object.entries(GENERATIONS)) testGeneration(name, framework, api, generation);

  test(`${name}: a body without an end and one that comes too slowly are answered, and the connection is closed`, async (t) => {
    const { url, calls, codes } = await open(t, framework.open, { timeoutMs: 200 });
    const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
    assert.match(await sendRaw(url, 'transfer-encoding: chunked\r\n\r\n', chunk.repeat(9)), /^HTTP\/1\.1 413 /);
    assert.match(await sendRaw(url, 'content-length: 600\r\n\r\n<xml>'), /^HTTP\/1\.1 408 /);
    assert.match(await sendRaw(url, 'content-length: 99999999\r\n\r\n<xml>'), /^HTTP\/1\.1 413 /);
    assert.deepEqual([calls.paid, codes()], [[], ['ERR_XML', 'ERR_TIMEOUT', 'ERR_XML']]);
    assert.equal((await post(url, paidNotice())).text, ACCEPT);
  });
}

/** The cases of one framework and one API generation. */
function testGeneration(
  name,
  framework,
  api,
  { client, number, paid, refund, forged, accepted, assertRefused, ...kinds },
) {
  const opened = (t, mount) => open(t, mount, {}, client);

  test(`${name}, ${api}: a genuine notice is delivered once, a repeated one acknowledged, a forged one refused`, async (t) => {
    const { url, calls, codes } = await opened(t, framework.open);
    for (let time = 0; time < 2; time++)
      assert.deepEqual(await post(url, ...paid()), { status: 200, text: accepted }, `time ${time}`);
    assert.equal((await post(url, ...refund())).text, accepted);
    assert.deepEqual([calls.paid, calls.refunded, codes()], [[number], ['R1 SUCCESS'], []]);
    assertRefused(await post(url, ...forged()));
    assert.deepEqual([calls.paid, codes()], [[number], ['ERR_SIGNATURE']]);
  });

  for (const [what, mounted] of Object.entries(kinds.delivers(framework))) {
    test(`${name}, ${api}: ${what}, a genuine notice is delivered once and a forged one refused`, async (t) => {
      const { url, calls, codes } = await opened(t, mounted);
      for (let time = 0; time < 2; time++)
        assert.deepEqual([(await post(url, ...paid())).text, codes()], [accepted, []], `time ${time}`);
      assertRefused(await post(url, ...forged()));
      assert.deepEqual([calls.paid, codes()], [[number], ['ERR_SIGNATURE']]);
    });
  }

  for (const [what, mounted] of Object.entries(kinds.eats(framework))) {
    test(`${name}, ${api}: when ${what} has consumed the body, the operator learns how to mount the handler right`, async (t) => {
      const { url, calls } = await opened(t, mounted);
      assertRefused(await post(url, ...kinds.eaten(what)));
      assert.deepEqual([calls.paid, calls.refused.length], [[], 1]);
      const { code, message } = calls.refused[0].error;
      assert.equal(code, api === 'APIv2' ? 'ERR_XML' : 'ERR_JSON');
      assert.match(message, /was read already, probably by a body parser/);
      assert.match(message, framework.mount);
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

test('the error handler of Express answers the phone by the outcome, and leaves other errors to Express', async (t) => {
  const app = createRequire(new URL('./frameworks/', import.meta.url))('express')();
  const errors = {
    ...Object.fromEntries(['not-sent', 'rejected', 'unknown'].map((outcome) => [outcome, failure(outcome)])),
    misuse: new WxPayError({ code: 'ERR_PARAM', outcome: 'not-sent', message: 'canary' }),
    other: new RangeError('canary'),
  };
  const logged = [];
  app.get('/:name', (request) => Promise.reject(errors[request.params.name]));
  await run(mountOf('Express: after').code, { app });
  app.use((_error, _request, response, _next) => response.status(500).end('of Express'));
  const url = await listen(t, createServer(app));
  const asked = async (name) => {
    const response = await fetch(`${url}/${name}`);
    return [response.status, await response.text()];
  };
  t.mock.method(console, 'error', (error) => logged.push(error));
  assert.deepEqual(await asked('not-sent'), [503, '{"outcome":"not-sent"}']);
  assert.deepEqual(await asked('rejected'), [409, '{"outcome":"rejected"}']);
  assert.deepEqual(await asked('unknown'), [202, '{"outcome":"unknown"}']);
  assert.deepEqual(await asked('misuse'), [400, '{"outcome":"not-sent"}']);
  assert.deepEqual(await asked('other'), [500, 'of Express']);
  assert.deepEqual(logged, [errors['not-sent'], errors.rejected, errors.unknown, errors.misuse]);
});

const failure = (outcome) => new WxPayError({ code: 'ERR_FAILED', outcome, message: 'canary', err_code: 'NOTENOUGH' });

test('every mount is at most six lines', () => {
  const mounted = mounts('frameworks.md').filter(({ code }) => code.includes('/wxpay/notify'));
  assert.ok(mounted.length >= 6);
  for (const { title, code } of mounted) assert.ok(code.split('\n').filter((line) => line !== '').length <= 5, title);
});
