// 查询退款: /pay/refundquery and /pay/refundqueryv2 (manual: 查询退款, mini program).

import type { OrderBook } from '../books/orders.js';
import { type Refund, type RefundBook, refundAccount, refundStatusV2 } from '../books/refunds.js';
import type { Tell } from '../events.js';
import { formatBeijingDateTime } from '../wire/beijing-time.js';
import { done, refused } from './outcome.js';
import {
  checkParameters,
  NONCE_STR,
  never,
  OFFSET,
  ORDER_NUMBERS,
  OUT_REFUND_NO,
  OUT_TRADE_NO,
  type ParameterRule,
  TRANSACTION_ID,
} from './parameters.js';
import type { PayCall, PayEndpoint } from './pay-api.js';

/** Makes the endpoint that returns the states of refunds. */
export function createRefundQuery(parts: {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly tell: Tell;
}): PayEndpoint {
  const { orders, refunds, tell } = parts;

  /** Returns the refunds that the call names. Numbers of a refund have priority, and WeChat's over the merchant's. */
  function findMeant(call: PayCall): readonly Refund[] {
    const { merchant, sub_mch_id, parameters } = call;
    const refund_id = parameters.get('refund_id');
    const out_refund_no = parameters.get('out_refund_no');
    if (refund_id === undefined && out_refund_no === undefined) {
      const order = orders.findMeant(call, parameters);
      return order === undefined ? [] : refunds.of(order);
    }
    const refund = refund_id === undefined ? refunds.find(call, out_refund_no ?? '') : refunds.findById(refund_id);
    const own = refund?.order.merchant === merchant && refund.order.sub_mch_id === sub_mch_id;
    return own ? [refund] : [];
  }

  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES, NUMBERS);
    if (problem !== undefined) return problem;
    const found = findMeant(call);
    const offset = Number(parameters.get('offset') ?? 0);
    const page = found.slice(offset, offset + PAGE);
    const [first] = page;
    if (first === undefined) return refused('REFUNDNOTEXIST', '退款单不存在');
    const { order } = first;
    const fields = new Map<string, string | number>([
      ['transaction_id', order.payment?.transaction_id ?? ''],
      ['out_trade_no', order.out_trade_no],
      ['total_fee', order.total_fee],
      ['fee_type', 'CNY'],
      ['cash_fee', order.payment?.cash_fee ?? 0],
      ['refund_count', page.length],
    ]);
    const byOrder = !parameters.has('refund_id') && !parameters.has('out_refund_no');
    if (byOrder) fields.set('total_refund_count', found.length);
    for (const [n, refund] of page.entries()) {
      for (const [name, value] of refundFields(refund)) fields.set(`${name}_${n}`, value);
    }
    const { out_trade_no } = order;
    tell({ type: 'refundquery', mch_id: merchant.mch_id, out_trade_no, refund_count: page.length });
    return done(fields);
  };
}

/** An answer has ten refunds at most (manual: 查询退款, offset). */
const PAGE = 10;

const NUMBERS = ['refund_id', 'out_refund_no', ...ORDER_NUMBERS];

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  { ...OUT_REFUND_NO, required: never },
  TRANSACTION_ID,
  { ...OUT_TRADE_NO, required: never },
  { name: 'offset', required: never, form: OFFSET },
];

/** Returns the members of one refund, with its index in each name. `accout` is WeChat's spelling. */
function refundFields(refund: Refund): Map<string, string | number> {
  const { out_refund_no, refund_id, refund_fee, successMs, receiver } = refund;
  const fields = new Map<string, string | number>([
    ['out_refund_no', out_refund_no],
    ['refund_id', refund_id],
    ['refund_channel', receiver?.channel ?? 'ORIGINAL'],
    ['refund_fee', refund_fee],
    ['coupon_refund_fee', 0],
    ['coupon_refund_count', 0],
    ['refund_status', refundStatusV2(refund)],
    ['refund_account', refundAccount(refund)],
    ['refund_recv_accout', receiver?.account ?? '支付用户零钱'],
  ]);
  return successMs === undefined ? fields : fields.set('refund_success_time', formatBeijingDateTime(successMs));
}
