// One call over several hosts: what may be sent again is, nothing is after an answer that was read, and an uncertain try is not forgotten.
import { WxPayError } from '../errors.js';
import type { Hosts } from './hosts.js';
import { pause } from './pause.js';

/** What a call allows. */
export interface AttemptRules {
  /** How many more times it may be sent. */
  retries: number;
  /** Whether it may be sent again when it is not known what became of it. */
  repeatable: boolean;
  /** The fetch that sends. */
  fetch: typeof globalThis.fetch;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
}

/** The pause before a host is asked for the second time, in milliseconds; it doubles with each round. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs a call until it is answered, or may not be sent again. `run` sends to one host and judges the answer.
 *
 * Throws the last failure. Its outcome is `unknown` where any try was: a host that refuses now does not take back what another may
 * have done before.
 */
export async function attempts<T>(
  hosts: Hosts,
  { retries, repeatable, fetch, signal }: AttemptRules,
  run: (url: string, attempt: number) => Promise<T>,
): Promise<T> {
  const first = hosts.first(fetch);
  let isUncertain = false;
  for (let attempt = 0; ; attempt += 1) {
    const url = hosts.url(first, attempt);
    try {
      return await run(url, attempt);
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      const isOfHost = isHostFailure(error) && !signal?.aborted;
      if (isOfHost) hosts.failed(url);
      const mayRepeat = isOfHost && attempt < retries && (error.outcome === 'not-sent' || repeatable);
      if (!mayRepeat) throw isUncertain ? uncertain(error) : error;
      isUncertain ||= error.outcome === 'unknown';
      const round = Math.floor((attempt + 1) / hosts.count);
      if ((attempt + 1) % hosts.count === 0) await pause(roundPauseMs(round), signal);
      if (signal?.aborted) throw isUncertain ? uncertain(error) : error;
    }
  }
}

const roundPauseMs = (round: number) => Math.min(FIRST_PAUSE_MS * 2 ** (round - 1), LONGEST_PAUSE_MS);

/** Whether it was the host that failed and not the request: it was not reached, broke off, or was at fault by its own words. */
function isHostFailure({ code, status }: WxPayError): boolean {
  return code === 'ERR_NETWORK' || code === 'ERR_TIMEOUT' || (status !== undefined && status >= 500);
}

function uncertain(error: WxPayError): WxPayError {
  if (error.outcome === 'unknown') return error;
  const message = `${error.message}; an earlier try of this call got no answer and may have arrived: query before anything else`;
  return new WxPayError({ ...error.toJSON(), outcome: 'unknown', message, cause: error.cause });
}
