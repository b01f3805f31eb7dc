// XML: strict reading into fields, and writing for WeChat.

import { atCaller } from '../caller.js';
import { ANSWER_BYTES } from '../generated/constants.js';
import type { Fields, Params } from '../params.js';
import { bodyBytes } from '../wasm/bodies.js';
import * as core from '../wasm/messages.js';
import { checkedKey, isHmac, type SignType } from './signing.js';

/**
 * Reads a flat `<xml>` into its fields. The body must be strict UTF-8, and text is kept exactly. Refuses DOCTYPE, nesting,
 * attributes, duplicate names and any other ambiguity with `ERR_XML` and a `position` in bytes.
 */
export const parseXml = atCaller(function parseXml(body: string | Uint8Array): Fields {
  return core.parseXml(bodyBytes(body, ANSWER_BYTES));
});

/** Writes the fields unchanged, also a `sign`. Empty fields are left out, as WeChat requires. */
export const buildXml = atCaller(function buildXml(params: Params): string {
  return core.writeXml(params, () => undefined, false);
});

/** Signs the fields and writes them with their `sign`, in one call of wasm. An existing `sign` is replaced. */
export const signedXml = atCaller(function signedXml(params: Params, key: string, signType: SignType = 'MD5'): string {
  const hmac = isHmac(signType);
  return core.writeXml(params, () => checkedKey(key), hmac);
});
