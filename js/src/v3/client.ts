// The APIv3 client: prepare → sign → send → verify → judge, for one merchant and one mini program.
import { locatedAt, locateMethods } from '../caller.js';
import { configError, paramError, WxPayError } from '../errors.js';
import { ApisV3, type JsapiOrder } from '../generated/api-v3.js';
import type { CallOptions } from '../http/call-options.js';
import { Channel } from '../http/channel.js';
import type { WholeReply } from '../http/exchange.js';
import { code2Session, type Session } from '../login/session.js';
import { checkJson, checkMerchant, complete, prepare, type RequestV3Data, refuse } from '../wasm/v3.js';
import { crypto, type RequestSigner } from './host.js';
import { headOf, WechatpayKeys } from './keys.js';
import { type NoticeMessage, type NoticeV3, openNotice } from './notice.js';
import { type CompleteOptions, type WechatPayOptions, withDefaults } from './options.js';
import { authorizationHeader, nonceOf, type RequestPaymentV3, signedPayment } from './signing.js';

/** The most bytes of an answer. */
const ANSWER_BYTES = 1024 ** 2;

/** A request on its way, and what judges its answer. */
interface Signed extends Pick<RequestV3Data, 'method' | 'path' | 'body'> {
  /** The name of the API; empty for a call by path. */
  api: string;
  /** The call's name in errors. */
  what: string;
  /** The text that the last attempt signed. */
  signed: string;
}

/** A merchant's WeChat Pay by APIv3: every API as a method, the second signature, and the opening of notices. */
export class WechatPay extends ApisV3 {
  /** The mini program's id. */
  readonly appid: string;
  /** The merchant number. */
  readonly mchid: string;
  /** The URL for notices, for orders that do not name one. */
  readonly notify_url: string | undefined;
  // Private fields: neither JSON nor a log can show them.
  readonly #options: CompleteOptions;
  readonly #signer: RequestSigner;
  readonly #keys: WechatpayKeys;
  readonly #channel: Channel;

  constructor(options: WechatPayOptions) {
    super();
    try {
      const own = withDefaults(options);
      checkMerchant(own);
      this.appid = own.appid;
      this.mchid = own.mchid;
      this.notify_url = own.notify_url;
      this.#options = own;
      this.#signer = crypto().signer(own);
      this.#keys = new WechatpayKeys(own.wechatpayKeys);
      // The certificate of APIv3 signs; no connection shows it.
      this.#channel = new Channel({ ...own, certificate: undefined });
    } catch (error) {
      throw locatedAt(error, new.target);
    }
  }

  /** Orders and signs again. Pass the result to `wx.requestPayment` in the mini program. Its success callback proves nothing. */
  async pay(
    order: Omit<JsapiOrder, 'notify_url'> & Partial<Pick<JsapiOrder, 'notify_url'>>,
    options?: CallOptions,
  ): Promise<RequestPaymentV3> {
    const { prepay_id } = await this.jsapiOrder(order, options);
    return this.requestPayment(prepay_id);
  }

