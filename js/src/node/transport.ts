// The transport of Node: a function in the shape of fetch, over node:https. Node's built-in fetch takes 40 ms to load.
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline, type Transform } from 'node:stream';
import { configError } from '../errors.js';
import { wrongStatus } from '../http/exchange.js';
import type { Route, Transport } from '../http/host.js';
import type { Progress, Reply, Send, Sending } from '../http/send.js';
import { own } from '../own.js';
import { type Identity, identityOf } from './identity.js';
import { authorities } from './pem.js';
import { CONNECT_MS, checkedProxy, environmentProxy, Tunnel } from './proxy.js';

/**
 * Makes the transport of one client. The certificate is sent to the https:// addresses of `baseUrls` only. Redirects are not
 * followed. Throws `ERR_CONFIG` for options that cannot work. Before each request it awaits `turns`: meanwhile Node notices
 * connections that servers closed.
 */
export function transport({ baseUrls, certificate, ca, proxy, agent }: Route, turns: () => Promise<void>): Transport {
  const trust = authorities('ca', ca);
  const way = { trust, agentOf: agents(proxy, agent, trust), turns, identity: undefined };
  const send: Send = (url, init, progress) => sent(url, init, way, progress);
  if (certificate === undefined) return { send, sendCertified: undefined };
  if (typeof certificate !== 'object' || certificate === null)
    throw configError('certificate', 'must be { cert, key } or { pfx, passphrase }');
  const shown = own(certificate);
  const identity = identityOf(shown);
  const certified = { ...way, trust: authorities('certificate', shown.ca) ?? trust, identity };
  const origins = new Set(baseUrls.map((url) => new URL(url).origin).filter((origin) => origin.startsWith('https:')));
  return {
    send,
    async sendCertified(url, init, progress) {
      const { origin } = new URL(url);
      if (!origins.has(origin))
        throw configError('certificate', `is sent to the https:// addresses of baseUrls only, not to ${origin}`);
      return sent(url, init, certified, progress);
    },
  };
}

/** How a request is connected: authorities to trust, agent, certificate. */
interface Way {
  /** The authorities to trust instead of the public ones. */
  trust: string[] | undefined;
  agentOf(url: URL): Agent;
  turns(): Promise<void>;
  /** The certificate, if the call needs it. */
  identity: Identity | undefined;
}

/**
 * The longest idle time of a kept connection in milliseconds, as in Node's built-in fetch. The server's Keep-Alive may lower it. If
 * the server closes a connection during a call, the outcome of that call is unknown.
 */
const IDLE_MS = 4_000;
const KEPT = { keepAlive: true, timeout: IDLE_MS };
/** All clients share these agents. Node separates connections by authority and certificate. */
const plainAgent = new PlainAgent(KEPT);
const secureAgent = new Agent(KEPT);

/** Returns a function that chooses the agent for an https:// address: the caller's own, a tunnel, or the shared agent. */
function agents(proxy: unknown, agent: unknown, ca: string[] | undefined): (url: URL) => Agent {
  if (agent !== undefined) {
    if (proxy !== undefined) throw configError('proxy', 'cannot be used together with agent; pass one of the two');
    checkAgent(agent, ca);
    // Its options may change after the client was made.
    return () => checkAgent(agent, ca);
  }
  const given = proxy === undefined ? undefined : checkedProxy('proxy', proxy);
  const tunnels = new Map<string, Tunnel>();
  return (url) => {
    const through = given === undefined ? environmentProxy(url) : given;
    if (through === null) return secureAgent;
    const tunnel = tunnels.get(through.href) ?? new Tunnel(through, ca, KEPT);
    tunnels.set(through.href, tunnel);
    return tunnel;
  };
}

/**
 * Returns the caller's agent. Throws `ERR_CONFIG` if the agent would change which servers are trusted, or which certificate is
 * sent.
 */
