// The servers of a gateway: those of the caller, and the one with TLS for its own clients.

import { checkNames } from '../names.js';
import { own } from '../own.js';
import type { CertificateStore } from './certificates.js';
import type { Door } from './door.js';
import { type Handler, type ListeningGateway, listenOnLoopback } from './server.js';

/** The options of a server. */
export interface ListenOptions {
  /** Default a free one. */
  port?: number;
  /** Whether it uses HTTPS, with a certificate of the gateway's own authority. Default plain HTTP. */
  tls?: boolean;
  /**
   * Whether refunds, reversals, fund-flow bills and comments require the merchant's client certificate (manual: API证书).
   * Default the value of `tls`, since plain HTTP has no certificates.
   */
  demandCertificates?: boolean;
}

const LISTEN = ['port', 'tls', 'demandCertificates'] as const;

/** The servers of one gateway. */
export interface Listening {
  /** Starts a server. */
  listen(options?: number | ListenOptions): Promise<ListeningGateway>;
  /** Returns the first open server with TLS. If there is none, it starts one on a free port. */
  withTls(): Promise<ListeningGateway>;
  /** Stops all servers. */
  close(): Promise<void>;
}

/** Makes the list, without a server. */
export function createListening(parts: {
  readonly handle: Handler;
  readonly door: Door;
  readonly certificates: CertificateStore;
}): Listening {
  const { handle, door, certificates } = parts;
  const servers = new Map<ListeningGateway, { readonly tls: boolean }>();
  let starting: Promise<ListeningGateway> | undefined;

  async function listen(given: number | ListenOptions = {}): Promise<ListeningGateway> {
    const options: ListenOptions = typeof given === 'number' ? { port: given } : given;
    checkNames('listen', options, LISTEN);
    const { port = 0, tls = false, demandCertificates = tls } = own(options, LISTEN);
    const started = await listenOnLoopback(handle, {
      door,
      port,
      demandsCertificate: demandCertificates,
      tls: tls ? await certificates.forServer() : undefined,
    });
    const server: ListeningGateway = {
      ...started,
      close() {
        servers.delete(server);
        return started.close();
      },
    };
    servers.set(server, { tls });
    return server;
  }

  return {
    listen,
    async withTls() {
      const [open] = [...servers].find(([, { tls }]) => tls) ?? [];
      if (open !== undefined) return open;
      // Concurrent calls share one server.
      starting ??= listen({ tls: true }).finally(() => {
        starting = undefined;
      });
      return starting;
    },
    async close() {
      await Promise.all([...servers.keys()].map((server) => server.close()));
    },
  };
}
