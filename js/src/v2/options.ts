// The options of a client: defaults, and the checks before anything is sent.
import { configError, optionalTextFault, textFault } from '../errors.js';
import type { Certificate } from '../http/certificate.js';
import { checkFunctions, checkNetwork, environmentOf, isLocal, withNetworkDefaults } from '../http/options.js';
import { checkOnExchange, type OnExchange } from '../http/report.js';
import type { AccessTokenCache } from '../login/token-cache.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import type { SignType } from './signing.js';

/** The options of a client. */
export interface WechatPayOptions {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mch_id: string;
  /**
   * The APIv2 key (API密钥), 32 characters. Neither the AppSecret nor the APIv3 key.
   *
   * During a change of the key, `[new, old]`: the first one signs, and notices are accepted with each. Remove the old one a day
   * later, when WeChat no longer repeats older notices.
   */
  key: string | readonly string[];
  /**
   * The AppSecret, for `code2Session` and `getPhoneNumber`. It belongs to the mini program that users log in to: `sub_appid`, if
   * that is set.
   */
  secret?: string | undefined;
  /** The sub-merchant's app, if orders name it (service providers). `requestPayment` is then signed for it. */
  sub_appid?: string | undefined;
  /** The sub-merchant's number (service providers). */
  sub_mch_id?: string | undefined;
  /**
   * The signature of requests, and of the answers and notices that are accepted. Default `HMAC-SHA256`.
   *
   * During a change, `[new, old]`: the first one signs, and notices are accepted with each. The `sign_type` in a notice has no
   * effect on which are accepted.
   */
  signType?: SignType | readonly SignType[] | undefined;
  /** The address for payment notices, for orders without their own. */
  notify_url?: string | undefined;
  /**
   * WeChat's hosts, the main one first. While one fails, calls go to the next one. The main host is used again as soon as it
   * answers a probe. Default the main host and its backup (跨城冗灾).
   */
  baseUrls?: readonly string[] | undefined;
  /**
   * Allows `http://` addresses of other machines in `baseUrls` and `loginUrl`, such as a gateway in a container network. Default
   * false, since plain http shows AppSecret and orders to the network.
   */
  allowHttp?: boolean | undefined;
  /**
   * The prefix of the sandbox's paths: `/xdc/apiv2sandbox`, or the older `/sandboxnew`. `key` is then the sandbox's own, and
   * `signType` must be `MD5`. A client without this option fetches that key by `sandboxSignKey`.
   */
  sandboxPrefix?: string | undefined;
  /**
   * The path of `sandboxSignKey`, which uses the production key. Default `/xdc/apiv2getsignkey/sign/getsignkey`. The older sandbox
   * has `/sandboxnew/pay/getsignkey`.
   */
  sandboxKeyPath?: string | undefined;
  /** The host of the log-in. Default `https://api.weixin.qq.com`. */
  loginUrl?: string | undefined;
  /**
   * The cache for the access token of `getPhoneNumber`: `redisTokenCache(client)`, or your own cache. Default in memory, which is
   * correct with several processes too.
   */
  tokenCache?: AccessTokenCache | undefined;
  /**
   * The fetch that sends calls without a certificate: `globalThis.fetch` for its interceptors, or a mock. Default in Node is a
   * function over `node:https`, elsewhere the host's own fetch. `ca`, `proxy` and `agent` have no effect on it.
   */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * The authority to trust instead of the public ones, as PEM: of your own gateway, or of a company's proxy. It applies to all
   * calls. To trust the public authorities too, add `rootCertificates` of `node:tls`, or name the file in NODE_EXTRA_CA_CERTS. In
   * Node only.
   */
  ca?: string | readonly string[] | undefined;
  /**
   * The HTTP proxy for all calls to `https://` addresses, such as `http://user:password@proxy.example.com:3128`. Default
   * HTTPS_PROXY of the environment, except for this machine and the hosts of NO_PROXY. An empty text means no proxy. In Node only.
   */
  proxy?: string | undefined;
  /**
   * The `Agent` of `node:https` for all calls to `https://` addresses, instead of `proxy`. Default an agent that keeps
   * connections. In Node only.
   */
  agent?: object | undefined;
  /** The merchant's certificate, for refunds and the other calls that need it. In Node only; elsewhere set `certFetch`. */
  certificate?: Certificate | undefined;
  /** The fetch for calls that need the certificate, instead of `certificate`. `ca`, `proxy` and `agent` have no effect on it. */
  certFetch?: typeof globalThis.fetch | undefined;
  /**
   * The longest time of one attempt, in milliseconds. A retry has the same time again. For a bill, the limit applies to the start
   * and to each piece. Default 10000.
   */
  timeoutMs?: number | undefined;
  /**
   * The largest number of retries, each to the next host. Default one for each backup.
   *
   * A retry follows a failed connection, a timeout, or a 5xx. `micropay` is repeated only if it was never sent; all
   * other calls have the same effect once or twice. Nothing is sent again after any other answer.
   */
  retries?: number | undefined;
  /** The time from a failure of the main host to its probe, in milliseconds. Default 30000. */
  probeMs?: number | undefined;
  /**
   * Receives a report of each attempt: host, path, time, outcome, and request and answer without keys and signatures. An object with
   * the function `start` receives the start of each attempt too, and returns the function for its report.
   */
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

/** Checks the options and returns them with their defaults. Throws `ERR_CONFIG` for an option that cannot work. */
export function withDefaults(given: WechatPayOptions): CompleteOptions {
  if (typeof given !== 'object' || given === null) throw configError('options', 'must be an object');
  checkNames(given, OPTIONS, { elsewhere: OF_V3 });
  const options = own(given);
  const { key, signType = 'HMAC-SHA256' } = options;
  const [keys, signTypes] = [listOf('key', key), listOf('signType', signType)];
  const all = own({ ...withNetworkDefaults(options), keys, signTypes });
  check(all);
  return all;
}

const OPTIONS: Names<WechatPayOptions> = {
  appid: true,
  mch_id: true,
  key: true,
  secret: true,
  sub_appid: true,
  sub_mch_id: true,
  signType: true,
  notify_url: true,
  baseUrls: true,
  allowHttp: true,
  sandboxPrefix: true,
  sandboxKeyPath: true,
  loginUrl: true,
  tokenCache: true,
  fetch: true,
  ca: true,
  proxy: true,
  agent: true,
  certificate: true,
  certFetch: true,
  timeoutMs: true,
  retries: true,
  probeMs: true,
  onExchange: true,
};

const CERTIFICATE = { cert: true, key: true, pfx: true, passphrase: true, ca: true } as const;

const ofCertificate = (name: string, what: string) => configError('certificate', `the member ${name} ${what}`);

/** Options of the other API generation, and what to do about each. */
const OF_V3 = {
  apiV3Key: 'is an option of APIv3; use the WechatPay of paysign/v3',
  privateKey: 'is an option of APIv3; use the WechatPay of paysign/v3',
  wechatpayKeys: 'is an option of APIv3; use the WechatPay of paysign/v3',
  downloadCertificates: 'is an option of APIv3; use the WechatPay of paysign/v3',
  nowMs: 'is an option of APIv3; leave it out, since APIv2 signs no time',
  pfx: 'is a member of certificate; pass certificate: { pfx, passphrase }',
  passphrase: 'is a member of certificate; pass certificate: { pfx, passphrase }',
  serial: 'is an option of APIv3; use the WechatPay of paysign/v3',
};

/** Returns the name of a client's environment. It separates notices of a sandbox or a gateway from those of WeChat. */
export function environment({ baseUrls, sandboxPrefix = '' }: CompleteOptions): string {
  return `${environmentOf(baseUrls)} ${sandboxPrefix}`;
}

/** Returns one value or several as a list. */
function listOf<T>(name: string, given: T | readonly T[]): readonly [T, ...T[]] {
  if (!Array.isArray(given)) return [given as T];
  if (given.length === 0) throw configError(name, `is an empty list; put the new ${name} first, then the old one`);
  // In the copy a hole is undefined, which is refused.
  return [...given] as unknown as readonly [T, ...T[]];
}

function check(options: CompleteOptions): void {
  const { keys, signTypes } = options;
  for (const name of ['sub_appid', 'sub_mch_id'] as const) {
    const fault = optionalTextFault(options[name]) ?? lengthFault(options[name]);
    if (fault !== undefined) throw configError(name, fault);
  }
  const { appid, mch_id } = options;
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
  for (const name of ['secret', 'notify_url'] as const) {
    const text = options[name];
    // An empty setting of the environment means the same as none.
    const fault = text === undefined || text === '' ? undefined : textFault(text);
    if (fault !== undefined) throw configError(name, fault);
  }
  const { certificate } = options;
  if (typeof certificate === 'object' && certificate !== null)
    checkNames(certificate, CERTIFICATE, { error: ofCertificate });
  checkNetwork(options);
  for (const [name, example] of [
    ['sandboxPrefix', '/xdc/apiv2sandbox'],
    ['sandboxKeyPath', '/sandboxnew/pay/getsignkey'],
  ] as const) {
    const path = options[name];
    if (path !== undefined && !(typeof path === 'string' && /^(\/\w+)+$/.test(path)))
      throw configError(name, `must be a path, such as '${example}'`);
  }
  if (options.sandboxPrefix !== undefined && signTypes[0] !== 'MD5') {
    throw configError('signType', "must be 'MD5' with the sandbox, which accepts no other");
  }
  checkFunctions(options, ['fetch', 'certFetch']);
  checkOnExchange(options);
}

const lengthFault = (text = '') => (text.length > 128 ? 'is longer than 128 characters' : undefined);

/** Refuses a published key: with it, anybody can forge notices. */
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

/** Merchants whose keys are published. These merchants have no real money, so they may use those keys. */
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
