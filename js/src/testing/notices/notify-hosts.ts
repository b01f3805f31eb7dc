// The hosts that may receive notices: this machine, and those of an option.

import { shown } from '../shown.js';
import { isThisMachine, portOf } from '../wire/loopback.js';

/** Returns why a notice is not sent to this address, or undefined if it is allowed. */
export type NotifyHosts = (notify_url: string) => string | undefined;

/** Reads the hosts that are allowed besides this machine. Throws a TypeError for an invalid one. */
export function createNotifyHosts(allowed: readonly string[]): NotifyHosts {
  const hosts = new Set(allowed.map(readHost));
  return (notify_url) => {
    if (!URL.canParse(notify_url)) return `not sent: '${shown(notify_url)}' is not an address`;
    const url = new URL(notify_url);
    // The name of the connection. A part before an @ is not the host.
    const host = url.hostname.replace(/\.$/, '');
    if (isThisMachine(host) || hosts.has(host) || hosts.has(`${host}:${portOf(url)}`)) return undefined;
    const name = shown(host);
    return `not sent: ${name} is not this machine; allow it with allowNotifyHosts: ['${name}'] or --allow-notify-host ${name}`;
  };
}

/** Reads a name or an address as a URL writes it, with a port if only that one is allowed. */
function readHost(text: string): string {
  const [, host, port] = /^(\[[^\]]*\]|[^:/?#@\\*\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || !URL.canParse(`http://${host}`)) {
    throw new TypeError(
      `createGateway: allowNotifyHosts has '${shown(text)}'; name each host alone, as in shop.test or shop.test:8443`,
    );
  }
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '');
  return port === undefined ? name : `${name}:${Number(port)}`;
}
