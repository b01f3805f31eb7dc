// A request that may carry a notice, whatever server it comes from; and what it is refused with.

import { type ErrorCode, WxPayError } from '../errors.js';
import { Collected } from '../http/collected.js';
import { asBytes, discard, type Pieces, piecesOf } from '../http/pieces.js';

/** What the handler needs of a request. A bridge makes one of what its server gives. */
export interface NoticeRequest {
  readonly method: string;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** Reads the raw body. It rejects with a `Refusal` once there are more bytes than the limit, and holds no more than that. */
  read(limit: number): Promise<Uint8Array>;
  /** The answer is decided, and what is left of the body is not wanted. */
  abandon(): void;
}

/** What is answered. */
export interface NoticeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why a request is refused, with the HTTP status for it. WeChat takes everything but its own word of success for a failure. */
export class Refusal extends Error {
  /** What the operator is told. */
  readonly error: WxPayError;
  /** The HTTP status. */
  readonly status: number;

  constructor(code: ErrorCode, message: string, status = 200, cause?: unknown) {
    super(message);
    this.error = new WxPayError({ code, outcome: 'unknown', message, cause });
    this.status = status;
  }
}

/** The body is larger than any notice. */
export const tooLarge = (limit: number) => new Refusal('ERR_XML', `the body is larger than ${limit} bytes`, 413);

/** The connection ended before the body did. */
export const brokeOff = (cause: unknown) =>
  new Refusal('ERR_XML', 'the connection closed before the whole body arrived', 200, cause);

/** Somebody else has read the body, and what was signed are its bytes. `mount`: how that is avoided there. */
export const eaten = (mount = 'mount the handler before whatever reads it') =>
  new Refusal('ERR_XML', `the body was read already, probably by a body parser, and its raw bytes are lost; ${mount}`);

/** A web `Request` as the handler takes it; what is none has a body that cannot be read. */
export function webRequest(request: Request): NoticeRequest {
  let pieces: Pieces | undefined;
  const method = methodOf(request);
  if (method === undefined) return UNKNOWN;
  return {
    method,
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
 * A body that somebody has read already, where nothing of it is lost: its bytes, or their text. The text is encoded as UTF-8 again; one
 * that was decoded wrongly then fails its signature.
 */
export function bodyKept(body: unknown, limit: number): Uint8Array | undefined {
  // A character is at least one byte.
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
    if (bytes === undefined) throw new Refusal('ERR_XML', 'the body is not made of bytes');
    if (!collected.add(bytes)) throw tooLarge(limit);
  }
}
