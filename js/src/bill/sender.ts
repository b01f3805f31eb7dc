// The sender of a streamed bill: a web stream, a Node stream or another iterable, however it behaves.
import { WxPayError } from '../errors.js';
import { asBytes, type Pieces, piecesOf } from '../http/pieces.js';

/** Bytes in pieces that are not empty. After the last piece, `next` returns undefined. */
export interface Source {
  next(): Promise<Uint8Array | undefined>;
  /** Cancels. A pending `next` returns undefined at once; the sender is cancelled, but not awaited. May be called again. */
  cancel(): void;
}

/** The most empty pieces in a row: endless empty pieces could block all other tasks. */
const EMPTY_PIECES = 100_000;

/** The pieces of a web stream or of any async iterable, such as a Node stream. */
export function sourceOf(stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Source {
  const pieces = opened(stream);
  let isDone = false;
  let leave = () => {};
  async function read(): Promise<Uint8Array | undefined> {
    for (let empty = 0; empty < EMPTY_PIECES; empty += 1) {
      const part = await taken();
      if (part === undefined) return undefined;
      const piece = pieceBytes(part);
      if (piece.length > 0) return piece;
    }
    throw failure('ERR_NETWORK', 'the stream of the bill sends only empty chunks; download the bill again');
  }
  async function taken(): Promise<unknown> {
    if (isDone) return undefined;
    try {
      const piece = await pieces.next();
      isDone ||= piece === undefined;
      return piece;
    } catch (cause) {
      isDone = true;
      // The error of a download has its own text.
      if (cause instanceof WxPayError) throw cause;
      throw failure('ERR_NETWORK', 'the stream of the bill failed before its end; download the bill again', cause);
    }
  }
  return {
    next() {
      return new Promise((resolve, reject) => {
        leave = () => resolve(undefined);
        read().then(resolve, reject);
      });
    },
    cancel() {
      leave();
      if (isDone) return;
      isDone = true;
      pieces.cancel();
    },
  };
}

export function failure(code: 'ERR_BILL' | 'ERR_NETWORK', message: string, cause?: unknown): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, cause });
}

function opened(stream: unknown): Pieces {
  let pieces: Pieces | undefined;
  try {
    pieces = piecesOf(stream);
  } catch (cause) {
    throw streamError('not-sent', 'cannot be read; pass a stream that is not locked and was not read before', cause);
  }
  if (pieces) return pieces;
  throw streamError(
    'not-sent',
    'must be a ReadableStream or an async iterable of bytes; parseBill reads text and bytes',
  );
}

function pieceBytes(value: unknown): Uint8Array {
  let cause: unknown;
  try {
    const bytes = asBytes(value);
    if (bytes !== undefined) return bytes;
  } catch (error) {
    cause = error;
  }
  throw streamError('unknown', 'has a chunk that is not a Uint8Array; set no encoding on the stream', cause);
}

function streamError(outcome: 'not-sent' | 'unknown', what: string, cause?: unknown): WxPayError {
  return new WxPayError({ code: 'ERR_PARAM', outcome, message: `stream: ${what}`, field: 'stream', cause });
}
