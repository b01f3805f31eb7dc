// An answer that came with status 200, and that nobody has judged yet.
import type { Exchange } from './report.js';

/** The call that an answer belongs to. */
interface Call {
  /** The error that ends the call, once the answer was judged. */
  final(error: unknown): unknown;
}

/** What a channel returns: the body of an answer, and how its judgement is reported. */
export class Answer<Body> {
  readonly body: Body;
  readonly #exchange: Exchange;
  readonly #call: Call;

  constructor(body: Body, exchange: Exchange, call: Call) {
    this.body = body;
    this.#exchange = exchange;
    this.#call = call;
  }

  /** Judges the answer and reports the exchange. `shown` is what the operator's hook sees of the answer. */
  judged<T>(judge: () => T, shown?: Uint8Array): T {
    let result: T;
    try {
      result = judge();
    } catch (error) {
      throw this.#call.final(this.#exchange.failed(error, shown));
    }
    this.#exchange.done(shown);
    return result;
  }

  /** An error without the secrets of the request. */
  masked(error: unknown): unknown {
    return this.#exchange.masked(error);
  }
}
