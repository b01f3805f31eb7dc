// The latest calls with their answers, for whoever looks at the page. Their number and their bytes are bounded.

import type { Mask } from './masks.js';
import { type Explain, explained, type Language } from './refusals.js';
import { printable, shown } from './shown.js';
import { type AnswerBody, bodyOf } from './wire/answer.js';
import { BODY_LIMIT_BYTES, decodeUtf8 } from './wire/body.js';
import type { Clock } from './wire/clock.js';
import { isJsonObject, readJson } from './wire/json.js';

/** One line about a call. */
export interface ExchangeSummary {
  id: number;
  /** The time of its arrival, in milliseconds since 1970-01-01 UTC, by the gateway's clock. */
  timeMs: number;
  method: string;
  /** Path and query, exactly as sent, without secrets. */
  path: string;
  /** The merchant number that the call names, whether or not its signature was right. */
  mch_id?: string;
  /** The HTTP status. Missing while there is no answer, and for a connection that was reset. */
  status?: number;
  /** Why it was refused: `err_code`, `return_msg`, `code` or `errcode`. */
  code?: string;
  /** The mistake in a wrong signature, such as `key-whitespace`. */
  mistake?: string;
}

/** A call with its texts, in which no secret is left. */
export interface ExchangeTexts {
  request: string;
  /** Missing while there is no answer. */
  answer?: string;
  /** Why the signature is wrong, and the text that WeChat would have signed, without a key. */
  wrong?: { message: string; fix: string; signedText: string };
}

/** The calls. */
export interface Exchanges {
  /** Answers a request by `work`, and keeps both. `target` is path and query exactly as sent. */
  watch(request: Request, target: string, work: () => Promise<Response>): Promise<Response>;
  /** Adds the body of a request, which can be read once only. */
  sent(request: Request, body: Uint8Array | undefined): void;
  /** Adds the reason of a wrong signature. `explain` runs when somebody looks. */
  refused(request: Request, explain: Explain): void;
  /** Returns the calls, the newest first. */
  all(): Promise<ExchangeSummary[]>;
  /** Returns the texts of a call, or undefined where it is kept no longer. */
  find(id: number, lang: Language): Promise<ExchangeTexts | undefined>;
}

/** Makes an empty list. */
export function createExchanges(clock: Clock, mask: Mask): Exchanges {
  const kept: Exchange[] = [];
  const ofRequest = new WeakMap<Request, Exchange>();
  let lastId = 0;
  let total = 0;

  function add(one: Exchange, bytes: number): void {
    // A call that was forgotten meanwhile counts no more.
    if (one.id < (kept[0]?.id ?? one.id)) return;
    one.bytes += bytes;
    total += bytes;
    while (kept.length > MOST || (total > MOST_BYTES && kept.length > 1)) total -= kept.shift()?.bytes ?? 0;
  }

  return {
    async watch(request, target, work) {
      lastId += 1;
      const { method } = request;
      const one: Exchange = { id: lastId, timeMs: clock.now(), method, sent: request.headers, target, bytes: 0 };
      kept.push(one);
      ofRequest.set(request, one);
      add(one, OVERHEAD_BYTES + target.length);
      const response = await work();
      const body = bodyOf(response) ?? '';
      // A slice of a text would keep the whole text.
      const cut =
        body.length > BODY_LIMIT_BYTES ? new Uint8Array(Buffer.from(body).subarray(0, BODY_LIMIT_BYTES)) : body;
      one.answer = { status: response.status, headers: response.headers, body: cut, length: body.length };
      add(one, 2 * one.answer.body.length);
      return response;
    },
    sent(request, body) {
      const one = ofRequest.get(request);
      if (one === undefined) return;
      one.body = body?.slice();
      add(one, body?.length ?? 0);
    },
    refused(request, explain) {
      const one = ofRequest.get(request);
      if (one === undefined) return;
      one.explain = explain;
      // What explains it has its own copy of the body.
      add(one, OVERHEAD_BYTES + 2 * (one.body?.length ?? 0));
    },
    async all() {
      return Promise.all([...kept].reverse().map((one) => summary(one, mask)));
    },
    async find(id, lang) {
      const one = kept.find((each) => each.id === id);
      return one && texts(one, lang, mask);
    },
  };
}

