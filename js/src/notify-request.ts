// A request that may carry a notice, whatever server it comes from; and what it is refused with.
import { type ErrorCode, WxPayError } from './errors.js';
import { joined } from './joined.js';

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
export const brokeOff = (cause: unknown) => new Refusal('ERR_XML', 'the body broke off', 200, cause);

/** Somebody else has read the body, and what was signed are its bytes. `mount`: how that is avoided there. */
export const eaten = (mount = 'mount the handler before whatever reads it') =>
  new Refusal('ERR_XML', `the body was read already, probably by a body parser, and its raw bytes are lost; ${mount}`);

/** A web `Request` as the handler takes it; what is none has a body that cannot be read. */
export function webRequest(request: Request): NoticeRequest {
  let reader: ReadableStreamDefaultReader<unknown> | undefined;
  const method = methodOf(request);
  if (method === undefined) return UNKNOWN;
  return {
    method,
    header: (name) => request.headers.get(name) ?? undefined,
    async read(limit) {
      if (request.bodyUsed || request.body?.locked) throw eaten();
      if (!request.body) return new Uint8Array();
      reader = request.body.getReader();
      return collect(reader, limit);
    },
    abandon() {
      // A stream that has failed, or fails now, has nothing more to say.
      (reader ?? request.body)?.cancel().catch(() => {});
    },
  };
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

async function collect(reader: ReadableStreamDefaultReader<unknown>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw brokeOff(cause);
    });
    if (done) return joined(parts, size);
    if (!ArrayBuffer.isView(value)) throw new Refusal('ERR_XML', 'the body is not made of bytes');
    size += value.byteLength;
    if (size > limit) throw tooLarge(limit);
    parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
}
