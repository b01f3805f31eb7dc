// Work within a time limit and under the caller's signal, also where the work itself heeds neither.
import { type ErrorCode, WxPayError } from '../errors.js';

/** How long work may take. */
export interface Limit {
  /** The longest time, in milliseconds. */
  timeoutMs: number;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
}

/**
 * Runs work, and ends it with `ERR_TIMEOUT` or, for the caller's signal, `ERR_NETWORK`; both are `unknown`.
 *
 * The signal that `run` is given aborts at that moment. What `run` does later is ignored: it must clean up after itself.
 * The caller's signal may live as long as the server, so its listener is taken off at the end.
 */
export function limited<T>(
  where: string,
  { timeoutMs, signal }: Limit,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const end = (code: ErrorCode, message: string, cause?: unknown) => {
      clear();
      reject(new WxPayError({ code, outcome: 'unknown', message: `${where}: ${message}`, cause }));
      controller.abort();
    };
    const onAbort = () =>
      end('ERR_NETWORK', "the caller's signal aborted the call; it may have arrived", signal?.reason);
    const timer = setTimeout(
      () => end('ERR_TIMEOUT', `no answer within ${timeoutMs} ms; query before anything else`),
      timeoutMs,
    );
    // An aborted signal has no more events.
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    run(controller.signal).then(
      (value) => {
        clear();
        resolve(value);
      },
      (error: unknown) => {
        clear();
        reject(error);
      },
    );
  });
}
