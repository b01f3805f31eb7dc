// Reading a body from outside: bounded, and only strict UTF-8 counts as text.

/** The most that is read of a request or of a reply to a notice, in bytes. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Reads a whole body, or gives undefined as soon as it is longer than the limit; the rest is not waited for. */
export async function readBody(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > BODY_LIMIT_BYTES) {
      // Nobody waits for the sender to hear of it: a stream may never settle its cancelling.
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

/** Decodes strict UTF-8, a byte order mark kept as the character it is; undefined for any other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
