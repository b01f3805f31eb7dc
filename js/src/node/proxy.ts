// The HTTP proxy of a call: the choice of the proxy, and the agent that opens a tunnel (CONNECT). Node 20 can do neither.
// hpagent opens the tunnel, and proxy-from-env reads NO_PROXY. The build bundles both.
import type { AgentOptions, RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpsProxyAgent } from 'hpagent';
import { getProxyForUrl } from 'proxy-from-env';
import { configError, WxPayError } from '../errors.js';
import { isLoopback } from '../http/web-address.js';

/** The longest time to open a connection in milliseconds. It is half of the time limit of an attempt, so that a backup is tried too. */
export const CONNECT_MS = 5_000;

/** Checks the address of a proxy. Null means no proxy (an empty text). No error message contains the user or password. */
export function checkedProxy(name: string, proxy: unknown): URL | null {
  if (proxy === '') return null;
  const wanted = 'must be an address such as http://user:password@proxy.example.com:3128';
  if (typeof proxy !== 'string' || !URL.canParse(proxy)) throw configError(name, wanted);
  const url = new URL(proxy);
  if (url.protocol.startsWith('socks')) throw configError(name, 'is a SOCKS proxy; use an HTTP proxy, http://…');
  if (!/^https?:$/.test(url.protocol)) throw configError(name, wanted);
  if (!isEncoded(url.username) || !isEncoded(url.password))
    throw configError(name, 'has a % in user or password that encodes nothing; write it as %25');
  return url;
}

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

/** Returns the proxy of HTTPS_PROXY, unless NO_PROXY excludes the address. Calls to this machine use no proxy. */
export function environmentProxy(url: URL): URL | null {
  const name = variable('https_proxy') ? 'https_proxy' : 'HTTPS_PROXY';
  const proxy = variable(name);
  if (!proxy || isLoopback(url.hostname) || getProxyForUrl(url.href) === '') return null;
  return checkedProxy(name, proxy.includes('://') ? proxy : `http://${proxy}`);
}

/** A variable of the environment. */
function variable(name: string): string | undefined {
  try {
    // The environment inherits from Object.prototype, which foreign code may pollute.
    return Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  } catch {
    // Deno throws without permission for the environment: then there is no proxy.
    return undefined;
  }
}

/** An agent whose connections go through a proxy. If the tunnel fails, the request was not sent. */
export class Tunnel extends HttpsProxyAgent {
  /** A member of the base class that its types leave out. */
  declare proxyRequestOptions: object;
  readonly #proxy: URL;
  readonly #trust: object;

  /** `ca`: the authorities to trust for the proxy itself, if its address is https://. */
  constructor(proxy: URL, ca: string[] | undefined, options: AgentOptions) {
    super({ ...options, proxy });
    this.#proxy = proxy;
    this.#trust = { ca, rejectUnauthorized: true };
  }

  override createConnection(
    options: RequestOptions & { tunnelSignal?: AbortSignal },
    connected?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const { tunnelSignal: signal } = options;
    // A call that is over must not keep its request to the proxy. The base class reads this property at once.
    this.proxyRequestOptions = { ...this.#trust, ...(signal ? { signal } : {}) };
    return super.createConnection({ ...options, timeout: CONNECT_MS }, (error, socket) =>
      connected?.(error === null ? null : this.#failure(error, options.host), socket),
    );
  }

  #failure({ message, code }: Error & { code?: string }, host: RequestOptions['host']): WxPayError {
    const status = /^Bad response: (\d{3})$/.exec(message)?.[1];
    const what = status === undefined ? `was not reached (${code ?? 'no answer'})` : `refused (HTTP status ${status})`;
    const advice =
      status === '407'
        ? this.#proxy.username === ''
          ? 'write its user and password into its address'
          : 'check its user and password'
        : `check its address, and whether it allows ${host}`;
    return new WxPayError({
      code: 'ERR_NETWORK',
      outcome: 'not-sent',
      message: `the proxy ${this.#proxy.host} ${what}; ${advice}`,
    });
  }
}
