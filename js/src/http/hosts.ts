// The choice between WeChat's hosts (跨城冗灾). A backup is used instead of the main host, until the main host answers a probe.
import { limited } from './limited.js';
import { discard } from './pieces.js';
import type { Send } from './send.js';

/** The longest time of a probe, in milliseconds. */
const PROBE_TIMEOUT_MS = 5_000;

/** The hosts of one client, and which of them is first. */
export class Hosts {
  readonly #urls: readonly string[];
  readonly #probeMs: number;
  /** The index of the host for the first attempt. */
  #first = 0;
  /** The earliest time of the next probe, on the clock of `performance.now()`. */
  #probeAt = 0;

  /** `urls`: the main host, then the backups. `probeMs`: the time from a failure of the main host to its probe, in milliseconds. */
  constructor(urls: readonly string[], probeMs: number) {
    this.#urls = [...urls];
    this.#probeMs = probeMs;
  }

  /** Returns the host of an attempt. `attempt` counts from 0. `first` is the result of `first()` at the start of the call. */
  url(first: number, attempt: number): string {
    return this.#urls[(first + attempt) % this.#urls.length] as string;
  }

  /** The number of hosts. */
  get count(): number {
    return this.#urls.length;
  }

  /** Returns the index of the first host. While a backup is first, a probe of the main host may start beside the call. */
  first(send: Send): number {
    if (this.#first !== 0 && performance.now() >= this.#probeAt) {
      this.#leaveAlone();
      void this.#probe(send);
    }
    return this.#first;
  }

  /** Records a failure of a host. Later calls start with the next host. */
  failed(url: string): void {
    const place = this.#urls.indexOf(url);
    if (place === 0) this.#leaveAlone();
    if (place === this.#first) this.#first = (place + 1) % this.#urls.length;
  }

  #leaveAlone(): void {
    this.#probeAt = performance.now() + this.#probeMs;
  }

  /** Requests a page without side effects. Any status below 500 proves DNS, TCP and TLS. */
  async #probe(send: Send): Promise<void> {
    try {
      const url = new URL('/', this.#urls[0]).href;
      const limits = { timeoutMs: PROBE_TIMEOUT_MS, signal: undefined, advice: 'try again' };
      const status = await limited('the probe', limits, async (signal) => {
        const response = await send(url, { method: 'GET', redirect: 'manual', cache: 'no-store', signal });
        discard(response.body);
        return response.status;
      });
      if (status < 500) this.#first = 0;
    } catch {
      // The host is still down. A later call starts the next probe.
    }
  }
}
