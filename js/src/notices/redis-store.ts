// The store in Redis, for several processes, with the client that the shop has: `ioredis` or `redis`.
import { atCaller } from '../caller.js';
import { configError } from '../errors.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { type RedisClient, scripts } from '../redis.js';
import type { Claim, NoticeStore } from './memory-store.js';

/** How the store writes. */
export interface RedisStoreOptions {
  /** The prefix of the keys. Default `paysign:notice:`. */
  prefix?: string | undefined;
  /** How long a delivery is remembered, in milliseconds. Default 7 days; WeChat repeats a notice for about one day. */
  rememberMs?: number | undefined;
}

const OPTIONS: Names<RedisStoreOptions> = { prefix: true, rememberMs: true };

// The value of a key is the token of its claim, or the word done. A script is one atomic step.
const CLAIM = `local held = redis.call('GET', KEYS[1])
if held == 'done' then return 'done' end
if held and held ~= ARGV[1] then return 'busy' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'claimed'`;
const DONE = `return redis.call('SET', KEYS[1], 'done', 'PX', ARGV[1])`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * A store in Redis, for any number of processes. Redis answers before it copies to its replicas. So a fail-over can lose a
 * claim, and the listener is called again. Under memory pressure Redis evicts keys, unless its `maxmemory-policy` is `noeviction`.
 * An evicted delivery is forgotten, and a repeat calls the listener again.
 */
export const redisStore = atCaller(function redisStore(
  client: RedisClient,
  options: RedisStoreOptions = {},
): NoticeStore {
  const run = scripts(client);
  if (typeof options !== 'object' || options === null) throw configError('options', 'must be an object');
  checkNames(options, OPTIONS);
  const { prefix = 'paysign:notice:', rememberMs = 7 * 86_400_000 } = own(options);
  if (typeof prefix !== 'string') throw configError('prefix', 'must be text');
  if (!Number.isInteger(rememberMs) || rememberMs < 1)
    throw configError('rememberMs', 'must be a whole number of milliseconds above zero');
  return {
    claim: async (id, token, ttlMs) => String(await run(CLAIM, prefix + id, token, String(ttlMs))) as Claim,
    async done(id) {
      await run(DONE, prefix + id, String(rememberMs));
    },
    async release(id, token) {
      await run(RELEASE, prefix + id, token);
    },
  };
});
