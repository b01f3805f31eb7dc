// A reader of foreign bodies, with a size limit and strict UTF-8.

/** The largest request or reply to a notice that is read, in bytes. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Reads a whole body. Returns undefined as soon as it exceeds the limit, without waiting for the rest. */
export async function readBody(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  const collected = createCollector();
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!collected.add(part.value)) {
      // Not awaited: the cancellation of a stream may never settle.
      reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
  return collected.bytes();
}

/** Makes one growing buffer for a body. Its memory depends on the bytes, not on the number of pieces. */
export function createCollector() {
  let buffer = new Uint8Array(4096);
  let length = 0;

  return {
    /** Adds a piece. Returns false if the body exceeds the limit. Only one byte beyond the limit is kept. */
    add(piece: Uint8Array): boolean {
      if (!(piece instanceof Uint8Array)) throw new TypeError('a body must be bytes; encode its text as UTF-8');
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

/** Decodes strict UTF-8 and keeps a byte order mark. Returns undefined for any other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
