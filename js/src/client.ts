// The client: prepare → fetch → complete, for one merchant and one mini program.
import * as core from './core.js';
import { configError, paramError, WxPayError } from './errors.js';
import { Apis, type CallOptions, JSON_FIELDS, type UnifiedOrder } from './generated/api.js';
import { type ExpectedOrder, type Notice, openNotify } from './notify.js';
import { type Fields, malformed, type PackedParams, pack, unpack } from './params.js';
import { type RequestPayment, requestPayment } from './payment.js';
import { code2Session, type Session } from './session.js';
import { type Settlement, type SettleOptions, settle } from './settle.js';
import type { SignType } from './signing.js';
import { exchange, type Transport } from './transport.js';
import { ANSWER_BYTES } from './xml.js';

/** The merchant's certificate (API证书) as PEM texts, or as the PKCS#12 file and its passphrase, which is the merchant number. */
export type Certificate = ({ cert: string; key: string } | { pfx: Uint8Array; passphrase: string }) & {
  /** The authority to trust instead of the public ones, as PEM: for a gateway of your own. */
  ca?: string;
};

let certificateFetch: ((certificate: Certificate) => typeof globalThis.fetch) | undefined;

/** Tells how calls with a certificate are sent, where the host can; the Node entry does so. */
export function useCertificates(make: (certificate: Certificate) => typeof globalThis.fetch): void {
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
  /** The mini program's AppSecret, for `code2Session`. */
  secret?: string | undefined;
  /** The sub-merchant's app, where orders name it (service providers). `requestPayment` is then signed for it. */
  sub_appid?: string | undefined;
  /** The sub-merchant's number (service providers). */
  sub_mch_id?: string | undefined;
  /** How requests are signed, and answers and notices are expected to be. Default `HMAC-SHA256`. */
  signType?: SignType | undefined;
  /** Where WeChat posts payment notices, for orders that do not say it themselves. */
  notify_url?: string | undefined;
  /** WeChat's hosts, in order of preference; the next one is tried when a connection cannot be made. */
  baseUrls?: readonly string[] | undefined;
  /**
   * The prefix of the sandbox's paths, `/xdc/apiv2sandbox` or the older `/sandboxnew`. The key is then the sandbox's own
   * (`sandboxSignKey`, called without this option), and `signType` must be `MD5`.
   */
  sandboxPrefix?: string | undefined;
  /** The host of the log-in. Default `https://api.weixin.qq.com`. */
  loginUrl?: string | undefined;
  /** The fetch that sends; proxies and test servers come in here. Default the host's own. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The merchant's certificate, for refunds and the other calls that need it. In Node; elsewhere give `certFetch`. */
  certificate?: Certificate | undefined;
  /** The fetch for calls that need the certificate, where it is not made from `certificate`. */
  certFetch?: typeof globalThis.fetch | undefined;
  /** How long one exchange may take, in milliseconds. Default 10000. */
  timeoutMs?: number | undefined;
}

/** The options, once each that cannot work was named. */
function checked(options: WechatPayOptions): WechatPayOptions {
  if (typeof options !== 'object' || options === null) throw configError('options', 'must be an object');
  const { signType, baseUrls, loginUrl, timeoutMs } = options;
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
  if (options.sandboxPrefix !== undefined && !/^(\/\w+)+$/.test(options.sandboxPrefix)) {
    throw configError('sandboxPrefix', "must be the beginning of a path, such as '/xdc/apiv2sandbox'");
  }
  if (options.sandboxPrefix !== undefined && signType !== 'MD5') {
    throw configError('signType', "must be 'MD5' with the sandbox, which knows no other");
  }
  if (options.fetch !== undefined && typeof options.fetch !== 'function')
    throw configError('fetch', 'must be a function');
  if (options.certFetch !== undefined && typeof options.certFetch !== 'function')
    throw configError('certFetch', 'must be a function');
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= 0x7fffffff)) {
    throw configError('timeoutMs', 'must be a whole number of milliseconds above zero');
  }
  return options;
}

