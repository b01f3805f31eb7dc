// What the host of this package can do besides the web standards; the entry file of the host says so.
import { configError } from '../errors.js';
import { own } from '../own.js';
import type { Certificate } from './certificate.js';

/** The abilities of a host. */
export interface Host {
  /** Makes the fetch that shows a certificate to these addresses. */
  certificateFetch: (certificate: Certificate, baseUrls: readonly string[]) => typeof globalThis.fetch;
  /** The fetch of calls without a certificate. */
  fetch: typeof globalThis.fetch;
}

let host: Partial<Host> = {};

/** Takes the abilities of the host. */
export function useHost(abilities: Host): void {
  host = abilities;
}

/** The fetch that sends where the caller brings no other. A test that replaces the global one is heeded. */
export function hostFetch(): typeof globalThis.fetch {
  return host.fetch ?? ((input, init) => globalThis.fetch(input, init));
}

/** The fetch that shows the certificate to these hosts, where this host can make one. */
export function fromCertificate(
  certificate: Certificate | undefined,
  baseUrls: readonly string[],
): typeof globalThis.fetch | undefined {
  if (certificate === undefined) return undefined;
  if (typeof certificate !== 'object' || certificate === null) throw configError('certificate', 'must be an object');
  if (host.certificateFetch === undefined)
    throw configError('certificate', 'cannot be used by this host; pass the option certFetch');
  return host.certificateFetch(own(certificate), baseUrls);
}
