// Time as an argument: the real clock, and a manual one for tests that must not wait.

import { clearTimeout as clearRealTimeout, setTimeout as setRealTimeout } from 'node:timers';

/** What the gateway asks of a clock. Every rule that depends on time (expiry, retries) reads this and nothing else. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `callback` once, `delayMs` milliseconds from now. The result is only good for `clearTimeout`. */
  setTimeout(callback: () => unknown, delayMs: number): unknown;
  /** Forgets a timer; one that has run already is no error. */
  clearTimeout(handle: unknown): void;
}

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /**
   * Moves `ms` milliseconds forward. Timers that fall due run in order, each at exactly its own time, and the work each
   * one begins (the promise it returns) is awaited before the next. Work begun otherwise, such as the first notice of a
   * payment, is awaited with the gateway's `idle()`: do that first, so that its retries are counted from the right time.
   */
  advance(ms: number): Promise<void>;
}

/** The clock of the machine. Its timers do not keep the process alive: a retry in six hours must not hang a test run. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setRealTimeout(callback, delayMs).unref(),
  clearTimeout: (handle) => clearRealTimeout(handle as NodeJS.Timeout),
};

/** Makes a clock that is `skewMs` milliseconds ahead of another one, by default the machine's; below zero it is behind. */
export function createSkewedClock(skewMs: number, clock: Clock = realClock): Clock {
  if (!Number.isFinite(skewMs)) throw new RangeError('createSkewedClock: skewMs must be a number of milliseconds');
  return {
    now: () => clock.now() + skewMs,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}

/** Makes a manual clock that shows `startMs` (milliseconds since 1970-01-01 UTC). */
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
      // One move after the other, also when the caller forgot to await: two at once would run timers out of order.
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

/** The timer that falls due first, at `targetMs` at the latest; of two at the same time, the one that was set first. */
function earliest(timers: Set<Timer>, targetMs: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.dueMs <= targetMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
  }
  return first;
}
