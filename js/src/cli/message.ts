// The form of an input: XML, JSON, query text, console lines, an HTTP dump or a HAR file.

import type { Exchange } from './exchange.js';
import { isWechatPay } from './exchange.js';
import { readHar } from './har.js';
import { isHttpDump, readHttpDump } from './http-dump.js';
import { v2 } from './packages.js';
import type { Given } from './usage.js';

/** The fields of a message by their names. */
export type MessageFields = Record<string, string>;

/** A message of fields, or exchanges over HTTP. */
export type Message =
  | { readonly form: 'fields'; readonly text: string }
  | { readonly form: 'exchanges'; readonly exchanges: readonly NumberedExchange[] };

/** An exchange with its number in the HAR file, from 1. */
export interface NumberedExchange extends Exchange {
  readonly entry: number;
}

/** Recognises the form. Of a HAR file it takes the exchanges with WeChat Pay, or the one of `--entry`. */
export function readMessage(bytes: Buffer, given: Given): Message {
  if (isHttpDump(bytes)) return { form: 'exchanges', exchanges: [{ ...readHttpDump(bytes), entry: 1 }] };
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') throw given.wrong({ en: 'the message is empty; save it again', zh: '报文为空；请重新保存' });
  const all = /^\s*\{/.test(text) ? readHar(parsed(text)) : undefined;
  if (all === undefined) return { form: 'fields', text };
  const numbered = all.map((one, at) => ({ ...one, entry: at + 1 }));
  const wanted = given.text('entry');
  const exchanges = numbered.filter((one) => (wanted === undefined ? isWechatPay(one) : String(one.entry) === wanted));
  if (exchanges.length === 0)
    throw given.wrong(
      wanted === undefined
        ? {
            en: 'the HAR file has no exchange with WeChat Pay; record one',
            zh: 'HAR 文件中没有与微信支付的交互；请重新录制',
          }
        : { en: `--entry must be from 1 to ${all.length}`, zh: `--entry 必须在 1 到 ${all.length} 之间` },
    );
  return { form: 'exchanges', exchanges };
}

/** The fields of a message in XML, JSON, query text or console lines. */
export function readFields(text: string, given: Given): MessageFields {
  const trimmed = text.trim();
  if (trimmed.startsWith('<')) return { ...v2().parseXml(text) };
  if (trimmed.startsWith('{')) return fromJson(parsed(trimmed), given);
  const lines = trimmed.split(/\r?\n/);
  const fields = lines.length > 1 ? fromLines(lines) : fromQuery(trimmed);
  if (Object.keys(fields).length === 0)
    throw given.wrong({
      en: 'the message is neither XML, JSON, query text, lines name=value nor HTTP; save it unchanged',
      zh: '报文不是 XML、JSON、查询串、name=value 行或 HTTP；请原样保存',
    });
  return fields;
}

function fromJson(value: unknown, given: Given): MessageFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw given.wrong({ en: 'the JSON is damaged; save the whole object', zh: 'JSON 已损坏；请保存完整的对象' });
  const present = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    present.map(([name, one]) => [name, typeof one === 'object' ? JSON.stringify(one) : String(one)]),
  );
}

/** Each line is `name=value` or `name: value`, as consoles print objects. */
function fromLines(lines: readonly string[]): MessageFields {
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^\s*['"]?([\w.]+)['"]?\s*[=:]\s?(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, unquoted(value)] as const];
  });
  return Object.fromEntries(pairs);
}

const unquoted = (value: string) => /^(['"])(.*)\1,?$/.exec(value)?.[2] ?? value;

/** A plus sign stays as it is: base64 has it, and WeChat writes no blank in this way. */
function fromQuery(text: string): MessageFields {
  const pairs = text
    .replace(/^[^=&]*\?/, '')
    .split('&')
    .filter((part) => /^[\w.]+=/.test(part))
    .map((part) => [part.slice(0, part.indexOf('=')), decoded(part.slice(part.indexOf('=') + 1))] as const);
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
