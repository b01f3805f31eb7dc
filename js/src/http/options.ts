// The options that clients of both generations share: WeChat's hosts, time limits, retries. They are checked before the first call.
import { configError } from '../errors.js';
import { BACKUP_BASE_URL, BASE_URL, LOGIN_URL } from '../generated/constants.js';
import { addressFault, isLoopback } from './web-address.js';

/** The shared options with their defaults. */
export interface NetworkOptions {
  baseUrls: readonly string[];
  loginUrl: string;
  allowHttp?: boolean | undefined;
  /** In milliseconds. */
  timeoutMs: number;
  /** In milliseconds. */
  probeMs: number;
  retries?: number | undefined;
  tokenCache?: { get?: unknown; set?: unknown } | undefined;
}

type Defaulted = Pick<NetworkOptions, 'baseUrls' | 'loginUrl' | 'timeoutMs' | 'probeMs'>;

/** The options with the defaults of the shared ones. WeChat Pay has a near host and a backup. */
export function withNetworkDefaults<Options extends { [name in keyof Defaulted]?: Defaulted[name] | undefined }>(
  options: Options,
): Options & Defaulted {
  const { baseUrls = BASE_URLS, loginUrl = LOGIN_URL, timeoutMs = 10_000, probeMs = 30_000 } = options;
  return { ...options, baseUrls, loginUrl, timeoutMs, probeMs };
}

const BASE_URLS = [BASE_URL, BACKUP_BASE_URL];

/** Throws `ERR_CONFIG` for a shared option that cannot work. */
export function checkNetwork(options: NetworkOptions): void {
  checkAddresses(options);
  for (const name of ['timeoutMs', 'probeMs'] as const) {
    const ms = options[name];
    if (!(Number.isInteger(ms) && ms > 0 && ms <= 0x7fffffff))
      throw configError(name, 'must be a whole number of milliseconds above zero');
  }
  const { retries, tokenCache } = options;
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    throw configError('retries', 'must be a whole number from 0 to 10');
  if (tokenCache !== undefined && !(typeof tokenCache?.get === 'function' && typeof tokenCache.set === 'function'))
    throw configError('tokenCache', 'must have the methods get and set; redisTokenCache makes one');
}

/** Throws `ERR_CONFIG` for a member that is neither a function nor absent. */
export function checkFunctions<Name extends string>(
  options: { readonly [name in Name]?: unknown },
  names: Name[],
): void {
  for (const name of names) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw configError(name, 'must be a function');
  }
}

function checkAddresses({ baseUrls, loginUrl, allowHttp = false }: NetworkOptions): void {
  if (typeof allowHttp !== 'boolean') throw configError('allowHttp', 'must be true or false');
  if (!Array.isArray(baseUrls) || baseUrls.length === 0)
    throw configError('baseUrls', 'must be a list of https:// addresses without a path');
  for (const [name, url] of [...baseUrls.map((url) => ['baseUrls', url] as const), ['loginUrl', loginUrl] as const]) {
    const fault = addressFault(url, allowHttp);
    if (fault !== undefined) throw configError(name, fault);
  }
}

/** Returns the name of a client's environment. It separates notices of a gateway from those of WeChat. */
export function environmentOf(baseUrls: readonly string[]): string {
  const hosts = baseUrls.map((url) => new URL(url).host).sort();
  // All of WeChat's hosts are one environment. A gateway on this machine is one environment, at any port.
  if (hosts.every((host) => host.endsWith('.mch.weixin.qq.com'))) return 'wechat';
  return isLocal(baseUrls) ? 'local' : hosts.join();
}

/** Whether all hosts are this machine. */
export const isLocal = (baseUrls: readonly string[]) => baseUrls.every((url) => isLoopback(new URL(url).hostname));
