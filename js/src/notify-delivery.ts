// The delivery of a genuine notice: claimed, held against the stored order, told to its listener once, and remembered.
import { type ErrorCode, WxPayError } from './errors.js';
import type { ExpectedOrder, FailedNotice, Notice, PaidNotice, RefundNotice } from './notify.js';
import type { FoundOrder, NoticeContext, NotifyListeners } from './notify-listeners.js';
import type { Claim, NoticeStore } from './store.js';

/** What opens a body: a merchant, or a choice among several. */
export interface NoticeOpener {
  openNotify(body: Uint8Array, ...stored: [order?: ExpectedOrder]): Notice;
}

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

/** What delivering needs. */
export type Delivery = NotifyListeners & { merchant: NoticeOpener; store: NoticeStore; claimMs: number };

/**
 * Gives the function that delivers. When it ends well, the listener has succeeded, now or before: the notice may be acknowledged. When
 * the attempt was over before the listener was called, nobody waits for the end any more.
 */
export function delivery({ merchant, store, claimMs, findOrder, ...listeners }: Delivery) {
  const freshToken = tokens();
  return async (
    body: Uint8Array,
    notice: Notice,
    attempt: Attempt,
    tell: (error: WxPayError) => void,
  ): Promise<void> => {
    const { id, listener } = addressed(notice, listeners);
    const token = freshToken();
    let claim: Claim;
    try {
      claim = await store.claim(id, token, claimMs);
    } catch (cause) {
      throw blamed('ERR_STORE', 'the store could not claim it', cause);
    }
    if (claim === 'done') return;
    if (claim === 'busy') throw failure('ERR_BUSY', 'the same notice is being delivered; WeChat sends it again');
    if (claim !== 'claimed') throw failure('ERR_STORE', "claim gave neither 'claimed', 'busy' nor 'done'");
    const release = async () => {
      try {
        await store.release(id, token);
      } catch (cause) {
        tell(blamed('ERR_STORE', 'the store could not release it', cause));
      }
    };
    try {
      // A claim that came too late is not used: WeChat comes again.
      if (!attempt.isOver && findOrder && isMoney(notice)) await agree(body, notice);
      if (attempt.isOver) return void (await release());
      await heard(listener, attempt);
    } catch (error) {
      await release();
      throw error;
    }
    attempt.isDelivered = true;
    try {
      await store.done(id);
    } catch (cause) {
      // A repetition calls the listener again, once the claim has run out.
      tell(blamed('ERR_STORE', 'it is delivered, but the store could not remember it', cause));
    }
  };

  async function agree(body: Uint8Array, notice: PaidNotice | RefundNotice): Promise<void> {
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
    // A refund notice names no currency.
    const { total_fee, out_trade_no: number } = order;
    merchant.openNotify(body, notice.kind === 'refund' ? { total_fee, out_trade_no: number } : order);
  }
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

/** One id for one piece of news, and who wants to hear it. WeChat lets no merchant use an order's number twice. */
function addressed(
  notice: Notice,
  { onPaid, onRefund, onFailed }: Pick<NotifyListeners, 'onPaid' | 'onRefund' | 'onFailed'>,
): { id: string; listener: Listener } {
  const { mch_id = '', sub_mch_id = '', nonce_str = '' } = notice.fields;
  if (notice.kind === 'refund') {
    if (!onRefund)
      throw failure('ERR_CONFIG', 'this is a refund notice and there is no onRefund', { field: 'onRefund' });
    // That a refund went wrong, and that it was mended later, are two pieces of news. The sub_mch_id stands outside of what is
    // encrypted: whoever holds one notice could make any number of news of it.
    return {
      id: `refund:${mch_id}:${notice.refund_id}:${notice.refund_status}`,
      listener: (context) => onRefund(notice, context),
    };
  }
  const whose = `${mch_id}:${sub_mch_id}`;
  if (notice.paid) {
    return { id: `paid:${whose}:${notice.out_trade_no}`, listener: (context) => onPaid(notice as PaidNotice, context) };
  }
  if (!onFailed) throw failure('ERR_CONFIG', 'this payment failed and there is no onFailed', { field: 'onFailed' });
  // An order can fail more than once before it is paid.
  return {
    id: `failed:${whose}:${notice.out_trade_no}:${notice.transaction_id ?? ''}:${nonce_str}`,
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
