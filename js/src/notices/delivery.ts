// The delivery of a genuine notice: claimed, compared with the stored order, passed to its listener once, and remembered.
import { type ErrorCode, WxPayError } from '../errors.js';
import { DeliveryClaim } from './claim.js';
import type { Checked, FoundOrder, NoticeContext, NotifyListeners } from './listeners.js';
import type { FailedNotice, Notice, PaidNotice, RefundNotice } from './notice.js';
import type { Opened } from './opener.js';
import { checkedOrder, checkNamed } from './stored-order.js';

/** One notice on its way, from its head to the answer. */
export class Attempt implements NoticeContext {
  /** The notice, once it is known to be genuine. */
  notice: Notice | undefined;
  /** Whether the body is there as a whole. */
  isRead = false;
  /** Whether the listener has succeeded. */
  isDelivered = false;
  /** Whether the time is over and the answer is given. */
  isOver = false;
  #reason: WxPayError | undefined;
  #controller: AbortController | undefined;

  /** Made when it is asked for: most listeners are quick and never look. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isOver) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** The time is over. */
  end(reason: WxPayError): void {
    this.isOver = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/**
 * Returns the function that delivers. When it ends well, the listener has succeeded, now or before: the notice may be acknowledged. When
 * the attempt was over before the listener was called, nobody waits for the end any more.
 */
export function delivery({ store, claimMs, maxAgeMs, findOrder, ...listeners }: Checked) {
  const freshToken = tokens();
  return async (opened: Opened, attempt: Attempt, tell: (error: WxPayError) => void): Promise<void> => {
    const { notice, environments } = opened;
    const { news, listener } = addressed(notice, listeners);
    checkAge(notice, maxAgeMs);
    const ids = environments.map((environment) => `${news}:${environment}`);
    const claim = new DeliveryClaim(store, ids, freshToken(), claimMs, tell);
    if (!(await claim.take())) return;
    // Looking the order up may take as long as delivering it.
    claim.keep();
    try {
      // A claim that came too late is not used: WeChat comes again.
      if (!attempt.isOver && findOrder && isMoney(notice)) await agree(opened, notice);
      if (attempt.isOver) return void (await claim.release());
      await heard(listener, attempt);
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
      throw failure('ERR_MISMATCH', `findOrder knows no order ${out_trade_no}`, { field: 'out_trade_no' });
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

/** Refuses a notice of long ago, where the operator asked for it. A failed payment has no signed time. */
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

/** `yyyyMMddHHmmss` or `yyyy-MM-dd HH:mm:ss` in Beijing, in milliseconds since 1970; not a number for any other text. */
function beijingMs(text: string | undefined): number {
  const [year = '', month, day, hour, minute, second] = (text ?? '').match(/^\d{4}|\d{2}/g) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
}

/** Tells the listener; what it throws becomes the cause of an error of ours. */
async function heard(listener: Listener, attempt: Attempt): Promise<void> {
  try {
    await listener(attempt);
  } catch (cause) {
    throw blamed('ERR_LISTENER', 'the listener threw', cause);
  }
}

type Listener = (context: NoticeContext) => unknown;

/** Whether the notice says that money has moved, and how much. */
function isMoney(notice: Notice): notice is PaidNotice | RefundNotice {
  return notice.kind === 'refund' || notice.paid;
}

/** The name of one piece of news, and who wants to hear it. WeChat lets no merchant use an order's number twice. */
function addressed(
  notice: Notice,
  { onPaid, onRefund, onFailed }: Pick<NotifyListeners, 'onPaid' | 'onRefund' | 'onFailed'>,
): { news: string; listener: Listener } {
  const { mch_id, sub_mch_id = '', fields } = notice;
  if (notice.kind === 'refund') {
    if (!onRefund)
      throw failure('ERR_CONFIG', 'this is a refund notice and there is no onRefund', { field: 'onRefund' });
    // That a refund went wrong, and that it was mended later, are two pieces of news. The sub_mch_id is outside of what is
    // encrypted: whoever has one notice could make any number of news of it.
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
  if (!onFailed) throw failure('ERR_CONFIG', 'this payment failed and there is no onFailed', { field: 'onFailed' });
  // An order can fail more than once before it is paid.
  return {
    news: `failed:${whose}:${notice.out_trade_no}:${notice.transaction_id ?? ''}:${fields.nonce_str ?? ''}`,
    listener: (context) => onFailed(notice as FailedNotice, context),
  };
}

function failure(code: ErrorCode, message: string, details: { field?: string; cause?: unknown } = {}): WxPayError {
  return new WxPayError({ code, outcome: 'unknown', message, ...details });
}

/** An error of ours about what the shop's code or its store has thrown. */
function blamed(code: ErrorCode, message: string, cause: unknown): WxPayError {
  return failure(code, `${message}; see the cause`, { cause });
}

/** Tokens that no other process and no other handler makes. */
function tokens(): () => string {
  let own: string | undefined;
  let count = 0;
  return () => {
    // Some hosts give random numbers only once a request is there.
    own ??= crypto.randomUUID();
    count += 1;
    return `${own}:${count}`;
  };
}
