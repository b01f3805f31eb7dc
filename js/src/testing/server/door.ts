// Who comes in: programs of this machine, the gateway's own page, and pages of the origins that an option names.

import type { Tell } from '../events.js';
import { shown } from '../shown.js';
import { isThisMachine, portOf } from '../wire/loopback.js';
import { WECHAT_HOSTS } from './certificates.js';

/** A request, as far as it says who sent it. The browser writes these headers: no page changes them. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly protocol: string;
  /** The name and the port that were called; undefined where the sender names none. */
  readonly host: string | undefined;
  /** The server's port; undefined where there was no connection, and no name that could lead astray. */
  readonly port: number | undefined;
}

/** Lets in or refuses. */
export interface Door {
  /** Answers with a refusal, before any work, or as the work does, which hears whether it may show the page. */
  pass(knock: Knock, work: (showsPage: boolean) => Promise<Response>): Promise<Response>;
}

/** Makes the door. Throws a TypeError for an allowed origin that is none. */
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
      // HTTP/1.0 names no host, and no browser speaks it.
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
      if (isAllowed) response.headers.set('access-control-allow-origin', origin);
      return response;
    },
  };
}

/** Why a sender is refused that no option names, or undefined. */
function judge(origin: string | undefined, own: string | undefined, site: string | undefined): string | undefined {
  if (origin === 'null') {
    return `a page without an origin sent this (a file, a sandbox, a redirect); serve it, and name its origin: ${option('http://localhost:3000')}`;
  }
  if (origin !== undefined && origin !== own) {
    const name = shown(origin);
    return `a page of ${name} sent this; where it is yours, let it in: ${option(name)}`;
  }
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  return `a page elsewhere sent this (Sec-Fetch-Site: ${shown(site)}); type the address yourself, or fetch with CORS from an origin of allowOrigins`;
}

function strangeHost(host: string, port: number, address: URL | undefined): string {
  const what = `Host '${shown(host)}' is no name of this gateway; call 127.0.0.1:${port}`;
  return address === undefined ? what : `${what}, or let that name in: ${option(shown(address.origin))}`;
}

function option(origin: string): string {
  return `allowOrigins: ['${origin}'] or --allow-origin ${origin}`;
}

/** What a `Host` says, or undefined where it is no host and port. */
function readHost(protocol: string, host = ''): URL | undefined {
  const address = `${protocol}//${host}`;
  return /[/\\?#@\s]/.test(host) || !URL.canParse(address) ? undefined : new URL(address);
}

/** Nobody else's page can have such an address: a name that was made to lead here (DNS rebinding) stays another name. */
function isOwnAddress(address: URL, port: number | undefined): boolean {
  return isThisMachine(address.hostname) && (port === undefined || portOf(address) === port);
}

/** A client whose host is fixed is led here by its machine, and calls by WeChat's name. */
function isWechat(address: URL | undefined): boolean {
  return WECHAT_HOSTS.includes(address?.hostname ?? '');
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // With a slash at its end, as it is copied from a browser, it is the same origin.
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
  'access-control-allow-headers': '*',
  // Chromium asks for this before a page of another network reaches this machine.
  'access-control-allow-private-network': 'true',
  'access-control-max-age': '600',
};
