// The page of a gateway: it shows orders, notices, refunds and calls, and its buttons replace a second phone.

import type { Peer } from '../server/peer.js';
import { printable, shown } from '../shown.js';
import { type ActionParts, createActions, readSent } from './actions.js';
import { doctorFile } from './doctor-files.js';
import { makeDocument } from './document.js';

/** Answers a browser, or returns undefined if the path is not of the page. */
export type Page = (pathname: string, request: Request, browser: Browser) => Promise<Response | undefined>;

type Browser = NonNullable<Peer['browser']>;

/** Makes the page. Texts of merchants and buyers are sent as JSON, and are set as text in the document. */
export function createPage(parts: ActionParts): Page {
  const actions = createActions(parts);

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
    if (pathname === '/' && method === 'GET') return page();
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

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

function json(status: number, value: unknown): Response {
  // It contains texts of merchants and buyers, which curl prints to a terminal.
  return new Response(printable(JSON.stringify(value)), {
    status,
    headers: { ...HEADERS, 'content-type': 'application/json' },
  });
}

function page(): Response {
  const { html, policy } = makeDocument();
  const headers = { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
  return new Response(html, { headers });
}
