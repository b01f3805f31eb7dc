// What a client is made of, and the check that it can work, before anything is sent.
import { configError } from './errors.js';
import type { OnExchange } from './exchange-report.js';
import type { SignType } from './signing.js';

/** The merchant's certificate (API证书) as PEM texts, or as the PKCS#12 file and its passphrase, which is the merchant number. */
export type Certificate = ({ cert: string; key: string } | { pfx: Uint8Array; passphrase: string }) & {
  /** The authority to trust instead of the public ones, as PEM: for a gateway of your own. */
  ca?: string;
};

type MakeFetch = (certificate: Certificate, baseUrls: readonly string[]) => typeof globalThis.fetch;

let certificateFetch: MakeFetch | undefined;

/** Tells how calls with a certificate are sent, where the host can; the Node entry does so. */
export function useCertificates(make: MakeFetch): void {
  certificateFetch = make;
}

/** What a client is made of. */
export interface WechatPayOptions {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mch_id: string;
  /** The APIv2 key (API密钥), 32 characters. Neither the AppSecret nor the APIv3 key. */
  key: string;
  /** The AppSecret of the mini program that users log in to, for `code2Session`: the sub-merchant's where `sub_appid` is given. */
  secret?: string | undefined;
  /** The sub-merchant's app, where orders name it (service providers). `requestPayment` is then signed for it. */
  sub_appid?: string | undefined;
  /** The sub-merchant's number (service providers). */
  sub_mch_id?: string | undefined;
  /** How requests are signed, and answers and notices are expected to be. Default `HMAC-SHA256`. */
  signType?: SignType | undefined;
  /** Where WeChat posts payment notices, for orders that do not say it themselves. */
  notify_url?: string | undefined;
  /**
   * WeChat's hosts, the main one first. While one fails, calls go to the one behind it; the main one is asked again once it has
   * answered a probe. Default the main host and its backup (跨城冗灾).
   */
  baseUrls?: readonly string[] | undefined;
  /**
   * The prefix of the sandbox's paths, `/xdc/apiv2sandbox` or the older `/sandboxnew`. The key is then the sandbox's own
   * (`sandboxSignKey`, called without this option), and `signType` must be `MD5`.
   */
  sandboxPrefix?: string | undefined;
  /**
   * The path of `sandboxSignKey`, which is asked with the production key. Default `/xdc/apiv2getsignkey/sign/getsignkey`;
   * the older sandbox has `/sandboxnew/pay/getsignkey`.
   */
  sandboxKeyPath?: string | undefined;
  /** The host of the log-in. Default `https://api.weixin.qq.com`. */
  loginUrl?: string | undefined;
  /** The fetch that sends; proxies and test servers come in here. Default the host's own. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The merchant's certificate, for refunds and the other calls that need it. In Node; elsewhere give `certFetch`. */
  certificate?: Certificate | undefined;
  /** The fetch for calls that need the certificate, where it is not made from `certificate`. */
  certFetch?: typeof globalThis.fetch | undefined;
  /** How long one exchange may take, in milliseconds; a call that is sent again takes as long again. Default 10000. */
  timeoutMs?: number | undefined;
  /**
   * How many more times a call is sent, to the next host, when a host was not reached, did not answer in time, or answered with 5xx:
   * always what was never sent, otherwise what has the same effect once or twice (all but `micropay`). Nothing is sent again after an
   * answer. Default once for each further host.
   */
  retries?: number | undefined;
  /** How long a main host that failed is left alone before it is probed, in milliseconds. Default 30000. */
  probeMs?: number | undefined;
  /** Is told of every exchange: host, path, time, outcome, and both texts without key and signatures. */
  onExchange?: OnExchange | undefined;
}

/** The options with their defaults. */
export type SettledOptions = WechatPayOptions & {
  signType: SignType;
  baseUrls: readonly string[];
  loginUrl: string;
  timeoutMs: number;
  probeMs: number;
};

/** The options with their defaults, once each that cannot work was named. */
export function settled(options: WechatPayOptions): SettledOptions {
  check(options);
  const { signType = 'HMAC-SHA256', baseUrls = BASE_URLS, loginUrl = LOGIN_URL } = options;
  const { timeoutMs = 10_000, probeMs = 30_000 } = options;
  return { ...options, signType, baseUrls, loginUrl, timeoutMs, probeMs };
}

function check(options: WechatPayOptions): void {
  if (typeof options !== 'object' || options === null) throw configError('options', 'must be an object');
  const { signType, baseUrls, loginUrl, retries } = options;
  for (const name of ['sub_appid', 'sub_mch_id'] as const) {
    const id = options[name];
    if (id !== undefined && (typeof id !== 'string' || id === '' || id.length > 128))
      throw configError(name, 'must be text that is not empty');
  }
  for (const name of ['appid', 'mch_id', 'key'] as const) {
    if (typeof options[name] !== 'string') throw configError(name, 'is missing, or is not text');
    if (options[name].length > 128) throw configError(name, 'is too long');
  }
  if (signType !== undefined && signType !== 'MD5' && signType !== 'HMAC-SHA256') {
    throw configError('signType', "must be 'MD5' or 'HMAC-SHA256'");
  }
  if (baseUrls !== undefined && !(Array.isArray(baseUrls) && baseUrls.length > 0 && baseUrls.every(isWebAddress))) {
    throw configError('baseUrls', 'must be a list of https:// addresses without a path');
  }
  if (loginUrl !== undefined && !isWebAddress(loginUrl))
    throw configError('loginUrl', 'must be an https:// address without a path');
  for (const [name, example] of [
    ['sandboxPrefix', '/xdc/apiv2sandbox'],
    ['sandboxKeyPath', '/sandboxnew/pay/getsignkey'],
  ] as const) {
    const path = options[name];
    if (path !== undefined && !(typeof path === 'string' && /^(\/\w+)+$/.test(path)))
      throw configError(name, `must be a path, such as '${example}'`);
  }
  if (options.sandboxPrefix !== undefined && signType !== 'MD5') {
    throw configError('signType', "must be 'MD5' with the sandbox, which knows no other");
  }
  for (const name of ['fetch', 'certFetch', 'onExchange'] as const) {
    const given = options[name];
    if (given !== undefined && typeof given !== 'function') throw configError(name, 'must be a function');
  }
  for (const name of ['timeoutMs', 'probeMs'] as const) {
    const ms = options[name];
    if (ms !== undefined && !(Number.isInteger(ms) && ms > 0 && ms <= 0x7fffffff))
      throw configError(name, 'must be a whole number of milliseconds above zero');
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    throw configError('retries', 'must be a whole number from 0 to 10');
}

/** The fetch that shows the certificate to these hosts, where this one can make such a fetch. */
export function fromCertificate(
  certificate: Certificate | undefined,
  baseUrls: readonly string[],
): typeof globalThis.fetch | undefined {
  if (certificate === undefined) return undefined;
  if (typeof certificate !== 'object' || certificate === null) throw configError('certificate', 'must be an object');
  if (certificateFetch === undefined)
    throw configError('certificate', 'cannot be used by this host itself; give certFetch');
  return certificateFetch(certificate, baseUrls);
}

/** Plain http is for gateways on the same machine or a private line. */
function isWebAddress(url: unknown): boolean {
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) return false;
  // A path would be lost: the sandbox has its own option.
  const { pathname, search, hash, username, password } = new URL(url);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}

/** WeChat's hosts: the near one and the backup. */
const BASE_URLS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'];
/** The host of the log-in. */
const LOGIN_URL = 'https://api.weixin.qq.com';
