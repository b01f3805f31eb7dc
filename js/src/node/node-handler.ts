// The bridge from node:http to the notice handler. It passes on what is needed and makes no web objects, which cost more than a notice.
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

/** What a framework has made of a request by the time the handler gets it. */
export interface Parsed {
  /** The raw body that a parser has kept: bytes, or their text in UTF-8. It is used when the body was read already. */
  rawBody?: unknown;
  /** The body as a parser has left it; used when it is raw bytes or their text. */
  body?: unknown;
  /** How the handler is mounted right, for the operator, where nothing raw was kept. */
  mount?: string | undefined;
}

/**
 * The handler as a listener of node:http: `createServer(nodeHandler(handler))`, or a middleware that is mounted before any body parser.
 * Where a parser has read the body all the same, `request.rawBody` and `request.body` are looked at, or what `parsed` returns.
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

/** The answer to a request of node:http, for frameworks that write their answers themselves. */
export async function answerNode(
  handler: NotifyHandler,
  request: NodeRequest,
  { rawBody, body, mount }: Parsed = {},
): Promise<NoticeReply> {
  checkHandler(handler);
  if (!(request instanceof Readable)) throw configError('request', 'must be one of node:http');
  const reply = await handler.answer({
    method: request.method ?? '',
    header: (name) => request.headers[name]?.toString(),
    async read(limit) {
      if (!request.readableDidRead) return readBytes(request, limit);
      const raw = bodyKept(rawBody, limit);
      // A parser that keeps nothing may leave an empty text.
      const kept = raw?.length ? raw : (bodyKept(body, limit) ?? raw);
      if (kept === undefined) throw eaten(mount);
      return kept;
    },
    // The answer closes the connection when the body is not complete.
    abandon() {},
  } satisfies NoticeRequest);
  // What is left of a body is not waited for.
  return request.complete ? reply : { ...reply, headers: { ...reply.headers, connection: 'close' } };
}

function checkHandler(handler: NotifyHandler): void {
  if (typeof handler?.answer !== 'function') throw configError('handler', 'must be what notifyHandler() gives');
}

/** The raw body, at most so many bytes; what is wrong with it is a `Refusal`. */
export function readBytes(request: NodeRequest, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (request.readableDidRead) return reject(eaten());
    if (request.destroyed) return reject(brokeOff(request.errored));
    const collected = new Collected(limit);
    request.on('data', (part: unknown) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : asBytes(part);
      if (bytes === undefined) return reject(new Refusal('ERR_XML', 'the body is not made of bytes'));
      // Whatever still comes is dropped as it comes.
      if (!collected.add(bytes)) reject(tooLarge(limit));
    });
    request.on('end', () => resolve(collected.bytes()));
    request.on('error', (error) => reject(brokeOff(error)));
    // It comes after every end too, and an error is not made for nothing.
    request.on('close', () => request.readableEnded || reject(brokeOff(undefined)));
  });
}
