// The platform certificates of a client: fetched by its first call, and again before they are old.
import { WxPayError } from '../errors.js';
import type { PlatformCertificate } from '../generated/api-v3.js';
import { pause } from '../http/pause.js';
import { canonicalSerial } from '../wasm/v3.js';
import { crypto } from './host.js';
import { keyErrors } from './serial.js';
import type { WechatpayKey } from './wechatpay-key.js';

/** WeChat asks for a refresh within half a day (平台证书更新指引), in milliseconds. */
const REFRESH_MS = 10 * 60 * 60 * 1000;

/** The shortest time between two downloads, in milliseconds. A forger could otherwise make the server fetch with each notice. */
const AGAIN_MS = 60_000;

/** The shortest time after a download that failed, in milliseconds. */
const AGAIN_FAILED_MS = 5_000;

/** How long a call waits for the download of another one, in milliseconds. A worker drops a download when its request ends. */
const SHARED_MS = 5_000;

/** A certificate and when it may first be named. */
interface Certificate extends WechatpayKey {
  readonly startMs: number;
}

/** A download under way. */
interface Download {
  readonly done: Promise<void>;
  readonly sinceMs: number;
}

/** How long another call may still wait for it, in milliseconds. */
const leftMs = ({ sinceMs }: Download) => SHARED_MS - (Date.now() - sinceMs);

/** Keeps platform certificates fresh. If a refresh fails, the last ones are kept. */
export class FreshCertificates {
  readonly #fetch: () => Promise<readonly PlatformCertificate[]>;
  readonly #nowMs: () => number;
  #certificates: ReadonlyMap<string, Certificate> = new Map();
  #fetchedMs = Number.NEGATIVE_INFINITY;
  /** Before this moment an unknown serial or an old list causes no download. */
  #waitUntilMs = Number.NEGATIVE_INFINITY;
  #fetching: Download | undefined;
  #hasMoved = false;

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
    if (this.#fetching !== undefined || this.#mayFetch()) await this.refresh();
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
   * Fetches the first certificates, for a client that has the public key too. Calls wait until there are some, or until WeChat says
   * that the merchant has none because it has moved. Then an unknown serial asks again.
   */
  prepare(): Promise<unknown> | undefined {
    if (this.#newest() !== undefined) this.#refreshOld();
    else if (!this.#hasMoved) return this.refresh().catch((error: unknown) => this.#hasMoved || failed(error));
    return undefined;
  }

  /** The last certificates are good until they expire, and the next call tries again. */
  #refreshOld(): void {
    const isOld = this.#nowMs() - this.#fetchedMs >= REFRESH_MS;
    if (isOld && this.#mayFetch()) this.refresh().catch(() => undefined);
  }

  #mayFetch(): boolean {
    return this.#nowMs() >= this.#waitUntilMs;
  }

  /** Fetches the list. Calls at the same time share one download. */
  async refresh(): Promise<void> {
    for (let running = this.#fetching; running !== undefined && leftMs(running) > 0; running = this.#fetching) {
      const over = new AbortController();
      const limit = pause(leftMs(running), over.signal).then(() => false);
      const isDone = await Promise.race([running.done.then(() => true), limit]).finally(() => over.abort());
      if (isDone) return;
    }
    const mine = { done: this.#refreshed(), sinceMs: Date.now() };
    this.#fetching = mine;
    try {
      await mine.done;
    } finally {
      if (this.#fetching === mine) this.#fetching = undefined;
    }
  }

  async #refreshed(): Promise<void> {
    this.#waitUntilMs = this.#nowMs() + AGAIN_MS;
    try {
      const list = await this.#fetch();
      this.#certificates = new Map(list.map((one) => [canonicalSerial(one.serial_no) ?? '', certificateOf(one)]));
      this.#fetchedMs = this.#nowMs();
      this.#hasMoved = false;
    } catch (error) {
      this.#hasMoved = error instanceof WxPayError && error.err_code === 'RESOURCE_NOT_EXISTS';
      if (!this.#hasMoved) this.#waitUntilMs = this.#nowMs() + AGAIN_FAILED_MS;
      throw error;
    }
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

function failed(error: unknown): never {
  throw error;
}

function noneLeft(): never {
  throw new WxPayError({
    code: 'ERR_CONFIG',
    outcome: 'not-sent',
    message: 'downloadCertificates: every platform certificate has expired; check the clock of this machine',
    field: 'downloadCertificates',
  });
}
