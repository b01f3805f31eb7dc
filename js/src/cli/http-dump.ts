// The reader of HTTP dumps: a request line or a status line, headers, an empty line and the body.

import type { Exchange, HttpMessage } from './exchange.js';

const REQUEST_LINE = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/;
const STATUS_LINE = /^HTTP\/[\d.]+ (\d{3})\b.*$/;
const HEADER = /^[!#$%&'*+.^`|~\w-]+:/;
const NOTHING: HttpMessage = { headers: {}, body: Buffer.alloc(0) };

/** Whether these bytes are a dump. Headers without a request line are one too, as a log of a notice has them. */
export function isHttpDump(bytes: Buffer): boolean {
  const [line = '', second = ''] = bytes.toString('latin1', 0, 8192).split(/\r?\n/);
  if (STATUS_LINE.test(line)) return true;
  if (/^[A-Z]+ \S+ HTTP\/[\d.]+$/.test(line)) return true;
  if (REQUEST_LINE.test(line) && HEADER.test(second)) return true;
  return /^(wechatpay-[\w-]+|authorization|content-[\w-]+|host|user-agent|accept):/i.test(line);
}

/** Reads a dump. An answer may follow the request. */
export function readHttpDump(bytes: Buffer): Exchange {
  const first = lineAt(bytes, 0);
  const status = STATUS_LINE.exec(first.text);
  if (status !== null) {
    const { message } = readMessage(bytes, first.next);
    return {
      method: '',
      url: '',
      request: NOTHING,
      answer: { ...message, status: Number(status[1]) },
      timeMs: timeOf(message),
    };
  }
  const line = HEADER.test(first.text) ? null : REQUEST_LINE.exec(first.text);
  const { message, next } = readMessage(bytes, line === null ? 0 : first.next);
  const rest = lineAt(bytes, skipLineEnds(bytes, next));
  const answered = STATUS_LINE.exec(rest.text);
  const answer =
    answered === null ? undefined : { ...readMessage(bytes, rest.next).message, status: Number(answered[1]) };
  return {
    method: line?.[1] ?? 'POST',
    url: line?.[2] ?? '/',
    request: message,
    answer,
    timeMs: timeOf(answer) ?? timeOf(message),
  };
}

const timeOf = (message: HttpMessage | undefined): number | undefined => {
  const ms = Date.parse(message?.headers.date ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

/** Reads headers and the body after them. Returns where the message ends. */
function readMessage(bytes: Buffer, start: number): { message: HttpMessage; next: number } {
  const headers: Record<string, string> = Object.create(null);
  let at = start;
  while (at < bytes.length) {
    const { text, next } = lineAt(bytes, at);
    at = next;
    if (text === '') break;
    const colon = text.indexOf(':');
    if (colon < 1) continue;
    const name = text.slice(0, colon).trim().toLowerCase();
    headers[name] = text.slice(colon + 1).trim();
  }
  const length = /^\d{1,12}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined;
  if (length !== undefined && at + length <= bytes.length)
    return { message: { headers, body: bytes.subarray(at, at + length) }, next: at + length };
  const end = endOfBody(bytes, at);
  return { message: { headers, body: bytes.subarray(at, end) }, next: end };
}

/** Without a length the body ends before an answer. One line end is not part of it, since editors add one. */
function endOfBody(bytes: Buffer, start: number): number {
  const rest = bytes.toString('latin1', start);
  const answer = /(^|\r?\n)HTTP\/[\d.]+ \d{3}\b/.exec(rest);
  const body = answer === null ? rest : rest.slice(0, answer.index);
  return start + body.replace(/\r?\n$/, '').length;
}

function skipLineEnds(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return at;
}

function lineAt(bytes: Buffer, start: number): { text: string; next: number } {
  const found = bytes.indexOf(0x0a, start);
  const end = found < 0 ? bytes.length : found;
  return { text: bytes.toString('utf8', start, end).replace(/\r$/, ''), next: found < 0 ? end : end + 1 };
}
