// A clock that a person turns forward, on top of the gateway's own one. Timers that are due meanwhile run, each at its time.

import type { Clock, ManualClock } from './clock.js';

/** The clock of the books. */
export interface TurnableClock extends Clock {
  /** Moves `ms` milliseconds forward. Resolves when all timers that are due have run. Throws a RangeError for another number. */
  forward(ms: number): Promise<void>;
}

/** Makes it. A manual clock is turned itself, so that a test sees one time. */
export function createTurnableClock(clock: Clock | ManualClock): TurnableClock {
  const timers = new Set<Timer>();
  let aheadMs = 0;
  let lastTurn = Promise.resolve();
  const now = () => clock.now() + aheadMs;

  function start(timer: Timer, delayMs: number): void {
    timer.started = clock.setTimeout(() => {
      timers.delete(timer);
      return timer.callback();
    }, delayMs);
  }

  async function turn(ms: number): Promise<void> {
    const targetMs = now() + ms;
    for (let next = earliest(timers, targetMs); next !== undefined; next = earliest(timers, targetMs)) {
      timers.delete(next);
      clock.clearTimeout(next.started);
      aheadMs += Math.max(0, next.dueMs - now());
      await next.callback();
    }
    aheadMs += Math.max(0, targetMs - now());
    for (const timer of timers) {
      clock.clearTimeout(timer.started);
      start(timer, Math.max(0, timer.dueMs - now()));
    }
  }

  return {
    now,
    setTimeout(callback, delayMs) {
      const timer: Timer = { dueMs: now() + Math.max(0, delayMs), callback, started: undefined };
      timers.add(timer);
      start(timer, delayMs);
      return timer;
    },
    clearTimeout(handle) {
      const timer = handle as Timer;
      timers.delete(timer);
      clock.clearTimeout(timer.started);
    },
    async forward(ms) {
      if (!(Number.isSafeInteger(ms) && ms > 0 && ms <= FARTHEST_MS))
        throw new RangeError('forward: ms must be whole milliseconds, from 1 to 400 days');
      if ('advance' in clock) return clock.advance(ms);
      // One after the other: two at once would run timers out of order.
      const thisTurn = lastTurn.then(() => turn(ms));
      lastTurn = thisTurn.catch(() => undefined);
      return thisTurn;
    },
  };
}

const FARTHEST_MS = 400 * 24 * 60 * 60 * 1000;

interface Timer {
  readonly dueMs: number;
  readonly callback: () => unknown;
  started: unknown;
}

function earliest(timers: ReadonlySet<Timer>, untilMs: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers)
    if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
  return first;
}
