// The checks of server addresses: which are on this machine, and which may be called without TLS.

/** Whether a host name, as `URL.hostname` writes it, is this machine: localhost, 127.0.0.0/8 or ::1. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/.test(hostname);
}

/** Returns the fault of a server's address, if it has one. Plain http is for this machine, unless `allowHttp` is true. */
export function addressFault(url: unknown, allowHttp: boolean): string | undefined {
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) return 'must be an https:// address';
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(url);
  // A path would be lost. The sandbox has its own option.
  if (pathname !== '/' || `${search}${hash}${username}${password}` !== '') return 'must be an address without a path';
  if (protocol === 'https:' || isLoopback(hostname) || allowHttp) return undefined;
  return 'must begin with https://; plain http shows keys and orders to the network. For a private line set allowHttp: true';
}
