// What the operator's hook is told of every exchange: where, how long, how it ended, and both texts without key and signatures.
import { type ErrorCode, type Outcome, WxPayError } from '../errors.js';
import { type Mask, maskedError } from './masking.js';

/** One request and how it ended. */
export interface ExchangeReport {
  /** `POST`; `GET` for the log-in. */
  readonly method: string;
  /** The host that was asked, with its port where it is not the usual one. */
  readonly host: string;
  /** The path that was asked, without a query. */
  readonly path: string;
  /** 0 for the first try of a call, 1 for the second. */
  readonly attempt: number;
  /** How long it took, in milliseconds: to the judged answer, or to the first byte of a bill. */
  readonly ms: number;
  /** `done`: a good answer came. Otherwise whether money may have moved. */
  readonly outcome: 'done' | Outcome;
  /** What was wrong, where it is not `done`. */
  readonly code: ErrorCode | undefined;
  /** WeChat's own code, where it said one. */
  readonly err_code: string | undefined;
  /**
   * The request as it was sent, with `[masked]` for key, signature, `auth_code`, `user_creid` and `user_truename`. It has the payer's
   * openid. Those of the log-in and of phone numbers are left out.
   */
  readonly request: string | undefined;
  /** The answer as it came, masked alike. Bills, the log-in, phone numbers, and what was not read are left out. */
  readonly answer: string | undefined;
}

/** The operator's hook. What it throws is ignored: a log that fails must not change what a payment does. */
export type OnExchange = (report: ExchangeReport) => unknown;

/** What is known before an exchange. */
export interface Begun {
  method: string;
  url: string;
  attempt: number;
  /** The text that is sent, where the hook may see it. */
  body: string | undefined;
  /** What takes the secrets out of both texts. */
  mask: Mask;
}

/** One exchange, which reports its end. `shown` is what the hook sees of the answer. */
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

  /** Reports a failure, and returns it without secrets. */
  failed(error: unknown, shown?: Uint8Array): unknown {
    const masked = this.masked(error);
    if (masked instanceof WxPayError) this.#report(masked.outcome, masked, shown);
    return masked;
  }

  /** An error without the secrets of the request. */
  masked(error: unknown): unknown {
    return error instanceof WxPayError ? maskedError(error, this.#begun.mask) : error;
  }

  #report(outcome: ExchangeReport['outcome'], error: WxPayError | undefined, shown: Uint8Array | undefined): void {
    if (this.#onExchange === undefined) return;
    const { method, url, attempt, body, mask } = this.#begun;
    const { host, pathname: path } = new URL(url);
    const report: ExchangeReport = {
      method,
      host,
      path,
      attempt,
      ms: performance.now() - this.#start,
      outcome,
      code: error?.code,
      err_code: error?.err_code,
      request: body === undefined ? undefined : mask(body),
      answer: shown === undefined ? undefined : mask(new TextDecoder().decode(shown)),
    };
    Promise.resolve(report)
      .then(this.#onExchange)
      .catch(() => {});
  }
}
