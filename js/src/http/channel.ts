// The channel to WeChat: one client's hosts, fetches, time limit and hook. A request goes in, its judged answer comes out.

import { configError, paramError, WxPayError } from '../errors.js';
import type { CallOptions } from '../generated/api.js';
import { own } from '../own.js';
import { attempts } from './attempts.js';
import type { Certificate } from './certificate.js';
import type { Transport } from './exchange.js';
import { fromCertificate, hostFetch } from './host.js';
import { Hosts } from './hosts.js';
import { type Mask, maskedError, masking } from './masking.js';
import { type OnExchange, reported } from './report.js';

/** What a channel needs of a client's options. */
export interface ChannelOptions {
  /** What no error and no report shows. */
  keys: readonly string[];
  baseUrls: readonly string[];
  loginUrl: string;
  fetch?: typeof globalThis.fetch | undefined;
  certificate?: Certificate | undefined;
  certFetch?: typeof globalThis.fetch | undefined;
  /** In milliseconds. */
  timeoutMs: number;
  retries?: number | undefined;
  /** In milliseconds. */
  probeMs: number;
  onExchange?: OnExchange | undefined;
}

/** One request on its way. */
export interface Message {
  /** Which of WeChat's servers: those of WeChat Pay, or that of the log-in. */
  to: 'pay' | 'login';
  /** The path, and the query where it has one; the query is told to nobody else. */
  path: string;
  query: string;
  /** What is posted; a request without it is a GET. */
  body: string | undefined;
  /** Whether the certificate is shown. */
  certificate: boolean;
  /** Whether it may be sent again when it is not known what became of it. */
  repeatable: boolean;
  /** The most bytes of an answer. */
  limit: number;
}

/** How a request is sent: as a whole answer, or as one that streams. */
export type Send<Body> = (url: string, init: RequestInit, where: string, transport: Transport) => Promise<Body>;

/** What sends a client's requests. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #fetch: typeof globalThis.fetch;
  readonly #certFetch: typeof globalThis.fetch | undefined;
  readonly #hosts: Readonly<Record<Message['to'], Hosts>>;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? hostFetch();
    this.#certFetch = options.certFetch ?? fromCertificate(options.certificate, options.baseUrls);
    this.#hosts = {
      pay: new Hosts(options.baseUrls, options.probeMs),
      login: new Hosts([options.loginUrl], options.probeMs),
    };
  }

  /** Sends, again and to another host where that is right, and judges the answer. `keep` shows an answer to the operator's hook. */
  async send<Body, Answer>(
    message: Message,
    options: CallOptions | undefined,
    send: Send<Body>,
    judge: (body: Body, keep: (answer: Uint8Array) => void, mask: Mask) => Answer,
  ): Promise<Answer> {
    const { to, path, query, body, limit, repeatable } = message;
    const { keys, timeoutMs, retries, onExchange } = this.#options;
    const signal = signalOf(options);
    const mask = masking(body, keys);
    const fetch = message.certificate ? this.#certFetch : this.#fetch;
    if (fetch === undefined) throw configError('certificate', `is missing; ${path} needs the merchant's certificate`);
    const method = body === undefined ? 'GET' : 'POST';
    const init = body === undefined ? { method } : { method, headers: XML, body };
    const hosts = this.#hosts[to];
    return attempts(hosts, { retries: retries ?? hosts.count - 1, repeatable, fetch, signal }, (base, attempt) => {
      const url = new URL(path, base).href;
      return reported(onExchange, { method, url, attempt, body, mask }, async (keep) => {
        try {
          return judge(await send(url + query, init, path, { fetch, timeoutMs, signal, limit }), keep, mask);
        } catch (error) {
          throw error instanceof WxPayError ? maskedError(error, mask) : error;
        }
      });
    });
  }
}

/** The caller's signal. */
export function signalOf(options: CallOptions | undefined): AbortSignal | undefined {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== 'object') throw paramError('options', 'must be an object, such as { signal }');
  const { signal } = own(options);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw paramError('signal', 'must be an AbortSignal');
  return signal;
}

const XML = { 'content-type': 'text/xml; charset=utf-8' };
