// Notices of the gateway: accepted answers, repeats, and records.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createGateway, createManualClock, WECHAT_RETRY_DELAYS_MS } from 'paysign/testing';
import { ACCEPT, paymentFor, placeOrder, START_MS, shop } from './gateway-support.mjs';

/** A gateway with one paid order whose notices are answered by `fetch`. */
async function payWith(fetch, options = {}, changes = {}) {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({ merchants: [shop], clock, fetch, ...options });
  await gateway.pay(paymentFor(await placeOrder(gateway, changes)));
  return { gateway, clock };
}

test('a notice is sent at once and repeated 15 times on WeChat’s schedule, the same body each time', async () => {
  const sent = [];
  const { gateway, clock } = await payWith(async (url, init) => {
    sent.push({ url, body: init.body });
    return new Response('', { status: 500 });
  });
  await gateway.idle();
  await clock.advance(48 * 60 * 60 * 1000);
  const minutes = (n) => n * 60;
  const hours = (n) => n * 3600;
  const waits = [0, 15, 15, 30, ...[3, 10, 20, 30, 30, 30, 60].map(minutes), ...[3, 3, 3, 6, 6].map(hours)];
  let total = 0;
  const expected = waits.map((wait) => {
    total += wait;
    return total;
  });
  assert.equal(total, 24 * 3600 + 4 * 60);
  const times = gateway.notices()[0].attempts.map(({ timeMs }) => (timeMs - START_MS) / 1000);
  assert.deepEqual(times, expected);
  assert.equal(sent.length, 16);
  for (const { url, body } of sent) {
    assert.equal(url, 'http://127.0.0.1:9/notify', body);
    assert.equal(body, sent[0].body, body);
  }
  const [{ accepted, nextAttemptMs }] = gateway.notices();
  assert.equal(accepted, false);
  assert.equal(nextAttemptMs, undefined);
  assert.equal(WECHAT_RETRY_DELAYS_MS.length, 15);
});

test('the time of the next attempt is on the record, and nothing is sent before it', async () => {
  let attempts = 0;
  const { gateway, clock } = await payWith(async () => {
    attempts += 1;
    return new Response('no');
  });
  await gateway.idle();
  assert.equal(gateway.notices()[0].nextAttemptMs, START_MS + 15_000);
  await clock.advance(14_999);
  assert.equal(attempts, 1);
  await clock.advance(1);
  assert.equal(attempts, 2);
  assert.equal(gateway.notices()[0].nextAttemptMs, START_MS + 30_000);
});

test('a notice that is accepted at the third attempt is not sent a fourth time', async () => {
  const answers = ['fail', ACCEPT.replace('SUCCESS', 'FAIL'), ACCEPT];
  const events = [];
  const { gateway, clock } = await payWith(async () => new Response(answers.shift()), {
    onEvent: (event) => event.type === 'notice' && events.push(event),
  });
  await gateway.idle();
  await clock.advance(48 * 60 * 60 * 1000);
  const [notice] = gateway.notices();
  assert.deepEqual(
    notice.attempts.map(({ accepted, error }) => ({ accepted, error })),
    [
      { accepted: false, error: 'reply does not begin with XML' },
      { accepted: false, error: 'return_code of the reply is not SUCCESS' },
      { accepted: true, error: undefined },
    ],
  );
  assert.equal(notice.accepted, true);
  assert.deepEqual(
    events.map(({ timeMs, attempt, accepted, result, nextAttemptMs }) => [
      timeMs - START_MS,
      attempt,
      accepted,
      result,
      nextAttemptMs,
    ]),
    [
      [0, 1, false, 'reply does not begin with XML', START_MS + 15_000],
      [15_000, 2, false, 'return_code of the reply is not SUCCESS', START_MS + 30_000],
      [30_000, 3, true, 'SUCCESS', undefined],
    ],
  );
});

const accepted = {
  'the documented reply': ACCEPT,
  'a reply without CDATA': '<xml><return_code>SUCCESS</return_code></xml>',
  'a reply with line breaks between elements': '<xml>\n  <return_code>SUCCESS</return_code>\n</xml>\n',
  'a reply with an XML declaration': `<?xml version="1.0" encoding="UTF-8"?>\n${ACCEPT}`,
};

