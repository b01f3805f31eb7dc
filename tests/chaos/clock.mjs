// The clock of a run. The run advances the minutes, and only waiting for a late answer takes real time.

import { createManualClock } from 'paysign/testing';

export const MINUTE_MS = 60_000;

/** How late an answer may be by the gateway's clock. Nothing else at the gateway waits for so short a time. */
export const DELAY_MS = [1, 2000];

/** The timeout of the shop's client, in real milliseconds: longer than any pause of a busy machine. */
export const PATIENCE_MS = 4000;

/** Late answers above this come after the client's timeout; the others come soon. Real waiting is kept rare. */
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
    /** Waits for every late answer. A call that timed out may still be executed, and must not race with the next call. */
    async settle() {
      while (late.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}
