// The cache of access tokens: its interface, and the one in memory.

/** An access token of a mini program (接口调用凭据). Anybody who has it can act for the mini program. */
export interface AccessToken {
  readonly access_token: string;
  /** When it expires, in milliseconds since 1970-01-01 UTC. */
  readonly expiresMs: number;
}

/**
 * A cache for the latest access token of each mini program. Processes that share one ask WeChat less often. Without it they are
 * correct too, since `stable_token` returns the same token to all of them.
 */
export interface AccessTokenCache {
  /** Returns the token of a mini program, or undefined. It may return an expired one, which is then replaced. */
  get(appid: string): Promise<AccessToken | undefined>;
  /** Stores the token of a mini program. The cache may drop it once it has expired. */
  set(appid: string, token: AccessToken): Promise<void>;
}

/** Makes a cache for one client. */
export function memoryTokenCache(): AccessTokenCache {
  const tokens = new Map<string, AccessToken>();
  return {
    get: async (appid) => tokens.get(appid),
    async set(appid, token) {
      tokens.set(appid, token);
    },
  };
}
