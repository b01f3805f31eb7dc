// What the operator's hook is told of every exchange: where, how long, how it ended, and both texts without key and signatures.
import { type ErrorCode, type Outcome, WxPayError } from '../errors.js';
import type { Mask } from './masking.js';

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
   * openid. The log-in's is left out.
   */
  readonly request: string | undefined;
  /** The answer as it came, masked alike. Bills, the log-in, and what was not read are left out. */
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

/** Runs one exchange and reports it. `run` is given a function that keeps the answer for the report. */
export async function reported<T>(
  onExchange: OnExchange | undefined,
  begun: Begun,
  run: (keep: (answer: Uint8Array) => void) => Promise<T>,
): Promise<T> {
  if (onExchange === undefined) return run(() => {});
  const start = performance.now();
  let answer: Uint8Array | undefined;
  const tell = (outcome: ExchangeReport['outcome'], error?: WxPayError) => {
    const { host, pathname: path } = new URL(begun.url);
    const { mask } = begun;
    const report: ExchangeReport = {
      method: begun.method,
      host,
      path,
      attempt: begun.attempt,
      ms: performance.now() - start,
      outcome,
      code: error?.code,
      err_code: error?.err_code,
      request: begun.body === undefined ? undefined : mask(begun.body),
      answer: answer === undefined ? undefined : mask(new TextDecoder().decode(answer)),
    };
    Promise.resolve(report)
      .then(onExchange)
      .catch(() => {});
  };
  try {
    const result = await run((body) => {
      answer = body;
    });
    tell('done');
    return result;
  } catch (error) {
    if (error instanceof WxPayError) tell(error.outcome, error);
    throw error;
  }
}
