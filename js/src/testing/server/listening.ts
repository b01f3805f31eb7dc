// Where a gateway listens: the servers that were asked for, and the one with TLS that its own clients call.

import { own } from '../own.js';
import type { CertificateStore } from './certificates.js';
import type { Door } from './door.js';
import { type Handler, type ListeningGateway, listenOnLoopback } from './server.js';

/** How a gateway listens. */
export interface ListenOptions {
  /** A free one by default. */
  port?: number;
  /** Whether to speak HTTPS, with a certificate of the gateway's own authority; plain HTTP by default. */
  tls?: boolean;
  /**
   * Whether refunds, reversing, fund-flow bills and comments are refused without the merchant's client certificate
   * (manual: API证书). By default it is demanded with TLS, and not without: there nobody could show one.
   */
  demandCertificates?: boolean;
}

/** The servers of one gateway. */
export interface Listening {
  /** Starts a server. */
  listen(options?: number | ListenOptions): Promise<ListeningGateway>;
  /** The first server with TLS that is still open; one on a free port is started where there is none. */
  withTls(): Promise<ListeningGateway>;
  /** Stops all of them. */
  close(): Promise<void>;
}

/** Makes the list, with no server in it. */
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
    const { port = 0, tls = false, demandCertificates = tls } = own(options, ['port', 'tls', 'demandCertificates']);
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
      // Clients that are made at the same time share one server.
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
