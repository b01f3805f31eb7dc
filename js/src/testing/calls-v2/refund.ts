// 申请退款: /secapi/pay/refund and /secapi/pay/refundv2 (manual: 申请退款, mini program).

import type { Order, OrderBook } from '../books/orders.js';
import { MOST_REFUNDS, type Refunding, type RefundObstacle } from '../books/refunding.js';
import type { Refund, RefundBook } from '../books/refunds.js';
import type { Tell } from '../events.js';
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
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint that takes refunds. Its success says that the refund was taken, not that the money is back. */
export function createRefund(parts: {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly refunding: Refunding;
  readonly tell: Tell;
}): PayEndpoint {
  const { orders, refunds, refunding, tell } = parts;

  function judgeOrder(order: Order, total_fee: number, refund_fee: number): CallOutcome | undefined {
    const obstacle = refunding.judge(order, total_fee, refund_fee);
    return obstacle && OBSTACLES[obstacle];
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
    const refund = earlier ?? refunding.take({ order, request: parameters, out_refund_no, refund_fee });
    const repeated = earlier !== undefined;
    const { out_trade_no } = order;
    tell({ type: 'refund', mch_id: merchant.mch_id, out_trade_no, out_refund_no, refund_fee, repeated });
    return done(answerFields(refund));
  };
}

const WORDS_FOR_MISMATCH = '订单金额或退款金额与之前请求不一致，请核实后再试';

/** The manual has no code of its own for the last three. Its ERROR, business error, leaves the reason to err_code_des. */
const OBSTACLES: Record<RefundObstacle, CallOutcome> = {
  'not paid': refused('ORDERNOTEXIST', '订单不存在或未支付，不能退款'),
  'too late': refused('TRADE_OVERDUE', '订单已经超过可退款的最大期限'),
  'more than the order': failed('invalid refund_fee'),
  'another total': refused('REFUND_FEE_MISMATCH', WORDS_FOR_MISMATCH),
  'all refunded': refused('ERROR', '订单已全额退款'),
  'more than is left': refused('ERROR', '累计退款金额大于支付金额'),
  'too many refunds': refused('ERROR', `部分退款次数超过 ${MOST_REFUNDS} 次`),
};

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
