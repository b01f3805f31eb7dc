// Who sends a streamed bill: a web stream, a Node stream or another iterable, however it behaves.
import { WxPayError } from '../errors.js';

/** Bytes in pieces, none of them empty. After the last piece, `next` gives nothing. */
export interface Source {
  next(): Promise<Uint8Array | undefined>;
  /** Wants no more: a pending `next` gives nothing at once, and the sender is told, not waited for. It may be called again. */
  cancel(): void;
}

interface Sender {
  take(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  stop(): void;
}

/** More empty pieces in a row than any sender has a reason for: endless ones may never let another task run. */
const EMPTY_PIECES = 100_000;

/** The pieces of a web stream or of anything that can be awaited piece by piece, such as a Node stream. */
export function sourceOf(stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Source {
  const sender = senderOf(stream);
  let isDone = false;
  let leave = () => {};
  async function read(): Promise<Uint8Array | undefined> {
    for (let empty = 0; empty < EMPTY_PIECES; empty += 1) {
      const part = await taken();
      if (part === undefined) return undefined;
      const piece = bytesOf(part.value);
      if (piece.length > 0) return piece;
    }
    throw failure('ERR_NETWORK', 'the stream of the bill gives nothing but empty pieces; download the bill again');
  }
  async function taken(): Promise<{ value: unknown } | undefined> {
    if (isDone) return undefined;
    try {
      const { done, value } = await sender.take();
      if (!done) return { value };
      isDone = true;
      return undefined;
    } catch (cause) {
      isDone = true;
      throw failure('ERR_NETWORK', 'the stream of the bill failed; what was read is not the whole bill', cause);
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
      sender.stop();
    },
  };
}

/** Runs something that nobody waits for: neither what it throws nor what it rejects with matters to anybody. */
export function unawaited(run: () => unknown): void {
  (async () => run())().catch(() => undefined);
}

export function failure(code: 'ERR_BILL' | 'ERR_NETWORK', message: string, cause?: unknown): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, cause });
}

function senderOf(stream: unknown): Sender {
  let opened: Sender | undefined;
  try {
    opened = webSender(stream) ?? iterableSender(stream);
  } catch (cause) {
    throw streamError('not-sent', 'cannot be read; give a stream that is not locked and was not read before', cause);
  }
  if (opened) return opened;
  throw streamError(
    'not-sent',
    'must be a ReadableStream or an async iterable of bytes; parseBill reads text and bytes',
  );
}

function webSender(stream: unknown): Sender | undefined {
  const { getReader } = (stream ?? {}) as Partial<ReadableStream<Uint8Array>>;
  if (typeof getReader !== 'function') return undefined;
  const reader = getReader.call(stream) as ReadableStreamDefaultReader<Uint8Array>;
  return { take: () => reader.read(), stop: () => unawaited(() => reader.cancel()) };
}

/** What a Node stream has besides its pieces. */
interface NodeStream {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

function iterableSender(stream: unknown): Sender | undefined {
  const iterable = (stream ?? {}) as Partial<AsyncIterable<Uint8Array> & NodeStream>;
  const iterate = iterable[Symbol.asyncIterator];
  if (typeof iterate !== 'function') return undefined;
  const iterator = iterate.call(stream);
  return {
    take: () => iterator.next(),
    stop() {
      // The `return()` of an async generator waits for its pending `next()`: a stalled stream must be destroyed.
      if (typeof iterable.on === 'function' && typeof iterable.destroy === 'function') {
        // Without a listener, an error that the stream emits from now on would end the process.
        unawaited(() => iterable.on?.('error', () => undefined));
        unawaited(() => iterable.destroy?.());
      }
      unawaited(() => iterator.return?.());
    },
  };
}

/** A view of our own: a class of the sender's may say anything of its bytes. */
function bytesOf(value: unknown): Uint8Array {
  let cause: unknown;
  try {
    if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  } catch (error) {
    cause = error;
  }
  throw streamError(
    'unknown',
    'gives something else than bytes; let it give Uint8Arrays, and set no encoding on it',
    cause,
  );
}

function streamError(outcome: 'not-sent' | 'unknown', what: string, cause?: unknown): WxPayError {
  return new WxPayError({ code: 'ERR_PARAM', outcome, message: `stream: ${what}`, field: 'stream', cause });
}
