// Where access tokens are kept: the interface, and the cache in memory.

/** An access token of a mini program (接口调用凭据). Whoever has it acts for the mini program. */
export interface AccessToken {
  readonly access_token: string;
  /** When it ends, in milliseconds since 1970-01-01 UTC. */
  readonly expiresMs: number;
}

/**
 * Keeps the latest access token of each mini program. Processes that share one ask WeChat less often; those that do not are
 * right too, since `stable_token` returns the same token to all of them.
 */
export interface AccessTokenCache {
  /** The token of a mini program, or undefined. One that has ended may be returned, and is fetched anew. */
  get(appid: string): Promise<AccessToken | undefined>;
  /** Replaces the token of a mini program. It may be dropped once it has ended. */
  set(appid: string, token: AccessToken): Promise<void>;
}

/** A cache for one client. */
export function memoryTokenCache(): AccessTokenCache {
  const tokens = new Map<string, AccessToken>();
  return {
    get: async (appid) => tokens.get(appid),
    async set(appid, token) {
      tokens.set(appid, token);
    },
  };
}
