// The options of an APIv3 client, and the check that they can work, before anything is sent.
import { configError, textFault } from '../errors.js';
import { checkFunctions, checkNetwork, withNetworkDefaults } from '../http/options.js';
import { checkOnExchange, type OnExchange } from '../http/report.js';
import type { AccessTokenCache } from '../login/token-cache.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';

/** The options of a client. */
export interface WechatPayOptions {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mchid: string;
  /** `apiclient_key.pem`: PKCS#8 or PKCS#1, also with a literal `\n` at the end of each line. */
  privateKey?: string | undefined;
  /** `apiclient_cert.pem`. The serial is read from it, and it must belong to the key. */
  certificate?: string | undefined;
  /** The serial of the certificate, if the certificate itself is not at hand. */
  serial?: string | undefined;
  /** `apiclient_cert.p12` in place of the three. Its passphrase is the `mchid`. */
  pfx?: Uint8Array | undefined;
  /** The APIv3 key, 32 characters. While it is being changed, the new one and the old one. */
  apiV3Key: string | readonly string[];
  /**
   * `PUB_KEY_ID_…` and the WeChat Pay public key (微信支付公钥) as PEM, or the serial of a platform certificate and its PEM.
   *
   * While a merchant moves from certificates to the public key, WeChat signs with both. Then pass both, or set
   * `downloadCertificates` too.
   */
  wechatpayKeys?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether platform certificates are fetched from WeChat, for merchants that still have them. Default false.
   *
   * The first call fetches them, and a later one before they are old. An unknown serial fetches them again, at most once a minute.
   */
  downloadCertificates?: boolean | undefined;
  /** The sub-merchant that a service provider acts for. Without it a call names one, and all notices of the provider are opened. */
  sub_mchid?: string | undefined;
  /** The sub-merchant's mini program (service providers). Needed where its users pay in it. */
  sub_appid?: string | undefined;
  /** The AppSecret of the mini program that users log in to, for `code2Session`: of `sub_appid`, if that is set. */
  secret?: string | undefined;
  /** The URL for notices, for orders and refunds that do not name one. */
  notify_url?: string | undefined;
  /** WeChat's hosts, the main one first. Default the main host and its backup (跨城冗灾). */
  baseUrls?: readonly string[] | undefined;
  /** The host of the log-in. Default `https://api.weixin.qq.com`. */
  loginUrl?: string | undefined;
  /** Allows `http://` addresses of other machines. Default false. */
  allowHttp?: boolean | undefined;
  /** The fetch that sends. Default the transport of the host. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The authority to trust in place of the public ones, as PEM. In Node. */
  ca?: string | readonly string[] | undefined;
  /** The HTTP proxy for `https://` addresses. Default HTTPS_PROXY of the environment. In Node. */
  proxy?: string | undefined;
  /** The `Agent` of `node:https`, in place of `proxy`. In Node. */
  agent?: object | undefined;
  /** The cache of access tokens, for `getPhoneNumber`. Default in memory. */
  tokenCache?: AccessTokenCache | undefined;
  /** The time limit of one attempt, in milliseconds. Default 10000. */
  timeoutMs?: number | undefined;
  /** The number of further attempts. Default one for each further host. */
  retries?: number | undefined;
  /** The pause before a failed main host is probed, in milliseconds. Default 30000. */
  probeMs?: number | undefined;
  /** Receives a report of every attempt. An object with the function `start` receives the start of each attempt too. */
  onExchange?: OnExchange | undefined;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  nowMs?: (() => number) | undefined;
}

/** The options with their defaults. */
export type CompleteOptions = Omit<WechatPayOptions, 'apiV3Key'> & {
  /** The accepted keys. */
  keys: readonly string[];
  baseUrls: readonly string[];
  loginUrl: string;
  timeoutMs: number;
  probeMs: number;
  nowMs: () => number;
};

/** Returns the options with their defaults. Throws `ERR_CONFIG` with the option that cannot work. */
export function withDefaults(given: WechatPayOptions): CompleteOptions {
  if (typeof given !== 'object' || given === null) throw configError('options', 'must be an object');
  checkNames(given, OPTIONS, { elsewhere: OF_V2 });
  const { apiV3Key, ...options } = own(given);
  const { nowMs = Date.now } = options;
  const keys = Array.isArray(apiV3Key) ? [...apiV3Key] : [apiV3Key];
  const all = own({ ...withNetworkDefaults(options), keys, nowMs });
  check(all);
  return all;
}

const OPTIONS: Names<WechatPayOptions> = {
  appid: true,
  mchid: true,
  privateKey: true,
  certificate: true,
  serial: true,
  pfx: true,
  apiV3Key: true,
  wechatpayKeys: true,
  downloadCertificates: true,
  sub_mchid: true,
  sub_appid: true,
  secret: true,
  notify_url: true,
  baseUrls: true,
  loginUrl: true,
  allowHttp: true,
  fetch: true,
  ca: true,
  proxy: true,
  agent: true,
  tokenCache: true,
  timeoutMs: true,
  retries: true,
  probeMs: true,
  onExchange: true,
  nowMs: true,
};

/** Options of APIv2, and what to do about each. */
const OF_V2 = {
  mch_id: 'is a name of APIv2; in APIv3 it is mchid',
  sub_mch_id: 'is a name of APIv2; in APIv3 it is sub_mchid',
  key: 'is the key of APIv2; APIv3 has apiV3Key and privateKey',
  signType: 'is an option of APIv2; leave it out, since APIv3 signs with RSA',
  certFetch: 'is an option of APIv2; leave it out, since no call of APIv3 shows the certificate',
  sandboxPrefix: 'is an option of APIv2; APIv3 has no sandbox',
  passphrase: 'is an option of APIv2; leave it out, since it is the mchid',
  wechatpayPublicKey: 'is no option; pass wechatpayKeys: { PUB_KEY_ID_…: pem }',
  platformCertificates: 'is no option; pass wechatpayKeys: { serial: pem }, or downloadCertificates: true',
};

function check(options: CompleteOptions): void {
  for (const name of ['appid', 'mchid'] as const) {
    const fault = textFault(options[name]);
    if (fault !== undefined) throw configError(name, fault);
  }
  for (const name of ['secret', 'notify_url', 'serial', 'sub_mchid', 'sub_appid'] as const) {
    const text = options[name];
    // An empty setting of the environment means the same as none.
    const fault = text === undefined || text === '' ? undefined : textFault(text);
    if (fault !== undefined) throw configError(name, fault);
  }
  if (options.sub_appid && !options.sub_mchid)
    throw configError('sub_mchid', 'is missing; sub_appid is an app of this sub-merchant');
  const { downloadCertificates = false } = options;
  if (typeof downloadCertificates !== 'boolean') throw configError('downloadCertificates', 'must be true or false');
  if (options.keys.length === 0)
    throw configError('apiV3Key', 'is an empty list; write the new one first, then the old one');
  for (const key of options.keys) checkApiV3Key(key);
  checkNetwork(options);
  checkFunctions(options, ['fetch', 'nowMs']);
  checkOnExchange(options);
}

/** Checks an APIv3 key. Throws `ERR_CONFIG`. */
export function checkApiV3Key(key: unknown): void {
  const fault = textFault(key);
  if (fault !== undefined)
    throw configError('apiV3Key', `${fault}; set the APIv3 key (APIv3密钥) in the merchant platform`);
  const length = new TextEncoder().encode(key as string).length;
  if (length !== 32)
    throw configError(
      'apiV3Key',
      `has ${length} bytes; the APIv3 key has 32. Copy it again from the merchant platform`,
    );
}
