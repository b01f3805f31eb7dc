// An HTTP exchange with WeChat Pay, from a dump or a HAR file, and of which kind it is.

/** One message of an exchange. Header names are in lower case. */
export interface HttpMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request, its answer, or both. */
export interface Exchange {
  readonly method: string;
  /** The URL as the request line has it. Empty for an answer alone. */
  readonly url: string;
  readonly request: HttpMessage;
  readonly answer: (HttpMessage & { readonly status: number }) | undefined;
  /** The time of the exchange, in milliseconds, if the input says it. */
  readonly timeMs: number | undefined;
}

/** The kinds of exchanges. `v3-answer` is an answer without its request. */
export type ExchangeKind = 'v3-request' | 'v3-notice' | 'v3-answer' | 'v2' | 'other';

/** Which kind of exchange it is, by its headers and its body. */
export function kindOf({ method, url, request, answer }: Exchange): ExchangeKind {
  if (method === '')
    return answer !== undefined && 'wechatpay-signature' in answer.headers ? 'v3-answer' : xmlKind(answer);
  if (
    'wechatpay-signature' in request.headers ||
    ('wechatpay-serial' in request.headers && 'wechatpay-timestamp' in request.headers)
  )
    return 'v3-notice';
  if (/^WECHATPAY2-/i.test(request.headers.authorization ?? '')) return 'v3-request';
  if (xmlKind(request) === 'v2') return 'v2';
  return /^(https:\/\/[\w.-]+)?\/v3\//.test(url) ? 'v3-request' : 'other';
}

/** Whether the exchange is one with WeChat Pay: by its kind, or by the host of an XML message. */
export function isWechatPay(exchange: Exchange): boolean {
  const kind = kindOf(exchange);
  if (kind === 'v3-notice' || kind === 'v3-answer') return true;
  const host = /^https?:\/\/([^/:]+)/.exec(exchange.url)?.[1] ?? exchange.request.headers.host ?? '';
  if (/(^|\.)mch\.weixin\.qq\.com(:\d+)?$/.test(host)) return kind !== 'other';
  return kind === 'v2' || /^WECHATPAY2-/i.test(exchange.request.headers.authorization ?? '');
}

const xmlKind = (message: HttpMessage | undefined): 'v2' | 'other' =>
  message !== undefined && /^\s*</.test(message.body.toString('latin1', 0, 64)) ? 'v2' : 'other';

/** The body as text if it is UTF-8, else its bytes. */
export function textOrBytes(body: Buffer): string | Uint8Array {
  const text = body.toString('utf8');
  return Buffer.from(text).equals(body) ? text : body;
}
