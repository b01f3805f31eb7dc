// A request that may be a notice, from any kind of server, and the reasons to refuse one.

import { type ErrorCode, WxPayError } from '../errors.js';
import { Collected } from '../http/collected.js';
import { asBytes, discard, type Pieces, piecesOf } from '../http/pieces.js';

/** The part of a request that the handler uses. An adapter makes it from the request of its server. */
export interface NoticeRequest {
  readonly method: string;
  /** The path and the query, or the whole URL. Default empty. */
  readonly url?: string | undefined;
  /** Returns a header by its name in lower case. */
  header(name: string): string | undefined;
  /** Reads the raw body. Rejects with a `Refusal` if the body is larger than the limit, and never keeps more bytes than that. */
  read(limit: number): Promise<Uint8Array>;
  /** Discards the rest of the body, after the answer was decided. */
  abandon(): void;
}

/** The answer to a request. */
export interface NoticeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The reason to refuse a request, with the HTTP status. WeChat treats every answer as a failure, except the one that means
 * success.
 */
export class Refusal extends Error {
  /** The error for the operator. */
  readonly error: WxPayError;
  /** The HTTP status. Without one, the answer has the status of its API generation. */
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, status?: number, cause?: unknown) {
    super(message);
    this.error = new WxPayError({ code, outcome: 'unknown', message, cause });
    this.status = status;
  }
}

/** The body is larger than any notice. */
export const tooLarge = (limit: number) =>
  new Refusal('ERR_XML', `the body is larger than ${limit} bytes, so it is not a notice`, 413);

/** The connection closed before the body was complete. */
export const brokeOff = (cause: unknown) =>
  new Refusal('ERR_XML', 'the connection closed before the whole body arrived', undefined, cause);

/** Other code has read the body, and its signed bytes are lost. `mount`: how to avoid that on this server. */
export const eaten = (mount = 'mount the handler before the code that reads the body') =>
  new Refusal('ERR_XML', `the body was read already, probably by a body parser, and its raw bytes are lost; ${mount}`);

/** Makes a `NoticeRequest` from a web `Request`. For any other object, reading the body fails. */
export function webRequest(request: Request): NoticeRequest {
  let pieces: Pieces | undefined;
  const method = methodOf(request);
  if (method === undefined) return UNKNOWN;
  return {
    method,
    url: request.url,
    header: (name) => request.headers.get(name) ?? undefined,
    async read(limit) {
      const body: unknown = request.body;
      if (request.bodyUsed || request.body?.locked) throw eaten();
      const kept = bodyKept(body, limit);
      if (kept !== undefined) return kept;
      if (body === null || body === undefined) return new Uint8Array();
      pieces = piecesOf(body);
      if (pieces === undefined)
        throw new Refusal('ERR_XML', 'the body is not a stream of bytes; pass the request on as it came');
      return collect(pieces, limit);
    },
    abandon() {
      if (pieces === undefined) discard(request.body);
      else pieces.cancel();
    },
  };
}

/**
 * Returns the bytes of a body that other code has read already. Returns `undefined` if the body is neither bytes nor text.
 * Text is encoded as UTF-8 again. If it was decoded wrongly, its signature fails.
 */
export function bodyKept(body: unknown, limit: number): Uint8Array | undefined {
  // In UTF-8 each character has at least one byte, so this check needs no encoding.
  if (typeof body === 'string' && body.length > limit) throw tooLarge(limit);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : asBytes(body);
  if (bytes !== undefined && bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

function methodOf(request: Request): string | undefined {
  try {
    return typeof request.headers.get === 'function' ? String(request.method) : undefined;
  } catch {
    return undefined;
  }
}

const UNKNOWN: NoticeRequest = {
  method: 'POST',
  header: () => undefined,
  read: () =>
    Promise.reject(
      new Refusal('ERR_CONFIG', 'the handler takes a web Request; on a server of node:http mount nodeHandler(handler)'),
    ),
  abandon() {},
};

async function collect(pieces: Pieces, limit: number): Promise<Uint8Array> {
  const collected = new Collected(limit);
  for (;;) {
    const piece = await pieces.next().catch((cause: unknown) => {
      throw brokeOff(cause);
    });
    if (piece === undefined) return collected.bytes();
    const bytes = asBytes(piece);
    if (bytes === undefined)
      throw new Refusal('ERR_XML', 'the body does not consist of bytes; pass the request on as it came');
    if (!collected.add(bytes)) throw tooLarge(limit);
  }
}
