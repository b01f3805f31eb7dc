// The delivery of a genuine notice: claim, comparison with the stored order, call of the listener, record in the store.
import { type ErrorCode, WxPayError } from '../errors.js';
import { DeliveryClaim } from './claim.js';
import type { Checked, FoundOrder, NoticeContext, NotifyListeners } from './listeners.js';
import type { FailedNotice, Notice, PaidNotice, RefundNotice } from './notice.js';
import type { Opened } from './opener.js';
import { checkedOrder, checkNamed } from './stored-order.js';

/** The state of one request, from its headers to the answer. */
export class Attempt implements NoticeContext {
  /** The notice, after it was verified. */
  notice: Notice | undefined;
  /** Whether the whole body was read. */
  isRead = false;
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
export function delivery({ store, claimMs, maxAgeMs, findOrder, ...listeners }: Checked) {
  const freshToken = tokens();
  return async (opened: Opened, attempt: Attempt, report: (error: WxPayError) => void): Promise<void> => {
    const { notice, environments } = opened;
    const { news, listener } = addressed(notice, listeners);
    checkAge(notice, maxAgeMs);
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

  async function agree({ mustName, checkOrder }: Opened, notice: PaidNotice | RefundNotice): Promise<void> {
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
    const found = checkedOrder(order);
    checkNamed(found, mustName);
    if (found.total_fee === undefined || found.total_fee === null) {
      throw failure('ERR_PARAM', 'total_fee: findOrder must return the order with its total_fee, in fen', {
        field: 'total_fee',
      });
    }
    checkOrder(found);
  }
}

/** Refuses an old notice if the operator set `maxAgeMs`. A failed payment has no signed time, so its age is unknown. */
function checkAge(notice: Notice, maxAgeMs: number | undefined): void {
  if (maxAgeMs === undefined) return;
  const [field, text] =
    notice.kind === 'refund' ? ['success_time', notice.success_time] : ['time_end', notice.time_end];
  const ageMs = Date.now() - beijingMs(text);
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
function isMoney(notice: Notice): notice is PaidNotice | RefundNotice {
  return notice.kind === 'refund' || notice.paid;
}

/** Returns the id of a delivery and its listener. A merchant cannot use one order number twice at WeChat. */
function addressed(
  notice: Notice,
  { onPaid, onRefund, onFailed }: Pick<NotifyListeners, 'onPaid' | 'onRefund' | 'onFailed'>,
): { news: string; listener: Listener } {
  const { mch_id, sub_mch_id = '', fields } = notice;
  if (notice.kind === 'refund') {
    if (!onRefund)
      throw failure('ERR_CONFIG', 'a refund notice came, and there is no onRefund; add that listener', {
        field: 'onRefund',
      });
    // A failed refund and its later success are two deliveries. The id has no sub_mch_id: that field is not encrypted. An
    // attacker could change it, and one notice would be delivered twice.
    return {
      news: `refund:${mch_id}:${notice.refund_id}:${notice.refund_status}`,
      listener: (context) => onRefund(notice, context),
    };
  }
  const whose = `${mch_id}:${sub_mch_id}`;
  if (notice.paid) {
    return {
      news: `paid:${whose}:${notice.out_trade_no}`,
      listener: (context) => onPaid(notice as PaidNotice, context),
    };
  }
  if (!onFailed)
    throw failure('ERR_CONFIG', 'a notice of a failed payment came, and there is no onFailed; add that listener', {
      field: 'onFailed',
    });
  // One order can fail several times before it is paid, and each failure is a delivery.
  return {
    news: `failed:${whose}:${notice.out_trade_no}:${notice.transaction_id ?? ''}:${fields.nonce_str ?? ''}`,
    listener: (context) => onFailed(notice as FailedNotice, context),
  };
}

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
    own ??= crypto.randomUUID();
    count += 1;
    return `${own}:${count}`;
  };
}
