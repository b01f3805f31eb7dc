// The client: prepare → fetch → complete, for one merchant and one mini program.
import { type BillStream, type Comments, parseComments, readBill } from './bill.js';
import * as core from './core.js';
import { configError, paramError, WxPayError } from './errors.js';
import {
  Apis,
  type BatchQueryComment,
  type CallOptions,
  type DownloadBill,
  type DownloadFundFlow,
  JSON_FIELDS,
  type UnifiedOrder,
} from './generated/api.js';
import { type ExpectedOrder, type Notice, openNotify } from './notify.js';
import { BASE_URLS, checked, fromCertificate, LOGIN_URL, type WechatPayOptions } from './options.js';
import { type Fields, malformed, pack, unpack } from './params.js';
import { type RequestPayment, requestPayment } from './payment.js';
import { code2Session, type Session } from './session.js';
import { type Settlement, type SettleOptions, settle } from './settle.js';
import type { SignType } from './signing.js';
import { download, exchange, type Transport } from './transport.js';
import { ANSWER_BYTES } from './xml.js';

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
  readonly #sandboxKeyPath: string | undefined;
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
    this.#sandboxKeyPath = options.sandboxKeyPath;
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

  /** Exchanges the code of `wx.login` for the user's `openid`, in the sub-merchant's app where there is one. Keep `session_key` on the server. */
  async code2Session(js_code: string, options?: CallOptions): Promise<Session> {
    if (typeof this.#secret !== 'string' || this.#secret === '' || !this.#secret.isWellFormed())
      throw configError('secret', 'the AppSecret is missing; code2Session needs it');
    const appid = this.sub_appid ?? this.appid;
    return code2Session({ appid, secret: this.#secret, js_code }, this.#loginUrl, this.#transport(options));
  }

  /**
   * Fetches the trade bill of a day (下载交易账单), row by row. A day without trades is `ERR_BILL` with `err_code` `NO_BILL_EXIST`,
   * told by the first row that is asked for.
   */
  async downloadBill(params: DownloadBill, options?: CallOptions): Promise<BillStream> {
    return readBill(await this.#send(this.#request('downloadBill', params), options, download));
  }

  /** Fetches the fund-flow bill of a day (下载资金账单), row by row. It needs the certificate. */
  async downloadFundFlow(params: DownloadFundFlow, options?: CallOptions): Promise<BillStream> {
    return readBill(await this.#send(this.#request('downloadFundFlow', params), options, download));
  }

  /** Fetches what payers wrote about their orders (拉取订单评价数据), and the offset of the next call. It needs the certificate. */
  async batchQueryComment(params: BatchQueryComment, options?: CallOptions): Promise<Comments> {
    return parseComments(await this.#send(this.#request('batchQueryComment', params), options, exchange));
  }

  /** Calls an API by its name, with undocumented parameters too; they are kept and signed. */
  async call(api: string, params: object, options?: CallOptions): Promise<{ fields: Fields }> {
    const request = this.#request(api, params);
    const body = await this.#send(request, options, exchange);
    const { packed: text, typed } = core.complete(api, this.#merchant(), request.asked, body);
    return { ...typed, fields: unpack(text, 0) };
  }

  #request(api: string, params: object): core.RequestData {
    if (typeof api !== 'string') throw paramError('api', 'must be the name of an API');
    const packed = pack(withJson(api, params));
    const unfit = packed.text.isWellFormed() ? undefined : malformed(params);
    if (unfit) throw unfit;
    try {
      const request = core.prepare(api, this.#merchant(), packed);
      return api === 'sandboxSignKey' ? { ...request, path: this.#sandboxKeyPath ?? request.path } : request;
    } catch (error) {
      // The core does not know which field a NUL came with.
      throw (error instanceof WxPayError && error.field === undefined ? malformed(params) : undefined) ?? error;
    }
  }

  async #send<T>(
    request: core.RequestData,
    options: CallOptions | undefined,
    send: (url: string, init: RequestInit, where: string, transport: Transport) => Promise<T>,
  ): Promise<T> {
    const init = { method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8' }, body: request.body };
    const fetch = request.certificate ? this.#certFetch : this.#fetch;
    if (fetch === undefined) {
      throw configError('certificate', `is missing; ${request.path} needs the merchant's certificate`);
    }
    const transport = { ...this.#transport(options), fetch, limit: ANSWER_BYTES };
    let failure: unknown;
    for (const base of this.#baseUrls) {
      try {
        return await send(new URL(this.#sandboxPrefix + request.path, base).href, init, request.path, transport);
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
