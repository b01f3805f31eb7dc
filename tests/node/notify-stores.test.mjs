// The stores of deliveries: in memory, in a real Redis, with several processes, and a unique key in SQL.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { memoryStore, redisStore } from 'paysign';
import { ACCEPT, assertRefusedWords, countingShop, hand, paidNotice, post, until } from './notices-support.mjs';
import { start, startRedis, stopAll } from './servers-support.mjs';

const frameworks = createRequire(new URL('./frameworks/', import.meta.url));
const { Redis } = frameworks('ioredis');
const { createClient } = frameworks('redis');
let port;
/** A client of each library. */
let clients;

before(async () => {
  port = await startRedis();
  const ioredis = new Redis(port, '127.0.0.1');
  const redis = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
  clients = { ioredis, redis };
});

after(async () => {
  clients?.ioredis.disconnect();
  await clients?.redis.close();
  await stopAll();
});

/** The promises of every store. */
const PROMISES = {
  async 'of many that claim at once, one gets it'(store) {
    const claims = await Promise.all(Array.from({ length: 50 }, (_, at) => store.claim('x', `t${at}`, 60_000)));
    assert.deepEqual(
      claims.filter((claim) => claim !== 'busy'),
      ['claimed'],
    );
  },
  async 'the same token again is the same claim'(store) {
    assert.equal(await store.claim('x', 'a', 60_000), 'claimed');
    assert.equal(await store.claim('x', 'a', 60_000), 'claimed');
    assert.equal(await store.claim('x', 'b', 60_000), 'busy');
    assert.equal(await store.claim('y', 'b', 60_000), 'claimed');
  },
  async 'what is released can be claimed, and only its owner releases it'(store) {
    await store.claim('x', 'a', 60_000);
    await store.release('x', 'b');
    assert.equal(await store.claim('x', 'b', 60_000), 'busy');
    await store.release('x', 'a');
    assert.equal(await store.claim('x', 'b', 60_000), 'claimed');
    await store.release('x', 'a');
    assert.equal(await store.claim('x', 'a', 60_000), 'busy');
  },
  async 'a claim runs out, and who held it cannot release the next one'(store) {
    await store.claim('x', 'a', 20);
    await until(async () => (await store.claim('x', 'b', 60_000)) === 'claimed');
    await store.release('x', 'a');
    assert.equal(await store.claim('x', 'c', 60_000), 'busy');
  },
  async 'done is final, also when the claim had run out'(store) {
    await store.claim('x', 'a', 20);
    await until(async () => (await store.claim('x', 'b', 60_000)) === 'claimed');
    await store.done('x');
    await store.release('x', 'b');
    for (const token of ['a', 'b', 'c']) assert.equal(await store.claim('x', token, 20), 'done', token);
  },
};
const STORES = {
  memory: async () => memoryStore(),
  ioredis: async (name) => redisStore(clients.ioredis, { prefix: `${name}:` }),
  redis: async (name) => redisStore(clients.redis, { prefix: `${name}:`, rememberMs: 60_000 }),
};

for (const [kind, open] of Object.entries(STORES)) {
  for (const [promise, check] of Object.entries(PROMISES)) {
    test(`${kind}: ${promise}`, async () => check(await open(`${kind} ${promise}`)));
  }
}

test('in Redis a delivery is remembered for a week, and a claim no longer than requested', async () => {
  const store = redisStore(clients.ioredis);
  await store.claim('order', 'a', 4000);
  const left = () => clients.ioredis.pttl('paysign:notice:order');
  assert.ok((await left()) > 0 && (await left()) <= 4000);
  await store.done('order');
  assert.ok((await left()) > 6 * 86_400_000 && (await left()) <= 7 * 86_400_000);
});

test('the store in memory forgets the oldest deliveries, not the last ones', async () => {
  const store = memoryStore({ remember: 10 });
  for (let at = 0; at < 100; at++) await store.done(`${at}`);
  const known = [];
  for (let at = 0; at < 100; at++) if ((await store.claim(`${at}`, 'a', 1)) === 'done') known.push(at);
  assert.ok(known.length >= 10 && known.length <= 20 && known[0] === 100 - known.length, `${known}`);
});

test('settings of a store that cannot work are named', () => {
  const rows = [
    [() => memoryStore({ remember: 0 }), 'remember'],
    [() => redisStore(), 'client'],
    [() => redisStore({}), 'client'],
    [() => redisStore(clients.redis, { rememberMs: 0.5 }), 'rememberMs'],
  ];
  for (const [make, field] of rows) assert.throws(make, { code: 'ERR_CONFIG', field }, String(make));
});

test('a Redis that cannot be reached refuses the notice, and it is delivered once it is back', async () => {
  const lost = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
  await once(lost, 'ready');
  lost.disconnect();
  const { handler, calls, codes } = countingShop({ store: redisStore(lost) });
  assertRefusedWords((await hand(handler, paidNotice('lost'))).text);
  assert.deepEqual([calls.paid, codes()], [[], ['ERR_STORE']]);
  await lost.connect();
  assert.equal((await hand(handler, paidNotice('lost'))).text, ACCEPT);
  assert.deepEqual(calls.paid, ['lost']);
  lost.disconnect();
});

const SHOP = new URL('./notices-shop.mjs', import.meta.url).pathname;

/** Starts a shop in a process of its own. */
async function startShop(settings) {
  const { child, text } = await start(process.execPath, [SHOP, JSON.stringify({ port, ...settings })], /^http\S+\n/);
  return { child, url: text.trim() };
}

test('three processes with one Redis deliver a notice once, whichever of them it reaches, and however often', async () => {
  const shops = await Promise.all(
    ['ioredis', 'redis', 'ioredis'].map((client) => startShop({ client, count: 'three' })),
  );
  const bodies = ['p1', 'p2', 'p3', 'p4'].map((out_trade_no) => paidNotice(out_trade_no));
  const posts = Array.from({ length: 120 }, (_, at) => post(shops[at % 3].url, bodies[at % 4]));
  assert.ok((await Promise.all(posts)).some(({ text }) => text === ACCEPT));
  for (const { url } of shops)
    for (const body of bodies) assert.equal((await post(url, body)).text, ACCEPT, `${url} ${body}`);
  assert.deepEqual(await clients.redis.hGetAll('three'), { p1: '1', p2: '1', p3: '1', p4: '1' });
});

test('when a process dies in its listener, the claim runs out and the next notice is delivered by another process', async () => {
  const [dying, other] = [
    await startShop({ client: 'redis', count: 'dying', hang: true, timeoutMs: 2000, claimMs: 2000 }),
    await startShop({ client: 'ioredis', count: 'dying' }),
  ];
  const lost = assert.rejects(post(dying.url, paidNotice('d1')));
  await until(async () => (await clients.redis.hGet('dying', 'd1')) === '1');
  assertRefusedWords((await post(other.url, paidNotice('d1'))).text);
  dying.child.kill('SIGKILL');
  await lost;
  await until(async () => (await post(other.url, paidNotice('d1'))).text === ACCEPT);
  assert.equal((await post(other.url, paidNotice('d1'))).text, ACCEPT);
  assert.equal(await clients.redis.hGet('dying', 'd1'), '2');
});
