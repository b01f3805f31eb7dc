// Work that is due later on the gateway's clock, and is forgotten when the gateway closes.

import type { Clock } from './clock.js';

/** The timers of one gateway. */
export interface Timers {
  /** Runs `work` once, `delayMs` milliseconds from now. What it returns is what a manual clock waits for. */
  after(delayMs: number, work: () => unknown): void;
  /** Forgets all that has not run. */
  close(): void;
}

/** Makes timers on a clock. */
export function createTimers(clock: Clock): Timers {
  const pending = new Set<unknown>();
  let closed = false;
  return {
    after(delayMs, work) {
      if (closed) return;
      const timer = clock.setTimeout(() => {
        pending.delete(timer);
        return work();
      }, delayMs);
      pending.add(timer);
    },
    close() {
      closed = true;
      for (const timer of pending) clock.clearTimeout(timer);
      pending.clear();
    },
  };
}
