// The page of a gateway: its orders, notices and refunds, and buttons that replace a second phone.

import { createHash } from 'node:crypto';
import type { ByHand, NoticeChoice, OrderChoice, RefundByHand } from '../by-hand.js';
import type { PhoneNumberChoice } from '../mini-program/phone-number.js';
import type { Forgery } from '../notices/forgery.js';
import type { Peer } from '../server/peer.js';
import { printable, shown } from '../shown.js';
import { decodeUtf8, readBody } from '../wire/body.js';
import { doctorFile } from './doctor-files.js';
import { PAGE_BODY, PAGE_STYLE } from './page-document.js';
import { pageScript } from './page-script.js';
import type { PageState } from './state.js';

/** The parts of the gateway that the page needs. */
export interface PageParts extends ByHand {
  state(): Promise<PageState>;
  login(who: { appid: string; openid: string }): string;
  phoneCode(who: PhoneNumberChoice): string;
}

/** Answers a browser, or returns undefined if the path is not of the page. */
export type Page = (pathname: string, request: Request, browser: Browser) => Promise<Response | undefined>;

type Browser = NonNullable<Peer['browser']>;

/** Makes the page. Texts of merchants and buyers are sent as JSON, and are set as text in the document. */
export function createPage(parts: PageParts): Page {
  const actions: Readonly<Record<string, (sent: Sent) => unknown>> = {
    pay: (sent) => parts.payOrder(sent),
    refuse: (sent) => parts.refuseOrder(sent),
    refund: (sent) => parts.refundOrder(sent, sent),
    resend: (sent) => parts.resendNotice(sent),
    forge: (sent) => parts.forgeNotice(sent, sent.forgery),
    login: (sent) => ({ js_code: parts.login({ appid: sent.appid ?? '', openid: sent.openid ?? '' }) }),
    phoneCode: ({ appid = '' }) => ({ code: parts.phoneCode({ appid }) }),
  };

  async function act(name: string, request: Request, { sendsJson }: Browser): Promise<Response> {
    // A browser without `Origin` headers sends a preflight too before it sends JSON to another origin.
    if (!sendsJson) return json(403, { errMsg: 'the body is not JSON; send content-type: application/json' });
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined)
      return json(404, { errMsg: `there is no action ${shown(name)}; use one of ${Object.keys(actions).join(', ')}` });
    const sent = await readSent(request);
    if (sent === undefined) return json(400, { errMsg: 'the body must be a JSON object' });
    try {
      return json(200, await action(sent));
    } catch (error) {
      return json(400, { errMsg: error instanceof Error ? error.message : String(error) });
    }
  }

  return async (pathname, request, browser) => {
    const { method } = request;
    if (pathname === '/' && method === 'GET') return document();
    const file = method === 'GET' ? doctorFile(pathname, HEADERS) : undefined;
    if (file !== undefined) return file;
    if (!pathname.startsWith(PREFIX)) return undefined;
    const name = pathname.slice(PREFIX.length);
    if (method === 'POST') return act(name, request, browser);
    if (name === 'state' && method === 'GET') return json(200, await parts.state());
    return json(405, { errMsg: 'use GET for state, and POST for an action' });
  };
}

/** No path of WeChat's begins with it. */
const PREFIX = '/gateway/';

/** The body of an action. Each action reads the members that it needs. */
type Sent = OrderChoice & NoticeChoice & RefundByHand & { forgery?: Forgery; appid?: string; openid?: string };

async function readSent(request: Request): Promise<Sent | undefined> {
  const bytes = await readBody(request.body);
  try {
    const sent: unknown = JSON.parse((bytes && decodeUtf8(bytes)) ?? '');
    return typeof sent === 'object' && sent !== null ? Object.assign(Object.create(null), sent) : undefined;
  } catch {
    return undefined;
  }
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

function json(status: number, value: unknown): Response {
  // It contains texts of merchants and buyers, which curl prints to a terminal.
  return new Response(printable(JSON.stringify(value)), {
    status,
    headers: { ...HEADERS, 'content-type': 'application/json' },
  });
}

/** Makes the document. It loads nothing from elsewhere, and its policy allows its own script only. */
function document(): Response {
  const script = `(${pageScript})();`;
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(PAGE_STYLE)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>paysign gateway 本地微信支付</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${PAGE_STYLE}</style></head>${PAGE_BODY}<script>${script}</script></html>`;
  const headers = {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
  };
  return new Response(html, { headers });
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
