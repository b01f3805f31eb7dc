// The client: prepare → fetch → complete, for one merchant and one mini program.
import { type BillStream, type Comments, parseComments, readBillMasked } from '../bill/bill.js';
import { readsBill, readsComments } from '../bill/reads.js';
import { locatedAt, locateMethods } from '../caller.js';
import { paramError } from '../errors.js';
import { Apis, type PayOrder } from '../generated/api.js';
import { ANSWER_BYTES, NOTICE_BYTES } from '../generated/constants.js';
import { longestCallMs } from '../http/attempts.js';
import type { CallOptions } from '../http/call-options.js';
import { Channel, type Message } from '../http/channel.js';
import { AccessTokens, type App } from '../login/access-token.js';
import { loginApp } from '../login/app.js';
import { getPhoneNumber, type PhoneNumber } from '../login/phone-number.js';
import { code2Session, type Session } from '../login/session.js';
import { type NotifyHandler, notifyHandler } from '../notices/handler.js';
import type { ExpectedOrder } from '../notices/notice.js';
import { type NoticeOpener, type Opened, opener } from '../notices/opener.js';
import { checkAgreement, checkNamed, storedOrder } from '../notices/stored-order.js';
import { type SettleOptions, settle } from '../orders/settle.js';
import { ownMember } from '../own.js';
import type { Fields } from '../params.js';
import { checkMerchant, complete, type MerchantData, prepare, type RequestData } from '../wasm/calls.js';
import { pairs } from '../wasm/params.js';
import { type Kinds, type Notice, type NotifyListeners, openWith, repliesInXml } from './notice.js';
import { checkKnownKeys, environment, type WechatPayOptions, withDefaults } from './options.js';
import { type RequestPayment, requestPayment } from './payment.js';
import { withRefusalReason, withSignatureReason } from './reasons.js';
import { type Settlement, settlingCalls } from './settle.js';
import { nonce, type SignType, sign } from './signing.js';
import { written } from './written.js';

/** A merchant's WeChat Pay: every API as a method, the second signature, and the opening of notices. */
export class WechatPay extends Apis {
  /** The mini program's id. */
  readonly appid: string;
  /** The merchant number. */
  readonly mch_id: string;
  /** The sign type of requests and answers: the first of the accepted ones. */
  readonly signType: SignType;
  /** Where WeChat posts payment notices, for orders without their own `notify_url`. */
  readonly notify_url: string | undefined;
  /** The sub-merchant's app, if orders name it (service providers). */
  readonly sub_appid: string | undefined;
  /** The sub-merchant's number (service providers). */
  readonly sub_mch_id: string | undefined;
  // Private fields: neither JSON nor a log can show them.
  readonly #keys: readonly [string, ...string[]];
  readonly #signTypes: readonly [SignType, ...SignType[]];
  readonly #environment: string;
  readonly #longestCallMs: number;
  readonly #secret: string | undefined;
  readonly #sandboxPrefix: string;
  readonly #sandboxKeyPath: string | undefined;
  readonly #channel: Channel;
  readonly #tokens: AccessTokens;

