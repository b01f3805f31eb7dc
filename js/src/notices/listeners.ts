// The options of the notice handler: listeners, stored order, store and time limits. They are checked at the start.
import { configError, type WxPayError } from '../errors.js';
import { checkNames, type Names } from '../names.js';
import { own } from '../own.js';
import { memoryStore, type NoticeStore } from './memory-store.js';
import type { AnyNotice, ExpectedOrder, NoticeKinds } from './notice.js';

/** The second argument of a listener. */
export interface NoticeContext {
  /**
   * Aborts at the time limit, when the notice was refused and WeChat will send it again. Then throw, or go on.
   * If the listener succeeds later, the notice counts as delivered too.
   */
  readonly signal: AbortSignal;
}

/** A request that was refused. */
export interface RejectedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** Returns a header by its name in lower case, such as `user-agent` or the sender's address from your proxy. */
  header(name: string): string | undefined;
  /** The notice, if it is genuine and something else was wrong. */
  readonly notice: AnyNotice | undefined;
  /** Whether it is a probe of APIv3 (探测流量): WeChat tests that a false signature is refused. Nothing is wrong, so raise no alarm. */
  readonly isProbe: boolean;
}

/** The listeners of the shop, and their options. */
export interface Listeners<Kinds extends NoticeKinds = NoticeKinds> {
  /**
   * Called for a payment. The answer to WeChat is SUCCESS after this function has succeeded. If it throws or takes too long, the
   * answer is FAIL, and WeChat sends the notice again.
   *
   * It may be called more than once for one payment. Use a transaction in which a second call changes nothing.
   */
  onPaid(notice: Kinds['paid'], context: NoticeContext): unknown;
  /**
   * Called for a refund; confirm it with `refundQuery`. Without this listener refund notices are refused and reported to
   * `onRejected`.
   */
  onRefund?: ((notice: Kinds['refund'], context: NoticeContext) => unknown) | undefined;
  /** Called for a payment that failed. Without this listener such notices are refused and reported to `onRejected`. */
  onFailed?: ((notice: Kinds['failed'], context: NoticeContext) => unknown) | undefined;
  /**
   * Called for a combined payment of APIv3 (合单支付): every order in `sub_orders` is paid. Without this listener such notices are
   * refused and reported to `onRejected`. `onPaid` is not called for its orders.
   */
  onCombined?: ((notice: Kinds['combined'], context: NoticeContext) => unknown) | undefined;
  /**
   * Called for every other event of APIv3, such as a transfer. It never means that an order is paid. Without this listener such
   * notices are refused and reported to `onRejected`.
   */
  onEvent?: ((notice: Kinds['event'], context: NoticeContext) => unknown) | undefined;
  /**
   * Called for every refused request, with the reason. The sender does not see the reason. `ERR_BUSY` is not a fault: another
   * process delivers the same notice now. Default: one line on `console.error`, and for a probe on `console.info`.
   */
  onRejected?: ((error: WxPayError, request: RejectedRequest) => unknown) | undefined;
  /**
   * Returns the shop's order for a notice of a payment or a refund. Number, amount and currency (payments only) are
   * compared. For a combined payment, whose `notice.kind` is `combined`, it is the combined order: its number and the sum. `mch_id`, `appid` and `sub_mch_id` are compared if the order has them.
   * If they differ, or there is no such order, the listener is not called.
   *
   * An order number is unique for one merchant only. Look orders up by number, `notice.mch_id` and `notice.sub_mch_id`.
   */
  findOrder?:
    | ((out_trade_no: string, notice: Kinds['paid' | 'refund' | 'combined']) => FoundOrder | Promise<FoundOrder>)
    | undefined;
  /** Remembers deliveries. The default is in memory, which is enough for one process. */
  store?: NoticeStore | undefined;
  /** The longest time from the headers of a request to its answer, in milliseconds. Default 5000: WeChat does not wait longer. */
  timeoutMs?: number | undefined;
  /**
   * How long a claim of a delivery lasts after its process died, in milliseconds. While a listener runs, its claim is renewed, for
   * at most twenty times `claimMs`. It must be at least `timeoutMs`. Default: 30000 or twice `timeoutMs`, the larger one.
   */
  claimMs?: number | undefined;
  /**
   * Refuses notices whose payment (`time_end`) or refund (`success_time`) is older, in milliseconds, and reports them to
   * `onRejected`. An attacker may send an old notice again after the store forgot it. WeChat itself repeats a notice for 24 hours
   * and 4 minutes, so use a longer time, for example two days. Default: no limit, since a wrong clock would refuse genuine notices.
   */
  maxAgeMs?: number | undefined;
}

/** The stored order of one merchant among several, with its `mch_id`. */
export type RoutedOrder = ExpectedOrder & { mch_id: string | number | bigint };

/** The listeners of `notifyRouter`. */
export interface RouterListeners<Kinds extends NoticeKinds = NoticeKinds> extends Omit<Listeners<Kinds>, 'findOrder'> {
  /** As in `NotifyListeners`. The order must have its `mch_id`, and for a sub-merchant's notice its `sub_mch_id` too. */
  findOrder?:
    | ((
        out_trade_no: string,
        notice: Kinds['paid' | 'refund' | 'combined'],
      ) => RoutedOrder | null | undefined | Promise<RoutedOrder | null | undefined>)
    | undefined;
}

/** The stored order, or nothing if there is no such order. It may have other fields. */
export type FoundOrder = ExpectedOrder | null | undefined;

/** The options with their defaults. */
export type Checked = Listeners & { store: NoticeStore; timeoutMs: number; claimMs: number };

const LISTENERS: Names<Listeners> = {
  onPaid: true,
  onRefund: true,
  onFailed: true,
  onCombined: true,
  onEvent: true,
  onRejected: true,
  findOrder: true,
  store: true,
  timeoutMs: true,
  claimMs: true,
  maxAgeMs: true,
};

/** Checks the options and returns them with their defaults. Throws `ERR_CONFIG` with the name of the first wrong option. */
export function checked(options: Listeners): Checked {
  if (typeof options !== 'object' || options === null) throw configError('listeners', 'must be an object');
  checkNames(options, LISTENERS);
  const listeners = own(options);
  if (typeof listeners.onPaid !== 'function') throw configError('onPaid', 'must be a function');
  for (const name of ['onRefund', 'onFailed', 'onCombined', 'onEvent', 'onRejected', 'findOrder'] as const) {
    const listener = listeners[name];
    if (listener !== undefined && typeof listener !== 'function') throw configError(name, 'must be a function');
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
    throw configError('claimMs', 'must be a whole number of milliseconds, at least timeoutMs');
  }
  const { maxAgeMs } = listeners;
  if (maxAgeMs !== undefined && !(typeof maxAgeMs === 'number' && maxAgeMs > 0))
    throw configError('maxAgeMs', 'must be a number of milliseconds above zero');
  const { onPaid, onRefund, onFailed, onCombined, onEvent, onRejected, findOrder } = listeners;
  const functions = { onPaid, onRefund, onFailed, onCombined, onEvent, onRejected, findOrder };
  return { ...functions, store, timeoutMs, claimMs, maxAgeMs };
}
