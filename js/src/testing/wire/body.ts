// Reading a body from outside: bounded, and only strict UTF-8 counts as text.

/** The most that is read of a request or of a reply to a notice, in bytes. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Reads a whole body, or gives undefined as soon as it is longer than the limit; the rest is not waited for. */
export async function readBody(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  const collected = createCollector();
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!collected.add(part.value)) {
      // Nobody waits for the sender to hear of it: a stream may never settle its cancelling.
      reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
  return collected.bytes();
}

/** Collects a body in one buffer that grows: memory goes by its bytes, however small the pieces are. */
export function createCollector() {
  let buffer = new Uint8Array(4096);
  let length = 0;

  return {
    /** Adds a piece; false where the body is longer than the limit. Only one byte beyond the limit is kept. */
    add(piece: Uint8Array): boolean {
      if (!(piece instanceof Uint8Array)) throw new TypeError('a body is made of bytes; encode its text as UTF-8');
      const kept = piece.subarray(0, BODY_LIMIT_BYTES + 1 - length);
      const needed = length + kept.byteLength;
      if (needed > buffer.byteLength) {
        const larger = new Uint8Array(Math.min(Math.max(needed, 2 * buffer.byteLength), BODY_LIMIT_BYTES + 1));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(kept, length);
      length = needed;
      return length <= BODY_LIMIT_BYTES;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

/** Decodes strict UTF-8, a byte order mark kept as the character it is; undefined for any other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
