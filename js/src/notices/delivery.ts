// The delivery of a genuine notice: claim, comparison with the stored order, call of the listener, record in the store.
import { type ErrorCode, WxPayError } from '../errors.js';
import { DeliveryClaim } from './claim.js';
import type { Checked, FoundOrder, Listeners, NoticeContext } from './listeners.js';
import type { AnyCombined, AnyNotice, AnyPaid, AnyRefund } from './notice.js';
import type { Opened } from './opener.js';
import { checkedOrder, checkNamed } from './stored-order.js';

/** The state of one request, from its headers to the answer. */
export class Attempt implements NoticeContext {
  /** The notice, after it was verified. */
  notice: AnyNotice | undefined;
  /** The whole body, after it was read. */
  body: Uint8Array | undefined;
  /** Whether the listener has succeeded. */
  isDelivered = false;
  /** Whether the time limit has passed and the answer is decided. */
  isOver = false;
  #reason: WxPayError | undefined;
  #controller: AbortController | undefined;

  /** The controller is made on first use, because most listeners never read the signal. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isOver) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Ends the attempt at the time limit. */
  end(reason: WxPayError): void {
    this.isOver = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/**
 * Returns the function that delivers a notice. It resolves after the listener has succeeded, in this delivery or an earlier one.
 * Then the notice may be acknowledged. It also resolves if the time limit passed before the listener was called.
 * In that case the refusal was sent already.
 */
export function delivery({ store, claimMs, maxAgeMs, findOrder, ...listeners }: Checked, nowMs: () => number) {
  const freshToken = tokens();
  return async (opened: Opened, attempt: Attempt, report: (error: WxPayError) => void): Promise<void> => {
    const { notice, environments } = opened;
    const { news, listener } = addressed(opened, listeners);
    checkAge(notice, maxAgeMs, nowMs);
    const ids = environments.map((environment) => `${news}:${environment}`);
    const claim = new DeliveryClaim(store, ids, freshToken(), claimMs, report);
    if (!(await claim.take())) return;
    // The claim is renewed from here on, because `findOrder` may be slow too.
    claim.keep();
    try {
      // If the claim came after the time limit, do not deliver: WeChat sends the notice again.
      if (!attempt.isOver && findOrder && isMoney(notice)) await agree(opened, notice);
      if (attempt.isOver) return void (await claim.release());
      await callListener(listener, attempt);
    } catch (error) {
      await claim.release();
      throw error;
    }
    attempt.isDelivered = true;
    await claim.done();
  };

  async function agree({ mustName, checkOrder }: Opened, notice: AnyPaid | AnyRefund | AnyCombined): Promise<void> {
    const { out_trade_no } = notice;
    let order: FoundOrder;
    try {
      order = await findOrder?.(out_trade_no, notice);
    } catch (cause) {
      throw blamed('ERR_LISTENER', 'findOrder threw', cause);
    }
    if (order === undefined || order === null) {
      throw failure('ERR_MISMATCH', `findOrder returned no order ${out_trade_no}; query it before anything else`, {
        field: 'out_trade_no',
      });
    }
    // An order of another form must not be called one that compares nothing.
    if (typeof order !== 'object' || order.total_fee === undefined || order.total_fee === null) {
      throw failure('ERR_PARAM', 'total_fee: findOrder must return the order with its total_fee, in fen', {
        field: 'total_fee',
      });
    }
    const found = checkedOrder(order);
    checkNamed(found, mustName);
    checkOrder(found);
  }
}

/** Refuses an old notice if the operator set `maxAgeMs`. A failed payment has no signed time, so its age is unknown. */
function checkAge(notice: AnyNotice, maxAgeMs: number | undefined, nowMs: () => number): void {
  if (maxAgeMs === undefined || notice.kind === 'other') return;
  const [field, text] =
    notice.kind === 'refund' ? ['success_time', notice.success_time] : ['time_end', notice.time_end];
  const ageMs = nowMs() - beijingMs(text);
  if (ageMs > maxAgeMs) {
    const message = `${field}: ${text} is longer ago than maxAgeMs (${maxAgeMs} ms); query before anything else`;
    throw failure('ERR_MISMATCH', message, { field });
  }
}

/** Converts `yyyyMMddHHmmss` or `yyyy-MM-dd HH:mm:ss` in Beijing to milliseconds since 1970; `NaN` for any other text. */
function beijingMs(text: string | undefined): number {
  const [year = '', month, day, hour, minute, second] = (text ?? '').match(/^\d{4}|\d{2}/g) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
}

/** Calls the listener. If it throws, the exception becomes the cause of a `WxPayError`. */
async function callListener(listener: Listener, attempt: Attempt): Promise<void> {
  try {
    await listener(attempt);
  } catch (cause) {
    throw blamed('ERR_LISTENER', 'the listener threw', cause);
  }
}

type Listener = (context: NoticeContext) => unknown;

/** Whether the notice has an amount: a refund or a successful payment. */
function isMoney(notice: AnyNotice): notice is AnyPaid | AnyRefund | AnyCombined {
  return notice.kind === 'payment' ? notice.paid : notice.kind !== 'other';
}

/** Returns the id of a delivery and its listener. A merchant cannot use one order number twice at WeChat. */
function addressed(
  { notice, repeatId }: Opened,
  {
    onPaid,
    onRefund,
    onFailed,
    onCombined,
    onEvent,
  }: Pick<Listeners, 'onPaid' | 'onRefund' | 'onFailed' | 'onCombined' | 'onEvent'>,
): { news: string; listener: Listener } {
  const { mch_id, sub_mch_id = '' } = notice;
  const whose = `${mch_id}:${sub_mch_id}`;
  if (notice.kind === 'other') {
    if (!onEvent) throw noListener('onEvent', 'a notice of another event came');
    return { news: `event:${whose}:${repeatId}`, listener: (context) => onEvent(notice, context) };
  }
  if (notice.kind === 'combined') {
    if (!onCombined) throw noListener('onCombined', 'a notice of a combined payment came');
    // Its number is not one of an order, so that both may be the same text.
    return { news: `combined:${mch_id}:${notice.out_trade_no}`, listener: (context) => onCombined(notice, context) };
  }
  if (notice.kind === 'refund') {
    if (!onRefund) throw noListener('onRefund', 'a refund notice came');
    // A failed refund and its later success are two deliveries. The id has no sub_mch_id: that field is not encrypted. An
    // attacker could change it, and one notice would be delivered twice.
    return {
      news: `refund:${mch_id}:${notice.refund_id}:${notice.refund_status}`,
      listener: (context) => onRefund(notice, context),
    };
  }
  if (notice.paid) {
    return {
      news: `paid:${whose}:${notice.out_trade_no}`,
      listener: (context) => onPaid(notice as AnyPaid, context),
    };
  }
  if (!onFailed) throw noListener('onFailed', 'a notice of a failed payment came');
  // One order can fail several times before it is paid, and each failure is a delivery.
  return {
    news: `failed:${whose}:${notice.out_trade_no}:${notice.transaction_id ?? ''}:${repeatId}`,
    listener: (context) => onFailed(notice, context),
  };
}

const noListener = (field: string, what: string) =>
  failure('ERR_CONFIG', `${what}, and there is no ${field}; add that listener`, { field });

function failure(code: ErrorCode, message: string, details: { field?: string; cause?: unknown } = {}): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, ...details });
}

/** The error for an exception in the shop's code or in its store. */
function blamed(code: ErrorCode, message: string, cause: unknown): WxPayError {
  return failure(code, `${message}; see the cause`, { cause });
}

/** Returns a function that makes tokens. No other process or handler makes the same tokens. */
function tokens(): () => string {
  let own: string | undefined;
  let count = 0;
  return () => {
    // Some hosts have random numbers only while they handle a request.
    own ??= globalThis.crypto.randomUUID();
    count += 1;
    return `${own}:${count}`;
  };
}
