// The platform certificates of a client: fetched by its first call, and again before they are old.
import { WxPayError } from '../errors.js';
import type { PlatformCertificate } from '../generated/api-v3.js';
import { canonicalSerial } from '../wasm/v3.js';
import { crypto } from './host.js';
import { keyErrors } from './serial.js';
import type { WechatpayKey } from './wechatpay-key.js';

/** WeChat asks for a refresh within half a day (平台证书更新指引), in milliseconds. */
const REFRESH_MS = 10 * 60 * 60 * 1000;

/** The shortest time between two attempts, in milliseconds. A forger could otherwise make the server fetch with each notice. */
const AGAIN_MS = 60_000;

/** A certificate and when it may first be named. */
interface Certificate extends WechatpayKey {
  readonly startMs: number;
}

/** Keeps platform certificates fresh. If a refresh fails, the last ones are kept. */
export class FreshCertificates {
  readonly #fetch: () => Promise<readonly PlatformCertificate[]>;
  readonly #nowMs: () => number;
  #certificates: ReadonlyMap<string, Certificate> = new Map();
  #fetchedMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  /** `fetch` returns certificates that are checked already. */
  constructor(fetch: () => Promise<readonly PlatformCertificate[]>, nowMs: () => number) {
    this.#fetch = fetch;
    this.#nowMs = nowMs;
  }

  /** The certificate of this canonical serial, if it is known and has not expired. */
  known(serial: string): WechatpayKey | undefined {
    const found = this.#certificates.get(serial);
    return found && found.endMs >= this.#nowMs() ? found : undefined;
  }

  /** The certificate of this canonical serial. An unknown one is looked for in a fresh list, at most once a minute. */
  async found(serial: string): Promise<WechatpayKey | undefined> {
    if (this.#fetching !== undefined || this.#nowMs() - this.#triedMs >= AGAIN_MS) await this.refresh();
    return this.known(serial);
  }

  /** The newest certificate that WeChat uses already. If certificates are old, they are refreshed meanwhile. */
  newest(): WechatpayKey | Promise<WechatpayKey> {
    const found = this.#newest();
    if (found === undefined) return this.refresh().then(() => this.#newest() ?? noneLeft());
    this.#refreshOld();
    return found;
  }

  /**
   * Fetches the first certificates, for a client that has the public key too. Only the first call waits for them. If there are none,
   * the merchant has moved; an unknown serial asks again.
   */
  prepare(): Promise<void> | undefined {
    if (this.#triedMs === Number.NEGATIVE_INFINITY || this.#fetching !== undefined) return this.refresh();
    if (this.#certificates.size > 0) this.#refreshOld();
    return undefined;
  }

  /** The last certificates are good until they expire, and the next call tries again. */
  #refreshOld(): void {
    const nowMs = this.#nowMs();
    const isOld = nowMs - this.#fetchedMs >= REFRESH_MS && nowMs - this.#triedMs >= AGAIN_MS;
    if (isOld) this.refresh().catch(() => undefined);
  }

  /** Fetches the list. Calls at the same time share one download. */
  refresh(): Promise<void> {
    this.#fetching ??= this.#refreshed().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #refreshed(): Promise<void> {
    this.#triedMs = this.#nowMs();
    const list = await this.#fetch();
    this.#certificates = new Map(list.map((one) => [canonicalSerial(one.serial_no) ?? '', certificateOf(one)]));
    this.#fetchedMs = this.#nowMs();
  }

  #newest(): WechatpayKey | undefined {
    const nowMs = this.#nowMs();
    const valid = [...this.#certificates.values()].filter(({ endMs }) => endMs >= nowMs);
    const started = valid.filter(({ startMs }) => startMs <= nowMs);
    return (started.length > 0 ? started : valid).sort((one, other) => other.startMs - one.startMs)[0];
  }
}

function certificateOf({ serial_no, effective_time, expire_time, pem }: PlatformCertificate): Certificate {
  const key = crypto().publicKey(pem, keyErrors({ field: 'certificates', file: 'the platform certificate' }));
  return { name: serial_no, startMs: Date.parse(effective_time), endMs: Date.parse(expire_time), ...key };
}

function noneLeft(): never {
  throw new WxPayError({
    code: 'ERR_CONFIG',
    outcome: 'not-sent',
    message: 'downloadCertificates: every platform certificate has expired; check the clock of this machine',
    field: 'downloadCertificates',
  });
}
