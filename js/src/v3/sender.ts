// The way of one request of APIv3: encrypted, signed for each attempt, sent as it was signed, and verified.
import { changedError, paramError, WxPayError } from '../errors.js';
import { BASE_URL, SECRET_MARK } from '../generated/constants.js';
import type { Answer } from '../http/answer.js';
import type { CallOptions } from '../http/call-options.js';
import { type Channel, type Message, signalOf } from '../http/channel.js';
import type { WholeReply } from '../http/exchange.js';
import { nonce, type RequestV3Data, refuse } from '../wasm/v3.js';
import { headOf } from './head.js';
import type { WechatpayKeys } from './keys.js';
import type { MerchantKey } from './merchant-key.js';
import { withRefusalReason } from './reasons.js';
import { signedRequest } from './signing.js';
import type { WechatpayKey } from './wechatpay-key.js';

/** The most bytes of an answer. */
const ANSWER_BYTES = 1024 ** 2;

/** A request, and the names of its call. */
export interface Sending extends Pick<RequestV3Data, 'path' | 'body'> {
  method: string;
  /** The texts to encrypt, in the order of their marks in the body. */
  secrets: readonly string[];
  repeatable: boolean;
  /** The name of the API; empty for a call by path. */
  api: string;
  /** The call's name in errors. */
  what: string;
}

/** What a client sends with. */
export interface SenderParts {
  mchid: string;
  key: MerchantKey;
  keys: WechatpayKeys;
  channel: Channel;
  nowMs(): number;
}

/** A verified or unverified answer, judged. */
type Judge<T> = (reply: WholeReply) => T | Promise<T>;

/** Sends the requests of one client. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * Sends a request. Returns what `judge` makes of a success that WeChat signed, and throws for every other answer.
   *
   * `serial` names another key than the current one, with which the caller has encrypted.
   */
  async send<T>(request: Sending, options: CallOptions | undefined, judge: Judge<T>, serial?: string): Promise<T> {
    const key = await this.#parts.keys.current(request.what, signalOf(options));
    const sealed = { ...request, body: await sealedBody(request, key) };
    return this.#exchange(sealed, serial ?? key.name, options, async (reply) => {
      await this.#verify(request.what, reply);
      return judge(reply);
    });
  }

  /** Sends the request for the keys themselves. `judge` verifies its answer. */
  sendForKeys<T>(request: Sending, options: CallOptions | undefined, judge: Judge<T>): Promise<T> {
    return this.#exchange(request, this.#parts.keys.publicKey?.name, options, judge);
  }

  /** Downloads a file of an API from a path with its query. WeChat does not sign the file: the caller compares its hash. */
  async download(
    api: string,
    path: string,
    options: CallOptions | undefined,
  ): Promise<Answer<ReadableStream<Uint8Array>>> {
    const { channel, keys } = this.#parts;
    const request = { method: 'GET', path, body: '' };
    const { name } = await keys.current(api, signalOf(options));
    let signed = '';
    const message = messageOf({ ...request, repeatable: true }, async () => {
      const { text, headers, secrets } = await this.#headers(request, name);
      signed = text;
      return { headers: { ...headers, accept: '*/*' }, secrets };
    });
    const refused = ({ status, header, body }: WholeReply) =>
      refuse(api, `${api} (the file)`, { status, request_id: header('request-id'), body }, signed);
    return channel.download({ ...message, refused }, options);
  }

  #exchange<T>(
    request: Sending,
    serial: string | undefined,
    options: CallOptions | undefined,
    judge: Judge<T>,
  ): Promise<T> {
    let signed = '';
    let authorization = '';
    const message = messageOf(request, async () => {
      const { text, headers, secrets } = await this.#headers(request, serial);
      [signed, authorization] = [text, headers.authorization];
      return { headers, secrets: [...secrets, ...request.secrets] };
    });
    return this.#parts.channel.exchange(message, options, async (reply) => {
      const { status, body } = reply;
      const request_id = reply.header('request-id');
      // The answer 202 of a declared API says that nothing was done yet.
      const isDone = status === 200 || status === 204 || (status === 202 && request.api === '');
      if (!isDone) {
        try {
          return refuse(request.api, request.what, { status, request_id, body }, signed);
        } catch (error) {
          const { method, path, body: sent } = request;
          const nowMs = this.#parts.nowMs();
          throw withRefusalReason(error, { method, path, body: sent, authorization, nowMs }, reply);
        }
      }
      try {
        return await judge(reply);
      } catch (error) {
        if (!(error instanceof WxPayError)) throw error;
        throw changedError(error, { status, request_id: request_id || undefined });
      }
    });
  }

  /** The headers of one attempt. Each attempt is signed anew: its time must be fresh. */
  async #headers(request: Pick<Sending, 'method' | 'path' | 'body'>, serial: string | undefined) {
    const { mchid, key, nowMs } = this.#parts;
    const timestamp = Math.floor(nowMs() / 1000);
    const { text, signature, header } = await signedRequest({ ...request, timestamp, nonce: nonce() }, mchid, key);
    const headers = {
      authorization: header,
      accept: 'application/json',
      // WeChat refuses a request without one, and a fetch of the caller may add none.
      'user-agent': 'paysign',
      ...(serial !== undefined && { 'wechatpay-serial': serial }),
    };
    return { text, headers, secrets: [signature] };
  }

  /** Refuses an answer that WeChat has not signed. The request may have been executed all the same. */
  async #verify(what: string, reply: WholeReply): Promise<void> {
    try {
      const head = headOf({ get: (name) => reply.header(name) });
      await this.#parts.keys.verify(`the answer to ${what}`, head, reply.body);
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      throw changedError(error, { message: `${error.message}; query before anything else` });
    }
  }
}

function messageOf(
  { method, path: whole, body, repeatable }: Pick<Sending, 'method' | 'path' | 'body' | 'repeatable'>,
  headers: NonNullable<Message['headers']>,
): Message {
  const [path = ''] = whole.split('?');
  return {
    to: 'pay',
    path,
    query: whole.slice(path.length),
    method,
    body: body === '' ? undefined : body,
    contentType: 'application/json',
    certificate: false,
    repeatable,
    limit: ANSWER_BYTES,
    headers,
  };
}

/** The body with its secrets encrypted. */
async function sealedBody({ body, secrets }: Sending, key: WechatpayKey): Promise<string> {
  if (secrets.length === 0) return body;
  const encrypted = await Promise.all(secrets.map((secret) => key.encrypt(secret)));
  return body
    .split(SECRET_MARK)
    .map((piece, index) => piece + (encrypted[index] ?? ''))
    .join('');
}

/** Whether a path with its query is the same after it was read as a part of a URL. Otherwise another text would be signed. */
export function isSentUnchanged(path: unknown): path is string {
  if (typeof path !== 'string' || !path.startsWith('/v3/')) return false;
  const { pathname, search } = new URL(path, BASE_URL);
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
