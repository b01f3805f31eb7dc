// A time limit and the caller's signal for work that may ignore both.
import { type ErrorCode, WxPayError } from '../errors.js';

/** The limits of work. */
export interface Limit {
  /** The longest time, in milliseconds. */
  timeoutMs: number;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
  /** What to do after the time limit, as words of the error. */
  advice: string;
}

/**
 * Runs work within its limits. Rejects with `ERR_TIMEOUT` at the time limit, and with `ERR_NETWORK` if the caller's signal
 * aborts. The outcome is `unknown`.
 *
 * The signal of `run` aborts at that moment. The later result of `run` is ignored, so `run` must clean up itself.
 * The caller's signal may exist as long as the server, so its listener is removed at the end.
 */
export function limited<T>(
  where: string,
  { timeoutMs, signal, advice }: Limit,
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
    const timer = setTimeout(() => end('ERR_TIMEOUT', `no answer within ${timeoutMs} ms; ${advice}`), timeoutMs);
    // A signal that is aborted already emits no event.
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
