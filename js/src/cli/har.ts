// The reader of HAR files, as browsers, proxies and test tools save them.

import type { Exchange, HttpMessage } from './exchange.js';

/** The exchanges of a HAR file in their order, or undefined if the value is no HAR file. */
export function readHar(value: unknown): Exchange[] | undefined {
  const entries = member(member(value, 'log'), 'entries');
  if (!Array.isArray(entries)) return undefined;
  return entries.map((entry) => {
    const request = member(entry, 'request');
    const response = member(entry, 'response');
    const status = Number(member(response, 'status') ?? 0);
    const timeMs = Date.parse(text(member(entry, 'startedDateTime')));
    return {
      method: text(member(request, 'method')),
      url: text(member(request, 'url')),
      request: { headers: headersOf(request), body: Buffer.from(text(member(member(request, 'postData'), 'text'))) },
      answer: status === 0 ? undefined : { ...answerOf(response), status },
      timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
    };
  });
}

function answerOf(response: unknown): HttpMessage {
  const content = member(response, 'content');
  const encoding = member(content, 'encoding') === 'base64' ? 'base64' : 'utf8';
  return { headers: headersOf(response), body: Buffer.from(text(member(content, 'text')), encoding) };
}

function headersOf(message: unknown): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  const list = member(message, 'headers');
  if (!Array.isArray(list)) return headers;
  for (const one of list) headers[text(member(one, 'name')).toLowerCase()] = text(member(one, 'value'));
  return headers;
}

const member = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
