// The clock of a run. The run advances the minutes, and the client's time limit passes when all other work is done.

import { createManualClock } from 'paysign/testing';

export const MINUTE_MS = 60_000;

/** How late an answer may be by the gateway's clock. Nothing else at the gateway waits for so short a time. */
export const DELAY_MS = [1, 2000];

/** The time limit of the shop's client, in real milliseconds: longer than any pause of a busy machine. No other timer has it. */
export const PATIENCE_MS = 59_999;

/** Late answers above this come after the client's time limit; the others come soon. */
const SOON_MS = 1975;

/** How long nothing but late answers is waited for, in real milliseconds. A call that is being signed is soon sent. */
const QUIET_MS = 25;

/** How long after the time limit such an answer comes, in real milliseconds. */
const AFTER_MS = 200;

/** Makes the clock. It shows 2024-08-05 17:33:00 in Beijing. `close` ends it. */
export function createMinuteClock() {
  const minutes = createManualClock(Date.UTC(2024, 7, 5, 9, 33, 0));
  const limits = createTimeLimits(() => setImmediate(passIfStuck));
  /** Answers on their way. */
  const late = new Set();
  /** Answers that come after the client's time limit. */
  const tooLate = new Set();
  let working = 0;
  let quiet;

  function comes(handle, delayMs) {
    handle.real = setTimeout(() => {
      late.delete(handle);
      return handle.callback();
    }, delayMs);
  }

  /** Nothing but the client's time limits is left to wait for: they pass now, in every run alike. */
  function passIfStuck() {
    clearTimeout(quiet);
    if (tooLate.size === 0) return;
    if (tooLate.size >= working) pass();
    // Several pieces of work may wait for one call, which downloads certificates.
    else if (limits.left() === tooLate.size) quiet = setTimeout(pass, QUIET_MS);
  }

  function pass() {
    limits.pass();
    for (const handle of tooLate) comes(handle, AFTER_MS);
    tooLate.clear();
  }

  return {
    now: () => minutes.now(),
    setTimeout(callback, delayMs) {
      if (delayMs > DELAY_MS[1]) return { minutes: minutes.setTimeout(callback, delayMs) };
      const handle = { callback };
      late.add(handle);
      if (delayMs < SOON_MS) comes(handle, delayMs / 50);
      else {
        tooLate.add(handle);
        setImmediate(passIfStuck);
      }
      return handle;
    },
    clearTimeout(handle) {
      clearTimeout(handle?.real);
      late.delete(handle);
      tooLate.delete(handle);
      if (handle?.minutes) minutes.clearTimeout(handle.minutes);
    },
    advance: (ms) => minutes.advance(ms),
    /** Does a piece of work, which makes one call at a time. */
    async work(job) {
      working += 1;
      try {
        return await job();
      } finally {
        working -= 1;
        setImmediate(passIfStuck);
      }
    },
    /** Waits for every late answer. A call that timed out may still be executed, and must not race with the next call. */
    async settle() {
      while (late.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: limits.close,
  };
}

/** Takes over the timers of the client's time limit, the only ones of that length. `pass` ends all that are `left`. */
function createTimeLimits(onChange) {
  const { setTimeout, clearTimeout } = globalThis;
  const left = new Map();
  globalThis.setTimeout = (callback, delayMs, ...more) => {
    const timer = setTimeout(callback, delayMs, ...more);
    if (delayMs !== PATIENCE_MS) return timer;
    left.set(timer, callback);
    onChange();
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    clearTimeout(timer);
    if (left.delete(timer)) onChange();
  };
  return {
    left: () => left.size,
    pass() {
      // The client clears each timer as it ends.
      for (const callback of left.values()) callback();
    },
    close: () => Object.assign(globalThis, { setTimeout, clearTimeout }),
  };
}