function checkAgent(agent: unknown, ca: string[] | undefined): Agent {
  const { addRequest, options = {} } = (agent ?? {}) as { addRequest?: unknown; options?: Record<string, unknown> };
  // Agents of proxies extend the one of node:http, and connect to https:// all the same.
  const isPlain = agent instanceof PlainAgent && Object.getPrototypeOf(agent) === PlainAgent.prototype;
  if (typeof addRequest !== 'function' || isPlain) throw configError('agent', 'must be an Agent of node:https');
  const { rejectUnauthorized, cert, key, pfx } = options;
  if (rejectUnauthorized === false)
    throw configError(
      'agent',
      'switches TLS checks off (rejectUnauthorized); pass the PEM of the authority as ca instead',
    );
  if ([cert, key, pfx].some((own) => own !== undefined))
    throw configError('agent', 'has a certificate of its own; pass it as the option certificate of the client');
  if (ca !== undefined && options.ca !== undefined)
    throw configError('agent', 'has its own ca; pass the authority as the option ca of the client only');
  return agent as Agent;
}

// WeChat does not need these headers, but a firewall before a server may require them.
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'paysign' };

/** Node writes no length for a DELETE with a body. The server would read the body as the next request. */
const lengthOf = (body: string | undefined) =>
  body === undefined ? undefined : { 'content-length': String(Buffer.byteLength(body)) };

async function sent(
  address: string,
  init: Sending,
  { trust, agentOf, turns, identity }: Way,
  progress: Progress = {},
): Promise<Reply> {
  progress.mayHaveLeft = false;
  // The server may have closed a kept connection while this process was busy. A call on it would have an unknown outcome.
  await turns();
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers, signal, body } = init;
    if (typeof body !== 'string' && body !== undefined)
      throw new TypeError('the body of a signed request must be text');
    const url = new URL(address);
    const { pathname } = url;
    const isSecure = url.protocol === 'https:';
    const options = {
      agent: isSecure ? agentOf(url) : plainAgent,
      method,
      headers: { ...HEADERS, ...lengthOf(body), ...(headers as Record<string, string>) },
      // Node does not pass the signal on to the agent, and a tunnel needs it.
      ...(signal ? { signal, tunnelSignal: signal } : {}),
      // These options are always set. So NODE_TLS_REJECT_UNAUTHORIZED cannot switch the check off, and a polluted Object.prototype
      // cannot add options.
      ...{ ca: trust, secureContext: undefined, auth: undefined, rejectUnauthorized: true },
      ...identity,
    };
    const answered = (answer: IncomingMessage) => {
      const { statusCode: status = 0 } = answer;
      answer.on('error', reject);
      if (status >= 200 && status <= 599) return resolve(replyOf(answer, status));
      answer.destroy();
      reject(wrongStatus(pathname, status));
    };
    const outgoing = isSecure ? request(address, options, answered) : plainRequest(address, options, answered);
    outgoing.on('socket', (socket) =>
      whenOpen(socket, isSecure, () => {
        progress.mayHaveLeft = true;
      }),
    );
    outgoing.on('error', reject);
    // If a server switches protocols unasked, Node emits neither an answer nor an error.
    outgoing.on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(wrongStatus(pathname, 101));
    });
    outgoing.on('close', () => reject(new Error('the connection closed')));
    outgoing.end(body);
  });
}

/**
 * Calls `opened` as soon as a connection is ready for a request. After CONNECT_MS the connection is closed, and the request is not
 * sent.
 */
function whenOpen(
  socket: Socket & { encrypted?: boolean; secureConnecting?: boolean },
  isSecure: boolean,
  opened: () => void,
): void {
  // The caller's agent may connect to a TLS proxy on this machine by a plain socket.
  const isTls = isSecure && socket.encrypted === true;
  if (!socket.connecting && !(isTls && socket.secureConnecting)) {
    opened();
    return;
  }
  const late = Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => socket.destroy(late), CONNECT_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.once(isTls ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    opened();
  });
}

function replyOf(answer: IncomingMessage, status: number): Reply {
  const { headers } = answer;
  const get = (name: string) => headers[name.toLowerCase()]?.toString() ?? null;
  return { status, headers: { get }, body: decoded(answer) };
}

/**
 * Returns the body without content encoding, as fetch does: some servers compress unasked. A gzip bill stays as it is: its answer has
 * no content-encoding header.
 */
function decoded(answer: IncomingMessage): IncomingMessage | Transform {
  if (!/^(x-)?gzip$|^deflate$/i.test(answer.headers['content-encoding'] ?? '')) return answer;
  const { constants, createUnzip } = require('node:zlib') as typeof import('node:zlib');
  // A truncated body is no error here, as with fetch. The code that reads the text must detect it.
  const lenient = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
  return pipeline(answer, createUnzip(lenient), () => {});
}
