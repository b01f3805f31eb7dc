// The gateway on a port of this machine: node:http or node:https to a handler of Request and Response.

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
  /** Such as `http://127.0.0.1:8080`, or `https:` with TLS, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends the connections that are open. */
  close(): Promise<void>;
}

/** Answers a request of somebody. */
export type Handler = (request: Request, peer: Peer) => Promise<Response>;

/** How to listen. */
export interface ListenParts {
  /** Refuses before the body is read. */
  readonly door: Door;
  /** 0 for any free port. */
  readonly port: number;
  /** The server's certificate, and the authority of the clients' ones; without them there is no TLS. */
  readonly tls: (CertifiedKey & { readonly ca: string }) | undefined;
  /** Whether the calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
}

/** Listens on loopback only, on the given port or on any free one. Rejects where the port is taken. */
export async function listenOnLoopback(
  handle: Handler,
  { door, port, tls, demandsCertificate }: ListenParts,
): Promise<ListeningGateway> {
  const protocol = tls === undefined ? 'http:' : 'https:';
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const knock = {
      method: incoming.method ?? 'GET',
      // A query may hold an AppSecret, which no event does.
      path: pathOf(incoming).split('?', 1).join(''),
      header: (name: string) => incoming.headers[name]?.toString(),
      protocol,
      host: incoming.headers.host,
      port: portOf(server),
    };
    const work = (showsPage: boolean) => {
      const browser = { sendsJson: /^application\/json\s*(;|$)/i.test(incoming.headers['content-type'] ?? '') };
      const peer = { demandsCertificate, certificateOf: certificateOf(incoming), ...(showsPage && { browser }) };
      return answer(incoming, (request) => handle(request, peer));
    };
    // A sender who goes away in the middle of his request, or a reset that was asked for: nobody is left to answer.
    writeResponse(door.pass(knock, work), outgoing).catch(() => outgoing.destroy());
  };
  // A client without a certificate, or with a strange one, is let in: most calls need none, and the others say so in XML.
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
        // An error means that it was closed before, which is what was asked for.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

/** The merchant number in the client's certificate, where it shows one of this gateway's own authority. */
function certificateOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const commonName: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof commonName === 'string' ? commonName : undefined;
}

/** Only the path counts: whatever host the client thinks it speaks to, the merchant's or the mini program's, is here. */
function pathOf({ url }: IncomingMessage): string {
  return url?.startsWith('/') ? url : '/';
}

async function answer(incoming: IncomingMessage, handle: (request: Request) => Promise<Response>): Promise<Response> {
  const method = incoming.method ?? 'GET';
  const body = await readIncoming(incoming);
  if (METHODS_WITHOUT_REQUEST.has(method)) {
    return new Response('Method Not Allowed', { status: 405, headers: { 'content-type': 'text/plain' } });
  }
  // No check of WeChat's depends on a header, so none is handed on.
  const init = method === 'GET' || method === 'HEAD' ? { method } : { method, body };
  return handle(new Request(`http://127.0.0.1${pathOf(incoming)}`, init));
}

async function writeResponse(answered: Promise<Response>, outgoing: ServerResponse): Promise<void> {
  const response = await answered;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

/** A Request cannot be made with these. CONNECT does not come this far. */
const METHODS_WITHOUT_REQUEST = new Set(['TRACE', 'TRACK']);

/**
 * Reads the body to its end but keeps only a little more than the gateway takes: a sender that is cut off while it still
 * writes would see a broken connection where WeChat gives an answer.
 */
async function readIncoming(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const collected = createCollector();
  for await (const chunk of incoming as AsyncIterable<Buffer>) collected.add(chunk);
  return collected.bytes();
}
