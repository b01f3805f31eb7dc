// The gateway on a port of this machine: node:http or node:https to a handler of Request and Response.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertifiedKey } from './authority.js';
import { BODY_LIMIT_BYTES } from './body.js';
import type { Browser, Peer } from './peer.js';

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
  /** 0 for any free port. */
  readonly port: number;
  /** The server's certificate, and the authority of the clients' ones; without them there is no TLS. */
  readonly tls?: CertifiedKey & { readonly ca: string };
  /** Whether the calls that need a client certificate are refused without one. */
  readonly demandsCertificate: boolean;
}

/** Listens on loopback only, on the given port or on any free one. Rejects where the port is taken. */
export async function listenOnLoopback(
  handle: Handler,
  { port, tls, demandsCertificate }: ListenParts,
): Promise<ListeningGateway> {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const browser = browserOf(incoming, url());
    const peer = { demandsCertificate, certificateOf: certificateOf(incoming), ...(browser && { browser }) };
    // A sender who goes away in the middle of his request, or a reset that was asked for: nobody is left to answer.
    serve(incoming, outgoing, (request) => handle(request, peer)).catch(() => outgoing.destroy());
  };
  // A client without a certificate, or with a strange one, is let in: most calls need none, and the others say so in XML.
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener);
  const url = () => `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server)}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: url(),
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

/**
 * What the sender's browser says, where it calls the server by a name of this machine. A strange page whose own name was made
 * to lead here (DNS rebinding) still calls it by that name, and sees nothing.
 */
function browserOf({ headers }: IncomingMessage, url: string): Browser | undefined {
  const own = ['127.0.0.1', 'localhost'].map((name) => new URL(url.replace('127.0.0.1', name)));
  const called = own.find(({ host }) => host === headers.host);
  if (called === undefined) return undefined;
  const sendsJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  return { origin: called.origin, sentFrom: headers.origin, sendsJson };
}

/** The merchant number in the client's certificate, where it shows one of this gateway's own authority. */
function certificateOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const commonName: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof commonName === 'string' ? commonName : undefined;
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  const method = incoming.method ?? 'GET';
  const body = await readIncoming(incoming);
  if (METHODS_WITHOUT_REQUEST.has(method)) {
    outgoing.writeHead(405, { 'content-type': 'text/plain' }).end('Method Not Allowed');
    return;
  }
  // Only the path counts: whatever host the client thinks it speaks to, the merchant's or the mini program's, is here.
  const path = incoming.url?.startsWith('/') ? incoming.url : '/';
  // No check of WeChat's depends on a header, so none is handed on.
  const init = method === 'GET' || method === 'HEAD' ? { method } : { method, body };
  const response = await handle(new Request(`http://127.0.0.1${path}`, init));
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
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (length <= BODY_LIMIT_BYTES) kept.push(chunk);
    length += chunk.byteLength;
  }
  return Buffer.concat(kept);
}
