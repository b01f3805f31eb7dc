// 付款码支付: /pay/micropay (manual: 付款码支付).

import { type Order, paymentFields, repeatedFields } from '../books/orders.js';
import { createTill, PAY_CODE, type TillParts } from '../books/pay-codes.js';
import { type CallOutcome, done, refused } from './outcome.js';
import {
  AMOUNT,
  always,
  BODY,
  checkParameters,
  FEE_TYPE,
  IP_ADDRESS,
  judgeExpiry,
  MORE,
  NONCE_STR,
  never,
  OUT_TRADE_NO,
  type ParameterRule,
  TIME,
} from './parameters.js';
import type { PayCall, PayEndpoint } from './pay-api.js';

/** Makes the endpoint for payments by the code on the payer's phone. They have no notice. */
export function createMicropay(parts: TillParts): PayEndpoint {
  const { orders, clock } = parts;
  const till = createTill(parts);

  return (call) => {
    const { merchant, sub_mch_id, signType, parameters } = call;
    const problem = checkParameters(parameters, RULES) ?? judgeExpiry(parameters, clock.now());
    if (problem !== undefined) return problem;
    const auth_code = parameters.get('auth_code') ?? '';
    if (!PAY_CODE.test(auth_code)) return refused('AUTH_CODE_INVALID', '请扫描微信支付被扫条码/二维码');
    const out_trade_no = parameters.get('out_trade_no') ?? '';
    const earlier = orders.find(call, out_trade_no);
    if (earlier !== undefined) return judgeRepeat(earlier, call, auth_code);
    const total_fee = Number(parameters.get('total_fee'));
    const asked = { merchant, sub_mch_id, signType, request: parameters, out_trade_no, total_fee };
    const { order, decision } = till.scan(asked);
    if (decision.result === 'USERPAYING') return USERPAYING;
    if (decision.result === 'FAIL') return refused(decision.err_code, decision.err_code_des ?? '支付失败');
    const fields = new Map<string, string | number>([...paymentFields(order), ['out_trade_no', out_trade_no]]);
    for (const [name, value] of repeatedFields(order, ['attach'])) fields.set(name, value);
    return done(fields);
  };
}

const USERPAYING = refused('USERPAYING', '需要用户输入支付密码');

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  BODY,
  ...MORE,
  { ...OUT_TRADE_NO, required: always },
  { name: 'total_fee', required: always, form: AMOUNT },
  { ...IP_ADDRESS, required: always },
  { name: 'auth_code', required: always, longest: 128 },
  { name: 'fee_type', required: never, form: FEE_TYPE },
  { name: 'time_start', required: never, form: TIME },
  { name: 'time_expire', required: never, form: TIME },
];

/** Refuses a number that was used before. A number works once; then the caller queries, or uses another. */
function judgeRepeat(earlier: Order, call: PayCall, auth_code: string): CallOutcome {
  if (earlier.merchant !== call.merchant) return refused('OUT_TRADE_NO_USED', '商户订单号重复');
  if (earlier.trade_state === 'SUCCESS' || earlier.trade_state === 'REFUND') {
    return refused('ORDERPAID', '该订单已支付');
  }
  if (earlier.trade_state === 'CLOSED') return refused('ORDERCLOSED', '该订单已关闭');
  if (earlier.trade_state === 'REVOKED') return refused('ORDERREVERSED', '该订单已撤销');
  const samePayer = earlier.request.get('auth_code') === auth_code;
  if (earlier.trade_state === 'USERPAYING' && samePayer) return USERPAYING;
  return refused('OUT_TRADE_NO_USED', '商户订单号重复');
}
