// The signature headers of an answer or a notice, from headers in every form that servers have.
import type { SignatureHead } from '../wasm/v3-data.js';

/** Headers as servers and fetch have them: `Headers`, a record, pairs, or names and values in turn (`rawHeaders`). */
export type HeadersLike =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [name: string, value: string]>
  | readonly string[];

/** The signature headers of a message. An absent one is empty. */
export function headOf(headers: HeadersLike): SignatureHead {
  const head: SignatureHead = { timestamp: '', nonce: '', serial: '', signature: '', signatureType: '' };
  if (typeof headers !== 'object' || headers === null) return head;
  if (!(Symbol.iterator in headers) && hasGet(headers)) {
    const { get } = headers;
    for (const [name, member] of MEMBERS) head[member] = textOf(get.call(headers, name));
    return head;
  }
  for (const [name, value] of pairsOf(headers)) {
    const member = MEMBERS.get(String(name).toLowerCase());
    if (member !== undefined) head[member] = joined(head[member], textOf(value));
  }
  return head;
}

/** Names and values of all headers in turn. From an object that only answers for names come those of signatures. */
export function headerTexts(headers: HeadersLike): string[] {
  if (typeof headers !== 'object' || headers === null) return [];
  const isMap = !(Symbol.iterator in headers) && hasGet(headers);
  const pairs = isMap ? [...MEMBERS.keys()].map((name) => [name, headers.get(name)] as const) : pairsOf(headers);
  return pairs.flatMap(([name, value]) => (value === undefined || value === null ? [] : [String(name), textOf(value)]));
}

/** The members of a head, by the names of their headers in lower case. */
const MEMBERS: ReadonlyMap<string, keyof SignatureHead> = new Map([
  ['wechatpay-timestamp', 'timestamp'],
  ['wechatpay-nonce', 'nonce'],
  ['wechatpay-serial', 'serial'],
  ['wechatpay-signature', 'signature'],
  ['wechatpay-signature-type', 'signatureType'],
]);

/** Whether it is `Headers`, or an object like it. A method that foreign code added to every object says nothing. */
const hasGet = (headers: object): headers is { get(name: string): unknown } =>
  'get' in headers && typeof headers.get === 'function' && headers.get !== (Object.prototype as { get?: unknown }).get;

function pairsOf(headers: object): (readonly [unknown, unknown])[] {
  if (!(Symbol.iterator in headers)) return Object.entries(headers);
  const all = [...(headers as Iterable<unknown>)];
  if (all.every((one) => Array.isArray(one))) return all as [unknown, unknown][];
  return all.flatMap((name, at) => (at % 2 === 0 ? [[name, all[at + 1]] as const] : []));
}

/** Two headers of one name with different values are joined too. */
const joined = (first: string, second: string) => (first === '' || first === second ? second : `${first}, ${second}`);

/** A header that came several times is joined, as HTTP does, and then fits nothing. */
const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
