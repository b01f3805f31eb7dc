// The clocks of the gateway: the real one, and a manual one for tests that must not wait.

import { clearTimeout as clearRealTimeout, setTimeout as setRealTimeout } from 'node:timers';

/** A clock of the gateway. Every rule that depends on time, such as expiry and retries, uses it only. */
export interface Clock {
  /** Returns milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `callback` once, `delayMs` milliseconds from now. The result is for `clearTimeout` only. */
  setTimeout(callback: () => unknown, delayMs: number): unknown;
  /** Cancels a timer. One that has run already is not an error. */
  clearTimeout(handle: unknown): void;
}

/** A clock that moves only by `advance`. */
export interface ManualClock extends Clock {
  /**
   * Moves `ms` milliseconds forward. Due timers run in order, each at exactly its own time. The promise of each is awaited before
   * the next. Other work, such as the first notice of a payment, is not awaited. Await the gateway's `idle()` first, so that its
   * retries start at the right time.
   */
  advance(ms: number): Promise<void>;
}

/** The clock of the machine. Its timers do not keep the process alive: a retry in six hours must not delay its end. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setRealTimeout(callback, delayMs).unref(),
  clearTimeout: (handle) => clearRealTimeout(handle as NodeJS.Timeout),
};

/** Makes a clock that is `skewMs` milliseconds ahead of another, or late if below zero. Default the machine's clock. */
export function createSkewedClock(skewMs: number, clock: Clock = realClock): Clock {
  if (!Number.isFinite(skewMs)) throw new RangeError('createSkewedClock: skewMs must be a number of milliseconds');
  return {
    now: () => clock.now() + skewMs,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}

/** Makes a manual clock that starts at `startMs`, in milliseconds since 1970-01-01 UTC. */
export function createManualClock(startMs: number): ManualClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let lastMove = Promise.resolve();

  async function move(ms: number): Promise<void> {
    const targetMs = nowMs + ms;
    for (let timer = earliest(timers, targetMs); timer !== undefined; timer = earliest(timers, targetMs)) {
      timers.delete(timer);
      nowMs = timer.dueMs;
      await timer.callback();
    }
    nowMs = targetMs;
  }

  return {
    now: () => nowMs,
    setTimeout(callback, delayMs) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (handle) => void timers.delete(handle as Timer),
    advance(ms) {
      if (!(ms >= 0 && Number.isFinite(ms)))
        throw new RangeError('advance: ms must be a number of milliseconds, 0 or more');
      // Moves are queued, even if the caller does not await them: two at once would run timers out of order.
      const thisMove = lastMove.then(() => move(ms));
      lastMove = thisMove.catch(() => undefined);
      return thisMove;
    },
  };
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => unknown;
}

/** Returns the first timer that is due by `targetMs`. Of two at the same time, it is the older one. */
function earliest(timers: Set<Timer>, targetMs: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.dueMs <= targetMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
  }
  return first;
}
