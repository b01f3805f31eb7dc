// The clock of a run: minutes pass when the run turns them, and only the waiting of a late answer takes real time.

import { createManualClock } from 'paysign/testing';

export const MINUTE_MS = 60_000;

/** How late an answer may be by the gateway's clock. Nothing else at the gateway waits for so short a time. */
export const DELAY_MS = [1, 2000];

/** How long the shop's client waits for an answer, in real milliseconds: longer than a busy machine stands still. */
export const PATIENCE_MS = 4000;

/** Late answers above this are later than the client's patience; the others come soon. Real waiting is what a run has least of. */
const SOON_MS = 1975;

/** Makes the clock. It shows 2024-08-05 17:33:00 in Beijing. */
export function createMinuteClock() {
  const minutes = createManualClock(Date.UTC(2024, 7, 5, 9, 33, 0));
  const late = new Set();
  return {
    now: () => minutes.now(),
    setTimeout(callback, delayMs) {
      if (delayMs > DELAY_MS[1]) return { minutes: minutes.setTimeout(callback, delayMs) };
      const handle = {};
      const come = () => {
        late.delete(handle);
        return callback();
      };
      handle.real = setTimeout(come, delayMs < SOON_MS ? delayMs / 50 : PATIENCE_MS + 200);
      late.add(handle);
      return handle;
    },
    clearTimeout(handle) {
      clearTimeout(handle?.real);
      late.delete(handle);
      if (handle?.minutes) minutes.clearTimeout(handle.minutes);
    },
    advance: (ms) => minutes.advance(ms),
    /** Waits for all that is late: what the client has given up may still be done, and must not be a race with what is asked next. */
    async settle() {
      while (late.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}
