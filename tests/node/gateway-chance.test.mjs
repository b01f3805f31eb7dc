// Random failures at the gateway, over real HTTP: each kind, repetition by seed, an outage, and a wrong clock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WechatPay } from 'paysign';
import { CALL_FAULTS, createGateway, createSkewedClock } from 'paysign/testing';
import { assertDone, assertRefused, call, order, placeAndPay, shop } from './gateway-support.mjs';

/** A gateway on a port. Calls go there in the way that the tests' own merchant makes them. */
async function open(t, options) {
  const events = [];
  const gateway = createGateway({ merchants: [shop], seed: 1, onEvent: (event) => events.push(event), ...options });
  t.after(() => gateway.close());
  const server = await gateway.listen();
  const remote = {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      return fetch(server.url + pathname, { method: 'POST', body: await request.text() });
    },
  };
  return { gateway, server, remote, events, met: () => events.filter(({ type }) => type === 'fault') };
}

const operatorPage = async (answer) => {
  const { status, type } = await answer;
  assert.deepEqual([[500, 502, 503, 504].includes(status), type], [true, 'text/html'], String(status));
};
const place = (remote, changes) => call(remote, '/pay/unifiedorder', order(changes));
const reset = { name: 'TypeError', message: 'fetch failed' };

/** The effect of each kind on a call that places an order: the number of orders, and the merchant's view. */
const SEEN = {
  resetBefore: [0, (answer) => assert.rejects(answer, reset)],
  resetAfter: [1, (answer) => assert.rejects(answer, reset)],
  pageBefore: [0, operatorPage],
  pageAfter: [1, operatorPage],
  html: [1, async (answer) => assert.deepEqual([(await answer).status, (await answer).type], [200, 'text/html'])],
  cut: [1, async (answer) => assert.match((await answer).text, /^<xml>(?!.*<\/xml>)/s)],
  systemErrorBefore: [0, async (answer) => assertRefused(await answer, 'SYSTEMERROR')],
  systemErrorAfter: [1, async (answer) => assertRefused(await answer, 'SYSTEMERROR')],
  delay: [1, async (answer) => assertDone(await answer)],
};

test('every kind of failure is tried', () => assert.deepEqual(Object.keys(SEEN).sort(), [...CALL_FAULTS].sort()));

for (const [name, [orders, see]] of Object.entries(SEEN)) {
  test(`${name} is seen over HTTP, its work is ${orders === 0 ? 'not done' : 'done'}, and it is reported`, async (t) => {
    const { gateway, remote, met } = await open(t, { faults: { [name]: 1, delayMs: [1, 2] } });
    await see(place(remote));
    assert.equal(gateway.orders().length, orders);
    assert.deepEqual(
      met().map(({ path, kind, about }) => [path, kind, ...about]),
      [['/pay/unifiedorder', name, shop.mch_id, order().out_trade_no]],
    );
    gateway.faultRates({});
    assertDone(await place(remote));
    assert.equal(gateway.orders().length, 1);
  });
}

test('a late answer has the requested delay, by the clock of the gateway', async (t) => {
  const waits = [];
  const clock = createSkewedClock(0);
  const setTimeout = (work, ms) => {
    waits.push(ms);
    return clock.setTimeout(work, 0);
  };
  const { remote } = await open(t, { clock: { ...clock, setTimeout }, faults: { delay: 1, delayMs: [70, 90] } });
  for (let number = 0; number < 20; number += 1) assertDone(await place(remote, { out_trade_no: `n${number}` }));
  assert.equal(waits.length, 20);
  assert.ok(
    waits.every((ms) => ms >= 70 && ms <= 90),
    String(waits),
  );
  assert.ok(new Set(waits).size > 5, String(waits));
});

test('the log-in and the trade bill fail with codes of their own', async (t) => {
  const { remote, server } = await open(t, { faults: { systemErrorBefore: 1 } });
  const query = new URLSearchParams({ appid: shop.appid, secret: shop.secret, js_code: 'x' });
  const answer = await (await fetch(`${server.url}/sns/jscode2session?${query}`)).json();
  assert.equal(answer.errcode, -1);
  const { fields } = await call(remote, '/pay/downloadbill', { bill_date: '20240801' });
  assert.deepEqual(fields, { return_code: 'FAIL', return_msg: 'system error', error_code: '20003' });
});

const mixed = { resetBefore: 0.1, resetAfter: 0.1, pageBefore: 0.1, html: 0.1, cut: 0.1, systemErrorAfter: 0.1 };

/** The failures of a day of calls: for each order the kinds in turn. */
async function day(t, options, numbers) {
  const { gateway, remote, events } = await open(t, options);
  const each = {};
  const meet = async (out_trade_no) => {
    const before = events.length;
    await place(remote, { out_trade_no }).catch(() => undefined);
    const kind = events.slice(before).find(({ type }) => type === 'fault')?.kind ?? 'none';
    each[out_trade_no] = [...(each[out_trade_no] ?? []), kind];
  };
  for (const number of numbers) await meet(number);
  return { seed: gateway.seed, each };
}

