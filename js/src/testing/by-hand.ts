// The actions of a person at the gateway: pay, refuse or refund an order, send its notice again, forge one.

import { type Order, payeeOf } from './books/orders.js';
import { asPaid } from './books/payments.js';
import type { Refund } from './books/refunds.js';
import type { Environment } from './calls-v2/environment.js';
import { refundV3 } from './calls-v3/refunds.js';
import type { Tell } from './events.js';
import type { Notice, NoticeDesk, NoticeRecord } from './notices/desk.js';
import { FORGERIES, type Forgery } from './notices/forgery.js';
import type { Letters } from './notices/letters.js';
import { own } from './own.js';
import type { PayResult, Phone } from './phone.js';
import { shown } from './shown.js';
import type { Clock } from './wire/clock.js';
import type { RandomText } from './wire/random.js';
import { readSignType } from './wire/sign.js';

/** The choice of an order. A member may be left out, if only one order matches. */
export interface OrderChoice {
  out_trade_no: string;
  mch_id?: string;
  sub_mch_id?: string;
  /** Whether it was placed in the sandbox. */
  sandbox?: boolean;
}

/** The choice of a notice: of the order's payment, or of one of its refunds. */
export interface NoticeChoice extends OrderChoice {
  out_refund_no?: string;
}

/** The options of a refund by hand. Default all that is left of the order. */
export interface RefundByHand {
  /** In fen. */
  refund_fee?: number;
  /** The address for its notice. Default the order's own `notify_url`. */
  notify_url?: string;
}

/** The result of a refund by hand: `refund:ok`, or `refund:fail` and WeChat's words. */
export interface RefundResult {
  errMsg: string;
  /** Set if the refund was accepted. */
  out_refund_no?: string;
}

/**
 * The actions. Each throws a TypeError if no order or several orders match the choice. Combined orders are paid and notified
 * together, whichever of them is chosen.
 */
export interface ByHand {
  payOrder(choice: OrderChoice): PayResult;
  refuseOrder(choice: OrderChoice): PayResult;
  refundOrder(choice: OrderChoice, refund?: RefundByHand): RefundResult;
  /**
   * Acts as the payer's bank that sends the money back. A refund on its way is ABNORMAL then, and its notice says so. The choice needs
   * its `out_refund_no`. Returns `failRefund:ok`, or `failRefund:fail` and the state of any other refund.
   */
  failRefund(choice: NoticeChoice): RefundResult;
  resendNotice(choice: NoticeChoice): Promise<NoticeRecord>;
  forgeNotice(choice: NoticeChoice, forgery?: Forgery): Promise<NoticeRecord>;
}

/** The parts of the gateway that the actions need. */
export interface ByHandParts {
  readonly production: Environment;
  readonly sandbox: Environment;
  readonly phone: Phone;
  readonly notices: NoticeDesk;
  readonly letters: Letters;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
}

/** A notice that there must be. */
function written(order: Order, notice: Notice | undefined): Notice {
  if (notice !== undefined) return notice;
  throw new TypeError(
    `mch_id ${shown(payeeOf(order).mch_id)} has no apiV3Key, so APIv3 has no notices for it; name its apiV3Key`,
  );
}

