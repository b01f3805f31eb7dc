// Notices of payments and refunds: sent, judged by the reply, and repeated on WeChat's schedule (manual: 支付结果通知).

import { setMaxListeners } from 'node:events';
import type { Tell } from '../events.js';
import type { FaultChance, NoticeFault } from '../faults/by-chance.js';
import type { Clock } from '../wire/clock.js';
import { type Fake, FORGERIES } from './forgery.js';
import type { NoticeForm } from './form.js';
import type { NotifyHosts } from './notify-hosts.js';
import { postNotice, type Reply } from './post.js';

/** A notice for a merchant. */
export interface Notice {
  readonly mch_id: string;
  readonly out_trade_no: string;
  readonly transaction_id: string;
  /** Set for a notice of a refund. */
  readonly out_refund_no?: string;
  readonly notify_url: string;
  /** The XML or, in APIv3, the JSON that is sent, the same at every attempt. */
  readonly body: string;
  /** Makes the XML that somebody without the key would send instead. */
  readonly forge: (forgery: Fake) => string;
  readonly form: NoticeForm;
}

/** A copy of a notice for callers. */
export interface NoticeRecord {
  mch_id: string;
  out_trade_no: string;
  transaction_id: string;
  /** Set for a notice of a refund. */
  out_refund_no?: string;
  notify_url: string;
  /** The XML or, in APIv3, the JSON that is sent, the same at every attempt. */
  body: string;
  /** Whether a reply was accepted. The schedule then ends. */
  accepted: boolean;
  /** Set for a forged notice. A merchant that accepts one can be robbed. */
  forged?: Fake;
  attempts: NoticeAttempt[];
  /** The time of the next attempt, in milliseconds since 1970-01-01 UTC. Missing if no further attempt is planned. */
  nextAttemptMs?: number;
}

/** One attempt to deliver a notice. */
export interface NoticeAttempt {
  /** Its start, in milliseconds since 1970-01-01 UTC, by the gateway's clock. */
  timeMs: number;
  accepted: boolean;
  /** The headers of a notice of APIv3. They have its signature, made anew at each attempt. */
  headers?: Record<string, string>;
  /** The HTTP status of the reply, if there was one. */
  status?: number;
  /** The beginning of the reply's body, if there was one. */
  answer?: string;
  /** Why the attempt failed, if it did. For a host that is not allowed: `not sent` and the option. */
  error?: string;
}

/** The desk that sends notices. */
export interface NoticeDesk {
  /** Sends a notice, and repeats it until it is accepted. Resolves after the first attempt. */
  send(notice: Notice): Promise<void>;
  /** Repeats the last genuine notice about an order or a refund at once. Returns undefined if there was none yet. */
  resend(about: NoticeSubject): Promise<NoticeRecord> | undefined;
  /** Sends a forged copy of a notice, once. */
  forge(notice: Notice, forgery: Fake): Promise<NoticeRecord>;
  records(): NoticeRecord[];
  /** Resolves when no notice is being delivered. Does not wait for later repeats. */
  idle(): Promise<void>;
  /** Stops deliveries and cancels all repeats. */
  close(): void;
}

/** The order or refund of a notice. */
export type NoticeSubject = Pick<Notice, 'mch_id' | 'out_trade_no' | 'out_refund_no'>;

