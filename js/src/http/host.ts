// What the host of this package does besides the web standards. The entry file of the host says so.
import { configError } from '../errors.js';
import type { Certificate } from './certificate.js';
import type { Send } from './send.js';

/** How a client reaches WeChat, by its options. */
export interface Route {
  /** The certificate is shown to these addresses only. */
  baseUrls: readonly string[];
  certificate?: Certificate | undefined;
  ca?: string | readonly string[] | undefined;
  proxy?: string | undefined;
  agent?: object | undefined;
}

/** What sends the calls of one client. */
export interface Transport {
  /** Sends a call without a certificate. */
  send: Send;
  /** Sends a call with the certificate, where the client has one. */
  sendCertified: Send | undefined;
}

let hostTransport: (route: Route) => Transport = (route) => {
  for (const name of ['certificate', 'ca', 'proxy', 'agent'] as const) {
    if (route[name] !== undefined)
      throw configError(name, `works in Node only; pass ${name === 'certificate' ? 'certFetch' : 'fetch'} here`);
  }
  // A test that replaces the global one is heeded.
  return { send: (url, init) => globalThis.fetch(url, init), sendCertified: undefined };
};

/** Takes the transport of the host. */
export function useHost(transport: (route: Route) => Transport): void {
  hostTransport = transport;
}

/** Makes what sends where the caller brings no fetch. An option that cannot work is `ERR_CONFIG`. */
export const transportOf = (route: Route): Transport => hostTransport(route);
