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
  return unpack(core.readText(core.call('parseXml', writeBody(body, ANSWER_BYTES, 0), 0, 0)), 0);
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

/** Checks a body's size and writes it into the core's input behind `at` bytes; gives its length in bytes. */
export function writeBody(body: string | Uint8Array, limit: number, at: number): number {
  let bytes: Uint8Array;
  if (typeof body === 'string') {
    // A character is at least one byte, so this is refused before anything is copied.
    if (body.length > limit) throw tooLarge(limit);
    if (!body.isWellFormed()) {
      throw new WxPayError({
        code: 'ERR_XML',
        outcome: 'unknown',
        message: 'the body is not well-formed text; give the raw bytes',
      });
    }
    if (at === 0) return core.writeText(body);
    bytes = new TextEncoder().encode(body);
  } else if (body instanceof Uint8Array) {
    bytes = body;
  } else {
    throw new WxPayError({
      code: 'ERR_XML',
      outcome: 'unknown',
      message:
        'the body must be the raw text or bytes; a body parser has probably eaten it, so mount this before the parser',
    });
  }
  if (bytes.length > limit) throw tooLarge(limit);
  core.writeBytes(bytes, at);
  return bytes.length;
}

function tooLarge(limit: number): WxPayError {
  return new WxPayError({
    code: 'ERR_XML',
    outcome: 'unknown',
    message: `the body is larger than ${limit} bytes (at byte ${limit})`,
    position: limit,
  });
}