function fromCertificate(certificate: Certificate | undefined): typeof globalThis.fetch | undefined {
  if (certificate === undefined) return undefined;
  if (typeof certificate !== 'object' || certificate === null) throw configError('certificate', 'must be an object');
  if (certificateFetch === undefined)
    throw configError('certificate', 'cannot be used by this host itself; give certFetch');
  return certificateFetch(certificate);
}

/** Objects become JSON text once, before anything is signed. */
function withJson(api: string, params: object): object {
  const given = params as Record<string, unknown> | null;
  const objects = (Object.hasOwn(JSON_FIELDS, api) ? (JSON_FIELDS[api] ?? []) : []).filter((name) =>
    isObject(given?.[name]),
  );
  return objects.length === 0
    ? params
    : { ...given, ...Object.fromEntries(objects.map((name) => [name, JSON.stringify(given?.[name])])) };
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** Plain http is for gateways on the same machine or a private line. */
function isWebAddress(url: unknown): boolean {
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) return false;
  // A path would be lost: the sandbox has its own option.
  const { pathname, search, hash, username, password } = new URL(url);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}

const BASE_URLS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'];
const LOGIN_URL = 'https://api.weixin.qq.com';

/** A merchant's WeChat Pay: every API as a method, the second signature, and the opening of notices. */
export class WechatPay extends Apis {
  /** The mini program's id. */
  readonly appid: string;
  /** The merchant number. */
  readonly mch_id: string;
  /** How requests are signed, and answers and notices are expected to be. */
  readonly signType: SignType;
  /** Where WeChat posts payment notices, for orders that do not say it themselves. */
  readonly notify_url: string | undefined;
  /** The sub-merchant's app, where orders name it (service providers). */
  readonly sub_appid: string | undefined;
  /** The sub-merchant's number (service providers). */
  readonly sub_mch_id: string | undefined;
  // Private fields: neither JSON nor a log can show them.
  readonly #key: string;
  readonly #secret: string | undefined;
  readonly #baseUrls: readonly string[];
  readonly #sandboxPrefix: string;
  readonly #loginUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #certFetch: typeof globalThis.fetch | undefined;
  readonly #timeoutMs: number;

