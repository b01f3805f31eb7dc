// The bridge from node:http to the notice handler. It makes no web Request or Response: that takes longer than handling a notice.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { configError } from '../errors.js';
import { Collected } from '../http/collected.js';
import { asBytes } from '../http/pieces.js';
import type { NotifyHandler } from '../notices/handler.js';
import {
  bodyKept,
  brokeOff,
  eaten,
  type NoticeReply,
  type NoticeRequest,
  Refusal,
  tooLarge,
} from '../notices/request.js';

/** A request of node:http. */
export type NodeRequest = IncomingMessage;

/** A response of node:http. */
export type NodeResponse = ServerResponse;

/** The parts of a request that a framework has parsed before the handler is called. */
export interface Parsed {
  /** The raw body that a parser has kept: bytes, or their text in UTF-8. It is used if the body was read already. */
  rawBody?: unknown;
  /** The result of a parser. It is used if it is raw bytes or their text. */
  body?: unknown;
  /** How to mount the handler correctly. The error message contains this text if the raw body is lost. */
  mount?: string | undefined;
}

/**
 * Makes the handler a listener of node:http: `createServer(nodeHandler(handler))`. The listener is a middleware too: mount it before
 * any body parser. If a parser has read the body, this listener uses `request.rawBody` and `request.body`, or the result of `parsed`.
 */
export function nodeHandler<R extends NodeRequest>(
  handler: NotifyHandler,
  parsed: (request: R) => Parsed = ({ rawBody, body }: R & Parsed) => ({ rawBody, body }),
): (request: R, response: NodeResponse) => Promise<void> {
  checkHandler(handler);
  return async (request, response) => {
    const { status, headers, body } = await answerNode(handler, request, parsed(request));
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Returns the answer to a request of node:http, for frameworks that write answers themselves. */
export async function answerNode(
  handler: NotifyHandler,
  request: NodeRequest,
  { rawBody, body, mount }: Parsed = {},
): Promise<NoticeReply> {
  checkHandler(handler);
  if (!(request instanceof Readable)) throw configError('request', 'must be an IncomingMessage of node:http');
  const reply = await handler.answer({
    method: request.method ?? '',
    url: pathOf(request),
    header: (name) => request.headers[name]?.toString(),
    async read(limit) {
      if (!request.readableDidRead) return readBytes(request, limit);
      const raw = bodyKept(rawBody, limit);
      // A parser may leave an empty text instead of the raw body.
      const kept = raw?.length ? raw : (bodyKept(body, limit) ?? raw);
      if (kept === undefined) throw eaten(mount);
      return kept;
    },
    // The answer closes the connection if the body is not complete.
    abandon() {},
  } satisfies NoticeRequest);
  // The rest of a body is not read.
  return request.complete ? reply : { ...reply, headers: { ...reply.headers, connection: 'close' } };
}

/** Express cuts the part off at which a router is mounted, and keeps the whole. */
function pathOf(request: NodeRequest & { originalUrl?: unknown }): string | undefined {
  const { originalUrl, url } = request;
  return typeof originalUrl === 'string' ? originalUrl : url;
}

function checkHandler(handler: NotifyHandler): void {
  if (typeof handler?.answer !== 'function') throw configError('handler', 'must be the result of notifyHandler()');
}

/** Reads the raw body, at most `limit` bytes. Rejects with a `Refusal` for each fault. */
export function readBytes(request: NodeRequest, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (request.readableDidRead) return reject(eaten());
    if (request.destroyed) return reject(brokeOff(request.errored));
    const collected = new Collected(limit);
    request.on('data', (part: unknown) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : asBytes(part);
      if (bytes === undefined) return reject(new Refusal('ERR_XML', 'the body is not made of bytes'));
      // Later pieces are dropped.
      if (!collected.add(bytes)) reject(tooLarge(limit));
    });
    request.on('end', () => resolve(collected.bytes()));
    request.on('error', (error) => reject(brokeOff(error)));
    // 'close' follows every 'end' too. `readableEnded` is checked first, because making an error takes time.
    request.on('close', () => request.readableEnded || reject(brokeOff(undefined)));
  });
}
