// The APIv3 client: prepare → sign → send → verify → judge, for one merchant and one mini program.
import { locatedAt, locateMethods } from '../caller.js';
import { paramError } from '../errors.js';
import { ApisV3, type JsapiOrder } from '../generated/api-v3.js';
import { NOTICE_BYTES_V3 } from '../generated/constants.js';
import { longestCallMs } from '../http/attempts.js';
import type { CallOptions } from '../http/call-options.js';
import { Channel } from '../http/channel.js';
import { environmentOf } from '../http/options.js';
import { parseJson } from '../json.js';
import { AccessTokens, type App } from '../login/access-token.js';
import { loginApp } from '../login/app.js';
import { getPhoneNumber, type PhoneNumber } from '../login/phone-number.js';
import { code2Session, type Session } from '../login/session.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { ExpectedOrder } from '../notices/notice.js';
import { type NoticeOpener, type Opened, opener } from '../notices/opener.js';
import { checkAgreement, checkNamed, storedOrder } from '../notices/stored-order.js';
import { type SettleOptions, settle } from '../orders/settle.js';
import { checkBody, checkJson, checkMerchant, complete, prepare } from '../wasm/v3.js';
import { crypto } from './host.js';
import { headOf, WechatpayKeys } from './keys.js';
import { merchantKey, type RequestSigner } from './merchant-key.js';
import {
  type Kinds,
  type Notice,
  type NoticeKeys,
  type NoticeMessage,
  type NotifyListeners,
  openNotice,
  readMessage,
} from './notice.js';
import { type CompleteOptions, type WechatPayOptions, withDefaults } from './options.js';
import { isProbe, replies } from './replies.js';
import { isSentUnchanged, Sender, textOf } from './sender.js';
import { type Settlement, settlingCalls } from './settle.js';
import { type RequestPayment, signedPayment } from './signing.js';
import { step } from './step.js';

/** A merchant's WeChat Pay by APIv3: every API as a method, the second signature, and the opening of notices. */
export class WechatPay extends ApisV3 {
  /** The mini program's id. */
  readonly appid: string;
  /** The merchant number. */
  readonly mchid: string;
  /** The URL for notices, for orders and refunds that do not name one. */
  readonly notify_url: string | undefined;
  // Private fields: neither JSON nor a log can show them.
  readonly #options: CompleteOptions;
  readonly #signer: RequestSigner;
  readonly #channel: Channel;
  readonly #sender: Sender;
  readonly #tokens: AccessTokens;
  readonly #noticeKeys: NoticeKeys;
  readonly #longestCallMs: number;

  constructor(options: WechatPayOptions) {
    super();
    try {
      const own = withDefaults(options);
      checkMerchant(own);
      this.appid = own.appid;
      this.mchid = own.mchid;
      this.notify_url = own.notify_url;
      this.#options = own;
      this.#signer = merchantKey(own);
      const keys = new WechatpayKeys(own.wechatpayKeys);
      // The certificate of APIv3 signs; no connection shows it.
      this.#channel = new Channel({ ...own, certificate: undefined });
      this.#tokens = new AccessTokens(this.#channel, own.tokenCache, own.timeoutMs);
      const { mchid, keys: apiV3Keys, nowMs } = own;
      this.#sender = new Sender({ mchid, signer: this.#signer, keys, channel: this.#channel, nowMs });
      this.#noticeKeys = { merchant: this, apiV3Keys, keys, nowMs };
      this.#longestCallMs = longestCallMs(own);
    } catch (error) {
      throw locatedAt(error, new.target);
    }
  }

  /** Orders and signs again. Pass the result to `wx.requestPayment` in the mini program. Its success callback proves nothing. */
  async pay(
    order: Omit<JsapiOrder, 'notify_url'> & Partial<Pick<JsapiOrder, 'notify_url'>>,
    options?: CallOptions,
  ): Promise<RequestPayment> {
    const { prepay_id } = await this.jsapiOrder(order, options);
    return this.requestPayment(prepay_id);
  }

