// Repeated outages of the main port, like those of WeChat's main domain.

import type { ListeningGateway } from '../testing/index.js';

/** The options of outages. */
export interface OutageParts {
  readonly server: ListeningGateway;
  /** The time from the start of one outage to the start of the next, in milliseconds. */
  readonly everyMs: number;
  /** The length of each outage, in milliseconds. */
  readonly forMs: number;
  /** Listens on the same port again. */
  readonly listenAgain: () => Promise<ListeningGateway>;
  /** Prints a line. */
  readonly print: (line: string) => void;
}

/** Starts the outages, the first after `everyMs`. Their timer keeps the process alive until it is ended. */
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
