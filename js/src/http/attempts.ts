// The attempts of one call over several hosts: which host is next, and which error the caller sees.
import { WxPayError } from '../errors.js';
import type { Hosts } from './hosts.js';
import { pause } from './pause.js';
import type { Send } from './send.js';

/** What a call allows. */
export interface AttemptRules {
  /** How many more times it may be sent. */
  retries: number;
  /** Whether it may be sent again when it is not known what became of it. */
  repeatable: boolean;
  /** Sends the attempt; a probe of the main host too. */
  send: Send;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
}

/** The pause before a host is asked for the second time, in milliseconds; it doubles with each round. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The attempts of one call. Nothing is sent again after an answer with a status below 500. An uncertain attempt is not forgotten. */
export class Attempts {
  readonly #hosts: Hosts;
  readonly #rules: AttemptRules;
  /** The place of the first attempt's host. */
  readonly #first: number;
  /** How many attempts failed. */
  count = 0;
  #isUncertain = false;

  constructor(hosts: Hosts, rules: AttemptRules) {
    this.#hosts = hosts;
    this.#rules = rules;
    this.#first = hosts.first(rules.send);
  }

  /** The host of this attempt. */
  get host(): string {
    return this.#hosts.url(this.#first, this.count);
  }

  /** Goes on to the next host after a failure of this one. Throws the failure where the call may not be sent again. */
  async next(error: unknown): Promise<void> {
    if (!(error instanceof WxPayError)) throw error;
    const { retries, repeatable, signal } = this.#rules;
    const isOfHost = isHostFailure(error) && !signal?.aborted;
    if (isOfHost) this.#hosts.failed(this.host);
    const mayRepeat = isOfHost && this.count < retries && (error.outcome === 'not-sent' || repeatable);
    if (!mayRepeat) throw this.final(error);
    this.#isUncertain ||= error.outcome === 'unknown';
    this.count += 1;
    const { count } = this.#hosts;
    if (this.count % count === 0) await pause(roundPauseMs(this.count / count), signal);
    if (signal?.aborted) throw this.final(error);
  }

  /**
   * The error that ends the call. Its outcome is `unknown` where that of an earlier attempt was.
   * A host that refuses now does not take back what another may have done.
   */
  final(error: unknown): unknown {
    return this.#isUncertain && error instanceof WxPayError ? uncertain(error) : error;
  }
}

/** How long a call may be on its way at most, in milliseconds: its attempts, and the pauses between rounds of all hosts. */
export function longestCallMs({ timeoutMs, retries }: { timeoutMs: number; retries: number }, hosts: number): number {
  const rounds = Array.from({ length: Math.floor(retries / hosts) }, (_, index) => roundPauseMs(index + 1));
  return rounds.reduce((sum, ms) => sum + ms, timeoutMs * (1 + retries));
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