  constructor(options: WechatPayOptions) {
    super();
    const {
      signType = 'HMAC-SHA256',
      baseUrls = BASE_URLS,
      loginUrl = LOGIN_URL,
      timeoutMs = 10_000,
    } = checked(options);
    this.appid = options.appid;
    this.mch_id = options.mch_id;
    this.sub_appid = options.sub_appid;
    this.sub_mch_id = options.sub_mch_id;
    this.signType = signType;
    this.notify_url = options.notify_url;
    this.#key = options.key;
    this.#secret = options.secret;
    this.#baseUrls = [...baseUrls];
    this.#sandboxPrefix = options.sandboxPrefix ?? '';
    this.#loginUrl = loginUrl;
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#certFetch = options.certFetch ?? fromCertificate(options.certificate);
    this.#timeoutMs = timeoutMs;
    core.checkMerchant(this.#merchant());
  }

  /**
   * Orders and signs again: what the mini program hands to `wx.requestPayment`. `trade_type` is `JSAPI` unless it is given.
   * Its success callback proves nothing; wait for the notice or query.
   */
  async pay(
    order: Omit<UnifiedOrder, 'notify_url' | 'trade_type'> & Partial<Pick<UnifiedOrder, 'notify_url' | 'trade_type'>>,
    options?: CallOptions,
  ): Promise<RequestPayment> {
    const { prepay_id } = await this.unifiedOrder({ ...order, trade_type: order?.trade_type ?? 'JSAPI' }, options);
    return this.requestPayment(prepay_id);
  }

  /** Brings an uncertain or unpaid order to its end: query, close after the deadline, query again until the end is known. */
  settle(out_trade_no: string, options?: SettleOptions): Promise<Settlement> {
    return settle(this, out_trade_no, options);
  }

  /** Signs an order again, for `wx.requestPayment`, in the way the order was signed. */
  requestPayment(prepay_id: string): RequestPayment {
    return requestPayment({ appId: this.sub_appid ?? this.appid, prepay_id, key: this.#key, signType: this.signType });
  }

  /** Opens a notice with this merchant's key, way of signing, `appid` and `mch_id`, against the stored order. */
  openNotify(body: string | Uint8Array, ...stored: [order?: ExpectedOrder]): Notice {
    const [expect] = stored;
    // What Map.get and Array.find give for an order that is not there must not pass for an order that needs no comparing.
    if (stored.length > 0 && (expect?.total_fee === undefined || expect.total_fee === null)) {
      throw paramError(
        'expect',
        'must be the stored order with its total_fee; leave it out where nothing is to be compared',
      );
    }
    const { appid, mch_id, sub_appid, sub_mch_id, signType } = this;
    return openNotify(body, { key: this.#key, appid, mch_id, sub_appid, sub_mch_id, signType, expect });
  }

  /** Exchanges the code of `wx.login` for the user's `openid`. Keep `session_key` on the server. */
  async code2Session(js_code: string, options?: CallOptions): Promise<Session> {
    if (typeof this.#secret !== 'string' || this.#secret === '' || !this.#secret.isWellFormed())
      throw configError('secret', 'the AppSecret is missing; code2Session needs it');
    return code2Session({ appid: this.appid, secret: this.#secret, js_code }, this.#loginUrl, this.#transport(options));
  }

  /** Calls an API by its name, with undocumented parameters too; they are kept and signed. */
  async call(api: string, params: object, options?: CallOptions): Promise<{ fields: Fields }> {
    if (typeof api !== 'string') throw paramError('api', 'must be the name of an API');
    const packed = pack(withJson(api, params));
    const unfit = packed.text.isWellFormed() ? undefined : malformed(params);
    if (unfit) throw unfit;
    const request = this.#prepare(api, params, packed);
    const body = await this.#send(request, options);
    const { packed: text, typed } = core.complete(api, this.#merchant(), request.asked, body);
    return { ...typed, fields: unpack(text, 0) };
  }

  #prepare(api: string, params: object, packed: PackedParams): core.RequestData {
    try {
      return core.prepare(api, this.#merchant(), packed);
    } catch (error) {
      // The core does not know which field a NUL came with.
      throw (error instanceof WxPayError && error.field === undefined ? malformed(params) : undefined) ?? error;
    }
  }

  async #send(request: core.RequestData, options: CallOptions | undefined): Promise<Uint8Array> {
    const init = { method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8' }, body: request.body };
    const fetch = request.certificate ? this.#certFetch : this.#fetch;
    if (fetch === undefined) {
      throw configError('certificate', `is missing; ${request.path} needs the merchant's certificate`);
    }
    const transport = { ...this.#transport(options), fetch, limit: ANSWER_BYTES };
    let failure: unknown;
    for (const base of this.#baseUrls) {
      try {
        return await exchange(new URL(this.#sandboxPrefix + request.path, base).href, init, request.path, transport);
      } catch (error) {
        failure = error;
        // Only what was never sent may go to the next host without a thought.
        if ((error as { outcome?: string }).outcome !== 'not-sent' || transport.signal?.aborted) break;
      }
    }
    throw failure;
  }

  #transport(options: CallOptions | undefined): Omit<Transport, 'limit'> {
    return { fetch: this.#fetch, timeoutMs: this.#timeoutMs, signal: options?.signal };
  }

  #merchant(): core.MerchantData {
    const { appid, mch_id, sub_appid = '', sub_mch_id = '', signType } = this;
    return { appid, mch_id, key: this.#key, signType, sub_appid, sub_mch_id };
  }
}
