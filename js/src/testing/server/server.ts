// A server on a port of this machine: node:http or node:https, with a handler of Request and Response.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createCollector } from '../wire/body.js';
import type { CertifiedKey } from './authority.js';
import type { Door } from './door.js';
import type { Peer } from './peer.js';

/** A running server. */
export interface ListeningGateway {
  /** `http://127.0.0.1:8080`, or `https:` with TLS, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and closes open connections. */
  close(): Promise<void>;
}

/** Answers a request of a sender. */
export type Handler = (request: Request, peer: Peer) => Promise<Response>;

/** The parts of a server. */
export interface ListenParts {
  /** Refuses before the body is read. */
  readonly door: Door;
  /** 0 for any free port. */
  readonly port: number;
  /** The server's certificate, and the authority of client certificates. Undefined means plain HTTP. */
  readonly tls: (CertifiedKey & { readonly ca: string }) | undefined;
  /** Whether calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
}

/** Listens on loopback only, on this port or any free one. Rejects if the port is taken. */
export async function listenOnLoopback(
  handle: Handler,
  { door, port, tls, demandsCertificate }: ListenParts,
): Promise<ListeningGateway> {
  const protocol = tls === undefined ? 'http:' : 'https:';
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const knock = {
      method: incoming.method ?? 'GET',
      // A query may contain an AppSecret, which must not be in an event.
      path: pathOf(incoming).split('?', 1).join(''),
      header: (name: string) => incoming.headers[name]?.toString(),
      protocol,
      host: incoming.headers.host,
      port: portOf(server),
    };
    const work = (showsPage: boolean) => {
      const browser = { sendsJson: /^application\/json\s*(;|$)/i.test(incoming.headers['content-type'] ?? '') };
      const target = pathOf(incoming);
      const peer = {
        demandsCertificate,
        certificateOf: certificateOf(incoming),
        target,
        origin: `${protocol}//${incoming.headers.host ?? `127.0.0.1:${portOf(server)}`}`,
        ...(showsPage && { browser }),
      };
      return answer(incoming, (request) => handle(request, peer));
    };
    // The sender closed the connection, or a failure resets it: there is no answer.
    writeResponse(door.pass(knock, work), outgoing).catch(() => outgoing.destroy());
  };
  // TLS accepts any client certificate or none: most calls need none, and the others answer in XML.
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `${protocol}//127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        // An error means that it was closed already.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

/** Returns the merchant number in a client certificate of this gateway's own authority. */
function certificateOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const commonName: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof commonName === 'string' ? commonName : undefined;
}

/** Returns the path. The host is ignored: all of WeChat's hosts are here. */
function pathOf({ url }: IncomingMessage): string {
  return url?.startsWith('/') ? url : '/';
}

async function answer(incoming: IncomingMessage, handle: (request: Request) => Promise<Response>): Promise<Response> {
  const method = incoming.method ?? 'GET';
  const body = await readIncoming(incoming);
  if (METHODS_WITHOUT_REQUEST.has(method)) {
    return new Response('Method Not Allowed', { status: 405, headers: { 'content-type': 'text/plain' } });
  }
  // WeChat's checks depend on these headers only.
  const headers = HEADERS.flatMap((name): [string, string][] => {
    const value = incoming.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const init = method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body };
  return handle(new Request(`http://127.0.0.1${pathOf(incoming)}`, init));
}

async function writeResponse(answered: Promise<Response>, outgoing: ServerResponse): Promise<void> {
  const response = await answered;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const HEADERS = ['authorization', 'accept', 'user-agent', 'content-type', 'wechatpay-serial'];

/** A Request cannot be made with these. CONNECT does not come this far. */
const METHODS_WITHOUT_REQUEST = new Set(['TRACE', 'TRACK']);

/**
 * Reads the body to its end, but keeps only one byte more than the limit. If it closed the connection earlier, the sender would
 * see an error where WeChat answers.
 */
async function readIncoming(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const collected = createCollector();
  for await (const chunk of incoming as AsyncIterable<Buffer>) collected.add(chunk);
  return collected.bytes();
}