  constructor(options: WechatPayOptions) {
    super();
    try {
      const own = withDefaults(options);
      this.appid = own.appid;
      this.mch_id = own.mch_id;
      this.sub_appid = own.sub_appid;
      this.sub_mch_id = own.sub_mch_id;
      this.signType = own.signTypes[0];
      this.notify_url = own.notify_url;
      this.#keys = own.keys;
      this.#signTypes = own.signTypes;
      this.#environment = environment(own);
      this.#longestCallMs = longestCallMs(own);
      this.#secret = own.secret;
      this.#sandboxPrefix = own.sandboxPrefix ?? '';
      this.#sandboxKeyPath = own.sandboxKeyPath;
      this.#channel = new Channel(own);
      this.#tokens = new AccessTokens(this.#channel, own.tokenCache, own.timeoutMs);
      for (const key of this.#keys) checkMerchant({ ...this.#merchant(), key });
      checkKnownKeys(own);
    } catch (error) {
      throw locatedAt(error, new.target);
    }
  }

  /**
   * Places an order and signs it for the payer's phone. Returns the argument of `wx.requestPayment`. `trade_type` is `JSAPI` by
   * default. The success callback of that function proves nothing; wait for the notice or query.
   */
  async pay(order: PayOrder, options?: CallOptions): Promise<RequestPayment> {
    const { prepay_id } = await this.unifiedOrder(
      { ...order, trade_type: ownMember(order, 'trade_type') ?? 'JSAPI' },
      options,
    );
    return this.requestPayment(prepay_id);
  }

  /**
   * Settles an uncertain or unpaid order: queries, closes after the deadline, queries again until the final state is known. A
   * payment by code is reversed: set `isPayCode` after an uncertain `micropay`.
   */
  settle(out_trade_no: string, options?: SettleOptions): Promise<Settlement> {
    return settle(settlingCalls(this, out_trade_no), options, this.#longestCallMs);
  }

  /** Signs an order again, for `wx.requestPayment`, in the way the order was signed. */
  requestPayment(prepay_id: string): RequestPayment {
    return requestPayment({
      appId: this.sub_appid ?? this.appid,
      prepay_id,
      key: this.#keys[0],
      signType: this.signType,
    });
  }

  /** Opens a notice with this merchant's keys, ways of signing, `appid` and `mch_id`, against the stored order. */
  openNotify(body: string | Uint8Array, ...stored: [order?: ExpectedOrder]): Notice {
    const order = storedOrder(stored);
    const notice = this.#opened(body);
    if (order === undefined) return notice;
    checkNamed(order, this.#mustName(notice));
    checkAgreement(notice, order, this.sub_mch_id);
    return notice;
  }

  /** A client that names no sub-merchant receives the notices of all sub-merchants. */
  #mustName(notice: Notice): readonly 'sub_mch_id'[] {
    return this.sub_mch_id === undefined && notice.sub_mch_id !== undefined ? ['sub_mch_id'] : [];
  }

  #opened(body: string | Uint8Array): Notice {
    const { appid, mch_id, sub_appid, sub_mch_id } = this;
    return openWith(body, this.#keys, { appid, mch_id, sub_appid, sub_mch_id, signType: this.#signTypes });
  }

  /** The opener for `notifyHandler` and `notifyRouter`. */
  get [opener](): NoticeOpener<Opened> & { readonly environments: readonly string[] } {
    const { sub_mch_id } = this;
    // The first hexadecimal digits of a signature of no real message: they do not reveal the key.
    const environments = [...new Set(this.#keys)].map((key) =>
      sign({ paysign_environment: this.#environment }, key, 'HMAC-SHA256').slice(0, 16),
    );
    return {
      environment: this.#environment,
      environments,
      open: ({ body }) => {
        const notice = this.#opened(body);
        return {
          notice,
          repeatId: notice.fields.nonce_str ?? '',
          environments,
          mustName: this.#mustName(notice),
          checkOrder: (order) => checkAgreement(notice, order, sub_mch_id),
        };
      },
    };
  }

  /**
   * Makes the handler of this merchant's notices, a function from a web `Request` to a `Response`. It verifies the notice, compares it
   * with the stored order, calls the listener once, and answers as WeChat expects. It never throws; refusals go to `onRejected`.
   */
  notifyHandler(listeners: NotifyListeners): NotifyHandler {
    const receiver = { limit: NOTICE_BYTES, open: this[opener].open, replies: repliesInXml() };
    return notifyHandler<Kinds>(receiver, listeners);
  }

  /**
   * Exchanges the code of `wx.login` for the user's `openid`, in the sub-merchant's app if there is one. Keep `session_key` on
   * the server.
   */
  async code2Session(js_code: string, options?: CallOptions): Promise<Session> {
    return code2Session({ ...this.#app('code2Session'), js_code }, this.#channel, options);
  }

  /**
   * Exchanges the code of the `getPhoneNumber` button for the user's phone number, in the sub-merchant's app if there is one. The
   * access token is fetched with `stable_token` and kept: see `tokenCache`.
   */
  async getPhoneNumber(code: string, options?: CallOptions): Promise<PhoneNumber> {
    return getPhoneNumber({ ...this.#app('getPhoneNumber'), code }, this.#tokens, this.#channel, options);
  }

  /** The mini program whose users log in, and its AppSecret. */
  #app(call: string): App {
    return loginApp({ appid: this.sub_appid ?? this.appid, secret: this.#secret }, call);
  }

  /** Calls an API by its name, with undocumented parameters too; they are kept and signed. */
  async call(api: string, params: object, options?: CallOptions): Promise<{ fields: Fields }> {
    // The merchant of the request judges its answer, even if the client's members change meanwhile.
    const merchant = this.#merchant();
    const request = this.#request(api, params, merchant);
    if (request.reads !== 'fields')
      throw paramError('api', `${api} is answered with ${request.reads}; use the method ${api} of the client`);
    const answer = await this.#channel.send(request, options);
    return answer.judged(() => this.#completed(api, merchant, request, answer.body), answer.body);
  }

  #completed(api: string, merchant: MerchantData, request: Message & Pick<RequestData, 'asked'>, body: Uint8Array) {
    try {
      return complete(api, merchant, request, body);
    } catch (error) {
      const { key } = merchant;
      withSignatureReason(error, body, this.#keys, this.#signTypes);
      throw withRefusalReason(error, request.body ?? '', key, this.signType);
    }
  }

  /** Calls an API whose answer is a bill. The errors of its rows repeat no secret of the request. @internal */
  protected async [readsBill](api: string, params: object, options?: CallOptions): Promise<BillStream> {
    const answer = await this.#channel.download(this.#request(api, params), options);
    return answer.judged(() => readBillMasked(answer.body, {}, (error) => answer.masked(error)));
  }

  /** Calls an API whose answer is comments. @internal */
  protected async [readsComments](api: string, params: object, options?: CallOptions): Promise<Comments> {
    const answer = await this.#channel.send(this.#request(api, params), options);
    return answer.judged(() => parseComments(answer.body));
  }

  /** The message to WeChat, and the fields that its answer must repeat. */
  #request(api: string, params: object, merchant = this.#merchant()): Message & Pick<RequestData, 'asked' | 'reads'> {
    if (typeof api !== 'string' || api.length > 64) throw paramError('api', 'must be the name of an API');
    const request = prepare(api, merchant, nonce(), pairs(written(api, params)));
    const own = request.base === 'sandbox' ? this.#sandboxKeyPath : undefined;
    const path = this.#sandboxPrefix + (own ?? request.path);
    return { ...request, to: 'pay', path, query: '', limit: ANSWER_BYTES };
  }

  #merchant(): MerchantData {
    const { appid, mch_id, sub_appid = '', sub_mch_id = '', signType } = this;
    return { appid, mch_id, key: this.#keys[0], signType, sub_appid, sub_mch_id };
  }
}

locateMethods(Apis.prototype);
locateMethods(WechatPay.prototype, ['requestPayment', 'openNotify', 'notifyHandler']);
