// The access tokens of mini programs: fetched with stable_token, and cached until shortly before they expire.
import { WxPayError } from '../errors.js';
import type { Channel } from '../http/channel.js';
import { limited } from '../http/limited.js';
import { own } from '../own.js';
import { type AppCall, isText, JSON_TYPE, LONGEST_SECRET, readAnswer, unreadable } from './answer.js';
import { type AccessToken, type AccessTokenCache, memoryTokenCache } from './token-cache.js';

/** The owner of a token. */
export interface App {
  readonly appid: string;
  readonly secret: string;
}

/** The tokens of one client. */
export class AccessTokens {
  readonly #channel: Channel;
  readonly #cache: AccessTokenCache;
  readonly #timeoutMs: number;
  /** Requests that callers share. */
  readonly #getting: Shared<AccessToken> = new Map();
  readonly #replacing: Shared<AccessToken | undefined> = new Map();
  #forcedMs = Number.NEGATIVE_INFINITY;

  constructor(channel: Channel, cache: AccessTokenCache | undefined, timeoutMs: number) {
    this.#channel = channel;
    this.#cache = cache ?? memoryTokenCache();
    this.#timeoutMs = timeoutMs;
  }

  /** Returns a token that is valid by the clock of this machine. Concurrent calls share one request. */
  async get(app: App, signal: AbortSignal | undefined): Promise<string> {
    const work = async () => (await this.#kept(app)) ?? this.#fetched(app, false);
    return (await once(this.#getting, app.appid, signal, work)).access_token;
  }

  /**
   * Returns another token after WeChat refused one, or undefined if there is none.
   *
   * First comes the cache, which another process may have changed. Then comes WeChat, without force. If WeChat returns the
   * refused token again, a new one is forced. Force voids the token of all other processes, and is limited to 20 times a day.
   */
  async another(app: App, refused: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const isOther = (token: AccessToken | undefined) => token !== undefined && token.access_token !== refused;
    const token = await once(this.#replacing, `${app.appid} ${refused}`, signal, async () => {
      const kept = await this.#kept(app);
      if (isOther(kept)) return kept;
      const given = await this.#fetched(app, false);
      if (isOther(given)) return given;
      if (Date.now() < this.#forcedMs + FORCE_AGAIN_MS) return undefined;
      return this.#forced(app);
    });
    return token?.access_token;
  }

  /** Forces a token. A failure does not count, or nothing could replace the refused token for two hours. */
  async #forced(app: App): Promise<AccessToken> {
    const before = this.#forcedMs;
    this.#forcedMs = Date.now();
    try {
      return await this.#fetched(app, true);
    } catch (error) {
      // A cache that fails does so after WeChat's answer.
      if (!(error instanceof WxPayError && error.code === 'ERR_STORE')) this.#forcedMs = before;
      throw error;
    }
  }

  /** Returns the cached token, unless it expires soon. */
  async #kept({ appid }: App): Promise<AccessToken | undefined> {
    return this.#asked('get', async () => {
      const kept: unknown = await this.#cache.get(appid);
      return isToken(kept) && kept.expiresMs - MARGIN_MS > Date.now() ? kept : undefined;
    });
  }

  async #fetched({ appid, secret }: App, force_refresh: boolean): Promise<AccessToken> {
    const body = JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh });
    const message = { to: 'login', path: PATH, query: '', contentType: JSON_TYPE, limit: TOKEN_BYTES } as const;
    // Each forced refresh uses one of the 20 of a day.
    const repeatable = !force_refresh;
    const answer = await this.#channel.send(
      { ...message, body, certificate: false, repeatable, secrets: [secret] },
      undefined,
    );
    const token = answer.judged(() => {
      const { access_token, expires_in } = readAnswer(CALL, answer.body, [secret]);
      const token = { access_token, expiresMs: Date.now() + Number(expires_in) * 1000 };
      if (typeof expires_in !== 'number' || !(expires_in > 0) || !isToken(token))
        throw unreadable(CALL, 'lacks access_token or expires_in');
      return token;
    });
    await this.#asked('set', () => this.#cache.set(appid, token));
    return token;
  }

  /** Calls the cache. An error of `set` or of a JSON parser may contain the token, so it is not the cause. */
  async #asked<T>(what: 'get' | 'set', ask: () => Promise<T>): Promise<T> {
    try {
      const limit = { timeoutMs: this.#timeoutMs, signal: undefined, advice: 'call again' };
      return await limited('tokenCache', limit, async () => ask());
    } catch (error) {
      const isLate = error instanceof WxPayError && error.code === 'ERR_TIMEOUT';
      const why = isLate ? `did not answer within ${this.#timeoutMs} ms` : 'failed';
      throw new WxPayError({
        code: 'ERR_STORE',
        outcome: 'not-sent',
        message: `tokenCache: ${what} ${why}; check the cache of access tokens, and call again`,
        ...(what === 'get' && !isLate && !isSyntaxError(error) && { cause: error }),
      });
    }
  }
}

const PATH = '/cgi-bin/stable_token';

/** The largest length of an answer with a token, in bytes. */
const TOKEN_BYTES = 64 * 1024;

/** WeChat returns a new token in the last five minutes of the old one. One minute less allows for a difference between clocks. */
const MARGIN_MS = 4 * 60_000;

/** A forced token is valid for two hours. If it is refused earlier, another one would not help. */
const FORCE_AGAIN_MS = 2 * 60 * 60_000;

const CALL: AppCall = {
  name: 'stable_token',
  unread: 'check what answers at loginUrl',
  advice: new Map([[40001, 'Check that secret is the AppSecret of this appid']]),
};

function isToken(value: unknown): value is AccessToken {
  if (typeof value !== 'object' || value === null) return false;
  const { access_token, expiresMs } = own<Partial<Record<keyof AccessToken, unknown>>>(value);
  return isText(access_token) && access_token.length <= LONGEST_SECRET && typeof expiresMs === 'number';
}

/** Of any realm. */
const isSyntaxError = (error: unknown) =>
  Object.prototype.toString.call(error) === '[object Error]' && (error as Error).name === 'SyntaxError';

/** Running work by its name. */
type Shared<T> = Map<string, Promise<T>>;

/** Shares work between callers. If one aborts, the work continues for the others. */
function once<T>(shared: Shared<T>, name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal?.aborted) return Promise.reject(aborted(signal));
  const running = shared.get(name) ?? work().finally(() => shared.delete(name));
  shared.set(name, running);
  if (signal === undefined) return running;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function aborted({ reason }: AbortSignal): WxPayError {
  const message = `${PATH}: the call was aborted before it was sent`;
  return new WxPayError({ code: 'ERR_NETWORK', outcome: 'not-sent', message, cause: reason });
}
