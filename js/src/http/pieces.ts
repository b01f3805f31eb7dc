// The pieces of a body: of a web stream, a Node stream, or another async iterable.

/** A body, piece by piece. */
export interface Pieces {
  /** Returns the next piece, or undefined after the last one. A piece may be any value: check it. */
  next(): Promise<unknown>;
  /** Ends the body early. Does not wait, and does not throw. */
  cancel(): void;
}

/** Returns the pieces of a stream, or undefined if it is not a stream. Throws the stream's own error if it cannot be read. */
export function piecesOf(stream: unknown): Pieces | undefined {
  if (typeof stream !== 'object' || stream === null) return undefined;
  const { getReader, destroy } = stream as { getReader?: unknown; destroy?: unknown };
  if (typeof getReader === 'function') {
    const reader = getReader.call(stream) as ReadableStreamDefaultReader<unknown>;
    return { next: () => following(() => reader.read()), cancel: () => unawaited(() => reader.cancel()) };
  }
  const iterate = (stream as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
  if (typeof iterate !== 'function') return undefined;
  const iterator = iterate.call(stream);
  return {
    next: () => following(() => iterator.next()),
    cancel() {
      // `return` of an async generator waits for its pending `next`. So a Node stream is destroyed directly.
      if (typeof destroy === 'function') destroyed(stream as Destroyable);
      unawaited(() => iterator.return?.());
    },
  };
}

/** Ends a body that is not read. */
export function discard(stream: unknown): void {
  unawaited(() => {
    const { cancel, destroy } = (stream ?? {}) as { cancel?: unknown; destroy?: unknown };
    if (typeof cancel === 'function') return cancel.call(stream);
    return typeof destroy === 'function' ? destroyed(stream as Destroyable) : undefined;
  });
}

/** Returns a piece as bytes, or undefined if it is anything else. Views of another realm count too, as in Jest. */
export function asBytes(piece: unknown): Uint8Array | undefined {
  if (!ArrayBuffer.isView(piece) || Object.prototype.toString.call(piece) !== '[object Uint8Array]') return undefined;
  return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
}

async function following(next: () => Promise<{ done?: boolean | undefined; value?: unknown }>): Promise<unknown> {
  const { done, value } = await next();
  // `undefined` means the end. So a piece that is undefined becomes null, which callers refuse.
  return done ? undefined : (value ?? null);
}

/** The methods of a Node stream that end it. */
interface Destroyable {
  on?(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

function destroyed(stream: Destroyable): void {
  // Without a listener, a later error of the stream would end the process.
  unawaited(() => stream.on?.('error', () => {}));
  unawaited(() => stream.destroy());
}

/** Runs a function without waiting for it. Its errors are ignored. */
export function unawaited(run: () => unknown): void {
  Promise.resolve()
    .then(run)
    .catch(() => {});
}
