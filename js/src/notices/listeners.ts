// What the shop says about its notices: the listeners, the stored order, the store, and the times; checked before anything comes.
import { configError, type WxPayError } from '../errors.js';
import { own } from '../own.js';
import { memoryStore, type NoticeStore } from './memory-store.js';
import type { ExpectedOrder, FailedNotice, Notice, PaidNotice, RefundNotice } from './notice.js';

/** What a listener is told besides the notice. */
export interface NoticeContext {
  /**
   * Aborts when the time is over and WeChat was told to come again. Give up by throwing, or go on: what ends well later counts as
   * delivered too.
   */
  readonly signal: AbortSignal;
}

/** What is known of a request that was refused. */
export interface RejectedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** A header by its name in lower case: `user-agent`, or whatever your proxy writes the sender's address into. */
  header(name: string): string | undefined;
  /** The notice, where it is genuine and something else was wrong. */
  readonly notice: Notice | undefined;
}

/** What the shop does with notices, and how. */
export interface NotifyListeners {
  /**
   * A payment. WeChat is told SUCCESS once this has ended well. When it throws or takes too long, WeChat is told FAIL and tries again.
   * It is called at least once: let its own transaction see to it that a second call changes nothing.
   */
  onPaid(notice: PaidNotice, context: NoticeContext): unknown;
  /** A refund; confirm it with `refundQuery`. Without this listener refund notices are refused and told to `onRejected`. */
  onRefund?: ((notice: RefundNotice, context: NoticeContext) => unknown) | undefined;
  /** A payment that failed. Without this listener such notices are refused and told to `onRejected`. */
  onFailed?: ((notice: FailedNotice, context: NoticeContext) => unknown) | undefined;
  /**
   * Whatever was refused, and why; nothing else learns it. `ERR_BUSY` is no fault: another process has the same notice in hand.
   * Default: one line on `console.error`.
   */
  onRejected?: ((error: WxPayError, request: RejectedRequest) => unknown) | undefined;
  /**
   * The shop's own order of a paid or refunded notice. Number, amount, (paid) currency, and `mch_id`, `appid` and `sub_mch_id` where
   * the order has them must agree, or the listener is not called; so it is when there is no such order.
   *
   * `notice.mch_id` and `notice.sub_mch_id` say who was paid. A number is unique for one merchant only: look orders up by both.
   */
  findOrder?:
    | ((out_trade_no: string, notice: PaidNotice | RefundNotice) => FoundOrder | Promise<FoundOrder>)
    | undefined;
  /** Where deliveries are remembered. Default in memory, which does for one process. */
  store?: NoticeStore | undefined;
  /** How long one notice may take from its first byte to the answer, in milliseconds. Default 5000: WeChat waits no longer. */
  timeoutMs?: number | undefined;
  /**
   * How long a delivery stays claimed when its process dies, in milliseconds. While a listener runs, its claim is renewed, at most for
   * twenty times as long. Not shorter than `timeoutMs`. Default 30000, or twice `timeoutMs` where that is more.
   */
  claimMs?: number | undefined;
  /**
   * Refuses notices whose payment (`time_end`) or refund (`success_time`) is older, in milliseconds, and reports them to `onRejected`:
   * somebody may send an old one again after the store forgot it. WeChat itself repeats a notice for 24 hours and 4 minutes, so take
   * more than that, two days for example. Default none: with a wrong clock, genuine notices would be lost.
   */
  maxAgeMs?: number | undefined;
}

/** The stored order of one merchant among several, with its `mch_id`. */
export type RoutedOrder = ExpectedOrder & { mch_id: string | number | bigint };

/** The listeners of `notifyRouter`. */
export interface RouterListeners extends Omit<NotifyListeners, 'findOrder'> {
  /** As of one merchant, and the order must have its `mch_id`; for a sub-merchant's notice its `sub_mch_id` too. */
  findOrder?:
    | ((
        out_trade_no: string,
        notice: PaidNotice | RefundNotice,
      ) => RoutedOrder | null | undefined | Promise<RoutedOrder | null | undefined>)
    | undefined;
}

/** The stored order, or what stands for none. Other fields of it do no harm. */
export type FoundOrder = ExpectedOrder | null | undefined;

/** The listeners with their defaults. */
export type Checked = NotifyListeners & { store: NoticeStore; timeoutMs: number; claimMs: number };

/** The same, once each that cannot work was named. */
export function checked(given: NotifyListeners): Checked {
  if (typeof given !== 'object' || given === null) throw configError('listeners', 'must be an object');
  const listeners = own(given);
  if (typeof listeners.onPaid !== 'function') throw configError('onPaid', 'must be a function');
  for (const name of ['onRefund', 'onFailed', 'onRejected', 'findOrder'] as const) {
    const given = listeners[name];
    if (given !== undefined && typeof given !== 'function') throw configError(name, 'must be a function');
  }
  const { store = memoryStore(), timeoutMs = 5_000 } = listeners;
  const { claimMs = Math.max(30_000, 2 * timeoutMs) } = listeners;
  for (const name of ['claim', 'done', 'release'] as const) {
    if (typeof store?.[name] !== 'function') throw configError('store', `must have the function ${name}`);
  }
  if (!(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= 0x3fffffff)) {
    throw configError('timeoutMs', 'must be a whole number of milliseconds above zero');
  }
  if (!(Number.isInteger(claimMs) && claimMs >= timeoutMs)) {
    throw configError('claimMs', 'must be a whole number of milliseconds, not fewer than timeoutMs');
  }
  const { maxAgeMs } = listeners;
  if (maxAgeMs !== undefined && !(typeof maxAgeMs === 'number' && maxAgeMs > 0))
    throw configError('maxAgeMs', 'must be a number of milliseconds above zero');
  const { onPaid, onRefund, onFailed, onRejected, findOrder } = listeners;
  return { onPaid, onRefund, onFailed, onRejected, findOrder, store, timeoutMs, claimMs, maxAgeMs };
}