/** The parts of the desk. Times are in milliseconds. */
export interface NoticeDeskParts {
  readonly clock: Clock;
  readonly tell: Tell;
  readonly chance: FaultChance;
  readonly fetch: typeof fetch;
  readonly notifyHosts: NotifyHosts;
  readonly notifyTimeoutMs: number;
  /** The delay before each repeat, from the end of the last attempt. */
  readonly retryDelaysMs: readonly number[];
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The 15 repeats of WeChat's schedule, 24 h 4 min in all (manual: 支付结果通知). */
export const WECHAT_RETRY_DELAYS_MS: readonly number[] = [
  ...[15, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[3, 10, 20, 30, 30, 30, 60].map((minutes) => minutes * MINUTE_MS),
  ...[3, 3, 3, 6, 6].map((hours) => hours * HOUR_MS),
];

/** Makes the desk. */
export function createNoticeDesk(parts: NoticeDeskParts): NoticeDesk {
  const { clock, tell, chance, notifyHosts, retryDelaysMs } = parts;
  const all: Kept[] = [];
  const deliveries = new Set<Promise<void>>();
  /** The notices that wait for the arrival of the next one. */
  const overtaken = new Set<Kept>();
  const closing = new AbortController();
  // Every delivery adds a listener, and any number is normal.
  setMaxListeners(0, closing.signal);

  /** Starts work. The clock receives the promise too, so that a manual clock can await it. */
  function begin(work: Promise<void>): Promise<void> {
    const delivery = work.finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
    return delivery;
  }

  function keep(notice: Notice, forged?: Fake): Kept {
    const { forge, form, ...facts } = notice;
    const record = { ...facts, accepted: false, ...(forged && { forged, body: forge(forged) }), attempts: [] };
    const kept = { notice, record, refusal: notifyHosts(notice.notify_url), repeats: 0, timer: undefined };
    all.push(kept);
    return kept;
  }

  /** Makes the next attempt, or the failure that replaces it. */
  function deliver(kept: Kept): Promise<void> {
    const { mch_id, out_trade_no, out_refund_no = '', notify_url } = kept.record;
    const about = [mch_id, out_trade_no, out_refund_no];
    const fault = kept.refusal === undefined ? chance.forNotice(about) : undefined;
    if (fault !== undefined)
      tell({ type: 'fault', path: notify_url, kind: fault.name, about: about.filter((number) => number !== '') });
    return begin(fault === undefined ? arrive(kept) : spoil(kept, fault));
  }

  async function spoil(kept: Kept, { name, lateMs, chance }: NoticeFault): Promise<void> {
    switch (name) {
      case 'noticeLate':
      case 'noticeReordered':
        wait(kept, lateMs, () => begin(arrive(kept)));
        if (name === 'noticeReordered') overtaken.add(kept);
        return;
      case 'noticeLost':
        return finish(kept, [{ timeMs: clock.now(), accepted: false, error: 'lost on the way' }]);
      case 'noticeDuplicated':
        return finish(kept, await Promise.all([attempt(kept), attempt(kept)]));
      case 'noticeForged': {
        await sendForged(kept.notice, FORGERIES[Math.floor(chance * FORGERIES.length)] ?? 'another key');
        return arrive(kept);
      }
    }
  }

  async function arrive(kept: Kept): Promise<void> {
    finish(kept, [await attempt(kept)]);
    for (const other of overtaken) if (other !== kept) await begin(arrive(other));
  }

  async function attempt(kept: Kept): Promise<NoticeAttempt> {
    forgetTimer(kept);
    const timeMs = clock.now();
    if (kept.refusal !== undefined) return { timeMs, accepted: false, error: kept.refusal };
    const { notify_url, body, forged } = kept.record;
    const { headers: makeHeaders, fault, isSignedInHeaders } = kept.notice.form;
    const made = makeHeaders(body, forged);
    // Awaited only if needed, so that other notices leave in the same turn.
    const headers = made instanceof Promise ? await made : made;
    const message = { notify_url, body, headers, fault };
    const post = { ...parts, ...message, timeoutMs: parts.notifyTimeoutMs, closing: closing.signal };
    return { timeMs, ...(isSignedInHeaders && { headers }), ...(await postNotice(post)) };
  }

  function finish(kept: Kept, attempts: readonly NoticeAttempt[]): void {
    const { record } = kept;
    record.attempts.push(...attempts);
    record.accepted ||= attempts.some(({ accepted }) => accepted);
    if (!record.accepted && !record.forged && !closing.signal.aborted) repeatLater(kept);
    const first = record.attempts.length - attempts.length;
    for (const [index, one] of attempts.entries()) tell(noticeEvent(record, first + index + 1, one));
  }

  function repeatLater(kept: Kept): void {
    const delayMs = retryDelaysMs[kept.repeats];
    // A host that is not allowed now is not allowed later.
    if (delayMs === undefined || kept.refusal !== undefined) return;
    kept.repeats += 1;
    wait(kept, delayMs, () => deliver(kept));
  }

  function wait(kept: Kept, delayMs: number, work: () => Promise<void>): void {
    if (closing.signal.aborted) return;
    forgetTimer(kept);
    kept.record.nextAttemptMs = clock.now() + delayMs;
    kept.timer = clock.setTimeout(work, delayMs);
  }

  function forgetTimer(kept: Kept): void {
    overtaken.delete(kept);
    delete kept.record.nextAttemptMs;
    if (kept.timer !== undefined) clock.clearTimeout(kept.timer);
    kept.timer = undefined;
  }

  async function sendForged(notice: Notice, forgery: Fake): Promise<NoticeRecord> {
    const forged = keep(notice, forgery);
    finish(forged, [await attempt(forged)]);
    return structuredClone(forged.record);
  }

  return {
    async send(notice) {
      if (!closing.signal.aborted) await deliver(keep(notice));
    },
    resend(about) {
      const kept = all.findLast(({ record }) => record.forged === undefined && isAbout(record, about));
      return kept && begin(arrive(kept)).then(() => structuredClone(kept.record));
    },
    forge(notice, forgery) {
      const sent = sendForged(notice, forgery);
      begin(sent.then(() => undefined));
      return sent;
    },
    records: () => structuredClone(all.map(({ record }) => record)),
    async idle() {
      while (deliveries.size > 0) await Promise.all(deliveries);
    },
    close() {
      closing.abort();
      for (const kept of all) forgetTimer(kept);
    },
  };
}

/** A notice and its further attempts. */
interface Kept {
  readonly notice: Notice;
  readonly record: NoticeRecord;
  /** The reason why it is never sent, if its address is not allowed. */
  readonly refusal: string | undefined;
  /** The number of repeats that have started or are planned. */
  repeats: number;
  timer: unknown;
}

function isAbout(record: NoticeRecord, { mch_id, out_trade_no, out_refund_no }: NoticeSubject): boolean {
  return record.mch_id === mch_id && record.out_trade_no === out_trade_no && record.out_refund_no === out_refund_no;
}

function noticeEvent(record: NoticeRecord, attempt: number, reply: Reply): Parameters<Tell>[0] {
  const { out_trade_no, out_refund_no, notify_url, forged, nextAttemptMs } = record;
  return {
    type: 'notice',
    out_trade_no,
    ...(out_refund_no !== undefined && { out_refund_no }),
    notify_url,
    ...(forged !== undefined && { forged }),
    attempt,
    accepted: reply.accepted,
    result: reply.error ?? 'SUCCESS',
    ...(nextAttemptMs !== undefined && { nextAttemptMs }),
  };
}