/** How many calls are kept, and how many bytes of them. */
const MOST = 200;
const MOST_BYTES = 1024 * 1024;
const OVERHEAD_BYTES = 2048;

interface Exchange {
  readonly id: number;
  readonly timeMs: number;
  readonly method: string;
  readonly sent: Headers;
  readonly target: string;
  bytes: number;
  body?: Uint8Array | undefined;
  answer?: {
    readonly status: number;
    readonly headers: Headers;
    readonly body: AnswerBody;
    /** That of the whole body. */
    readonly length: number;
  };
  explain?: Explain;
  /** Made when somebody looks. */
  summary?: ExchangeSummary;
}

async function summary(one: Exchange, mask: Mask): Promise<ExchangeSummary> {
  if (one.summary !== undefined) return one.summary;
  const { id, timeMs, method, target, answer, body, explain } = one;
  const authorization = one.sent.get('authorization') ?? '';
  const mch_id = /\bmchid="([^"]{1,32})"/.exec(authorization)?.[1] ?? member(text(body), 'mch_id');
  const code = answer && codeOf(answer.status, text(answer.body));
  const mistake = explain && (await explained(explain, 'en')).code;
  const made = {
    ...{ id, timeMs, method, path: mask(shown(target)) },
    ...(mch_id !== undefined && { mch_id: mask(shown(mch_id)) }),
    ...(answer && { status: answer.status }),
    ...(code !== undefined && { code: mask(shown(code)) }),
    ...(mistake !== undefined && { mistake }),
  };
  if (answer !== undefined) one.summary = made;
  return made;
}

async function texts(one: Exchange, lang: Language, mask: Mask): Promise<ExchangeTexts> {
  const { method, sent, target, body, answer, explain } = one;
  const wrong = explain && (await explained(explain, lang));
  return {
    request: mask(message(`${method} ${target}`, sent, body)),
    ...(answer && { answer: mask(message(String(answer.status), answer.headers, answer.body, answer.length)) }),
    ...(wrong && { wrong: { message: wrong.message, fix: wrong.fix, signedText: mask(wrong.signedText) } }),
  };
}

function message(head: string, headers: Headers, body: Uint8Array | string = '', length = body.length): string {
  const named = SHOWN_HEADERS.flatMap((name) => (headers.has(name) ? [`${name}: ${headers.get(name)}`] : []));
  const decoded = text(body);
  const whole = decoded === '' && body.length > 0 ? `(${length} bytes)` : decoded;
  // A secret at the cut would be half there, and no pattern would find it.
  const cut = length > body.length ? `${whole.slice(0, -512)}…` : whole;
  return [head, ...named, '', cut].map((part, index) => (index === 3 ? part : printableLines(part))).join('\n');
}

/** Line feeds stay, which a body may have. */
const printableLines = (part: string) => part.split('\n').map(printable).join('\n');

/** The headers that a signature depends on, and the type. */
const SHOWN_HEADERS = [
  ...['content-type', 'authorization', 'wechatpay-serial', 'wechatpay-timestamp', 'wechatpay-nonce'],
  ...['wechatpay-signature', 'request-id'],
];

/** The text of a body, or an empty one for a file that is no text. A cut may be in the middle of a character. */
function text(body: Uint8Array | string = ''): string {
  if (typeof body === 'string') return body;
  for (const more of [0, 1, 2, 3]) {
    const decoded = decodeUtf8(body.subarray(0, Math.max(0, body.length - more)));
    if (decoded !== undefined) return decoded;
  }
  return '';
}

/** Reads a member of flat XML, without a check: this is for a line on the page. */
const member = (xml: string, name: string) => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]{1,200})`).exec(xml)?.[1];

/** The words of a refusal, or undefined where the answer is none. */
function codeOf(status: number, answer: string): string | undefined {
  if (answer.startsWith('<xml>')) {
    const isGood = member(answer, 'return_code') === 'SUCCESS' && member(answer, 'result_code') !== 'FAIL';
    return isGood ? undefined : (member(answer, 'err_code') ?? member(answer, 'return_msg'));
  }
  const json = readJson(answer);
  if (!isJsonObject(json)) return undefined;
  if (status >= 300) return typeof json.code === 'string' ? json.code : undefined;
  return json.errcode ? `${json.errcode} ${json.errmsg ?? ''}`.trim() : undefined;
}
