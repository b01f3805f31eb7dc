// The APIv3 client: prepare → sign → send → verify → judge, for one merchant and one mini program.
import { locatedAt, locateMethods } from '../caller.js';
import { paramError, textFault } from '../errors.js';
import { ApisV3, type DeclaredCalls, declaredCalls, type JsapiOrder } from '../generated/api-v3.js';
import { NOTICE_BYTES_V3, SECRET_BYTES } from '../generated/constants.js';
import { longestCallMs } from '../http/attempts.js';
import type { CallOptions } from '../http/call-options.js';
import { CALL_OPTIONS, Channel, signalOf } from '../http/channel.js';
import type { WholeReply } from '../http/exchange.js';
import { environmentOf } from '../http/options.js';
import { parseJson } from '../json.js';
import { AccessTokens, type App } from '../login/access-token.js';
import { loginApp } from '../login/app.js';
import { getPhoneNumber, type PhoneNumber } from '../login/phone-number.js';
import { code2Session, type Session } from '../login/session.js';
import { checkNames, type Names } from '../names.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { ExpectedOrder } from '../notices/notice.js';
import { type NoticeOpener, type Opened, opener } from '../notices/opener.js';
import { checkAgreement, checkNamed, storedOrder } from '../notices/stored-order.js';
import { type SettleOptions as CombinedSettleOptions, settle } from '../orders/settle.js';
import { own } from '../own.js';
import { canonicalSerial, checkBody, checkJson, checkMerchant } from '../wasm/v3.js';
import { Calls, openedText } from './calls.js';
import { FreshCertificates } from './fresh-certificates.js';
import { headOf } from './head.js';
import { crypto } from './host.js';
import { WechatpayKeys } from './keys.js';
import { type MerchantKey, merchantKey } from './merchant-key.js';
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
import {
  type CombinedSettlement,
  SETTLE_OPTIONS,
  type Settlement,
  type SettleOptions,
  settlingCalls,
  settlingCombination,
} from './settle.js';
import { type AppPayee, type AppPayment, type RequestPayment, signedAppPayment, signedPayment } from './signing.js';
import { step } from './step.js';

/** A merchant's WeChat Pay by APIv3: every API as a method, the second signature, and the opening of notices. */
export class WechatPay extends ApisV3 {
  /** The mini program's id. */
  readonly appid: string;
  /** The merchant number. */
  readonly mchid: string;
  /** The URL for notices, for orders and refunds that do not name one. */
  readonly notify_url: string | undefined;
  /** The sub-merchant that a service provider acts for. */
  readonly sub_mchid: string | undefined;
  /** The sub-merchant's mini program (service providers). */
  readonly sub_appid: string | undefined;
  // Private fields: neither JSON nor a log can show them.
  readonly #options: CompleteOptions;
  readonly #key: MerchantKey;
  readonly #channel: Channel;
  readonly #sender: Sender;
  readonly #keys: WechatpayKeys;
  readonly #calls: Calls;
  readonly #tokens: AccessTokens;
  readonly #noticeKeys: NoticeKeys;
  readonly #longestCallMs: number;

  constructor(options: WechatPayOptions) {
    super();
    try {
      const whole = withDefaults(options);
      const { mchid, keys: apiV3Keys, nowMs, downloadCertificates } = whole;
      this.appid = whole.appid;
      this.mchid = mchid;
      // An empty setting of the environment means the same as none.
      this.notify_url = whole.notify_url || undefined;
      this.sub_mchid = whole.sub_mchid || undefined;
      this.sub_appid = whole.sub_appid || undefined;
      checkMerchant(this);
      this.#options = whole;
      this.#key = merchantKey(whole);
      const fetched = downloadCertificates ? new FreshCertificates(() => this.certificates(), nowMs) : undefined;
      const keys = new WechatpayKeys(whole.wechatpayKeys, nowMs, fetched);
      this.#keys = keys;
      // The certificate of APIv3 signs; no connection shows it.
      this.#channel = new Channel({ ...whole, certificate: undefined });
      this.#tokens = new AccessTokens(this.#channel, whole.tokenCache, whole.timeoutMs);
      this.#sender = new Sender({ mchid, key: this.#key, keys, channel: this.#channel, nowMs });
      this.#calls = new Calls({ merchant: this, apiV3Keys, key: this.#key, keys, sender: this.#sender, nowMs });
      this.#noticeKeys = { merchant: this, apiV3Keys, keys };
      this.#longestCallMs = longestCallMs(whole);
    } catch (error) {
      throw locatedAt(error, new.target);
    }
  }

  /** Orders and signs again. Pass the result to `wx.requestPayment` in the mini program. Its success callback proves nothing. */
  async pay(order: JsapiOrder, options?: CallOptions): Promise<RequestPayment> {
    const { prepay_id } = await this.jsapiOrder(order, options);
    return this.requestPayment(prepay_id, this.#appOf(order));
  }

  /** The mini program in which the payer of an order pays: the one that has logged in the payer. */
  #appOf({ payer, sub_appid = this.sub_appid }: Pick<JsapiOrder, 'payer' | 'sub_appid'>): string {
    return payer.sp_openid !== undefined && payer.sub_openid === undefined ? this.appid : (sub_appid ?? this.appid);
  }

