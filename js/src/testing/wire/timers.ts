// Timers on the gateway's clock, which are cancelled when the gateway closes.

import type { Clock } from './clock.js';

/** The timers of one gateway. */
export interface Timers {
  /**
   * Runs `work` once, `delayMs` milliseconds from now. A manual clock awaits its result. If the gateway closes earlier, `forgotten` is
   * called instead.
   */
  after(delayMs: number, work: () => unknown, forgotten?: () => void): void;
  /** Cancels all timers. */
  close(): void;
}

/** Makes timers on a clock. */
export function createTimers(clock: Clock): Timers {
  const pending = new Map<unknown, (() => void) | undefined>();
  let closed = false;
  return {
    after(delayMs, work, forgotten) {
      if (closed) return forgotten?.();
      const timer = clock.setTimeout(() => {
        pending.delete(timer);
        return work();
      }, delayMs);
      pending.set(timer, forgotten);
    },
    close() {
      closed = true;
      for (const [timer, forgotten] of pending) {
        clock.clearTimeout(timer);
        forgotten?.();
      }
      pending.clear();
    },
  };
}
