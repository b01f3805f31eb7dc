// An answer with status 200, before it is judged.
import type { Exchange } from './report.js';

/** The call that an answer belongs to. */
interface Call {
  /** Returns the error that ends the call. */
  final(error: unknown): unknown;
}

/** The body of an answer, and the report of how its exchange ended. */
export class Answer<Body> {
  readonly body: Body;
  readonly #exchange: Exchange;
  readonly #call: Call;

  constructor(body: Body, exchange: Exchange, call: Call) {
    this.body = body;
    this.#exchange = exchange;
    this.#call = call;
  }

  /** Judges the answer and reports the exchange. `shown` is the part of the answer that the operator's hook receives. */
  judged<T>(judge: () => T, shown?: Uint8Array): T {
    let result: T;
    try {
      result = judge();
    } catch (thrown) {
      const error = this.masked(thrown);
      this.#exchange.failed(error, shown);
      throw this.#call.final(error);
    }
    this.#exchange.done(shown);
    return result;
  }

  /** Returns the error without the secrets of the request. */
  masked(error: unknown): unknown {
    return this.#exchange.masked(error);
  }
}
