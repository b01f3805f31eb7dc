// The one error of the package: what was wrong, with which field, what to try, and whether money may have moved.
import type { CoreErrorCode } from './generated/constants.js';
import { own } from './own.js';

/** What went wrong, as a stable code. */
export type ErrorCode =
  | CoreErrorCode
  /** The connection failed. */
  | 'ERR_NETWORK'
  /** No answer came in time; a notice was not there, or not delivered, in time. */
  | 'ERR_TIMEOUT'
  /** The answer has another HTTP status than 200, or is larger than any answer can be; a request cannot carry a notice. */
  | 'ERR_HTTP'
  /** The shop's own listener or `findOrder` threw: see the cause. WeChat sends the notice again. */
  | 'ERR_LISTENER'
  /** The store of delivered notices, or the cache of access tokens, failed: see the cause. */
  | 'ERR_STORE'
  /** The same notice is being delivered at this moment. No fault: WeChat sends it again, and learns then how it ended. */
  | 'ERR_BUSY';

/**
 * May money have moved?
 *
 * - `not-sent`: no, the request never left.
 * - `rejected`: no, WeChat said that it did nothing.
 * - `unknown`: perhaps. Query the order before anything else, and repeat only with the same numbers.
 */
export type Outcome = 'not-sent' | 'rejected' | 'unknown';

/** What an error is made of. */
export interface WxPayErrorDetails {
  code: ErrorCode;
  outcome: Outcome;
  message: string;
  field?: string | undefined;
  position?: number | undefined;
  return_msg?: string | undefined;
  err_code?: string | undefined;
  err_code_des?: string | undefined;
  recall?: string | undefined;
  status?: number | undefined;
  cause?: unknown;
}

/** The one error that everything in this package throws. It never contains the key or a signature that was computed here. */
export class WxPayError extends Error {
  override readonly name = 'WxPayError';
  /** What went wrong, as a stable code. */
  readonly code: ErrorCode;
  /** May money have moved? */
  readonly outcome: Outcome;
  /** The parameter or field that was wrong. */
  declare readonly field?: string;
  /** Where in the body the XML or the bill stops making sense, in bytes from its start. */
  declare readonly position?: number;
  /** WeChat's `return_msg` of a refused request. It is unsigned: show it, do not act on it. */
  declare readonly return_msg?: string;
  /** WeChat's `err_code` of a failed call. */
  declare readonly err_code?: string;
  /** WeChat's own words about `err_code`. */
  declare readonly err_code_des?: string;
  /** WeChat's `recall` of a refused `reverse`: `Y` asks to call it again. */
  declare readonly recall?: string;
  /** The HTTP status, where that was wrong. */
  declare readonly status?: number;

  /** Only members that have a value are set. */
  constructor(details: WxPayErrorDetails) {
    const { code, outcome, message, cause, ...others } = own(details);
    super(message, cause === undefined ? undefined : own({ cause }));
    this.code = code;
    this.outcome = outcome;
    for (const name of MEMBERS) {
      const value = own(others)[name];
      if (value !== undefined)
        Object.defineProperty(this, name, own({ value, enumerable: true, configurable: true, writable: true }));
    }
  }

  /** What a log keeps: everything but the stack and the cause. */
  toJSON(): WxPayErrorDetails & { name: string } {
    const { name, code, outcome, message } = this;
    const others = MEMBERS.filter((member) => Object.hasOwn(this, member)).map((member) => [member, this[member]]);
    return { name, code, outcome, message, ...Object.fromEntries(others) };
  }
}

/** The members that an error need not have. */
const MEMBERS = ['field', 'position', 'return_msg', 'err_code', 'err_code_des', 'recall', 'status'] as const;

/** Foreign text made fit for one line of a log: cut, and without characters that control a terminal or reorder text. */
export function harmless(text: string, length = 200): string {
  return text
    .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .slice(0, length)
    .toWellFormed();
}

/** What is wrong with a value that must be text. */
export function textFault(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return 'is missing';
  if (typeof value === 'number' || typeof value === 'bigint') return 'is a number; give it as text, in quotes';
  return typeof value === 'string' ? undefined : `is of type ${typeof value}; give it as text`;
}

/** The same for a value that may be absent. */
export function optionalTextFault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return value === '' || value === null ? 'is empty; leave it out, or give its text' : textFault(value);
}

/** An error about one named parameter; nothing was sent. */
export function paramError(field: string, what: string): WxPayError {
  return new WxPayError({ code: 'ERR_PARAM', outcome: 'not-sent', message: `${field}: ${what}`, field });
}

/** An error about the configuration; nothing was sent. */
export function configError(field: string, what: string): WxPayError {
  return new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', message: `${field}: ${what}`, field });
}
