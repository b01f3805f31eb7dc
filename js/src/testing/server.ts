// The gateway on a port of this machine: node:http to a handler of Request and Response.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BODY_LIMIT_BYTES } from './body.js';

/** A running server. */
export interface ListeningGateway {
  /** Such as `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends the connections that are open. */
  close(): Promise<void>;
}

/** Listens on loopback only, on the given port or on any free one. Rejects where the port is taken. */
export async function listenOnLoopback(
  handle: (request: Request) => Promise<Response>,
  port: number,
): Promise<ListeningGateway> {
  const server = createServer((incoming, outgoing) => {
    // A sender who goes away in the middle of his request is the one thing that can go wrong here: nobody is left to answer.
    serve(incoming, outgoing, handle).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        // An error means that it was closed before, which is what was asked for.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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
