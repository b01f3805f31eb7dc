// What no text for an operator shows: keys, signatures, the payer's code and papers. A server may repeat them in any place.
import { WxPayError } from '../errors.js';

/** Replaces every secret in a text with `[masked]`. */
export type Mask = (text: string) => string;

/** The mask for one request and everything that is said about it: its `body`, its `query`, and the merchant's `keys`. */
export function masking(body: string | undefined, query: string, keys: readonly string[]): Mask {
  let repeated: RegExp | undefined;
  return (text) => {
    // Most requests succeed unobserved, and then nothing needs a mask.
    repeated ??= anyOf([...keys, ...secretsOf(body ?? ''), ...valuesOf(query)]);
    return text.replace(SECRET_ELEMENTS, '<$1>[masked]</$1>').replace(repeated, '[masked]');
  };
}

/** The same error without secrets. */
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
/** Also one that is cut off in the middle. */
const SECRET_ELEMENTS = new RegExp(`<(${SECRETS})\\s*>[\\s\\S]*?(?:<\\/\\1\\s*>|$)`, 'gi');
const SECRET_VALUES = new RegExp(`<(?:${SECRETS})>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</`, 'g');

/** The secrets of a request of ours, as its XML means them. */
function secretsOf(body: string): string[] {
  const values = [...body.matchAll(SECRET_VALUES)].map(([, cdata, text = '']) => cdata ?? unescaped(text));
  // One letter is in every text.
  return values.filter((value) => /^(?:..|[^\0-\x7f])/.test(value));
}

/** The values of a query, as they are and as they are sent: a page may repeat the address that was asked. */
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

/** The least characters of a secret that count as its beginning. */
const BEGINNING = 6;
/** The most characters of an excerpt. */
const EXCERPT = 200;

/** A secret that was cut off where an excerpt ends: its beginning, and as much of the rest as is there. */
function cut(text: string): string {
  if (text.length <= BEGINNING) return '';
  // An excerpt has 200 characters at most, and an expression that nests deeper would end the process.
  const rest = [...text.slice(BEGINNING, -1)]
    .slice(0, EXCERPT)
    .reduceRight((inner, next) => `(?:${escaped(next)}${inner})?`, '');
  return `|${escaped(text.slice(0, BEGINNING))}${rest}(?=…|$)`;
}
