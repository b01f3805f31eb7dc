// Which of WeChat's hosts is asked: the main one; another one while it fails; and the main one again once it answers a probe (跨城冗灾).
import { limited } from './limited.js';
import { discard } from './pieces.js';
import type { Send } from './send.js';

/** How long a probe may take, in milliseconds. */
const PROBE_TIMEOUT_MS = 5_000;

/** The hosts of one client, and which of them is asked first. */
export class Hosts {
  readonly #urls: readonly string[];
  readonly #probeMs: number;
  /** The place of the host that is asked first. */
  #first = 0;
  /** When the main host may be probed next, on the clock of `performance.now()`. */
  #probeAt = 0;

  /** `urls`: the main host, then the backups. `probeMs`: how long the main host is left alone before it is probed, in milliseconds. */
  constructor(urls: readonly string[], probeMs: number) {
    this.#urls = [...urls];
    this.#probeMs = probeMs;
  }

  /** The host of an attempt; `attempt` counts from 0 and `first` is what `first()` gave when the call began. */
  url(first: number, attempt: number): string {
    return this.#urls[(first + attempt) % this.#urls.length] as string;
  }

  /** How many there are. */
  get count(): number {
    return this.#urls.length;
  }

  /** The place of the host to begin with. While that is a backup, the main host is probed now and then, beside the call. */
  first(send: Send): number {
    if (this.#first !== 0 && performance.now() >= this.#probeAt) {
      this.#leaveAlone();
      void this.#probe(send);
    }
    return this.#first;
  }

  /** A host could not be reached, or did not answer: the calls that follow begin with the one behind it. */
  failed(url: string): void {
    const place = this.#urls.indexOf(url);
    if (place === 0) this.#leaveAlone();
    if (place === this.#first) this.#first = (place + 1) % this.#urls.length;
  }

  #leaveAlone(): void {
    this.#probeAt = performance.now() + this.#probeMs;
  }

  /** A page that moves no money: whatever answers it below 500 has its names, its connections and its certificate in order. */
  async #probe(send: Send): Promise<void> {
    try {
      const url = new URL('/', this.#urls[0]).href;
      const limits = { timeoutMs: PROBE_TIMEOUT_MS, signal: undefined };
      const status = await limited('the probe', limits, async (signal) => {
        const response = await send(url, { method: 'GET', redirect: 'manual', cache: 'no-store', signal });
        discard(response.body);
        return response.status;
      });
      if (status < 500) this.#first = 0;
    } catch {
      // Still down; the next probe comes with a later call.
    }
  }
}
