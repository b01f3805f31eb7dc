// XML: strict reading into fields, and writing what WeChat reads.
import * as core from './core.js';
import { WxPayError } from './errors.js';
import { type Fields, type Params, unpack } from './params.js';
import { checkedKey, isHmac, packedCall, type SignType } from './signing.js';

/** The most bytes of an answer (262144), and of anything else that `parseXml` reads. */
export const ANSWER_BYTES = 256 * 1024;

/**
 * Reads a flat `<xml>` into its fields: strict UTF-8, text kept exactly. DOCTYPE, nesting, attributes, duplicate names and
 * whatever else could be read in two ways is refused with `ERR_XML` and a `position` in bytes.
 */
export function parseXml(body: string | Uint8Array): Fields {
  const bytes = bodyBytes(body, ANSWER_BYTES);
  core.writeBytes(bytes, 0);
  return unpack(core.readText(core.call('parseXml', bytes.length, 0, 0)), 0);
}

/** Writes the fields as given, `sign` included where it is there. Empty ones are left out, as WeChat asks. */
export function buildXml(params: Params): string {
  return core.readText(packedCall('buildXml', params, undefined, 0));
}

/** Signs the fields and writes them with their `sign`, in one crossing. A `sign` among them is replaced. */
export function signedXml(params: Params, key: string, signType: SignType = 'MD5'): string {
  const hmac = isHmac(signType);
  return core.readText(packedCall('signedXml', params, checkedKey(key), hmac));
}

const encoder = new TextEncoder();

/** The bytes of a body that is not larger than the limit. */
export function bodyBytes(body: string | Uint8Array, limit: number): Uint8Array {
  // A character is at least one byte, so this is refused before anything is copied.
  if (typeof body === 'string' && body.length > limit) throw tooLarge(limit);
  if (typeof body === 'string' && !body.isWellFormed())
    throw unreadable('the body is not well-formed text; give the raw bytes');
  const bytes = typeof body === 'string' ? encoder.encode(body) : plainView(body);
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

/** The same bytes as a view of our own: a class of the caller's may say anything of its length. */
export function plainView(body: Uint8Array): Uint8Array {
  try {
    if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  } catch {
    // No real view, or one whose buffer is gone: told below.
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
