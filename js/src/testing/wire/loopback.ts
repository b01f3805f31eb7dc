// Which hosts are this machine.

/**
 * Says whether a host, as the `hostname` of a URL has it, is this machine: `localhost` and names below it, 127.0.0.0/8, also as
 * an IPv6 address, and ::1. So are 0.0.0.0 and ::, which connect to this machine alone. Other spellings of an address
 * (`2130706433`, `127.1`) are the usual ones in a URL.
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

/** The port of an address, also where it is left out. */
export function portOf({ protocol, port }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}
