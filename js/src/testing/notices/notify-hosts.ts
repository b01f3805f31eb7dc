// Where notices may go: to this machine, and to the hosts that an option names.

import { shown } from '../shown.js';
import { isThisMachine, portOf } from '../wire/loopback.js';

/** Why a notice is not sent to this address, or undefined where it may go there. */
export type NotifyHosts = (notify_url: string) => string | undefined;

/** Reads the hosts that are allowed beside this machine. Throws a TypeError for what is no host. */
export function createNotifyHosts(allowed: readonly string[]): NotifyHosts {
  const hosts = new Set(allowed.map(readHost));
  return (notify_url) => {
    if (!URL.canParse(notify_url)) return `not sent: '${shown(notify_url)}' is no address`;
    const url = new URL(notify_url);
    // The name that the delivery connects to: what stands before an @ is none.
    const host = url.hostname.replace(/\.$/, '');
    if (isThisMachine(host) || hosts.has(host) || hosts.has(`${host}:${portOf(url)}`)) return undefined;
    const name = shown(host);
    return `not sent: ${name} is not this machine; let notices go there with allowNotifyHosts: ['${name}'] or --allow-notify-host ${name}`;
  };
}

/** A name or an address, with a port where only that one is meant, as a URL would write it. */
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
