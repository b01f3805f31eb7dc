// The claim of one delivery in the store: taken, renewed while the listener runs, and ended as done or released.
import { type ErrorCode, WxPayError } from '../errors.js';
import type { NoticeStore } from './memory-store.js';

/** A claim is renewed three times per `ttlMs`, so that one delayed or failed renewal does not lose it. */
const RENEWALS_A_LIFE = 3;
/** A listener that hangs must not block its notice: its claim is renewed for at most 20 times `ttlMs`. */
const MOST_LIVES = 20;
/** The longest delay that a timer can have, in milliseconds. */
const LONGEST_MS = 0x7fffffff;

/** Receives an error that does not change the result of the delivery. */
type Report = (error: WxPayError) => void;

/**
 * One delivery in the store. It has one id per key, so it has several while the merchant's key is being changed.
 */
export class DeliveryClaim {
  readonly #store: NoticeStore;
  readonly #ids: readonly string[];
  readonly #token: string;
  readonly #ttlMs: number;
  readonly #report: Report;
  #claimed: string[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #renewing: Promise<void> | undefined;

  constructor(store: NoticeStore, ids: readonly string[], token: string, ttlMs: number, report: Report) {
    this.#store = store;
    this.#ids = ids;
    this.#token = token;
    this.#ttlMs = ttlMs;
    this.#report = report;
  }

  /** Claims the delivery. Returns false if it is done already. Throws `ERR_BUSY` if another process has the claim. */
  async take(): Promise<boolean> {
    for (const id of this.#ids) {
      const claim = await this.#claim(id).catch(async (cause: unknown) => {
        await this.release();
        throw failure('ERR_STORE', 'the store could not claim the notice; see the cause', cause);
      });
      if (claim === 'claimed') {
        this.#claimed.push(id);
        continue;
      }
      await this.release();
      if (claim === 'done') return false;
      if (claim === 'busy') throw failure('ERR_BUSY', 'the same notice is being delivered; WeChat sends it again');
      throw failure('ERR_STORE', "claim must return 'claimed', 'busy' or 'done'");
    }
    return true;
  }

  /** Renews the claim from now on: the process is alive, so no other process may call the listener. */
  keep(): void {
    const pauseMs = Math.min(Math.max(Math.floor(this.#ttlMs / RENEWALS_A_LIFE), 1), LONGEST_MS);
    let renewals = 0;
    this.#timer = setInterval(() => {
      renewals += 1;
      if (renewals > MOST_LIVES * RENEWALS_A_LIFE) {
        this.#stop();
        const lifeMs = MOST_LIVES * this.#ttlMs;
        this.#report(
          failure(
            'ERR_LISTENER',
            `the listener has run for more than ${lifeMs} ms; its claim is not renewed any longer`,
          ),
        );
      } else this.#renewing ??= this.#renew();
    }, pauseMs);
    // A host that waits for timers before it exits need not wait for this one.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /**
   * The listener has succeeded. It never throws. If the store cannot save this, the claim expires, and the next repeat of the notice
   * calls the listener again.
   */
  async done(): Promise<void> {
    this.#stop();
    try {
      for (const id of this.#ids) await this.#store.done(id);
    } catch (cause) {
      this.#report(
        failure('ERR_STORE', 'the notice is delivered, but the store could not remember it; see the cause', cause),
      );
    }
  }

  /** The listener has failed, or was not called. */
  async release(): Promise<void> {
    this.#stop();
    // A renewal that arrives after the release would be a new claim.
    await this.#renewing;
    try {
      for (const id of this.#claimed) await this.#store.release(id, this.#token);
    } catch (cause) {
      this.#report(failure('ERR_STORE', 'the store could not release the claim; see the cause', cause));
    }
    this.#claimed = [];
  }

  /** A second call with the same token renews the claim for its full life. */
  async #claim(id: string): Promise<unknown> {
    return this.#store.claim(id, this.#token, this.#ttlMs);
  }

  async #renew(): Promise<void> {
    try {
      const claims = await Promise.all(this.#ids.map((id) => this.#claim(id)));
      // The claim expired while this process slept. Another process has it now.
      if (claims.some((claim) => claim !== 'claimed')) this.#stop();
    } catch (cause) {
      this.#report(failure('ERR_STORE', 'the store could not renew the claim; see the cause', cause));
    } finally {
      this.#renewing = undefined;
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function failure(code: ErrorCode, message: string, cause?: unknown): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, cause });
}
