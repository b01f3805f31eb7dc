// The keys of WeChat by serial: the check of a signature, and the key that requests name.
import { isMerchants } from '../certificate.js';
import { changedError, configError, WxPayError } from '../errors.js';
import { damaged, isCertificate, type PemFile, pemFault, pemText } from '../pem.js';
import { canonicalSerial, checkHead } from '../wasm/v3.js';
import type { SignatureHead } from '../wasm/v3-data.js';
import type { FreshCertificates } from './fresh-certificates.js';
import { crypto, type Maybe } from './host.js';
import { writtenSerial } from './serial.js';
import { step } from './step.js';
import { checkSigned, type WechatpayKey, wechatKey } from './wechatpay-key.js';

/** Verifies what WeChat signed, with the keys of a merchant. */
export class WechatpayKeys {
  /** The keys of the option `wechatpayKeys`, by their canonical serials. */
  readonly #pinned: ReadonlyMap<string, WechatpayKey>;
  readonly #downloaded: FreshCertificates | undefined;
  readonly #nowMs: () => number;
  /** The PEM texts of the option `wechatpayKeys`. */
  readonly texts: Readonly<Record<string, string>>;

  /** Without `downloaded`, `given` must have a key. */
  constructor(
    given: Readonly<Record<string, string>> | undefined,
    nowMs: () => number,
    downloaded?: FreshCertificates | undefined,
  ) {
    this.#pinned = pinned(given, downloaded !== undefined, nowMs());
    this.#downloaded = downloaded;
    this.#nowMs = nowMs;
    this.texts = { ...given };
  }

  /** The clock, in milliseconds. */
  nowMs(): number {
    return this.#nowMs();
  }

  /** The WeChat Pay public key, if there is one. */
  get publicKey(): WechatpayKey | undefined {
    return this.#valid(({ name }) => name.startsWith('PUB_KEY_ID_'));
  }

  /**
   * The key that a request names, so that WeChat answers with it: the public key, else the newest certificate. Waits for certificates
   * until the signal aborts.
   */
  async current(what: string, signal?: AbortSignal): Promise<WechatpayKey> {
    const { publicKey } = this;
    const downloaded = this.#downloaded;
    if (downloaded === undefined) return publicKey ?? (this.#valid(() => true) as WechatpayKey);
    try {
      // The answer may be signed with a certificate.
      if (publicKey !== undefined) await untilAborted(downloaded.prepare(), what, signal);
      return publicKey ?? (await untilAborted(downloaded.newest(), what, signal));
    } catch (error) {
      if (!(error instanceof WxPayError) || signal?.aborted) throw error;
      const spare = publicKey === undefined ? this.#valid(() => true) : undefined;
      if (spare !== undefined && spare.endMs >= this.#nowMs()) return spare;
      const message = `${what} was not sent: the platform certificates cannot be fetched (${error.message})`;
      throw changedError(error, { outcome: 'not-sent', message });
    }
  }

  /** The key of this canonical serial, if it is known already and has not expired. */
  known(serial: string): WechatpayKey | undefined {
    const own = this.#pinned.get(serial);
    return own && own.endMs >= this.#nowMs() ? own : this.#downloaded?.known(serial);
  }

  /** Refuses a message that no key has signed just now. `what` names it in errors. */
  verify(what: string, head: SignatureHead, body: Uint8Array): Maybe<void> {
    const serial = checkHead(what, head, Math.floor(this.#nowMs() / 1000));
    return step(this.known(serial) ?? this.#fetched(what, head, serial), (key) => checkSigned(what, head, body, key));
  }

  /** Downloads the certificates, since WeChat may have a new one. */
  #fetched(what: string, head: SignatureHead, serial: string): Maybe<WechatpayKey | undefined> {
    if (this.#downloaded === undefined || serial.startsWith('PUB_KEY_ID_')) return undefined;
    return this.#downloaded.found(serial).catch((cause: unknown) => {
      if (!(cause instanceof WxPayError)) throw cause;
      const message = `${what}: the platform certificate ${head.serial} is not known, and the list of them cannot be fetched (${cause.message})`;
      throw changedError(cause, { code: 'ERR_SIGNATURE', outcome: 'unknown', message });
    });
  }

  #valid(fits: (key: WechatpayKey) => boolean): WechatpayKey | undefined {
    const nowMs = this.#nowMs();
    const keys = [...this.#pinned.values()];
    return keys.find((key) => key.endMs >= nowMs && fits(key)) ?? keys.find(fits);
  }
}

/** The value, or the error of an aborted call if the caller's signal comes first. */
async function untilAborted<T>(value: Maybe<T>, what: string, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return value;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const message = `${what}: the caller's signal aborted the call before it was sent`;
    abort = () => reject(new WxPayError({ code: 'ERR_NETWORK', outcome: 'not-sent', message, cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function pinned(given: unknown, isDownloading: boolean, nowMs: number): Map<string, WechatpayKey> {
  if (typeof given !== 'object' || given === null) {
    if (given === undefined && isDownloading) return new Map();
    throw configError(
      'wechatpayKeys',
      "is missing; it is { 'PUB_KEY_ID_…': public key PEM }, or { serial: platform certificate PEM }; or set downloadCertificates",
    );
  }
  const entries = Object.entries(given as Record<string, string>);
  if (entries.length === 0 && !isDownloading)
    throw configError('wechatpayKeys', 'is empty; add the WeChat Pay public key with its id');
  const keys = new Map(entries.map(([name, pem]) => [canonicalOf(name), keyOf(name, pem)]));
  const last = Math.max(...[...keys.values()].map(({ endMs }) => endMs));
  if (keys.size > 0 && last < nowMs && !isDownloading)
    throw configError(
      'wechatpayKeys',
      `its certificates have expired, the last one on ${new Date(last).toISOString().slice(0, 10)}; set downloadCertificates, or add the WeChat Pay public key`,
    );
  return keys;
}

function canonicalOf(name: string): string {
  const serial = canonicalSerial(name);
  if (serial === undefined)
    throw configError('wechatpayKeys', `${shownName(name)} is neither PUB_KEY_ID_… nor the serial of a certificate`);
  return serial;
}

/** A name that cannot be one. It may be a key in the wrong place, and the shortest key has 32 characters. */
const shownName = (name: string) =>
  name.length < 32 || (name.startsWith('PUB_KEY_ID_') && name.length <= 100)
    ? JSON.stringify(name)
    : `a name of ${name.length} characters`;

function keyOf(serial: string, given: unknown): WechatpayKey {
  const of = { field: 'wechatpayKeys', prefix: `${serial}: `, file: 'pub_key.pem or of the platform certificate' };
  const pem = pemText(of, given);
  const endMs = isCertificate(pem) ? platformEndMs(of, serial, pem) : Number.POSITIVE_INFINITY;
  return { name: writtenSerial(serial) ?? serial, endMs, ...wechatKey(of, given) };
}

/** Checks a platform certificate, and returns when it ends. */
function platformEndMs(of: PemFile, name: string, pem: string): number {
  const facts = crypto().readCertificate(pem);
  if (facts === undefined) throw damaged(of);
  if (isMerchants(facts))
    throw pemFault(of, "is a merchant's certificate; pass WeChat's own: pub_key.pem, or the platform certificate");
  if (canonicalOf(name) !== canonicalSerial(facts.serial))
    throw pemFault(of, `is the certificate with the serial ${facts.serial}; write that serial as its name`);
  return facts.notAfterMs;
}
