// The cache of access tokens in a real Redis, with both clients that shops have.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { redisTokenCache, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { shop } from './gateway-support.mjs';
import { startRedis, stopAll } from './servers-support.mjs';

const frameworks = createRequire(new URL('./frameworks/', import.meta.url));
const { Redis } = frameworks('ioredis');
const { createClient } = frameworks('redis');
let port;
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

const TOKEN = { access_token: '92_token/of+the=test', expiresMs: Date.now() + 7_200_000 };

for (const name of ['ioredis', 'redis']) {
  test(`${name}: a token is kept for its appid, replaced, and gone with its end`, async () => {
    const cache = redisTokenCache(clients[name], { prefix: `${name}:` });
    assert.equal(await cache.get('wx1'), undefined);
    await cache.set('wx1', TOKEN);
    assert.deepEqual(await cache.get('wx1'), TOKEN);
    assert.equal(await cache.get('wx2'), undefined);
    const leftMs = await clients.ioredis.pttl(`${name}:wx1`);
    assert.ok(leftMs > 7_000_000 && leftMs <= 7_200_000, `${leftMs}`);
    await cache.set('wx1', { ...TOKEN, access_token: 'second' });
    assert.equal((await cache.get('wx1')).access_token, 'second');
    await cache.set('wx1', { ...TOKEN, expiresMs: Date.now() - 1 });
    while ((await cache.get('wx1')) !== undefined);
  });
}

test('clients of several processes that share a Redis ask WeChat for one token, whatever library each has', async () => {
  const gateway = createGateway({ merchants: [shop] });
  const asked = [];
  const fetch = async (url, init) => {
    asked.push(new URL(url).pathname);
    return gateway.fetch(new Request(url, init));
  };
  for (const name of ['ioredis', 'redis', 'ioredis']) {
    const client = new WechatPay({ ...shop, fetch, tokenCache: redisTokenCache(clients[name]) });
    const code = gateway.phoneCode({ appid: shop.appid });
    assert.equal((await client.getPhoneNumber(code)).purePhoneNumber, '13800138000');
  }
  assert.equal(asked.filter((path) => path === '/cgi-bin/stable_token').length, 1);
  assert.deepEqual(await clients.ioredis.keys('paysign:*'), [`paysign:token:${shop.appid}`]);
});

test('a wrong value in Redis counts as missing and is replaced, whether it is JSON or not', async () => {
  const gateway = createGateway({ merchants: [shop] });
  const fetch = async (url, init) => gateway.fetch(new Request(url, init));
  const client = new WechatPay({ ...shop, fetch, tokenCache: redisTokenCache(clients.redis, { prefix: 'junk:' }) });
  const ask = () => client.getPhoneNumber(gateway.phoneCode({ appid: shop.appid }));
  for (const junk of ['{}', 'null', '[]', '{"access_token":"x"}', 'no JSON']) {
    await clients.ioredis.set(`junk:${shop.appid}`, junk);
    assert.equal((await ask()).countryCode, '86', junk);
  }
  const kept = JSON.parse(await clients.ioredis.get(`junk:${shop.appid}`));
  assert.ok(kept.expiresMs > Date.now());
});

test('a Redis that cannot be reached is ERR_STORE, and shows no token', async () => {
  const lost = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => null, lazyConnect: true });
  await lost.connect();
  lost.disconnect();
  const gateway = createGateway({ merchants: [shop] });
  const fetch = async (url, init) => gateway.fetch(new Request(url, init));
  const client = new WechatPay({ ...shop, fetch, tokenCache: redisTokenCache(lost) });
  const error = await client.getPhoneNumber('code-1').catch((error) => error);
  assert.deepEqual([error.code, error.outcome], ['ERR_STORE', 'not-sent']);

  const full = { get: async () => undefined, set: redisTokenCache(lost).set };
  const unset = await new WechatPay({ ...shop, fetch, tokenCache: full })
    .getPhoneNumber('code-1')
    .catch((error) => error);
  assert.equal(unset.code, 'ERR_STORE');
  const answer = await gateway.fetch(
    new Request('https://api.weixin.qq.com/cgi-bin/stable_token', {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credential', ...shop }),
    }),
  );
  const { access_token } = await answer.json();
  assert.ok(!inspect(unset, { depth: 9 }).includes(access_token));
});

test('settings that cannot work are named', () => {
  assert.throws(() => redisTokenCache(), { code: 'ERR_CONFIG', field: 'client' });
  assert.throws(() => redisTokenCache({}), { code: 'ERR_CONFIG', field: 'client' });
  assert.throws(() => redisTokenCache(clients.redis, null), { code: 'ERR_CONFIG', field: 'options' });
  assert.throws(() => redisTokenCache(clients.redis, { prefix: 1 }), { code: 'ERR_CONFIG', field: 'prefix' });
});
