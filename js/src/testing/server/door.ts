// The check of senders: programs of this machine, the gateway's own page, and pages of allowed origins.

import type { Tell } from '../events.js';
import { shown } from '../shown.js';
import { isThisMachine, portOf } from '../wire/loopback.js';
import { WECHAT_HOSTS } from './certificates.js';

/** The parts of a request that identify its sender. The browser writes these headers, and no page can change them. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly protocol: string;
  /** The host and the port of the call. Undefined if the sender names no host. */
  readonly host: string | undefined;
  /** The server's port. Undefined for a call without a connection, where DNS cannot mislead. */
  readonly port: number | undefined;
}

/** The check of senders. */
export interface Door {
  /** Refuses a request before any work, or runs the work. `showsPage` says whether the work may return the page. */
  pass(knock: Knock, work: (showsPage: boolean) => Promise<Response>): Promise<Response>;
}

/** Makes the door. Throws a TypeError for an invalid origin. */
export function createDoor(allowOrigins: readonly string[], tell: Tell): Door {
  const origins = new Set(allowOrigins.map(readOrigin));
  const hosts = new Set([...origins].map((origin) => new URL(origin).host));

  return {
    async pass({ method, path, header, protocol, host, port }, work) {
      const address = readHost(protocol, host);
      const isOwn = address !== undefined && isOwnAddress(address, port);
      const isNamed = address !== undefined && hosts.has(address.host);
      const origin = header('origin');
      const isAllowed = origin !== undefined && origins.has(origin);
      // HTTP/1.0 names no host, and browsers do not use it.
      const isStrange = port !== undefined && host !== undefined && !isOwn && !isNamed && !isWechat(address);
      const reason = isStrange
        ? strangeHost(host, port, address)
        : isAllowed
          ? undefined
          : judge(origin, isOwn ? address.origin : undefined, header('sec-fetch-site'));
      if (reason !== undefined) {
        tell({ type: 'refused', path, reason });
        return new Response(`${reason}\n`, { status: 403, headers: REFUSAL });
      }
      const isPreflight = isAllowed && method === 'OPTIONS' && header('access-control-request-method') !== undefined;
      const response = isPreflight
        ? new Response(null, { status: 204, headers: PREFLIGHT })
        : await work(isOwn || isNamed);
      if (origins.size > 0) response.headers.set('vary', 'Origin');
      if (isAllowed) {
        response.headers.set('access-control-allow-origin', origin);
        // The signature of an answer of APIv3 is in its headers.
        response.headers.set('access-control-expose-headers', '*');
      }
      return response;
    },
  };
}

/** Returns why a sender that no option names is refused, or undefined. */
function judge(origin: string | undefined, own: string | undefined, site: string | undefined): string | undefined {
  if (origin === 'null') {
    return `a page without an origin sent this (a file, a sandbox, a redirect); serve it, and allow its origin: ${option('http://localhost:3000')}`;
  }
  if (origin !== undefined && origin !== own) {
    const name = shown(origin);
    return `a page of ${name} sent this; if it is yours, allow it: ${option(name)}`;
  }
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  return `a page from elsewhere sent this (Sec-Fetch-Site: ${shown(site)}); type the address yourself, or fetch with CORS from an origin of allowOrigins`;
}

function strangeHost(host: string, port: number, address: URL | undefined): string {
  const what = `Host '${shown(host)}' is not a name of this gateway; call 127.0.0.1:${port}`;
  return address === undefined ? what : `${what}, or allow that name: ${option(shown(address.origin))}`;
}

function option(origin: string): string {
  return `allowOrigins: ['${origin}'] or --allow-origin ${origin}`;
}

/** Reads a `Host`, or returns undefined if it is not a host and port. */
function readHost(protocol: string, host = ''): URL | undefined {
  const address = `${protocol}//${host}`;
  return /[/\\?#@\s]/.test(host) || !URL.canParse(address) ? undefined : new URL(address);
}

/** Foreign pages cannot have such an address: after DNS rebinding the name of a page is still another one. */
function isOwnAddress(address: URL, port: number | undefined): boolean {
  return isThisMachine(address.hostname) && (port === undefined || portOf(address) === port);
}

/** A client with fixed hosts, which its machine redirects here, calls WeChat's name. */
function isWechat(address: URL | undefined): boolean {
  return WECHAT_HOSTS.includes(address?.hostname ?? '');
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A slash at the end, as copied from a browser, is accepted.
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin && !url.hostname.includes('*')) return url.origin;
  throw new TypeError(
    `createGateway: allowOrigins has '${shown(text)}'; name each origin in full, as in http://localhost:3000`,
  );
}

const REFUSAL = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST',
  // The star covers every header but this one (Fetch, CORS protocol).
  'access-control-allow-headers': '*, Authorization',
  // Chromium asks for this before a page of another network reaches this machine.
  'access-control-allow-private-network': 'true',
  'access-control-max-age': '600',
};
