// Repeated outages of the main port, as of WeChat's main domain on a bad day.

import type { ListeningGateway } from '../testing/index.js';

/** The options of outages. */
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

/** Begins them, the first one after `everyMs`. Their timer keeps the process alive; they end with it. */
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
