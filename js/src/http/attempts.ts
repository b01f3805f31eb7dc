// The attempts of one call over several hosts: which host is next, and which error the caller sees.
import { changedError, WxPayError } from '../errors.js';
import { ownMember } from '../own.js';
import type { Hosts } from './hosts.js';
import type { NetworkOptions } from './options.js';
import { pause } from './pause.js';
import type { Send } from './send.js';

/** The rules of one call. */
export interface AttemptRules {
  /** How many times the call may be repeated. */
  retries: number;
  /** Whether the call may be repeated if an earlier attempt may have arrived. */
  repeatable: boolean;
  /** Sends each attempt, and the probe of the main host. */
  send: Send;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
  /** What to do if an earlier attempt may have arrived, as words of the error. */
  advice: string;
}

/** The pause after the first round of all hosts, in milliseconds. It doubles with each round. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The attempts of one call. Nothing is sent again after an answer with a status below 500. If one attempt may have arrived, the
 * final error says so.
 */
export class Attempts {
  readonly #hosts: Hosts;
  readonly #rules: AttemptRules;
  /** The index of the first attempt's host. */
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

  /** Selects the next host after a failure. Throws the failure if the call may not be sent again. */
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
   * Returns the error that ends the call. Its outcome is `unknown` if the outcome of an earlier attempt was `unknown`.
   * One host may refuse what another has already done.
   */
  final(error: unknown): unknown {
    return this.#isUncertain && error instanceof WxPayError ? uncertain(error, this.#rules.advice) : error;
  }
}

/** The longest time of a call in milliseconds: its attempts, and the pauses between rounds of all hosts. */
export function longestCallMs(options: Pick<NetworkOptions, 'timeoutMs' | 'retries' | 'baseUrls'>): number {
  const hosts = options.baseUrls.length;
  const { timeoutMs, retries = hosts - 1 } = options;
  const rounds = Array.from({ length: Math.floor(retries / hosts) }, (_, index) => roundPauseMs(index + 1));
  return rounds.reduce((sum, ms) => sum + ms, timeoutMs * (1 + retries));
}

const roundPauseMs = (round: number) => Math.min(FIRST_PAUSE_MS * 2 ** (round - 1), LONGEST_PAUSE_MS);

/** Whether the host failed, not the request: no connection, no complete answer, or a status of 500 and above. */
function isHostFailure(error: WxPayError): boolean {
  const { code } = error;
  const status = ownMember(error, 'status');
  return code === 'ERR_NETWORK' || code === 'ERR_TIMEOUT' || (status !== undefined && status >= 500);
}

function uncertain(error: WxPayError, advice: string): WxPayError {
  if (error.outcome === 'unknown') return error;
  const message = `${error.message}; an earlier attempt of this call got no answer and may have arrived: ${advice}`;
  return changedError(error, { outcome: 'unknown', message });
}
