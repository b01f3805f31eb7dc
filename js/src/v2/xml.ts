// XML: strict reading into fields, and writing what WeChat reads.

import type { Fields, Params } from '../params.js';
import { bodyBytes } from '../wasm/bodies.js';
import { readFields } from '../wasm/fields.js';
import { core } from '../wasm/messages.js';
import { pack } from '../wasm/params.js';
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
  const result = packedCall('writeXml', pack(params, values), key, hmac);
  // Values that are not ASCII did not come back, which would cost more than all the rest: their marks say which they are.
  // Where one of them had to be written out, the text is not ASCII, and the others have their marks all the same.
  const text = (result & 1) === 0 ? core.readText(0, result >> 1) : core.readPlain(0, result >> 1);
  const [begin = '', ...marked] = text.split('\0');
  let xml = begin;
  for (const part of marked) xml += values[part.charCodeAt(0) - 1] + part.slice(1);
  return xml;
}
