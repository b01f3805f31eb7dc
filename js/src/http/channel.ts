// The channel to WeChat: one client's hosts, transport, time limit and hook.
//
// The steps of a call:
// - client.call    makes the message, and later judges the answer
// - Channel.send   makes one attempt for each host
// - fetchBytes     sends one attempt within the limits of time and size
// - Answer.judged  reports how the exchange ended, and masks its error

import { configError, paramError, WxPayError } from '../errors.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { Answer } from './answer.js';
import { Attempts } from './attempts.js';
import type { CallOptions } from './call-options.js';
import { fetchBytes, fetchReply, fetchStream, type Outgoing, type WholeReply } from './exchange.js';
import { type Route, type Transport, transportOf } from './host.js';
import { Hosts } from './hosts.js';
import { maskedError, masking } from './masking.js';
import { Exchange, type OnExchange } from './report.js';

/** The options of a client that a channel needs. */
export interface ChannelOptions extends Route {
  /** Secrets that no error and no report shows. */
  keys: readonly string[];
  loginUrl: string;
  fetch?: typeof globalThis.fetch | undefined;
  certFetch?: typeof globalThis.fetch | undefined;
  /** In milliseconds. */
  timeoutMs: number;
  retries?: number | undefined;
  /** In milliseconds. */
  probeMs: number;
  onExchange?: OnExchange | undefined;
}

/** One request. */
export interface Message {
  /** Which of WeChat's servers: WeChat Pay, or the log-in. */
  to: 'pay' | 'login';
  /** The path and the query. No error and no report contains the query. */
  path: string;
  query: string;
  /** The body of a POST. A request without a body is a GET. */
  body: string | undefined;
  /** The type of the body. Default XML. */
  contentType?: 'application/json';
  /** The method. Default GET without a body, and POST with one. */
  method?: string;
  /** Makes the headers of one attempt. No error and no report of this attempt shows its secrets. */
  headers?: () => Promise<{ headers: Record<string, string>; secrets: readonly string[] }>;
  /** More secrets that no error shows. */
  secrets?: readonly string[];
  /** Throws the error for an answer of a download whose status is not 200. Default one that names the status. */
  refused?: (reply: WholeReply) => never;
  /** Whether the certificate is sent. */
  certificate: boolean;
  /** Whether the request may be sent again if an earlier attempt may have arrived. */
  repeatable: boolean;
  /** The largest size of an answer in bytes. */
  limit: number;
}

/** The sender of a client's requests. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #transport: Transport;
  readonly #hosts: Readonly<Record<Message['to'], Hosts>>;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#transport = transport(options);
    this.#hosts = {
      pay: new Hosts(options.baseUrls, options.probeMs),
      login: new Hosts([options.loginUrl], options.probeMs),
    };
  }

  /**
   * Sends the message, and returns what `judge` makes of the answer, whatever its status is. If `judge` throws an error with a 5xx
   * status, the host has failed, and the next host is called.
   */
  async exchange<T>(
    message: Message,
    options: CallOptions | undefined,
    judge: (reply: WholeReply) => Promise<T>,
  ): Promise<T> {
    let shown: Uint8Array | undefined;
    const judged = async (outgoing: Outgoing) => {
      const reply = await fetchReply(outgoing);
      shown = reply.body;
      return judge(reply).catch((error: unknown) => {
        throw error instanceof WxPayError ? maskedError(error, outgoing.mask) : error;
      });
    };
    const answer = await this.#ask(message, options, judged, () => shown);
    return answer.judged(() => answer.body, shown);
  }

  /** Sends the message and returns the whole answer. */
  send(message: Message, options: CallOptions | undefined): Promise<Answer<Uint8Array>> {
    return this.#ask(message, options, fetchBytes);
  }

  /** Sends the message and returns the answer as a stream. */
  download(message: Message, options: CallOptions | undefined): Promise<Answer<ReadableStream<Uint8Array>>> {
    return this.#ask(message, options, fetchStream);
  }

  /** Sends the message to one host after the other, until a host answers or no retry is allowed. */
  async #ask<Body>(
    message: Message,
    options: CallOptions | undefined,
    fetchBody: (outgoing: Outgoing) => Promise<Body>,
    shownOf: () => Uint8Array | undefined = () => undefined,
  ): Promise<Answer<Body>> {
    const { to, path, query, body, limit, repeatable, certificate, contentType, secrets = [] } = own(message);
    const { method = body === undefined ? 'GET' : 'POST', headers: headersOf, refused } = own(message);
    const { keys, timeoutMs, retries, onExchange } = this.#options;
    const signal = signalOf(options);
    const isPay = to === 'pay';
    // A log-in cannot be queried.
    const advice = isPay ? 'query before anything else' : 'try again';
    const send = certificate ? this.#transport.sendCertified : this.#transport.send;
    if (send === undefined) throw configError('certificate', `is missing; ${path} needs the merchant's certificate`);
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': contentType ?? XML };
    const hosts = this.#hosts[to];
    const attempts = new Attempts(hosts, { retries: retries ?? hosts.count - 1, repeatable, send, signal, advice });
    for (;;) {
      const url = new URL(path, attempts.host).href;
      const made = await headersOf?.();
      const headers = { ...type, ...made?.headers };
      const mask = masking(isPay ? body : undefined, [...keys, ...secrets, ...(made?.secrets ?? [])]);
      // A body for the log-in server may contain the AppSecret.
      const shown = isPay ? { body, mask } : { body: undefined, mask: undefined };
      const exchange = new Exchange(onExchange, { method, url, attempt: attempts.count, ...shown });
      try {
        const init = body === undefined ? { method, headers } : { method, headers, body };
        const outgoing = {
          url: url + query,
          init,
          where: path,
          send,
          progress: {},
          timeoutMs,
          signal,
          limit,
          advice,
          mask,
          refused,
        };
        return new Answer(await fetchBody(outgoing), exchange, attempts);
      } catch (error) {
        exchange.failed(error, shownOf());
        await attempts.next(error);
      }
    }
  }
}

/** The caller's own fetches. A missing fetch is replaced by the transport of the host. */
function transport({ fetch, certFetch, certificate, ...rest }: ChannelOptions): Transport {
  const isComplete = fetch !== undefined && (certFetch !== undefined || certificate === undefined);
  if (isComplete) return { send: fetch, sendCertified: certFetch };
  const { send, sendCertified } = transportOf(own(certFetch === undefined ? { ...rest, certificate } : rest));
  return { send: fetch ?? send, sendCertified: certFetch ?? sendCertified };
}

/** Returns the caller's signal. `names` are those of the options, if a call has more than others. */
export function signalOf(options: CallOptions | undefined, names = CALL_OPTIONS): AbortSignal | undefined {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== 'object') throw paramError('options', 'must be an object, such as { signal }');
  checkNames(options, names, { elsewhere: OF_CLIENT, error: paramError });
  const { signal } = own(options);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw paramError('signal', 'must be an AbortSignal');
  return signal;
}

/** The names of the options of every call. */
export const CALL_OPTIONS: Names<CallOptions> = { signal: true };

/** Options of a client that may be expected at a call. */
const OF_CLIENT = {
  timeoutMs: 'is an option of the client; for one call pass signal: AbortSignal.timeout(ms)',
  timeout: 'is no option; for one call pass signal: AbortSignal.timeout(ms)',
};

const XML = 'text/xml; charset=utf-8';
