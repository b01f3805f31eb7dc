// The mask for texts that operators read: keys, signatures, the payer's code and papers. A server may repeat them anywhere.
import { changedError, type WxPayError } from '../errors.js';
import { ownMember } from '../own.js';
import { folded, windowsOf } from './windows.js';

/** Replaces every secret in a text with `[masked]`. It finds each run of 8 letters and digits of one, in any usual writing. */
export type Mask = (text: string) => string;

/** Makes the mask for all texts about one request. The secrets are `given`, and in the XML or the JSON of its `body`. */
export function masking(body: string | undefined, given: readonly string[]): Mask {
  let hide: Mask | undefined;
  return (text) => {
    // Most requests need no mask, so it is made at the first use.
    hide ??= hiding([...given.filter(isNoWordOfOurs), ...secretsOf(body ?? '')]);
    return hide(text.replace(SECRET_ELEMENTS, `<$1>${MASKED}</$1>`));
  };
}

/** Returns the error without secrets. */
export function maskedError(error: WxPayError, mask: Mask): WxPayError {
  const changes = TEXTS.map((name) => [name, ownMember(error, name)] as const).flatMap(([name, text]) => {
    const masked = text === undefined ? undefined : mask(text);
    return masked === text ? [] : [[name, masked] as const];
  });
  const detail = maskedDetail(ownMember(error, 'detail'), mask);
  if (changes.length === 0 && detail === undefined) return error;
  return changedError(error, { ...Object.fromEntries(changes), ...(detail && { detail }) });
}

/** Returns WeChat's `detail` without secrets, or undefined if it has none. */
function maskedDetail(detail: WxPayError['detail'], mask: Mask): WxPayError['detail'] {
  if (detail === undefined) return undefined;
  const text = JSON.stringify(detail);
  const masked = mask(text);
  if (masked === text) return undefined;
  try {
    return JSON.parse(masked) as Readonly<Record<string, unknown>>;
  } catch {
    return { masked };
  }
}

const MASKED = '[masked]';

/** The members of an error that may repeat words of a server. */
const TEXTS = ['message', 'field', 'return_msg', 'err_code', 'err_code_des', 'recall', 'request_id'] as const;

/** The shortest secret of a stranger. A shorter one could be a word of ours, or the code of an error. */
const SHORTEST = 8;

/** The name of a payer is short, but not in the letters of our words. */
const isNoWordOfOurs = (secret: string) => secret.length >= SHORTEST || /[^\0-\x7f]/.test(secret);

const SECRETS = 'sign|paySign|sandbox_signkey|auth_code|user_creid|user_truename';
/** It matches an element without its end too, up to a blank or to the end of an excerpt. */
const SECRET_ELEMENTS = new RegExp(
  `<(${SECRETS})\\s*>(?:[\\s\\S]{0,128}?<\\/\\1\\s*>|(?:<!\\[CDATA\\[)?[^\\s<…;]*)`,
  'gi',
);
const SECRET_VALUES = new RegExp(`<(?:${SECRETS})>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</`, 'g');

/** The payer's code in the JSON of our request, which the core has checked: it is digits. */
const SECRET_MEMBERS = /"auth_code"\s*:\s*"(\d+)"/g;

/** The secret values in the text of our request, without escapes. */
function secretsOf(body: string): string[] {
  const inXml = [...body.matchAll(SECRET_VALUES)].map(([, cdata, text = '']) => cdata ?? unescaped(text));
  const values = [...inXml, ...[...body.matchAll(SECRET_MEMBERS)].map(([, code = '']) => code)];
  // Masking one ASCII character would change every text.
  return values.filter((value) => /^(?:..|[^\0-\x7f])/.test(value));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string) => text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Makes the mask of these secrets: of each as it is, then of the parts of one in any writing. */
function hiding(secrets: readonly string[]): Mask {
  // An expression of no secrets would match everywhere.
  const whole = new RegExp(secrets.map(escaped).join('|') || '(?!)', 'gi');
  const windows = windowsOf(secrets, SHORTEST);
  return (text) => withoutWindows(text.replace(whole, MASKED), windows);
}

/** A secret may have a tag in its middle, or be inside one. So the text is read with tags and without them. */
function withoutWindows(text: string, windows: ReadonlySet<string>): string {
  const isHidden = new Uint8Array(text.length);
  for (const view of new Set([text, text.replace(/<[^<>]*>/g, (tag) => ' '.repeat(tag.length))])) {
    const { letters, starts, ends } = folded(view);
    for (let at = 0; at + SHORTEST <= letters.length; at += 1) {
      if (windows.has(letters.slice(at, at + SHORTEST))) isHidden.fill(1, starts[at], ends[at + SHORTEST - 1]);
    }
  }
  let shown = '';
  for (let at = 0; at < text.length; ) {
    const start = at;
    while (at < text.length && isHidden[at] === isHidden[start]) at += 1;
    shown += isHidden[start] ? MASKED : text.slice(start, at);
  }
  return shown;
}
