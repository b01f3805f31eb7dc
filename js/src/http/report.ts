// The start and the end of each exchange for the operator's hook, without keys and signatures.
import { configError, type ErrorCode, type Outcome, WxPayError } from '../errors.js';
import { ownMember } from '../own.js';
import { type Mask, maskedError } from './masking.js';

/** The facts of an exchange that are known before its request is sent. */
export interface ExchangeStart {
  /** `POST`, or `GET` for the log-in. */
  readonly method: string;
  /** The host of this attempt, with its port if that is not the usual one. */
  readonly host: string;
  /** The path without its query. */
  readonly path: string;
  /** The number of the attempt: 0 for the first one of a call. */
  readonly attempt: number;
}

/** The report of one exchange. */
export interface ExchangeReport extends ExchangeStart {
  /** The time in milliseconds: to the judged answer, or to the first byte of a bill. */
  readonly ms: number;
  /** `done` for a good answer. Otherwise the outcome of the error: whether money may have moved. */
  readonly outcome: 'done' | Outcome;
  /** The code of the error, unless the outcome is `done`. */
  readonly code: ErrorCode | undefined;
  /** WeChat's own code, if its answer has one. */
  readonly err_code: string | undefined;
  /**
   * The request as it was sent, with `[masked]` for key, signature, `auth_code`, `user_creid` and `user_truename`. It contains the
   * payer's openid. It is left out for the log-in and for phone numbers.
   */
  readonly request: string | undefined;
  /** The answer as it was received, masked in the same way. It is left out for bills, the log-in, phone numbers, and if it was not read. */
  readonly answer: string | undefined;
}

/** The operator's hook for the end of an exchange. Its errors are ignored: a log that fails must not change a payment. */
export type OnExchangeEnd = (report: ExchangeReport) => unknown;

/** The operator's hook for both ends of an exchange, such as a span. Its errors are ignored too. */
export interface ExchangeHook {
  /** Receives each attempt before it is sent, in the async context of the call. Returns the function that receives its end. */
  start(begun: ExchangeStart): OnExchangeEnd | undefined;
}

/** The operator's hook: a function for the end alone, or an object for the start too. */
export type OnExchange = OnExchangeEnd | ExchangeHook;

/** Checks the option `onExchange`. Throws `ERR_CONFIG`. */
export function checkOnExchange({ onExchange }: { readonly onExchange?: unknown }): void {
  const start =
    typeof onExchange === 'object' && onExchange !== null ? (onExchange as Partial<ExchangeHook>).start : '';
  if (onExchange !== undefined && typeof onExchange !== 'function' && typeof start !== 'function')
    throw configError('onExchange', 'must be a function, or an object with the function start');
}

/** The facts that are known before an exchange. */
export interface Begun {
  method: string;
  url: string;
  attempt: number;
  /** The text of the request, if the hook may receive it. */
  body: string | undefined;
  /** Masks the secrets in both texts, and in errors about the answer. The log-in has no such texts, and masks its server's words itself. */
  mask: Mask | undefined;
}

/** One exchange, which reports its start and its end. `shown` is the part of the answer that the operator's hook receives. */
export class Exchange {
  readonly #onEnd: OnExchangeEnd | undefined;
  readonly #begun: Begun;
  readonly #start: number;

  constructor(onExchange: OnExchange | undefined, begun: Begun) {
    this.#begun = begun;
    this.#onEnd = typeof onExchange === 'object' ? started(onExchange, begun) : onExchange;
    this.#start = this.#onEnd === undefined ? 0 : performance.now();
  }

  /** Reports a good answer. */
  done(shown: Uint8Array | undefined): void {
    this.#report('done', undefined, shown);
  }

  /** Reports a failure without secrets. */
  failed(error: unknown, shown?: Uint8Array): void {
    if (error instanceof WxPayError) this.#report(error.outcome, error, shown);
  }

  /** Returns an error about the answer without the secrets of the request. */
  masked(error: unknown): unknown {
    const { mask } = this.#begun;
    return mask !== undefined && error instanceof WxPayError ? maskedError(error, mask) : error;
  }

  #report(outcome: ExchangeReport['outcome'], error: WxPayError | undefined, shown: Uint8Array | undefined): void {
    const onEnd = this.#onEnd;
    if (onEnd === undefined) return;
    const { body, mask = () => '' } = this.#begun;
    const report: ExchangeReport = {
      ...startOf(this.#begun),
      ms: performance.now() - this.#start,
      outcome,
      code: error?.code,
      err_code: ownMember(error, 'err_code'),
      request: body === undefined ? undefined : mask(body),
      answer: shown === undefined ? undefined : mask(new TextDecoder().decode(shown)),
    };
    Promise.resolve(report)
      .then(onEnd)
      .catch(() => {});
  }
}

/** Calls the hook before the request is sent. It may be an async function by mistake: its rejection changes nothing either. */
function started(hook: ExchangeHook, begun: Begun): OnExchangeEnd | undefined {
  try {
    const onEnd: unknown = hook.start(startOf(begun));
    if (typeof onEnd === 'function') return onEnd as OnExchangeEnd;
    Promise.resolve(onEnd).catch(() => {});
  } catch {}
  return undefined;
}

function startOf({ method, url, attempt }: Begun): ExchangeStart {
  const { host, pathname: path } = new URL(url);
  return { method, host, path, attempt };
}
