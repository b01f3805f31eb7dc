// XML: strict reading into fields, and writing what WeChat reads.
import { core } from './core.js';
import { WxPayError } from './errors.js';
import { readFields } from './fields.js';
import { byteLength } from './instance.js';
import { pack } from './packing.js';
import type { Fields, Params } from './params.js';
import { checkedKey, isHmac, packedCall, type SignType } from './signing.js';

/** The most bytes of an answer (262144), and of anything else that `parseXml` reads. */
export const ANSWER_BYTES = 256 * 1024;

/**
 * Reads a flat `<xml>` into its fields: strict UTF-8, text kept exactly. DOCTYPE, nesting, attributes, duplicate names and
 * whatever else could be read in two ways is refused with `ERR_XML` and a `position` in bytes.
 */
export function parseXml(body: string | Uint8Array): Fields {
  const bytes = bodyBytes(body, ANSWER_BYTES);
  return readFields(core.call('parseXml', core.writeBytes(bytes, 0), 0, 0));
}

/** Writes the fields as given, `sign` included where it is there. Empty ones are left out, as WeChat asks. */
export function buildXml(params: Params): string {
  return written(params, undefined, 0);
}

/** Signs the fields and writes them with their `sign`, in one crossing. A `sign` among them is replaced. */
export function signedXml(params: Params, key: string, signType: SignType = 'MD5'): string {
  const hmac = isHmac(signType);
  return written(params, checkedKey(key), hmac);
}

function written(params: Params, key: string | undefined, hmac: 0 | 1): string {
  const values: string[] = [];
  const said = packedCall('writeXml', pack(params, values), key, hmac);
  // Values that are not ASCII did not come back, which would cost more than all the rest: their marks say which they are.
  // Where one of them had to be written out, the text is not ASCII, and the others have their marks all the same.
  const text = (said & 1) === 0 ? core.readText(0, said >> 1) : core.readPlain(0, said >> 1);
  const [begin = '', ...marked] = text.split('\0');
  let xml = begin;
  for (const part of marked) xml += values[part.charCodeAt(0) - 1] + part.slice(1);
  return xml;
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

/**
 * The same bytes as a view of our own: a class of the caller's may return any length, and a view whose buffer shrank is none any more.
 */
export function plainView(body: Uint8Array): Uint8Array {
  try {
    if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, byteLength(body));
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
