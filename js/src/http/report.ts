// The report of each exchange for the operator's hook: host, time, end, and both texts without keys and signatures.
import { type ErrorCode, type Outcome, WxPayError } from '../errors.js';
import { ownMember } from '../own.js';
import { type Mask, maskedError } from './masking.js';

/** The report of one exchange. */
export interface ExchangeReport {
  /** `POST`, or `GET` for the log-in. */
  readonly method: string;
  /** The host of this attempt, with its port if that is not the usual one. */
  readonly host: string;
  /** The path without its query. */
  readonly path: string;
  /** The number of the attempt: 0 for the first one of a call. */
  readonly attempt: number;
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

/** The operator's hook. Its errors are ignored: a log that fails must not change a payment. */
export type OnExchange = (report: ExchangeReport) => unknown;

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

/** One exchange, which reports its end. `shown` is the part of the answer that the hook receives. */
export class Exchange {
  readonly #onExchange: OnExchange | undefined;
  readonly #begun: Begun;
  readonly #start: number;

  constructor(onExchange: OnExchange | undefined, begun: Begun) {
    this.#onExchange = onExchange;
    this.#begun = begun;
    this.#start = onExchange === undefined ? 0 : performance.now();
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
    if (this.#onExchange === undefined) return;
    const { method, url, attempt, body, mask = () => '' } = this.#begun;
    const { host, pathname: path } = new URL(url);
    const report: ExchangeReport = {
      method,
      host,
      path,
      attempt,
      ms: performance.now() - this.#start,
      outcome,
      code: error?.code,
      err_code: ownMember(error, 'err_code'),
      request: body === undefined ? undefined : mask(body),
      answer: shown === undefined ? undefined : mask(new TextDecoder().decode(shown)),
    };
    Promise.resolve(report)
      .then(this.#onExchange)
      .catch(() => {});
  }
}
