// The main port goes down and comes back, again and again: WeChat's main domain on a bad day.

import type { ListeningGateway } from '../testing/index.js';

/** What outages need. */
export interface OutageParts {
  readonly server: ListeningGateway;
  /** From one outage to the next, in milliseconds. */
  readonly everyMs: number;
  /** How long each lasts, in milliseconds. */
  readonly forMs: number;
  /** Listens on the same port again. */
  readonly listenAgain: () => Promise<ListeningGateway>;
  /** Prints a line. */
  readonly print: (line: string) => void;
}

/** Begins them, the first one after `everyMs`. They end with the process, which they keep: nothing else does in the meantime. */
export function beginOutages({ server, everyMs, forMs, listenAgain, print }: OutageParts): void {
  let current = server;
  setInterval(async () => {
    await current.close();
    print(`${server.url} is down for ${forMs / 1000} s`);
    setTimeout(async () => {
      try {
        current = await listenAgain();
        print(`${server.url} is back`);
      } catch (error) {
        print(`${server.url} stays down: ${error instanceof Error ? error.message : error}`);
      }
    }, forMs);
  }, everyMs);
}