  /** Signs an order of APIv3 again, for `wx.requestPayment`. An order of APIv2 is signed by its own client. */
  async requestPayment(prepay_id: string): Promise<RequestPayment> {
    return signedPayment({ appId: this.appid, prepay_id, nowMs: this.#options.nowMs() }, this.#signer);
  }

  /**
   * Settles an uncertain or unpaid order: queries, closes after the deadline, queries again until the final state is known. An
   * uncertain order is never called unpaid.
   */
  settle(out_trade_no: string, options?: Omit<SettleOptions, 'isPayCode' | 'reverseMs'>): Promise<Settlement> {
    return settle(settlingCalls(this, out_trade_no), options, this.#longestCallMs);
  }

  /**
   * Opens a notice: headers, time, key, signature, JSON, cipher, ids, form, and the stored order, in this order. If a check fails, no
   * data of the body is returned.
   *
   * A notice arrives at least once: act on it only once per `mch_id` and `out_trade_no`.
   */
  openNotify(message: NoticeMessage, ...stored: [order?: ExpectedOrder]): Promise<Notice> {
    const order = storedOrder(stored);
    const { head, body } = readMessage(message);
    const agreed = step(openNotice(head, body, this.#noticeKeys), (notice) => {
      if (order === undefined) return notice;
      checkNamed(order, mustName(notice));
      checkAgreement(notice, order, undefined);
      return notice;
    });
    // `locateMethods` makes a promise of a notice, and does not record the caller for it.
    return agreed as Promise<Notice>;
  }

  /** The opener for `notifyHandler` and `notifyRouter`. */
  get [opener](): NoticeOpener<Promise<Opened>> {
    const environment = environmentOf(this.#options.baseUrls);
    // The first hexadecimal digits of an HMAC of no real message: they do not reveal the key.
    const environments = Promise.all(
      this.#options.keys.map(async (key) =>
        (await crypto().hmac(key, `paysign environment ${environment}`)).slice(0, 16),
      ),
    );
    return {
      environment,
      environments,
      open: async ({ body, header }) => {
        const notice = await openNotice(headOf({ get: header }), body, this.#noticeKeys);
        return {
          notice,
          repeatId: String(notice.event.id),
          environments: await environments,
          mustName: mustName(notice),
          checkOrder: (order) => checkAgreement(notice, order, undefined),
        };
      },
    };
  }

  /**
   * Makes the handler of this merchant's notices, a function from a web `Request` to a `Response`. It verifies the notice, compares it
   * with the stored order, calls the listener once, and answers as WeChat expects. It never throws; refusals go to `onRejected`.
   */
  notifyHandler(listeners: NotifyListeners): NotifyHandler {
    const { open } = this[opener];
    const { nowMs } = this.#options;
    const limits = { limit: NOTICE_BYTES_V3, bodyCode: 'ERR_JSON' } as const;
    const receiver = { ...limits, open, nowMs, isProbe, replies: () => replies };
    return notifyHandler<Kinds>(receiver, listeners);
  }

  /** Exchanges the code of `wx.login` for the user's `openid`. Keep `session_key` on the server. */
  async code2Session(js_code: string, options?: CallOptions): Promise<Session> {
    return code2Session({ ...this.#app('code2Session'), js_code }, this.#channel, options);
  }

  /**
   * Exchanges the code of the `getPhoneNumber` button for the user's phone number. The access token is fetched with `stable_token`
   * and kept: see `tokenCache`.
   */
  async getPhoneNumber(code: string, options?: CallOptions): Promise<PhoneNumber> {
    return getPhoneNumber({ ...this.#app('getPhoneNumber'), code }, this.#tokens, this.#channel, options);
  }

  /** The mini program whose users log in, and its AppSecret. */
  #app(call: string): App {
    return loginApp({ appid: this.appid, secret: this.#options.secret }, call);
  }

  /**
   * Calls any other API by its path: signed, sent as it is, and verified. `path` has its query, percent-encoded.
   *
   * Returns the status (200, 202 or 204) and the JSON of an answer that succeeded. Throws `WxPayError` for every other one.
   */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    options?: CallOptions,
  ): Promise<{ status: number; body: unknown }> {
    if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      throw paramError('method', 'must be an HTTP method');
    if (!isSentUnchanged(path))
      throw paramError(
        'path',
        'must begin with /v3/, be percent-encoded and have no fragment; encodeURIComponent does it',
      );
    if (method === 'GET' && body !== undefined) throw paramError('body', 'must be left out; a GET has none');
    const text = body === undefined ? '' : textOf('body', body);
    if (text !== '') checkBody(text);
    const [what = ''] = path.split('?');
    return this.#sender.send({ method, path, body: text, api: '', what }, options, ({ status, body }) => {
      if (body.length === 0) return { status, body: undefined };
      checkJson(body, `the answer to ${what}`);
      return { status, body: parseJson(body) };
    });
  }

  /** Calls an API by its name. @internal */
  protected async request(api: string, params: object, options?: CallOptions): Promise<unknown> {
    const request = prepare(api, this, textOf('params', params));
    return this.#sender.send({ ...request, api, what: api }, options, ({ body }) =>
      complete(api, this, request, body) ? parseJson(body) : undefined,
    );
  }
}

/** A client that names no sub-merchant receives the notices of all sub-merchants. */
const mustName = ({ sub_mch_id }: Notice): readonly 'sub_mch_id'[] => (sub_mch_id === undefined ? [] : ['sub_mch_id']);

locateMethods(ApisV3.prototype);
locateMethods(WechatPay.prototype, ['notifyHandler']);
