// Where a streamed bill comes from: web streams, Node streams and other iterables, gzip or plain, within limits.
import { paramError, WxPayError } from '../errors.js';

/** Bytes in pieces. After the last piece, `next` gives nothing. */
export interface Source {
  next(): Promise<Uint8Array | undefined>;
  /** Tells the sender that no more is wanted. It does not fail, and may be called again. */
  cancel(): Promise<void>;
}

/** How much larger than its compressed form a bill may be, once it is larger than `RATIO_FROM` bytes. */
const RATIO = 100;
const RATIO_FROM = 1024 * 1024;
/** How much is given to the unpacker at a time, so that what it gives back can be held against it. */
const FED_BYTES = 64 * 1024;

/** Takes the bytes of a stream; tells by the first two of them whether they must be unpacked. */
export async function openSource(source: Source, maxBytes: number): Promise<Source> {
  const first: Uint8Array[] = [];
  let [size, zero, one] = [0, 0, 0];
  while (size < 2) {
    const piece = await source.next();
    if (piece === undefined) break;
    if (piece.length > 0) [zero, one] = size === 0 ? [piece[0] as number, piece[1] ?? 0] : [zero, piece[0] as number];
    size += piece.length;
    first.push(piece);
  }
  const whole: Source = { next: async () => first.shift() ?? source.next(), cancel: () => source.cancel() };
  return limited(size >= 2 && zero === 0x1f && one === 0x8b ? unpacked(whole) : whole, maxBytes);
}

/** The bytes of a web stream or of anything that can be awaited piece by piece, such as a Node stream. */
export function sourceOf(stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Source {
  const { getReader } = (stream ?? {}) as Partial<ReadableStream<Uint8Array>>;
  const iterate = (stream as Partial<AsyncIterable<Uint8Array>> | undefined)?.[Symbol.asyncIterator];
  let take: () => Promise<{ done?: boolean | undefined; value?: unknown }>;
  let stop: () => unknown;
  if (typeof getReader === 'function') {
    const reader = getReader.call(stream) as ReadableStreamDefaultReader<Uint8Array>;
    [take, stop] = [() => reader.read(), () => reader.cancel()];
  } else if (typeof iterate === 'function') {
    const iterator = iterate.call(stream);
    [take, stop] = [() => iterator.next(), () => iterator.return?.()];
  } else {
    throw paramError(
      'stream',
      'must be a ReadableStream or an async iterable of bytes; parseBill reads text and bytes',
    );
  }
  let isDone = false;
  return {
    async next() {
      if (isDone) return undefined;
      const part = await take().catch((cause: unknown) => {
        isDone = true;
        throw failure('ERR_NETWORK', 'the stream of the bill failed; what was read is not the whole bill', cause);
      });
      if (part.done) {
        isDone = true;
        return undefined;
      }
      if (part.value instanceof Uint8Array) return part.value;
      throw paramError('stream', 'gives something else than bytes; set no encoding on it');
    },
    async cancel() {
      if (isDone) return;
      isDone = true;
      try {
        await stop();
      } catch {
        // The sender has failed already, and nobody waits for it.
      }
    },
  };
}

function limited(source: Source, maxBytes: number): Source {
  let size = 0;
  return {
    async next() {
      const piece = await source.next();
      size += piece?.length ?? 0;
      if (size > maxBytes) throw failure('ERR_BILL', `the bill is larger than ${maxBytes} bytes; see maxBytes`);
      return piece;
    },
    cancel: () => source.cancel(),
  };
}

function unpacked(source: Source): Source {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
  const reader = stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  // Each failure is told by the call that meets it.
  for (const end of [writer.closed, reader.closed]) end.catch(() => undefined);
  let [fed, size] = [0, 0];
  let failed: unknown;
  async function feed(): Promise<void> {
    for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
      for (let at = 0; at < piece.length; at += FED_BYTES) {
        const part = piece.subarray(at, at + FED_BYTES);
        await writer.ready;
        fed += part.length;
        await writer.write(part);
      }
    }
    await writer.close();
  }
  let isFed = false;
  return {
    async next() {
      if (!isFed) {
        isFed = true;
        feed().catch(async (error: unknown) => {
          if (error instanceof WxPayError) failed = error;
          await writer.abort(error).catch(() => undefined);
        });
      }
      const part = await reader.read().catch(async (cause: unknown) => {
        throw failed ?? failure('ERR_BILL', 'the compressed bill is cut off or damaged; download it again', cause);
      });
      if (part.done) return undefined;
      size += part.value.length;
      if (size > RATIO_FROM && size > fed * RATIO) {
        throw failure('ERR_BILL', `the bill is more than ${RATIO} times larger than its compressed form`);
      }
      return part.value;
    },
    async cancel() {
      await Promise.all([reader.cancel().catch(() => undefined), source.cancel()]);
    },
  };
}

function failure(code: 'ERR_BILL' | 'ERR_NETWORK', message: string, cause?: unknown): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, cause });
}
