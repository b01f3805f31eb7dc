// Refunds of both generations: whether money can go back, and how it goes.

import type { Tell } from '../events.js';
import type { NoticeDesk } from '../notices/desk.js';
import type { Letters } from '../notices/letters.js';
import { parseBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Timers } from '../wire/timers.js';
import type { Order } from './orders.js';
import { newRefundId } from './payments.js';
import type { Refund, RefundBook, RefundReceiver } from './refunds.js';

/** Why nothing, or not so much, can go back. */
export type RefundObstacle =
  | 'not paid'
  | 'too late'
  | 'more than the order'
  | 'another total'
  | 'all refunded'
  | 'more than is left'
  | 'too many refunds';

/** A refund as its call asks for it. */
export type RefundRequest = Pick<Refund, 'order' | 'request' | 'json' | 'out_refund_no' | 'refund_fee'>;

/** The rules, and the way of the money. */
export interface Refunding {
  /** The obstacle to a new refund, or undefined. Amounts are in fen. */
  judge(order: Order, total_fee: number, refund_fee: number): RefundObstacle | undefined;
  /** Takes a refund. Its money arrives later, and its notice follows then. */
  take(asked: RefundRequest): Refund;
  /** Ends a refund on its way: its money came back, and a notice says so. Returns false for any other refund. */
  fail(refund: Refund): boolean;
  /** Sends the money of an abnormal refund to a receiver. It arrives later, and another notice follows then. */
  redirect(refund: Refund, receiver: RefundReceiver): void;
}

/** Makes the rules. `refundDelayMs`: how long the money is on its way, in milliseconds. */
export function createRefunding(parts: {
  readonly refunds: RefundBook;
  readonly notices: NoticeDesk;
  readonly letters: Letters;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly refundDelayMs: number;
}): Refunding {
  const { refunds, notices, letters, clock, timers, random, tell, refundDelayMs } = parts;

  /** The refunds on their way, each with a mark of its own for every departure. */
  const departures = new Map<Refund, symbol>();

  function depart(refund: Refund): void {
    const departure = Symbol('departure');
    departures.set(refund, departure);
    timers.after(refundDelayMs, () => (departures.get(refund) === departure ? finish(refund) : undefined));
  }

  function finish(refund: Refund): Promise<void> | undefined {
    departures.delete(refund);
    refund.refund_status = 'SUCCESS';
    refund.successMs = clock.now();
    return announce(refund, 'refunded');
  }

  function announce(refund: Refund, type: 'refunded' | 'abnormal'): Promise<void> | undefined {
    const { order, out_refund_no, refund_fee, request } = refund;
    const { out_trade_no, merchant } = order;
    tell({ type, mch_id: merchant.mch_id, out_trade_no, out_refund_no, refund_fee });
    const notify_url = request.get('notify_url');
    const notice = notify_url === undefined ? undefined : letters.refund(refund, notify_url);
    return notice && notices.send(notice);
  }

  return {
    judge(order, total_fee, refund_fee) {
      if (order.trade_state !== 'SUCCESS' && order.trade_state !== 'REFUND') return 'not paid';
      const paidMs = parseBeijingTime(order.payment?.time_end ?? '') ?? 0;
      if (clock.now() >= paidMs + LATEST_REFUND_MS) return 'too late';
      if (refund_fee > total_fee) return 'more than the order';
      if (total_fee !== order.total_fee) return 'another total';
      const earlier = refunds.of(order);
      const left = earlier.reduce((rest, refund) => rest - refund.refund_fee, order.total_fee);
      if (left === 0) return 'all refunded';
      if (refund_fee > left) return 'more than is left';
      return earlier.length >= MOST_REFUNDS ? 'too many refunds' : undefined;
    },
    take(asked) {
      const refund: Refund = {
        ...asked,
        refund_id: newRefundId({ clock, random }),
        createdMs: clock.now(),
        refund_status: 'PROCESSING',
      };
      refunds.add(refund);
      asked.order.trade_state = 'REFUND';
      depart(refund);
      return refund;
    },
    fail(refund) {
      if (!departures.delete(refund)) return false;
      refund.refund_status = 'ABNORMAL';
      refund.abnormalMs = clock.now();
      // The desk waits for it, and `idle` too.
      announce(refund, 'abnormal');
      return true;
    },
    redirect(refund, receiver) {
      refund.refund_status = 'PROCESSING';
      delete refund.abnormalMs;
      refund.receiver = receiver;
      depart(refund);
    },
  };
}

/** A refund is possible for a year after the payment (manual: 申请退款). */
const LATEST_REFUND_MS = 365 * 24 * 60 * 60 * 1000;

/** The most refunds of one order (manual: 申请退款). */
export const MOST_REFUNDS = 50;
