// The one error class of the package: its code, field, advice, and whether money may have moved.
import type { Diagnosis } from './diagnosis.js';
import type { CoreErrorCode, ErrCode, ErrCodeV3 } from './generated/constants.js';
import { own, ownMember } from './own.js';
import { copyReason, reasonOf } from './reasons.js';

/** What went wrong, as a stable code. */
export type ErrorCode =
  | CoreErrorCode
  /** The connection failed. */
  | 'ERR_NETWORK'
  /** No complete answer came in time. Or a notice was not read or not delivered in time. */
  | 'ERR_TIMEOUT'
  /** The HTTP status of the answer is not 200, or the answer is too large. Or a request cannot be a notice. */
  | 'ERR_HTTP'
  /** The shop's listener or `findOrder` threw: see the cause. WeChat sends the notice again. */
  | 'ERR_LISTENER'
  /** The store of delivered notices, or the cache of access tokens, failed: see the cause. */
  | 'ERR_STORE'
  /** The same notice is being delivered now. This is not a fault: WeChat sends the notice again later. */
  | 'ERR_BUSY';

/**
 * May money have moved?
 *
 * - `not-sent`: no, the request was not sent.
 * - `rejected`: no, WeChat said that it did nothing.
 * - `unknown`: perhaps. Query the order first. Repeat the call only with the same numbers.
 */
export type Outcome = 'not-sent' | 'rejected' | 'unknown';

/** WeChat's code of a failed call: a known one of APIv2 or APIv3, or a new one. */
export type AnyErrCode = ErrCode | ErrCodeV3 | (string & {});

/** The members of an error. */
export interface WxPayErrorDetails {
  code: ErrorCode;
  outcome: Outcome;
  message: string;
  field?: string | undefined;
  position?: number | undefined;
  return_msg?: string | undefined;
  err_code?: AnyErrCode | undefined;
  err_code_des?: string | undefined;
  recall?: string | undefined;
  status?: number | undefined;
  request_id?: string | undefined;
  detail?: Readonly<Record<string, unknown>> | undefined;
  cause?: unknown;
}

/** The mark of this package's errors. On the web each entry is a file of its own, and has a class of its own. */
const MARK = Symbol.for('paysign.WxPayError');

/** The error that every function of this package throws. It never contains the key or a signature that was computed here. */
export class WxPayError extends Error {
  override readonly name = 'WxPayError';
  /** What went wrong, as a stable code. */
  readonly code: ErrorCode;
  /** May money have moved? */
  readonly outcome: Outcome;
  /** The parameter or field that was wrong. */
  declare readonly field?: string;
  /** Where in the body the XML or the bill is wrong, in bytes from its start. */
  declare readonly position?: number;
  /** WeChat's `return_msg` of a refused request. It is unsigned: show it, but do not act on it. */
  declare readonly return_msg?: string;
  /** WeChat's `err_code` of a failed call. */
  declare readonly err_code?: AnyErrCode;
  /** WeChat's own words about `err_code`. */
  declare readonly err_code_des?: string;
  /** WeChat's `recall` of a refused `reverse`: `Y` asks to call it again. */
  declare readonly recall?: string;
  /** The HTTP status, if it was wrong. */
  declare readonly status?: number;
  /** WeChat's `Request-ID` of a refused call of APIv3. WeChat's support asks for it. */
  declare readonly request_id?: string;
  /** WeChat's `detail` of a refused call of APIv3. */
  declare readonly detail?: Readonly<Record<string, unknown>>;

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

  /**
   * Explains a signature that was refused, for the operator: an `ERR_SIGNATURE`, and 签名错误 of WeChat. It is made when it is asked
   * for. Undefined for all other errors, and outside Node, where `paysign/doctor` has the same functions. Send it to nobody.
   */
  diagnose(): Promise<Diagnosis | undefined> {
    return reasonOf(this);
  }

  /** Returns the members for a log, without the stack and the cause. */
  toJSON(): WxPayErrorDetails & { name: string } {
    const { name, code, outcome, message } = this;
    const others = MEMBERS.filter((member) => Object.hasOwn(this, member)).map((member) => [member, this[member]]);
    return { name, code, outcome, message, ...Object.fromEntries(others) };
  }
}

Object.defineProperty(WxPayError.prototype, MARK, { value: true });
// A bundler may rename the class, and a console prints this name.
Object.defineProperty(WxPayError, 'name', own({ value: 'WxPayError' }));

// A subclass keeps the ordinary meaning of `instanceof`.
Object.defineProperty(WxPayError, Symbol.hasInstance, {
  value(this: () => void, value: unknown): boolean {
    if (this !== (WxPayError as unknown)) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && MARK in value;
  },
});

/** The members that an error may lack. */
const MEMBERS = [
  'field',
  'position',
  'return_msg',
  'err_code',
  'err_code_des',
  'recall',
  'status',
  'request_id',
  'detail',
] as const;

/** Returns the error with other members. It keeps the cause, and the places of the stack. */
export function changedError(error: WxPayError, changes: Partial<WxPayErrorDetails>): WxPayError {
  const changed = new WxPayError({ ...error.toJSON(), ...changes, cause: ownMember(error, 'cause') });
  copyReason(error, changed);
  const { stack } = error;
  // Whoever sets `Error.prepareStackTrace` may make anything of a stack.
  const frames = typeof stack === 'string' ? stack.indexOf('\n    at ') : -1;
  if (frames >= 0) changed.stack = `${changed.name}: ${changed.message}${stack?.slice(frames)}`;
  return changed;
}

/** Characters that control a terminal, reorder text or are invisible. */
const HARMFUL = /\p{Cc}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Cuts foreign text for one line of a log, to a number of characters. It replaces harmful ones by blanks. */
export function harmless(text: string, length = 200): string {
  // A character has two units at most.
  const beginning = text.slice(0, 2 * length).replace(HARMFUL, ' ');
  return [...beginning].slice(0, length).join('').toWellFormed();
}

/** Returns the fault of a value that must be text. */
export function textFault(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return 'is missing';
  if (typeof value === 'number' || typeof value === 'bigint') return 'is a number; give it as text, in quotes';
  return typeof value === 'string' ? undefined : `is of type ${typeof value}; give it as text`;
}

/** Returns the fault of a value that must be text or absent. */
export function optionalTextFault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return value === '' || value === null ? 'is empty; leave it out, or set its text' : textFault(value);
}

/** An error about one parameter; nothing was sent. */
export function paramError(field: string, what: string): WxPayError {
  return new WxPayError({ code: 'ERR_PARAM', outcome: 'not-sent', message: `${field}: ${what}`, field });
}

/** An error about one option; nothing was sent. */
export function configError(field: string, what: string): WxPayError {
  return new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', message: `${field}: ${what}`, field });
}
