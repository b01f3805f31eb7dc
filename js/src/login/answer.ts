// The JSON answers of the mini program's server, api.weixin.qq.com. An errcode says what is wrong.
import { harmless, paramError, textFault, WxPayError } from '../errors.js';
import { masking } from '../http/masking.js';
import { own } from '../own.js';
import { isWellFormed } from '../well-formed.js';

/** The name of one call, and the advice in its errors. */
export interface AppCall {
  readonly name: string;
  /** The advice for its own errcodes. */
  readonly advice: ReadonlyMap<unknown, string>;
  /** The advice for an answer that is not WeChat's. */
  readonly unread: string;
}

/** The content type of requests to this server. */
export const JSON_TYPE = 'application/json';

/** Reads the members of an answer. An errcode other than 0 is `ERR_FAILED`, with WeChat's words but without these secrets. */
export function readAnswer(call: AppCall, body: Uint8Array, secrets: readonly string[]): Record<string, unknown> {
  const answer = parse(call, body, secrets);
  const { errcode, errmsg } = answer;
  if (errcode === undefined || errcode === 0) return answer;
  if (!Number.isSafeInteger(errcode)) throw unreadable(call, 'has an errcode that is not a number');
  const [err_code, err_code_des] = [String(errcode), withoutSecrets(errmsg, secrets)];
  const advice = call.advice.get(errcode) ?? ADVICE.get(errcode) ?? `Read the page of ${call.name}`;
  throw new WxPayError({
    code: 'ERR_FAILED',
    outcome: 'rejected',
    message: `${call.name}: ${err_code} ${err_code_des}. ${advice}`,
    err_code,
    err_code_des,
  });
}

/** Makes the error for an answer that is not WeChat's, or that lacks a member. `fault` says what is wrong with the answer. */
export function unreadable({ name, unread }: AppCall, fault: string): WxPayError {
  const message = `${name}: the answer ${fault}, so it is not the JSON of ${name}; ${unread}`;
  return new WxPayError({ code: 'ERR_HTTP', outcome: 'unknown', message });
}

/**
 * The longest code, AppSecret and access token in characters. Real ones have 64, 32 and 512 at most. The mask reads
 * each of them.
 */
export const LONGEST_SECRET = 2048;

/** Returns whether a member is a text that is not empty. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Checks a code of the phone. `which` says which code it must be. */
export function checkCode(field: string, code: unknown, which: string): void {
  const fault = textFault(code);
  if (fault === 'is missing') throw paramError(field, `is missing; pass ${which}`);
  if (fault !== undefined) throw paramError(field, fault);
  if (!isText(code) || code.length > LONGEST_SECRET) throw paramError(field, `is too long; pass on unchanged ${which}`);
  if (!isWellFormed(code)) throw paramError(field, `has half a surrogate pair; pass on unchanged ${which}`);
}

/** The advice for the errcodes of every call (全局返回码). */
const ADVICE: ReadonlyMap<unknown, string> = new Map([
  [-1, 'The system is busy: try again a little later'],
  [40013, 'Check the appid'],
  [40125, 'Check that secret is the AppSecret of this appid'],
  [41002, 'Check the proxy between you and WeChat: the appid was lost'],
  [41004, 'Check the proxy between you and WeChat: the AppSecret was lost'],
  [45009, 'The quota of this day or minute is used up: try again later'],
  [45011, 'Too many calls of this user: try again later'],
  [40164, 'Add the address of this server to the IP white list (IP白名单) of the mini program'],
  [61004, 'Add the address of this server to the IP white list (IP白名单) of the mini program'],
  [40243, 'The AppSecret is frozen: unfreeze it on the page of the mini program'],
  [48001, 'The mini program lacks the permission for this call: apply for it'],
]);

/** Returns the reason, unless it contains a secret: a server may repeat the request. */
function withoutSecrets(errmsg: unknown, secrets: readonly string[]): string {
  if (typeof errmsg !== 'string') return '';
  // A longer reason is never shown, so it is not read.
  const reason = errmsg.slice(0, LONGEST_SECRET);
  if (masking(undefined, secrets)(reason) !== reason) return '(the reason repeats the request and is left out)';
  return harmless(reason);
}

function parse(call: AppCall, body: Uint8Array, secrets: readonly string[]): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw unreadable(call, faultOf(body, secrets));
  }
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer))
    return own(answer) as Record<string, unknown>;
  throw unreadable(call, 'is not an object');
}

/** The most characters that an error shows of an answer. */
const SHOWN = 60;

/** The fault of an answer that is not JSON. The beginning of JSON is not shown: it may contain a session_key. */
function faultOf(body: Uint8Array, secrets: readonly string[]): string {
  const text = new TextDecoder().decode(body.subarray(0, LONGEST_SECRET)).replace(/\s+/g, ' ').trim();
  if (text === '') return 'is empty';
  if (/^[[{]/.test(text)) return 'is cut off or malformed';
  return `begins with "${harmless(masking(undefined, secrets)(text), SHOWN)}"`;
}
