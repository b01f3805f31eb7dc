// The pieces of a body, whatever kind of stream it is: a web stream, a Node stream, or another async iterable.

/** A body, piece by piece. */
export interface Pieces {
  /** The next piece, or undefined after the last one. It may be anything: check it. */
  next(): Promise<unknown>;
  /** Ends the body early. It does not wait, and it does not throw. */
  cancel(): void;
}

/** The pieces of a stream, or undefined for what is no stream. Throws what the stream throws when it cannot be read. */
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
      // The return of an async generator waits for its pending next, so a Node stream is destroyed itself.
      if (typeof destroy === 'function') destroyed(stream as Destroyable);
      unawaited(() => iterator.return?.());
    },
  };
}

/** Ends a body that nobody reads. */
export function discard(stream: unknown): void {
  unawaited(() => {
    const { cancel, destroy } = (stream ?? {}) as { cancel?: unknown; destroy?: unknown };
    if (typeof cancel === 'function') return cancel.call(stream);
    return typeof destroy === 'function' ? destroyed(stream as Destroyable) : undefined;
  });
}

/** A piece as bytes; undefined for text and everything else. A view of another realm, as under Jest, is taken too. */
export function asBytes(piece: unknown): Uint8Array | undefined {
  if (!ArrayBuffer.isView(piece) || Object.prototype.toString.call(piece) !== '[object Uint8Array]') return undefined;
  return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
}

async function following(next: () => Promise<{ done?: boolean | undefined; value?: unknown }>): Promise<unknown> {
  const { done, value } = await next();
  // Only the end is undefined; a piece that is undefined is a wrong piece.
  return done ? undefined : (value ?? null);
}

/** What a Node stream has besides its pieces. */
interface Destroyable {
  on?(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

function destroyed(stream: Destroyable): void {
  // Without a listener, an error that the stream emits from now on would end the process.
  unawaited(() => stream.on?.('error', () => {}));
  unawaited(() => stream.destroy());
}

/** Runs what may throw, reject, or never settle, and waits for nothing of it. */
export function unawaited(run: () => unknown): void {
  Promise.resolve()
    .then(run)
    .catch(() => {});
}
