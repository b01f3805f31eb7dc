// The keys with which WeChat signs, by serial, and the check of a signature with one of them.
import { isMerchants } from '../certificate.js';
import { configError } from '../errors.js';
import { damaged, isCertificate, isPrivate, type PemFile, pemFault, pemText } from '../pem.js';
import { canonicalSerial, checkHead, refuseSignature } from '../wasm/v3.js';
import type { SignatureHead } from '../wasm/v3-data.js';
import { crypto, type Verify } from './host.js';
import { keyErrors, writtenSerial } from './serial.js';
import { step } from './step.js';

/** Headers as servers and fetch have them: `Headers`, a record, pairs, or names and values in turn (`rawHeaders`). */
export type HeadersLike =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [name: string, value: string]>
  | readonly string[];

/** Verifies what WeChat signed, with the keys of a merchant. */
export class WechatpayKeys {
  readonly #keys: ReadonlyMap<string, Verify>;
  /** The serial that requests name, so that WeChat answers with this key. */
  readonly preferred: string;

  constructor(given: Readonly<Record<string, string>> | undefined) {
    if (typeof given !== 'object' || given === null) {
      throw configError(
        'wechatpayKeys',
        "is missing; it is { 'PUB_KEY_ID_…': public key PEM }, or { serial: platform certificate PEM }",
      );
    }
    const entries = Object.entries(given);
    if (entries.length === 0) throw configError('wechatpayKeys', 'is empty; add the WeChat Pay public key with its id');
    this.#keys = new Map(entries.map(([name, pem]) => [canonicalOf(name), verifierOf(name, pem)]));
    const names = entries.map(([name]) => writtenSerial(name) ?? name);
    this.preferred = names.find((name) => name.startsWith('PUB_KEY_ID_')) ?? (names[0] as string);
  }

  /** Refuses a message that no key has signed just now. `what` names it in errors, and `nowMs` is the clock. */
  verify(what: string, head: SignatureHead, body: Uint8Array, nowMs: number): void | Promise<void> {
    const serial = checkHead(what, head, Math.floor(nowMs / 1000));
    const key = this.#keys.get(serial);
    if (key === undefined) return refuseSignature(what, head, false);
    return step(key([`${head.timestamp}\n${head.nonce}\n`, body, '\n'], head.signature), (isRight) => {
      if (isRight !== true) return refuseSignature(what, head, true);
    });
  }
}

function canonicalOf(name: string): string {
  const serial = canonicalSerial(name);
  if (serial === undefined)
    throw configError(
      'wechatpayKeys',
      `${JSON.stringify(name)} is neither PUB_KEY_ID_… nor the serial of a certificate`,
    );
  return serial;
}

function verifierOf(name: string, given: unknown): Verify {
  const of = { field: 'wechatpayKeys', prefix: `${name}: `, file: 'pub_key.pem or of the platform certificate' };
  if (isCertificate(pemText(of, given))) checkPlatform(of, name, pemText(of, given));
  return wechatKey(of, given);
}

/** Reads a public key or a certificate of WeChat. Throws `ERR_CONFIG` for a text that cannot work. */
export function wechatKey(of: PemFile, given: unknown): Verify {
  const pem = pemText(of, given);
  if (isPrivate(pem)) throw pemFault(of, `is a private key; pass the contents of ${of.file}`);
  return crypto().verifier(pem, keyErrors(of));
}

function checkPlatform(of: PemFile, name: string, pem: string): void {
  const facts = crypto().readCertificate(pem);
  if (facts === undefined) throw damaged(of);
  if (isMerchants(facts))
    throw pemFault(of, "is a merchant's certificate; pass WeChat's own: pub_key.pem, or the platform certificate");
  if (canonicalOf(name) !== canonicalSerial(facts.serial))
    throw pemFault(of, `is the certificate with the serial ${facts.serial}; write that serial as its name`);
}

/** The members of a head, by the names of their headers in lower case. */
const MEMBERS: ReadonlyMap<string, keyof SignatureHead> = new Map([
  ['wechatpay-timestamp', 'timestamp'],
  ['wechatpay-nonce', 'nonce'],
  ['wechatpay-serial', 'serial'],
  ['wechatpay-signature', 'signature'],
  ['wechatpay-signature-type', 'signatureType'],
]);

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
