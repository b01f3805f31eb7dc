// The transport of the host: Node, or a host with web standards. The entry file of the host sets it.
import { configError } from '../errors.js';
import type { Certificate } from './certificate.js';
import type { Send } from './send.js';

/** The options that decide how a client reaches WeChat. */
export interface Route {
  /** The only addresses that receive the certificate. */
  baseUrls: readonly string[];
  certificate?: Certificate | undefined;
  ca?: string | readonly string[] | undefined;
  proxy?: string | undefined;
  agent?: object | undefined;
}

/** The functions that send the calls of one client. */
export interface Transport {
  /** Sends a call without a certificate. */
  send: Send;
  /** Sends a call with the certificate, if the client has one. */
  sendCertified: Send | undefined;
}

let hostTransport: (route: Route) => Transport = (route) => {
  for (const name of ['certificate', 'ca', 'proxy', 'agent'] as const) {
    if (route[name] !== undefined)
      throw configError(name, `works in Node only; pass ${name === 'certificate' ? 'certFetch' : 'fetch'} here`);
  }
  // The global fetch is looked up at each call, so that a test can replace it.
  return { send: (url, init) => globalThis.fetch(url, init), sendCertified: undefined };
};

/** Sets the transport of the host. */
export function useHost(transport: (route: Route) => Transport): void {
  hostTransport = transport;
}

/** Makes the transport of a client without its own fetch. Throws `ERR_CONFIG` for an option that cannot work. */
export const transportOf = (route: Route): Transport => hostTransport(route);
