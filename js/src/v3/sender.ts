// The way of one request of APIv3: signed for each attempt, sent as it was signed, and verified.
import { changedError, paramError, WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import type { Channel } from '../http/channel.js';
import type { WholeReply } from '../http/exchange.js';
import { nonce, type RequestV3Data, refuse } from '../wasm/v3.js';
import { headOf, type WechatpayKeys } from './keys.js';
import type { RequestSigner } from './merchant-key.js';
import { signedRequest } from './signing.js';

/** The most bytes of an answer. */
const ANSWER_BYTES = 1024 ** 2;

/** A request, and the names of its call. */
export interface Sending extends Pick<RequestV3Data, 'path' | 'body'> {
  method: string;
  /** The name of the API; empty for a call by path. */
  api: string;
  /** The call's name in errors. */
  what: string;
}

/** What a client sends with. */
export interface SenderParts {
  mchid: string;
  signer: RequestSigner;
  keys: WechatpayKeys;
  channel: Channel;
  nowMs(): number;
}

/** Sends the requests of one client. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Sends a request. Returns what `judge` makes of a success that WeChat signed, and throws for every other answer. */
  send<T>(request: Sending, options: CallOptions | undefined, judge: (reply: WholeReply) => T): Promise<T> {
    const [path = ''] = request.path.split('?');
    let signed = '';
    const message = {
      to: 'pay',
      path,
      query: request.path.slice(path.length),
      method: request.method,
      body: request.body === '' ? undefined : request.body,
      contentType: 'application/json',
      certificate: false,
      repeatable: true,
      limit: ANSWER_BYTES,
      headers: async () => {
        const { text, headers, secrets } = await this.#headers(request);
        signed = text;
        return { headers, secrets };
      },
    } as const;
    return this.#parts.channel.exchange(message, options, async (reply) => {
      const { status, body } = reply;
      const request_id = reply.header('request-id');
      // The answer 202 of a declared API says that nothing was done yet.
      const isDone = status === 200 || status === 204 || (status === 202 && request.api === '');
      if (!isDone) return refuse(request.api, request.what, { status, request_id, body }, signed);
      try {
        await this.#verify(request.what, reply);
        return judge(reply);
      } catch (error) {
        if (!(error instanceof WxPayError)) throw error;
        throw changedError(error, { status, request_id: request_id || undefined });
      }
    });
  }

  /** The headers of one attempt. Each attempt is signed anew: its time must be fresh. */
  async #headers(request: Sending) {
    const { mchid, signer, keys, nowMs } = this.#parts;
    const timestamp = Math.floor(nowMs() / 1000);
    const { text, signature, header } = await signedRequest({ ...request, timestamp, nonce: nonce() }, mchid, signer);
    const headers = {
      authorization: header,
      accept: 'application/json',
      // WeChat refuses a request without one, and a fetch of the caller may add none.
      'user-agent': 'paysign',
      'wechatpay-serial': keys.preferred,
    };
    return { text, headers, secrets: [signature] };
  }

  /** Refuses an answer that WeChat has not signed. The request may have been executed all the same. */
  async #verify(what: string, reply: WholeReply): Promise<void> {
    try {
      const head = headOf({ get: (name) => reply.header(name) });
      await this.#parts.keys.verify(`the answer to ${what}`, head, reply.body, this.#parts.nowMs());
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      throw changedError(error, { message: `${error.message}; query before anything else` });
    }
  }
}

/** Whether a path with its query is the same after it was read as a part of a URL. Otherwise another text would be signed. */
export function isSentUnchanged(path: unknown): path is string {
  if (typeof path !== 'string' || !path.startsWith('/v3/')) return false;
  const { pathname, search } = new URL(path, 'https://api.mch.weixin.qq.com');
  return pathname + search === path;
}

/** An object as JSON. Members that are undefined are left out. */
export function textOf(name: string, value: object): string {
  if (typeof value !== 'object' || value === null) throw paramError(name, 'must be an object');
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    throw paramError(name, 'cannot be written as JSON; check for bigint values and circles');
  }
  // A method toJSON may return anything.
  if (text === undefined) throw paramError(name, 'must be an object that JSON can have');
  return text;
}