for (const [name, body] of Object.entries(accepted)) {
  test(`${name} is accepted`, async () => {
    const { gateway } = await payWith(async () => new Response(body));
    await gateway.idle();
    assert.equal(gateway.notices()[0].accepted, true, gateway.notices()[0].attempts[0].error);
  });
}

const refused = {
  'an empty reply': '',
  'plain success': 'success',
  'plain SUCCESS': 'SUCCESS',
  'a JSON reply': '{"return_code":"SUCCESS"}',
  'output before the XML': `notice: ok${ACCEPT}`,
  'a line break before the XML': `\n${ACCEPT}`,
  'a byte order mark before the XML': `\u{FEFF}${ACCEPT}`,
  'output after the XML': `${ACCEPT}done`,
  'a second reply after the first': ACCEPT + ACCEPT,
  'an HTML page': '<html><body><return_code>SUCCESS</return_code></body></html>',
  'a reply of FAIL': ACCEPT.replace('SUCCESS', 'FAIL'),
  'success in lower case': ACCEPT.replace('SUCCESS', 'success'),
  'SUCCESS with a space': ACCEPT.replace('SUCCESS', ' SUCCESS'),
  'a reply without return_code': '<xml><return_msg>SUCCESS</return_msg></xml>',
  'a reply with return_code twice': '<xml><return_code>FAIL</return_code><return_code>SUCCESS</return_code></xml>',
  'a reply with another root': '<root><return_code>SUCCESS</return_code></root>',
  'a reply that is cut off': ACCEPT.slice(0, -6),
  'a reply with a DOCTYPE': `<!DOCTYPE xml>${ACCEPT}`,
  'a reply with nested elements': '<xml><return_code><b>SUCCESS</b></return_code></xml>',
  'a reply that is not UTF-8': Buffer.from('<xml><return_code>SUCCESS</return_code><m>\xff</m></xml>', 'latin1'),
  'a reply over 64 KiB': ACCEPT + ' '.repeat(64 * 1024),
};

for (const [name, body] of Object.entries(refused)) {
  test(`${name} counts as failure and is recorded`, async () => {
    const { gateway } = await payWith(async () => new Response(body));
    await gateway.idle();
    const [notice] = gateway.notices();
    assert.equal(notice.accepted, false);
    assert.equal(notice.attempts.length, 1);
    const [attempt] = notice.attempts;
    assert.equal(attempt.status, 200);
    assert.equal(attempt.accepted, false);
    assert.ok(attempt.error.length > 0);
    assert.equal(notice.nextAttemptMs, START_MS + 15_000);
  });
}

test('the right body with any other status than 200 counts as failure', async () => {
  for (const status of [201, 202, 301, 302, 307, 400, 404, 500, 502]) {
    const { gateway } = await payWith(async () => new Response(ACCEPT, { status }));
    await gateway.idle();
    assert.deepEqual(
      gateway.notices()[0].attempts,
      [{ timeMs: START_MS, accepted: false, status, answer: ACCEPT, error: `status ${status}, not 200` }],
      `${status}`,
    );
  }
});

test('a long reply is kept only in its beginning', async () => {
  const { gateway } = await payWith(async () => new Response('x'.repeat(10_000)));
  await gateway.idle();
  assert.equal(gateway.notices()[0].attempts[0].answer, 'x'.repeat(500));
});

