// Notices of payment and of refund: sent, judged by the reply, and sent again on WeChat's schedule (manual: 支付结果通知).

import type { Clock } from './clock.js';
import type { Tell } from './events.js';
import { postNotice, type Reply } from './notice-post.js';

/** What is to be told to a merchant. */
export interface Notice {
  readonly out_trade_no: string;
  readonly transaction_id: string;
  /** There where it tells of a refund. */
  readonly out_refund_no?: string;
  readonly notify_url: string;
  /** The XML that is sent, the same at every attempt. */
  readonly body: string;
}

/** A notice as the gateway shows it: a copy. */
export interface NoticeRecord {
  out_trade_no: string;
  transaction_id: string;
  /** There where the notice tells of a refund. */
  out_refund_no?: string;
  notify_url: string;
  /** The XML that is sent, the same at every attempt. */
  body: string;
  /** Whether a reply was accepted: then it is never sent again. */
  accepted: boolean;
  attempts: NoticeAttempt[];
  /** When it is sent again, in milliseconds since 1970-01-01 UTC; absent when it was accepted, is under way or given up. */
  nextAttemptMs?: number;
}

/** One attempt to deliver a notice. */
export interface NoticeAttempt {
  /** When it began, in milliseconds since 1970-01-01 UTC, by the gateway's clock. */
  timeMs: number;
  accepted: boolean;
  /** The HTTP status of the reply, where there was one. */
  status?: number;
  /** The beginning of the reply's body, where there was one. */
  answer?: string;
  /** Why the attempt failed, where it did. */
  error?: string;
}

/** The desk that sends notices. */
export interface NoticeDesk {
  /** Sends a notice, now and again until it is accepted. Resolves when the first attempt is over; nobody has to wait. */
  send(notice: Notice): Promise<void>;
  records(): NoticeRecord[];
  /** Resolves when no delivery is under way. Does not wait for repeats that are still to come. */
  idle(): Promise<void>;
  /** Ends deliveries under way and forgets all repeats. */
  close(): void;
}

/** What the desk needs. Times are in milliseconds. */
export interface NoticeDeskParts {
  readonly clock: Clock;
  readonly tell: Tell;
  readonly fetch: typeof fetch;
  readonly notifyTimeoutMs: number;
  /** How long to wait before each repeat, counted from the end of the attempt before. */
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
  const { clock, tell, retryDelaysMs } = parts;
  const notices: NoticeRecord[] = [];
  const deliveries = new Set<Promise<void>>();
  const timers = new Set<unknown>();
  const closing = new AbortController();

  /** Begins one delivery. The promise is also what the clock gets, so that a manual one can wait for it. */
  function begin(notice: NoticeRecord): Promise<void> {
    const delivery = attempt(notice).finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
    return delivery;
  }

  async function attempt(notice: NoticeRecord): Promise<void> {
    delete notice.nextAttemptMs;
    const timeMs = clock.now();
    const { notify_url, body } = notice;
    const reply = await postNotice({
      ...parts,
      notify_url,
      body,
      timeoutMs: parts.notifyTimeoutMs,
      closing: closing.signal,
    });
    notice.attempts.push({ timeMs, ...reply });
    notice.accepted = reply.accepted;
    if (!reply.accepted && !closing.signal.aborted) repeatLater(notice);
    tell(noticeEvent(notice, reply));
  }

  function repeatLater(notice: NoticeRecord): void {
    const delayMs = retryDelaysMs[notice.attempts.length - 1];
    if (delayMs === undefined) return;
    notice.nextAttemptMs = clock.now() + delayMs;
    const timer = clock.setTimeout(() => {
      timers.delete(timer);
      return begin(notice);
    }, delayMs);
    timers.add(timer);
  }

  return {
    async send(sent) {
      if (closing.signal.aborted) return;
      const notice: NoticeRecord = { ...sent, accepted: false, attempts: [] };
      notices.push(notice);
      await begin(notice);
    },
    records: () => structuredClone(notices),
    async idle() {
      while (deliveries.size > 0) await Promise.all(deliveries);
    },
    close() {
      closing.abort();
      for (const timer of timers) clock.clearTimeout(timer);
      timers.clear();
      for (const notice of notices) delete notice.nextAttemptMs;
    },
  };
}

function noticeEvent(notice: NoticeRecord, reply: Reply): Parameters<Tell>[0] {
  const { out_trade_no, out_refund_no, notify_url, nextAttemptMs } = notice;
  return {
    type: 'notice',
    out_trade_no,
    ...(out_refund_no !== undefined && { out_refund_no }),
    notify_url,
    attempt: notice.attempts.length,
    accepted: reply.accepted,
    result: reply.error ?? 'SUCCESS',
    ...(nextAttemptMs !== undefined && { nextAttemptMs }),
  };
}