  /** Signs an order of APIv3 again, for `wx.requestPayment`. An order of APIv2 is signed by its own client. */
  async requestPayment(prepay_id: string): Promise<RequestPaymentV3> {
    return signedPayment({ appId: this.appid, prepay_id, nowMs: this.#options.nowMs() }, this.#signer);
  }

  /** Opens a notice: headers, time, key, signature, JSON, cipher, ids and form, in this order. */
  async openNotify(message: NoticeMessage): Promise<NoticeV3> {
    const { keys: apiV3Keys, nowMs } = this.#options;
    return openNotice(message, { merchant: this, apiV3Keys, keys: this.#keys, nowMs });
  }

  /** Exchanges the code of `wx.login` for the user's `openid`. Keep `session_key` on the server. */
  async code2Session(js_code: string, options?: CallOptions): Promise<Session> {
    const { secret } = this.#options;
    if (secret === undefined) throw configError('secret', 'is missing; code2Session needs the AppSecret');
    return code2Session({ appid: this.appid, secret, js_code }, this.#channel, options);
  }

  /**
   * Calls any other API by its path: signed, sent as it is, and verified. `path` has its query, percent-encoded.
   *
   * Returns the status and the JSON of an answer that succeeded. Throws `WxPayError` for every other one.
   */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    options?: CallOptions,
  ): Promise<{ status: number; body: unknown }> {
    if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      throw paramError('method', 'must be an HTTP method');
    if (typeof path !== 'string' || !/^\/v3\/[\x21-\x7e]+$/.test(path) || path.includes('#'))
      throw paramError('path', 'must begin with /v3/, be percent-encoded and have no fragment');
    const text = body === undefined ? '' : textOf('body', body);
    const request = { method, path, body: text, api: '', what: path.split('?')[0] as string, signed: '' };
    return this.#sent(request as Signed, options, async (reply) => {
      await this.#verify(request.what, reply);
      if (reply.body.length === 0) return { status: reply.status, body: undefined };
      checkJson(reply.body, `the answer to ${request.what}`);
      return { status: reply.status, body: parsed(reply.body) };
    });
  }

  /** Calls an API by its name. @internal */
  protected async request(api: string, params: object, options?: CallOptions): Promise<unknown> {
    const request = prepare(api, this, textOf('params', params));
    const signed: Signed = { ...request, api, what: api, signed: '' };
    return this.#sent(signed, options, async (reply) => {
      await this.#verify(api, reply);
      complete(api, this, request, reply.body);
      return reply.body.length === 0 ? undefined : parsed(reply.body);
    });
  }

  async #sent<T>(
    request: Signed,
    options: CallOptions | undefined,
    succeeded: (reply: WholeReply) => Promise<T>,
  ): Promise<T> {
    const [path = '', query] = request.path.split('?');
    const message = {
      to: 'pay',
      path,
      query: query === undefined ? '' : `?${query}`,
      method: request.method,
      body: request.body === '' ? undefined : request.body,
      contentType: 'application/json',
      certificate: false,
      repeatable: true,
      limit: ANSWER_BYTES,
      headers: () => this.#headers(request),
    } as const;
    return this.#channel.exchange(message, options, async (reply) => {
      if (reply.status === 200 || reply.status === 204) return succeeded(reply);
      const request_id = reply.header('request-id');
      refuse(request.api, request.what, { status: reply.status, request_id, body: reply.body }, request.signed);
      throw new Error('unreachable');
    });
  }

  /** The headers of one attempt. Each attempt is signed anew: its time must be fresh. */
  async #headers(request: Signed): Promise<Record<string, string>> {
    const timestamp = Math.floor(this.#options.nowMs() / 1000);
    const nonce = nonceOf();
    request.signed = `${request.method}\n${request.path}\n${timestamp}\n${nonce}\n${request.body}\n`;
    const signature = await this.#signer.sign(request.signed);
    const { serial } = this.#signer;
    return {
      authorization: authorizationHeader({ mchid: this.mchid, serial, timestamp, nonce, signature }),
      accept: 'application/json',
      'wechatpay-serial': this.#keys.preferred,
    };
  }

  /** Refuses an answer that WeChat has not signed. The request may have been executed all the same. */
  async #verify(what: string, reply: WholeReply): Promise<void> {
    try {
      const head = headOf({ get: (name) => reply.header(name) });
      await this.#keys.verify(`the answer to ${what}`, head, reply.body, this.#options.nowMs());
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      const message = `${error.message}; query before anything else`;
      throw new WxPayError({ ...error.toJSON(), message, status: reply.status });
    }
  }
}

const decoder = new TextDecoder();
const parsed = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes));

/** An object as JSON. Members that are undefined are left out. */
function textOf(name: string, value: object): string {
  if (typeof value !== 'object' || value === null) throw paramError(name, 'must be an object');
  try {
    return JSON.stringify(value);
  } catch {
    throw paramError(name, 'cannot be written as JSON; check for bigint values and circles');
  }
}

locateMethods(ApisV3.prototype);
locateMethods(WechatPay.prototype);