test('over real HTTP a redirect is not followed, a refused connection has its code, a slow shop times out', async (t) => {
  const asked = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url);
    if (incoming.url === '/moved') outgoing.writeHead(302, { location: '/accept' }).end();
    if (incoming.url === '/accept') outgoing.end(ACCEPT);
    // A shop that begins to answer and never ends is as slow as one that never begins.
    if (incoming.url === '/half') outgoing.write(ACCEPT.slice(0, 20));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const attemptAt = async (notify_url, notifyTimeoutMs = 10_000) => {
    const options = { fetch: undefined, notifyTimeoutMs, retryDelaysMs: [] };
    const { gateway } = await payWith(undefined, options, { notify_url });
    await gateway.idle();
    const { timeMs, ...attempt } = gateway.notices()[0].attempts[0];
    assert.equal(timeMs, START_MS);
    return attempt;
  };
  const shopUrl = `http://127.0.0.1:${port}`;
  assert.deepEqual(await attemptAt(`${shopUrl}/accept`), { accepted: true, status: 200, answer: ACCEPT });
  asked.length = 0;
  const moved = await attemptAt(`${shopUrl}/moved`);
  assert.deepEqual(moved, { accepted: false, status: 302, answer: '', error: 'status 302, not 200' });
  assert.deepEqual(asked, ['/moved']);
  const late = { accepted: false, error: 'no complete reply in time' };
  assert.deepEqual(await attemptAt(`${shopUrl}/never`, 100), late);
  assert.deepEqual(await attemptAt(`${shopUrl}/half`, 100), late);
  const gone = createServer();
  await new Promise((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const closedPort = gone.address().port;
  await new Promise((resolve) => gone.close(resolve));
  assert.deepEqual(await attemptAt(`http://127.0.0.1:${closedPort}/`), { accepted: false, error: 'ECONNREFUSED' });
});

test('a fetch that rejects, throws or never settles is a failed attempt and nothing else', async () => {
  const { gateway: rejecting } = await payWith(() => Promise.reject(new Error('wire cut')));
  await rejecting.idle();
  assert.equal(rejecting.notices()[0].attempts[0].error, 'wire cut');
  const { gateway: throwing } = await payWith(() => {
    throw 'a text';
  });
  await throwing.idle();
  assert.equal(throwing.notices()[0].attempts[0].error, 'no connection');
  const { gateway: hanging } = await payWith(() => new Promise(() => undefined), { notifyTimeoutMs: 20 });
  await hanging.idle();
  assert.equal(hanging.notices()[0].attempts[0].error, 'no complete reply in time');
});

test('pay does not wait for the notice, idle does', async () => {
  let answer;
  const { gateway } = await payWith(() => new Promise((resolve) => (answer = resolve)));
  assert.deepEqual(gateway.notices()[0].attempts, []);
  let idle = false;
  const waiting = gateway.idle().then(() => (idle = true));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(idle, false);
  answer(new Response(ACCEPT));
  await waiting;
  assert.equal(gateway.notices()[0].accepted, true);
});

test('close ends a delivery under way and forgets the repeats', async () => {
  let attempts = 0;
  const { gateway, clock } = await payWith(() => {
    attempts += 1;
    return attempts === 1 ? Promise.resolve(new Response('')) : new Promise(() => undefined);
  });
  await gateway.idle();
  const advancing = clock.advance(15_000);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(attempts, 2);
  await gateway.close();
  await advancing;
  await clock.advance(48 * 60 * 60 * 1000);
  assert.equal(attempts, 2);
  const [notice] = gateway.notices();
  assert.equal(notice.attempts[1].error, 'gateway closed');
  assert.equal(notice.nextAttemptMs, undefined);

  const waiting = await payWith(async () => new Response(''));
  await waiting.gateway.idle();
  await waiting.gateway.close();
  await waiting.clock.advance(48 * 60 * 60 * 1000);
  assert.equal(waiting.gateway.notices()[0].attempts.length, 1);
});

test('a schedule of one’s own is kept', async () => {
  const options = { retryDelaysMs: [1, 10] };
  const { gateway, clock } = await payWith(async () => new Response(''), options);
  await gateway.idle();
  await clock.advance(1000);
  assert.deepEqual(
    gateway.notices()[0].attempts.map(({ timeMs }) => timeMs - START_MS),
    [0, 1, 11],
  );
});

test('a manual clock runs timers in order, each at its own time, and waits for the work they begin', async () => {
  const clock = createManualClock(0);
  const ran = [];
  const timer = (name, delayMs, work) =>
    clock.setTimeout(async () => {
      await work?.();
      ran.push([name, clock.now()]);
    }, delayMs);
  timer('late', 30);
  timer('slow', 10, () => new Promise((resolve) => setTimeout(resolve, 5)));
  timer('same time, set later', 10, () => void timer('set by a timer', 5));
  clock.clearTimeout(timer('cleared', 1));
  timer('beyond', 31);
  const first = clock.advance(12);
  await clock.advance(18);
  await first;
  assert.deepEqual(ran, [
    ['slow', 10],
    ['same time, set later', 10],
    ['set by a timer', 15],
    ['late', 30],
  ]);
  assert.equal(clock.now(), 30);
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => clock.advance(ms), RangeError, `${ms}`);
});
