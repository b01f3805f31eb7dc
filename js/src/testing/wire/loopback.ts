// The hosts that are this machine.

/**
 * Returns whether the `hostname` of a URL is this machine: `localhost`, its subdomains, 127.0.0.0/8 as IPv4 or IPv6, and ::1.
 * So are 0.0.0.0 and ::, which connect to this machine only. A URL has already normalised other spellings (`2130706433`, `127.1`).
 */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  return (
    /^(.+\.)?localhost$/.test(host) ||
    /^127(\.\d+){3}$/.test(host) ||
    /^\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]$/.test(host) ||
    ['0.0.0.0', '[::]', '[::1]'].includes(host)
  );
}

/** Returns the port of an address, or the default one of its protocol. */
export function portOf({ protocol, port }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}