test('a seed repeats every failure, in whatever order the calls come, and another seed has others', async (t) => {
  const numbers = Array.from({ length: 30 }, (_, index) => `n${index % 10}`);
  const first = await day(t, { faults: mixed, seed: undefined }, numbers);
  const again = await day(t, { faults: mixed, seed: first.seed }, [...numbers].sort());
  const other = await day(t, { faults: mixed, seed: `${first.seed}-other` }, numbers);
  assert.deepEqual(again.each, first.each);
  assert.notDeepEqual(other.each, first.each);
  const kinds = Object.values(first.each).flat();
  assert.ok(new Set(kinds).size > 2, 'not always the same one');
});

test('failures happen at the requested rates', async () => {
  const events = [];
  const faults = { systemErrorBefore: 0.2, cut: 0.1 };
  const gateway = createGateway({ merchants: [shop], seed: 7, faults, onEvent: (event) => events.push(event) });
  for (let number = 0; number < 1000; number += 1)
    await call(gateway, '/pay/orderquery', { out_trade_no: `${number}` });
  const count = (kind) => events.filter((event) => event.kind === kind).length;
  assert.ok(count('systemErrorBefore') > 150 && count('systemErrorBefore') < 250, String(count('systemErrorBefore')));
  assert.ok(count('cut') > 60 && count('cut') < 140, String(count('cut')));
});

test('a requested failure comes before a random one', async (t) => {
  const { gateway, remote } = await open(t, { faults: { systemErrorBefore: 1 } });
  gateway.failNext({ kind: 'err_code', err_code: 'FREQUENCY_LIMITED' });
  assertRefused(await place(remote), 'FREQUENCY_LIMITED');
  assertRefused(await place(remote), 'SYSTEMERROR');
});

test('rates that make no sense are refused with a sentence', () => {
  for (const [faults, words] of [
    [{ cut: 1.1 }, /cut must be a share, a number from 0 to 1/],
    [{ cut: -0.1 }, /cut must be a share/],
    [{ cut: 'often' }, /cut must be a share/],
    [{ cut: 0.6, html: 0.6 }, /add up to 1 at most/],
    [{ noticeLost: 0.6, noticeLate: 0.6 }, /add up to 1 at most/],
    [{ reset: 0.1 }, /there is no reset; use one of .*resetBefore/],
    [{ delayMs: [10, 5] }, /delayMs must be two whole numbers/],
    [{ noticeLateMs: [0.5, 1] }, /noticeLateMs must be two whole numbers/],
  ]) {
    assert.throws(
      () => createGateway({ merchants: [shop], faults }),
      { name: 'TypeError', message: words },
      JSON.stringify(faults),
    );
  }
  const gateway = createGateway({ merchants: [shop] });
  assert.throws(() => gateway.faultRates({ cut: 2 }), TypeError);
});

test('a stopped host is not reached, the backup has the same books, and the host returns on its port', async (t) => {
  const { gateway, server } = await open(t);
  const backup = await gateway.listen();
  const hosts = [];
  const client = new WechatPay({
    ...shop,
    baseUrls: [server.url, backup.url],
    onExchange: ({ host }) => hosts.push(host),
  });
  const params = { out_trade_no: order().out_trade_no };
  await placeAndPay(gateway);
  assert.equal((await client.orderQuery(params)).trade_state, 'SUCCESS');
  await server.close();
  await assert.rejects(fetch(server.url), (error) => error.cause.code === 'ECONNREFUSED');
  assert.equal((await client.orderQuery(params)).trade_state, 'SUCCESS');
  const back = await gateway.listen(server.port);
  assert.equal(back.url, server.url);
  const fresh = new WechatPay({ ...shop, baseUrls: [server.url] });
  assert.equal((await fresh.orderQuery(params)).trade_state, 'SUCCESS');
  assert.ok(new Set(hosts).size === 2, String(hosts));
});

test('a skewed clock dates the answers of the gateway, and judges time_expire by its own time', async (t) => {
  const HOUR_MS = 3_600_000;
  const { gateway, remote } = await open(t, { clock: createSkewedClock(24 * HOUR_MS) });
  const beijing = (ms) => new Date(ms + 8 * HOUR_MS).toISOString().replaceAll(/[-T:]/g, '').slice(0, 14);
  assertRefused(await place(remote, { time_expire: beijing(Date.now() + HOUR_MS) }), 'PARAM_ERROR');
  await placeAndPay(gateway);
  const { time_end } = gateway.orders()[0];
  assert.ok(time_end > beijing(Date.now() + 23 * HOUR_MS), time_end);
  assert.throws(() => createSkewedClock('1 h'), RangeError);
});
