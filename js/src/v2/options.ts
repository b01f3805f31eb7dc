// What a client is made of, and the check that it can work, before anything is sent.
import { configError, optionalTextFault, textFault } from '../errors.js';
import type { Certificate } from '../http/certificate.js';
import type { OnExchange } from '../http/report.js';
import { addressFault, isLoopback } from '../http/web-address.js';
import type { AccessTokenCache } from '../login/token-cache.js';
import { own } from '../own.js';
import type { SignType } from './signing.js';

/** What a client is made of. */
export interface WechatPayOptions {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mch_id: string;
  /**
   * The APIv2 key (API密钥), 32 characters. Neither the AppSecret nor the APIv3 key.
   *
   * While the key is being changed, `[new, old]`: the first one signs, and notices are accepted with each of them. Take the old
   * one out a day later, when WeChat repeats no notice of before any more.
   */
  key: string | readonly string[];
  /** The AppSecret of the mini program that users log in to, for `code2Session` and `getPhoneNumber`: the sub-merchant's where `sub_appid` is given. */
  secret?: string | undefined;
  /** The sub-merchant's app, where orders name it (service providers). `requestPayment` is then signed for it. */
  sub_appid?: string | undefined;
  /** The sub-merchant's number (service providers). */
  sub_mch_id?: string | undefined;
  /**
   * How requests are signed, and answers and notices are expected to be. Default `HMAC-SHA256`.
   *
   * While this is being changed, `[new, old]`: the first one signs, and notices are accepted with each of them. The sender never
   * chooses: a notice has no say in which are accepted.
   */
  signType?: SignType | readonly SignType[] | undefined;
  /** Where WeChat posts payment notices, for orders that do not say it themselves. */
  notify_url?: string | undefined;
  /**
   * WeChat's hosts, the main one first. While one fails, calls go to the one behind it; the main one is asked again once it has
   * answered a probe. Default the main host and its backup (跨城冗灾).
   */
  baseUrls?: readonly string[] | undefined;
  /**
   * Allows `http://` addresses of other machines in `baseUrls` and `loginUrl`: a gateway in a container network, a proxy on a
   * private line. Default false: plain http is for this machine only, since it shows AppSecret and orders to the network.
   */
  allowHttp?: boolean | undefined;
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
  /**
   * Where the access token of `getPhoneNumber` is kept: `redisTokenCache(client)` for several processes, or one of your own.
   * Default in memory, which is right for one process and for several.
   */
  tokenCache?: AccessTokenCache | undefined;
  /**
   * The fetch that sends calls without a certificate: `globalThis.fetch` for its interceptors, or a mock. Default a function over
   * `node:https` in Node, and the host's own fetch elsewhere. `ca`, `proxy` and `agent` have no effect on it.
   */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * The authority to trust instead of the public ones, for all calls, as PEM: that of a gateway of your own, or of a company's proxy.
   * For both, add `rootCertificates` of `node:tls` to the list; or name the file in NODE_EXTRA_CA_CERTS. In Node.
   */
  ca?: string | readonly string[] | undefined;
  /**
   * The HTTP proxy for all calls to `https://` addresses, such as `http://user:password@proxy.example.com:3128`. Default
   * HTTPS_PROXY of the environment, except for this machine and the hosts of NO_PROXY. An empty text means no proxy. In Node.
   */
  proxy?: string | undefined;
  /** The `Agent` of `node:https` for all calls to `https://` addresses, in place of `proxy`. Default one that keeps connections. In Node. */
  agent?: object | undefined;
  /** The merchant's certificate, for refunds and the other calls that need it. In Node; elsewhere give `certFetch`. */
  certificate?: Certificate | undefined;
  /** The fetch for calls that need the certificate, in place of `certificate`. `ca`, `proxy` and `agent` have no effect on it. */
  certFetch?: typeof globalThis.fetch | undefined;
  /**
   * How long one exchange may take, in milliseconds; a call that is sent again takes as long again. A bill may take so long to
   * begin, and again for each of its pieces. Default 10000.
   */
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
export type CompleteOptions = Omit<WechatPayOptions, 'key' | 'signType'> & {
  /** The accepted keys; the first one signs. */
  keys: readonly [string, ...string[]];
  /** The accepted ways of signing; the first one signs. */
  signTypes: readonly [SignType, ...SignType[]];
  baseUrls: readonly string[];
  loginUrl: string;
  timeoutMs: number;
  probeMs: number;
};

/** The options with their defaults, once each that cannot work was named. */
export function withDefaults(given: WechatPayOptions): CompleteOptions {
  if (typeof given !== 'object' || given === null) throw configError('options', 'must be an object');
  const options = own(given);
  const { key, signType = 'HMAC-SHA256' } = options;
  const { baseUrls = BASE_URLS, loginUrl = LOGIN_URL, timeoutMs = 10_000, probeMs = 30_000 } = options;
  const [keys, signTypes] = [listOf('key', key), listOf('signType', signType)];
  const all = own({ ...options, keys, signTypes, baseUrls, loginUrl, timeoutMs, probeMs });
  check(all);
  return all;
}

/** Where a client works: notices of a sandbox, a staging system or a gateway on this machine are not those of WeChat. */
export function environment({ baseUrls, sandboxPrefix = '' }: CompleteOptions): string {
  const hosts = baseUrls.map((url) => new URL(url).host).sort();
  // WeChat's hosts are one system, in whatever order they are asked; a gateway on this machine may change its port.
  if (hosts.every((host) => host.endsWith('.mch.weixin.qq.com'))) return `wechat ${sandboxPrefix}`;
  return `${isLocal(baseUrls) ? 'local' : hosts.join()} ${sandboxPrefix}`;
}

const isLocal = (baseUrls: readonly string[]) => baseUrls.every((url) => isLoopback(new URL(url).hostname));

/** One value or several as a list. */
function listOf<T>(name: string, given: T | readonly T[]): readonly [T, ...T[]] {
  if (!Array.isArray(given)) return [given as T];
  if (given.length === 0) throw configError(name, 'is an empty list; write the new one first, then the old one');
  // A copy, in which a hole is undefined and is refused.
  return [...given] as unknown as readonly [T, ...T[]];
}

function check(options: CompleteOptions): void {
  const { keys, signTypes, retries } = options;
  for (const name of ['sub_appid', 'sub_mch_id'] as const) {
    const fault = optionalTextFault(options[name]) ?? lengthFault(options[name]);
    if (fault !== undefined) throw configError(name, fault);
  }
  const { appid, mch_id, tokenCache } = options;
  for (const [name, text] of [
    ['appid', appid],
    ['mch_id', mch_id],
    ...keys.map((key) => ['key', key] as const),
  ] as const) {
    const fault = textFault(text) ?? lengthFault(text);
    if (fault !== undefined) throw configError(name, fault);
  }
  for (const signType of signTypes) {
    if (signType !== 'MD5' && signType !== 'HMAC-SHA256')
      throw configError('signType', "must be 'MD5' or 'HMAC-SHA256'");
  }
  checkAddresses(options);
  for (const [name, example] of [
    ['sandboxPrefix', '/xdc/apiv2sandbox'],
    ['sandboxKeyPath', '/sandboxnew/pay/getsignkey'],
  ] as const) {
    const path = options[name];
    if (path !== undefined && !(typeof path === 'string' && /^(\/\w+)+$/.test(path)))
      throw configError(name, `must be a path, such as '${example}'`);
  }
  if (options.sandboxPrefix !== undefined && signTypes[0] !== 'MD5') {
    throw configError('signType', "must be 'MD5' with the sandbox, which knows no other");
  }
  for (const name of ['fetch', 'certFetch', 'onExchange'] as const) {
    const given = options[name];
    if (given !== undefined && typeof given !== 'function') throw configError(name, 'must be a function');
  }
  if (tokenCache !== undefined && !(typeof tokenCache?.get === 'function' && typeof tokenCache.set === 'function'))
    throw configError('tokenCache', 'must have the methods get and set; redisTokenCache makes one');
  for (const name of ['timeoutMs', 'probeMs'] as const) {
    const ms = options[name];
    if (!(Number.isInteger(ms) && ms > 0 && ms <= 0x7fffffff))
      throw configError(name, 'must be a whole number of milliseconds above zero');
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    throw configError('retries', 'must be a whole number from 0 to 10');
}

const lengthFault = (text = '') => (text.length > 128 ? 'is longer than 128 characters' : undefined);

function checkAddresses({ baseUrls, loginUrl, allowHttp = false }: CompleteOptions): void {
  if (typeof allowHttp !== 'boolean') throw configError('allowHttp', 'must be true or false');
  if (!Array.isArray(baseUrls) || baseUrls.length === 0)
    throw configError('baseUrls', 'must be a list of https:// addresses without a path');
  for (const [name, url] of [...baseUrls.map((url) => ['baseUrls', url] as const), ['loginUrl', loginUrl] as const]) {
    const fault = addressFault(url, allowHttp);
    if (fault !== undefined) throw configError(name, fault);
  }
}

/** Refuses a key that everybody knows: with it, everybody can forge notices. */
export function checkKnownKeys({ keys, appid, mch_id, baseUrls }: CompleteOptions): void {
  for (const known of KNOWN_MERCHANTS) {
    const isItsOwn = known.mch_id === mch_id && known.appids.includes(appid);
    if (keys.includes(known.key) && !isLocal(baseUrls) && !isItsOwn) {
      throw configError(
        'key',
        `is the published key of ${known.of}, with which anybody can forge notices; take the key of this merchant from the merchant platform`,
      );
    }
  }
}

/** Merchants whose keys are published. Their own ids may keep them: they are nobody's money. */
const KNOWN_MERCHANTS = [
  {
    of: "the gateway's test merchant",
    key: '0123456789abcdef0123456789ABCDEF',
    mch_id: '1900000109',
    appids: ['wx8888888888888888'],
  },
  {
    of: "WeChat's manual",
    key: '192006250b4c09247ec02edce69f6a2d',
    mch_id: '10000100',
    appids: ['wxd930ea5d5a258f4f', 'wx2421b1c4370ec43b'],
  },
];

/** WeChat's hosts: the near one and the backup. */
const BASE_URLS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'];
/** The host of the log-in. */
const LOGIN_URL = 'https://api.weixin.qq.com';
