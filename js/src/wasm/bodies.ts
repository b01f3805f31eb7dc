// The conversion of a body for wasm: bytes, within a limit.
import { WxPayError } from '../errors.js';
import { isWellFormed } from '../well-formed.js';
import { byteLength } from './packed.js';

const encoder = new TextEncoder();

/** The bytes of a body that is not larger than the limit. */
export function bodyBytes(body: string | Uint8Array, limit: number): Uint8Array {
  // A character is at least one byte, so a text that is too long is refused before anything is copied.
  if (typeof body === 'string' && body.length > limit) throw tooLarge(limit);
  if (typeof body === 'string' && !isWellFormed(body))
    throw unreadable('the body is not well-formed text; pass the raw bytes');
  const bytes = typeof body === 'string' ? encoder.encode(body) : plainView(body);
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

/**
 * The same bytes as a plain `Uint8Array`. A subclass of the caller may return any length, and a view of a shrunk buffer is invalid.
 */
export function plainView(body: Uint8Array): Uint8Array {
  try {
    if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, byteLength(body));
  } catch {
    // It is not a real view, or its buffer is detached. This is reported below.
  }
  throw unreadable(
    'the body must be the raw text or bytes; a body parser has probably eaten it, so mount this before the parser',
  );
}

function unreadable(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_XML', outcome: 'unknown', message });
}

function tooLarge(limit: number): WxPayError {
  return new WxPayError({
    code: 'ERR_XML',
    outcome: 'unknown',
    message: `the body is larger than ${limit} bytes (at byte ${limit})`,
    position: limit,
  });
}
