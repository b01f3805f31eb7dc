// Why a signature of APIv2 is wrong: that of a message, or the second signature of a payment.
import { atCaller } from '../caller.js';
import type { Diagnosis, Language } from '../diagnosis.js';
import { configError, paramError, textFault } from '../errors.js';
import { checkNames } from '../names.js';
import { own } from '../own.js';
import type { Params, Value } from '../params.js';
import { gbkOf } from './gbk.js';
import * as wasm from './module.js';

/** What the caller knows beside the message. */
export interface SignatureFacts {
  /** The APIv2 key (APIv2密钥). It may have the white space that it has in your configuration. */
  key: string;
  /** The signature, if the message does not have it as `sign` or `paySign`. */
  signature?: string | undefined;
  /** The sign type, if the message does not say it. Default `MD5`. */
  signType?: 'MD5' | 'HMAC-SHA256' | undefined;
  /** Other keys by a name of yours. The signer may have used one, and the cause names it. */
  keys?: Readonly<Record<string, string>> | undefined;
  /** The language of messages. Default `en`. */
  lang?: Language | undefined;
}

const FACTS = { key: true, signature: true, signType: true, keys: true, lang: true } as const;

/**
 * Explains why a signature of APIv2 is wrong. It signs the message again with each usual mistake, and with pairs of them. A cause is
 * certain if it reproduces the signature.
 *
 * The message is an object, XML, JSON, query text, or lines of a console (`name=value`). See 签名算法, chapter 4_3 of the manual.
 *
 * @example
 * ```js
 * explainSignature('appid=wxd930ea5d5a258f4f&body=test&mch_id=10000100&sign=5C9A0DA4E0C2B9C6B2C1E6A4B6D1B9A7', {
 *   key: '192006250b4c09247ec02edce69f6a2d',
 * }).causes[0].code // 'unknown'
 * ```
 *
 * @throws `ERR_PARAM` for a message without fields, `ERR_CONFIG` for a key that is missing or no text.
 */
export const explainSignature = atCaller(function explainSignature(
  message: Params | string,
  facts: SignatureFacts,
): Diagnosis {
  if (typeof facts !== 'object' || facts === null) throw configError('key', 'is missing; pass { key }');
  checkNames(facts, FACTS, { error: paramError });
  const { key, signature, signType = '', keys = {}, lang } = own(facts);
  const text = typeof message === 'string' ? message : undefined;
  const fields = text === undefined ? fieldsOf(message as Params) : [];
  const { letters, bytes } = gbkOf(text ?? fields.join(''));
  return wasm.explainSignature({
    text,
    fields,
    key: keyOf('key', key),
    signature: signature === undefined ? undefined : String(signature),
    signType,
    keys: Object.entries(keys).flatMap(([name, other]) => [name, keyOf(`keys.${name}`, other)]),
    letters,
    gbk: bytes,
    isChinese: isChinese(lang),
  });
});

/** Checks the language. */
export function isChinese(lang: Language | undefined): boolean {
  if (lang !== undefined && lang !== 'en' && lang !== 'zh') throw paramError('lang', "must be 'en' or 'zh'");
  return lang === 'zh';
}

function keyOf(name: string, key: unknown): string {
  const fault = textFault(key);
  if (fault !== undefined) throw configError(name, `the key ${fault}`);
  return key as string;
}

/** Names and values in turn. A value is the text that a program would sign. */
function fieldsOf(message: Params): string[] {
  if (typeof message !== 'object' || message === null)
    throw paramError('message', 'must be an object or text; pass the message that was signed');
  // A Map, URLSearchParams and FormData have their fields as pairs.
  const pairs = Symbol.iterator in message ? [...(message as Iterable<[string, Value]>)] : Object.entries(message);
  return pairs.flatMap(([name, value]) => [String(name), textOf(value)]);
}

function textOf(value: Value | object): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