/** Makes the actions. */
export function createByHand(parts: ByHandParts): ByHand {
  const { production, sandbox, phone, notices, letters, clock, random, tell } = parts;

  function find(given: OrderChoice): { order: Order; environment: Environment } {
    const choice = own(given, ['out_trade_no', 'mch_id', 'sub_mch_id', 'sandbox']);
    const { out_trade_no, mch_id, sub_mch_id } = choice;
    const environments = [production, sandbox].filter(
      (one) => choice.sandbox === undefined || choice.sandbox === (one === sandbox),
    );
    const fitting = environments.flatMap((environment) =>
      environment.orders.all().flatMap((order) => {
        const fits =
          order.out_trade_no === out_trade_no &&
          (mch_id === undefined || order.merchant.mch_id === mch_id) &&
          (sub_mch_id === undefined || order.sub_mch_id === sub_mch_id);
        return fits ? [{ order, environment }] : [];
      }),
    );
    const [first, second] = fitting;
    if (first === undefined) throw new TypeError(`no order has out_trade_no ${shown(out_trade_no)}`);
    if (second !== undefined)
      throw new TypeError(`more than one order has out_trade_no ${shown(out_trade_no)}; add mch_id`);
    return first;
  }

  function findRefund({ order, environment }: ReturnType<typeof find>, out_refund_no: string | undefined): Refund {
    const refund = environment.refunds.of(order).find((one) => one.out_refund_no === out_refund_no);
    if (refund === undefined) throw new TypeError(`no refund of the order has out_refund_no ${shown(out_refund_no)}`);
    return refund;
  }

  /** Makes the notice of the refund, or of the payment. For an unpaid order it invents the payment. */
  function wouldBe(found: ReturnType<typeof find>, out_refund_no: string | undefined): Notice {
    const { order } = found;
    if (out_refund_no !== undefined) {
      const refund = findRefund(found, out_refund_no);
      const notify_url = refund.request.get('notify_url') ?? order.request.get('notify_url') ?? '';
      return written(order, letters.refund(refund, notify_url));
    }
    return written(order, letters.payment(asPaid(order, { clock, random })));
  }

  return {
    payOrder: (choice) => phone.payOrder(find(choice).order),
    refuseOrder: (choice) => phone.refuseOrder(find(choice).order),
    refundOrder(choice, refund = {}) {
      const { refund_fee, notify_url } = own(refund, ['refund_fee', 'notify_url']);
      const { order, environment } = find(choice);
      const { merchant, sub_mch_id, json, out_trade_no, total_fee } = order;
      const earlier = environment.refunds.of(order);
      const left = earlier.reduce((rest, refund) => rest - refund.refund_fee, total_fee);
      const out_refund_no = random.digits(24);
      const noticed = notify_url ?? order.request.get('notify_url');
      // Where nothing is left, the rules say so themselves.
      const amount = refund_fee ?? Math.max(left, 1);
      if (json !== undefined) {
        const amounts = { total: total_fee, refund: amount, currency: 'CNY' };
        const body = { sub_mchid: sub_mch_id, out_trade_no, out_refund_no, notify_url: noticed, amount: amounts };
        const answer = refundV3({ ...environment, tell }, order, body);
        if ('code' in answer) return { errMsg: `refund:fail ${answer.code} ${answer.message}` };
        return { errMsg: 'refund:ok', out_refund_no };
      }
      const parameters = new Map([
        ['nonce_str', random.hex(32)],
        ['out_trade_no', out_trade_no],
        ['out_refund_no', out_refund_no],
        ['total_fee', String(total_fee)],
        ['refund_fee', String(amount)],
      ]);
      if (noticed !== undefined) parameters.set('notify_url', noticed);
      const signType = readSignType(order.signType) ?? 'MD5';
      const outcome = environment.refund({ merchant, sub_mch_id, signType, parameters });
      if (outcome.kind === 'done') return { errMsg: 'refund:ok', out_refund_no };
      const reason = outcome.kind === 'refused' ? `${outcome.err_code} ${outcome.err_code_des}` : outcome.kind;
      return { errMsg: `refund:fail ${reason}` };
    },
    failRefund(choice) {
      const { out_refund_no } = own(choice, ['out_refund_no']);
      const found = find(choice);
      const refund = findRefund(found, out_refund_no);
      if (!found.environment.refunding.fail(refund)) return { errMsg: `failRefund:fail it is ${refund.refund_status}` };
      return { errMsg: 'failRefund:ok', out_refund_no: refund.out_refund_no };
    },
    async resendNotice(choice) {
      const { order } = find(choice);
      const { out_refund_no } = own(choice, ['out_refund_no']);
      const { combination, merchant } = order;
      const isCombined = combination !== undefined && out_refund_no === undefined;
      const { mch_id } = isCombined ? combination.merchant : merchant;
      const out_trade_no = isCombined ? combination.combine_out_trade_no : order.out_trade_no;
      const resent = notices.resend({ mch_id, out_trade_no, ...(out_refund_no !== undefined && { out_refund_no }) });
      if (resent === undefined) throw new TypeError(`no notice was sent about ${shown(out_refund_no ?? out_trade_no)}`);
      return resent;
    },
    async forgeNotice(choice, forgery = 'another key') {
      if (!FORGERIES.includes(forgery)) throw new TypeError(`forgery is one of: ${FORGERIES.join(', ')}`);
      const { out_refund_no } = own(choice, ['out_refund_no']);
      return notices.forge(wouldBe(find(choice), out_refund_no), forgery);
    },
  };
}
