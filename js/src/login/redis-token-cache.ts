// The cache of access tokens in Redis, for several processes. It uses the shop's own client, `ioredis` or `redis`.
import { configError } from '../errors.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { type RedisClient, scripts } from '../redis.js';
import type { AccessToken, AccessTokenCache } from './token-cache.js';

/** The options of the cache. */
export interface RedisTokenCacheOptions {
  /** The prefix of the keys, before the appid. Default `paysign:token:`. */
  prefix?: string | undefined;
}

const OPTIONS: Names<RedisTokenCacheOptions> = { prefix: true };

const GET = `return redis.call('GET', KEYS[1])`;
const SET = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`;

/**
 * Makes a cache in Redis, for any number of processes. It stores a token as JSON until it expires. Anybody who can read this
 * Redis can act for the mini program.
 */
export function redisTokenCache(client: RedisClient, options: RedisTokenCacheOptions = {}): AccessTokenCache {
  const run = scripts(client);
  if (typeof options !== 'object' || options === null) throw configError('options', 'must be an object');
  checkNames(options, OPTIONS);
  const { prefix = 'paysign:token:' } = own(options);
  if (typeof prefix !== 'string') throw configError('prefix', 'must be text');
  return {
    async get(appid) {
      const kept = await run(GET, prefix + appid);
      return typeof kept === 'string' ? parsed(kept) : undefined;
    },
    async set(appid, { access_token, expiresMs }) {
      const leftMs = Math.max(1, Math.floor(expiresMs - Date.now()));
      await run(SET, prefix + appid, JSON.stringify({ access_token, expiresMs }), String(leftMs));
    },
  };
}

/** A text that is not JSON counts as missing, so the next token replaces it. */
function parsed(kept: string): AccessToken | undefined {
  try {
    return JSON.parse(kept) as AccessToken;
  } catch {
    return undefined;
  }
}