  /**
   * Signs an order of APIv3 again, for `wx.requestPayment`. An order of APIv2 is signed by its own client.
   *
   * `appId` is the mini program in which the payer pays. Default the sub-merchant's one, if the client has one, else its own.
   */
  async requestPayment(prepay_id: string, appId = this.sub_appid ?? this.appid): Promise<RequestPayment> {
    return signedPayment({ appId, prepay_id, nowMs: this.#options.nowMs() }, this.#key);
  }

  /**
   * Signs an order of `appOrder` again, for the call in the app (APP调起支付).
   *
   * `payee` names another app or merchant number than the client's: for a combined order, or a sub-merchant of the call.
   */
  async appPayment(prepay_id: string, payee: AppPayee = {}): Promise<AppPayment> {
    checkNames(payee ?? {}, PAYEE, { error: paramError });
    const { appid = this.sub_appid ?? this.appid, partnerid = this.sub_mchid ?? this.mchid } = own(payee ?? {});
    return signedAppPayment({ appid, partnerid, prepay_id, nowMs: this.#options.nowMs() }, this.#key);
  }

  /**
   * Settles an uncertain or unpaid order: queries, closes after the deadline, queries again until the final state is known. An
   * uncertain order is never called unpaid. A payment by code is reversed: set `isPayCode` after an uncertain `codepay`.
   */
  settle(out_trade_no: string, options?: SettleOptions): Promise<Settlement> {
    const calls = settlingCalls(this, out_trade_no, own(options ?? {}));
    return settle(calls, options, this.#longestCallMs, SETTLE_OPTIONS);
  }

  /** Settles an uncertain or unpaid combined order (合单支付), as `settle` does. Its parts are paid together, or closed together. */
  settleCombined(combine_out_trade_no: string, options?: CombinedSettleOptions): Promise<CombinedSettlement> {
    return settle(settlingCombination(this, combine_out_trade_no), options, this.#longestCallMs);
  }

  /**
   * Encrypts a sensitive text (敏感信息加密) for `call`: RSAES-OAEP with SHA-1, at most 214 bytes. Pass `serial` to `call` as
   * `wechatpaySerial`. Declared calls encrypt by themselves.
   */
  async encrypt(text: string): Promise<{ text: string; serial: string }> {
    const fault = textFault(text);
    if (fault !== undefined) throw paramError('text', fault);
    const { length } = new TextEncoder().encode(text);
    if (length > SECRET_BYTES)
      throw paramError('text', `has ${length} bytes; at most ${SECRET_BYTES} can be encrypted`);
    const key = await this.#keys.current('the text');
    return { text: await key.encrypt(text), serial: key.name };
  }

  /** Decrypts a sensitive text of an answer (敏感信息解密) with the merchant's private key. Throws `ERR_DECRYPT`. */
  async decrypt(text: string): Promise<string> {
    return openedText(this.#key, text, 'text');
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
      checkNamed(order, this.#mustName(notice));
      checkAgreement(notice, order, this.sub_mchid);
      return notice;
    });
    // `locateMethods` makes a promise of a notice, and does not record the caller for it.
    return agreed as Promise<Notice>;
  }

  /** A client that names no sub-merchant receives the notices of all sub-merchants. */
  #mustName({ sub_mch_id }: Notice): readonly 'sub_mch_id'[] {
    return this.sub_mchid === undefined && sub_mch_id !== undefined ? ['sub_mch_id'] : [];
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
          mustName: this.#mustName(notice),
          checkOrder: (order) => checkAgreement(notice, order, this.sub_mchid),
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
    return loginApp({ appid: this.sub_appid ?? this.appid, secret: this.#options.secret }, call);
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
    options?: PathCallOptions,
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
    const signal = signalOf(options, PATH_CALL_OPTIONS);
    const { wechatpaySerial } = own(options ?? {});
    if (wechatpaySerial !== undefined && canonicalSerial(String(wechatpaySerial)) === undefined)
      throw paramError('wechatpaySerial', 'must be the serial that encrypt returned');
    const request = { method, path, body: text, secrets: [], repeatable: true, api: '', what };
    const judge = ({ status, body }: WholeReply) => {
      if (body.length === 0) return { status, body: undefined };
      checkJson(body, `the answer to ${what}`);
      return { status, body: parseJson(body) };
    };
    return this.#sender.send(request, { signal }, judge, wechatpaySerial);
  }

  /** The calls by their names. @internal */
  protected get [declaredCalls](): DeclaredCalls {
    return this.#calls;
  }
}

/** The options of a call by path. */
export interface PathCallOptions extends CallOptions {
  /** The `serial` that `encrypt` returned, if the body has an encrypted text. Default that of the current key. */
  wechatpaySerial?: string | undefined;
}

const PAYEE: Names<AppPayee> = { appid: true, partnerid: true };

const PATH_CALL_OPTIONS: Names<PathCallOptions> = { ...CALL_OPTIONS, wechatpaySerial: true };

locateMethods(ApisV3.prototype);
locateMethods(WechatPay.prototype, ['notifyHandler']);
