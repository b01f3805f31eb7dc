// 申请退款: /secapi/pay/refund and /secapi/pay/refundv2 (manual: 申请退款, mini program).

import type { Order, OrderBook } from '../books/orders.js';
import { newRefundId } from '../books/payments.js';
import type { Refund, RefundBook } from '../books/refunds.js';
import type { Tell } from '../events.js';
import type { NoticeDesk } from '../notices/desk.js';
import { refundNotice } from '../notices/refund-notice.js';
import { parseBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Timers } from '../wire/timers.js';
import { type CallOutcome, done, failed, refused } from './outcome.js';
import {
  AMOUNT,
  always,
  checkParameters,
  FEE_TYPE,
  JSON_OBJECT,
  NONCE_STR,
  NOTIFY_URL,
  never,
  ORDER_NUMBERS,
  OUT_REFUND_NO,
  OUT_TRADE_NO,
  type ParameterRule,
  type Parameters,
  REFUND_ACCOUNT,
  REFUND_DESC,
  TRANSACTION_ID,
} from './parameters.js';
import type { PayCall, PayEndpoint } from './pay-api.js';

/** The parts of the endpoint. */
export interface RefundParts {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly notices: NoticeDesk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomText;
  readonly tell: Tell;
  /** The time from the call to the success of the refund, in milliseconds. */
  readonly refundDelayMs: number;
}

/** Makes the endpoint for refunds. Its success means that the refund was accepted, not that the money was returned. */
export function createRefund(parts: RefundParts): PayEndpoint {
  const { orders, refunds, notices, clock, timers, random, tell, refundDelayMs } = parts;

  /** Returns why this amount of the order cannot be refunded, or undefined. */
  function judgeOrder(order: Order, total_fee: number, refund_fee: number): CallOutcome | undefined {
    if (order.trade_state !== 'SUCCESS' && order.trade_state !== 'REFUND') {
      return refused('ORDERNOTEXIST', '订单不存在或未支付，不能退款');
    }
    const paidMs = parseBeijingTime(order.payment?.time_end ?? '') ?? 0;
    if (clock.now() >= paidMs + LATEST_REFUND_MS) return refused('TRADE_OVERDUE', '订单已经超过可退款的最大期限');
    if (refund_fee > total_fee) return failed('invalid refund_fee');
    if (total_fee !== order.total_fee) return refused('REFUND_FEE_MISMATCH', WORDS_FOR_MISMATCH);
    const earlier = refunds.of(order);
    const left = earlier.reduce((rest, refund) => rest - refund.refund_fee, order.total_fee);
    // The manual has no codes for these. ERROR is its business error, with the reason in err_code_des.
    if (left === 0) return refused('ERROR', '订单已全额退款');
    if (refund_fee > left) return refused('ERROR', '累计退款金额大于支付金额');
    if (earlier.length >= MOST_REFUNDS) return refused('ERROR', `部分退款次数超过 ${MOST_REFUNDS} 次`);
    return undefined;
  }

  function take(call: PayCall, order: Order, out_refund_no: string, refund_fee: number): Refund {
    const refund: Refund = {
      order,
      request: call.parameters,
      out_refund_no,
      refund_id: newRefundId({ clock, random }),
      refund_fee,
      createdMs: clock.now(),
      refund_status: 'PROCESSING',
    };
    refunds.add(refund);
    order.trade_state = 'REFUND';
    timers.after(refundDelayMs, () => finish(refund));
    return refund;
  }

  function finish(refund: Refund): Promise<void> | undefined {
    refund.refund_status = 'SUCCESS';
    refund.successMs = clock.now();
    const { order, out_refund_no, refund_fee, request } = refund;
    const { out_trade_no, merchant } = order;
    tell({ type: 'refunded', mch_id: merchant.mch_id, out_trade_no, out_refund_no, refund_fee });
    const notify_url = request.get('notify_url');
    return notify_url === undefined ? undefined : notices.send(refundNotice(refund, notify_url, random));
  }

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES, ORDER_NUMBERS);
    if (problem !== undefined) return problem;
    const order = orders.findMeant(call, parameters);
    if (order === undefined) {
      return parameters.has('transaction_id')
        ? refused('INVALID_TRANSACTIONID', '无效 transaction_id')
        : refused('ORDERNOTEXIST', '订单不存在');
    }
    const out_refund_no = parameters.get('out_refund_no') ?? '';
    const refund_fee = Number(parameters.get('refund_fee'));
    const earlier = refunds.find(call, out_refund_no);
    const refusal =
      earlier === undefined
        ? judgeOrder(order, Number(parameters.get('total_fee')), refund_fee)
        : judgeRepeat(earlier, order, parameters);
    if (refusal !== undefined) return refusal;
    const refund = earlier ?? take(call, order, out_refund_no, refund_fee);
    const repeated = earlier !== undefined;
    const { out_trade_no } = order;
    tell({ type: 'refund', mch_id: merchant.mch_id, out_trade_no, out_refund_no, refund_fee, repeated });
    return done(answerFields(refund));
  };
}

/** A refund is possible for a year after the payment (manual: 申请退款). */
const LATEST_REFUND_MS = 365 * 24 * 60 * 60 * 1000;

/** The largest number of refunds of one order (manual: 申请退款). */
const MOST_REFUNDS = 50;

const WORDS_FOR_MISMATCH = '订单金额或退款金额与之前请求不一致，请核实后再试';

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  { ...OUT_REFUND_NO, required: always },
  { name: 'total_fee', required: always, form: AMOUNT },
  { name: 'refund_fee', required: always, form: AMOUNT },
  TRANSACTION_ID,
  { ...OUT_TRADE_NO, required: never },
  { name: 'refund_fee_type', required: never, form: FEE_TYPE },
  { name: 'refund_desc', required: never, form: REFUND_DESC },
  { name: 'refund_account', required: never, form: REFUND_ACCOUNT },
  { ...NOTIFY_URL, required: never },
  { name: 'detail', required: never, form: JSON_OBJECT },
];

/** Checks a number that was used before: the call repeats that refund, or is an error. It is never a second refund. */
function judgeRepeat(earlier: Refund, order: Order, again: Parameters): CallOutcome | undefined {
  for (const name of ['total_fee', 'refund_fee']) {
    if (earlier.request.get(name) !== again.get(name)) return refused('REFUND_FEE_MISMATCH', WORDS_FOR_MISMATCH);
  }
  const names = new Set([...earlier.request.keys(), ...again.keys()]);
  // A retry may name the order by its other number, and sign with the other algorithm.
  for (const name of ['nonce_str', 'sign', 'sign_type', 'transaction_id', 'out_trade_no']) names.delete(name);
  const same = earlier.order === order && [...names].every((name) => earlier.request.get(name) === again.get(name));
  return same ? undefined : refused('PARAM_ERROR', 'out_refund_no 参数错误：商户退款单号已用于另一笔退款');
}

function answerFields({ order, out_refund_no, refund_id, refund_fee }: Refund): Map<string, string | number> {
  return new Map<string, string | number>([
    ['transaction_id', order.payment?.transaction_id ?? ''],
    ['out_trade_no', order.out_trade_no],
    ['out_refund_no', out_refund_no],
    ['refund_id', refund_id],
    ['refund_fee', refund_fee],
    ['coupon_refund_fee', 0],
    ['coupon_refund_count', 0],
    ['total_fee', order.total_fee],
    ['fee_type', 'CNY'],
    ['cash_fee', order.payment?.cash_fee ?? 0],
    ['cash_refund_fee', refund_fee],
  ]);
}
