// The mask for texts that operators read: keys, signatures, the payer's code and papers. A server may repeat them anywhere.
import { WxPayError } from '../errors.js';

/** Replaces every secret in a text with `[masked]`. */
export type Mask = (text: string) => string;

/** Makes the mask for all texts about one request. The secrets are in its `body`, its `query` and the merchant's `keys`. */
export function masking(body: string | undefined, query: string, keys: readonly string[]): Mask {
  let repeated: RegExp | undefined;
  return (text) => {
    // Most requests need no mask, so it is made at the first use.
    repeated ??= anyOf([...keys, ...secretsOf(body ?? ''), ...valuesOf(query)]);
    return text.replace(SECRET_ELEMENTS, '<$1>[masked]</$1>').replace(repeated, '[masked]');
  };
}

/** Returns the error without secrets. */
export function maskedError(error: WxPayError, mask: Mask): WxPayError {
  const { message, field, return_msg, err_code, err_code_des } = error;
  const texts = { message, field, return_msg, err_code, err_code_des };
  const masked = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text === undefined ? undefined : mask(text)]),
  );
  const isSame = Object.entries(texts).every(([name, text]) => masked[name] === text);
  return isSame ? error : new WxPayError({ ...error.toJSON(), ...masked, cause: error.cause });
}

const SECRETS = 'sign|paySign|sandbox_signkey|auth_code|user_creid|user_truename';
/** It matches an element without its end too. */
const SECRET_ELEMENTS = new RegExp(`<(${SECRETS})\\s*>[\\s\\S]*?(?:<\\/\\1\\s*>|$)`, 'gi');
const SECRET_VALUES = new RegExp(`<(?:${SECRETS})>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</`, 'g');

/** The secret values in the XML of our request, without escapes. */
function secretsOf(body: string): string[] {
  const values = [...body.matchAll(SECRET_VALUES)].map(([, cdata, text = '']) => cdata ?? unescaped(text));
  // Masking one ASCII character would change every text.
  return values.filter((value) => /^(?:..|[^\0-\x7f])/.test(value));
}

/** The values of a query, plain and encoded: a page may repeat the address of the request. */
function valuesOf(query: string): string[] {
  const sent = query
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  const values = [...new URLSearchParams(query).values(), ...sent].filter((value) => value.length > BEGINNING);
  return values.map((value) => value.slice(0, EXCERPT));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');

function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map((text) => `${escaped(text)}${cut(text)}`).join('|'), 'gi');
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The shortest beginning of a secret that is masked, in characters. */
const BEGINNING = 6;
/** The longest excerpt in characters. */
const EXCERPT = 200;

/** An expression for a secret that the end of an excerpt cuts off. */
function cut(text: string): string {
  if (text.length <= BEGINNING) return '';
  // A longer excerpt does not exist, and an expression that nests deeper would end the process.
  const rest = [...text.slice(BEGINNING, -1)]
    .slice(0, EXCERPT)
    .reduceRight((inner, next) => `(?:${escaped(next)}${inner})?`, '');
  return `|${escaped(text.slice(0, BEGINNING))}${rest}(?=…|$)`;
}
