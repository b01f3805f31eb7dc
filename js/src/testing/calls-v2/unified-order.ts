// 统一下单: /pay/unifiedorder (manual: 统一下单, mini program).

import type { Order, OrderBook, Prepay } from '../books/orders.js';
import { browserUrl, codeUrl, newPrepay } from '../books/payments.js';
import type { Tell } from '../events.js';
import { parseBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import { type CallOutcome, done, failed, refused } from './outcome.js';
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
  NOTIFY_URL,
  never,
  OUT_TRADE_NO,
  type ParameterRule,
  type Parameters,
  TIME,
  TRADE_TYPE,
} from './parameters.js';
import type { PayCall, PayEndpoint } from './pay-api.js';

/** Makes the endpoint for orders. */
export function createUnifiedOrder(parts: {
  readonly orders: OrderBook;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
  /** Returns whether the payer has logged in to another mini program, but not to this one. */
  readonly isOfAnother: (appid: string, openid: string) => boolean;
}): PayEndpoint {
  const { orders, clock, random, tell, isOfAnother } = parts;

  /** Places the order of a call whose number is new. Returns the reason if it cannot be placed. */
  function placeOrder(call: PayCall, out_trade_no: string): PrepaidOrder | CallOutcome {
    const time_expire = call.parameters.get('time_expire');
    const tooShort = judgeExpiry(call.parameters, clock.now());
    if (tooShort !== undefined) return tooShort;
    const [openid, sub_openid, sub_appid] = ['openid', 'sub_openid', 'sub_appid'].map(
      (name) => call.parameters.get(name) ?? '',
    ) as [string, string, string];
    if (isOfAnother(call.merchant.appid, openid)) return failed('appid and openid not match');
    if (isOfAnother(sub_appid, sub_openid)) return failed('sub_appid and sub_openid not match');
    const prepay = newPrepay({ clock, random });
    const order: Order = {
      merchant: call.merchant,
      sub_mch_id: call.sub_mch_id,
      signType: call.signType,
      request: call.parameters,
      trade_type: call.parameters.get('trade_type') ?? '',
      out_trade_no,
      total_fee: Number(call.parameters.get('total_fee')),
      createdMs: clock.now(),
      expiresMs: time_expire === undefined ? undefined : parseBeijingTime(time_expire),
      prepay,
      trade_state: 'NOTPAY',
    };
    orders.add(order);
    return { order, prepay };
  }

  /** Returns the earlier order of the number, if this call repeats it and it can still be paid. */
  function repeatOrder(call: PayCall, order: Order): PrepaidOrder | CallOutcome {
    if (order.trade_state === 'SUCCESS' || order.trade_state === 'REFUND') return refused('ORDERPAID', '该订单已支付');
    if (order.trade_state === 'CLOSED') return refused('ORDERCLOSED', '该订单已关闭');
    if (!isSameOrder(order.request, call.parameters)) return refused('INVALID_REQUEST', '201 商户订单号重复');
    let { prepay } = order;
    if (prepay === undefined || prepay.expiresMs <= clock.now()) {
      prepay = newPrepay({ clock, random });
      orders.addPrepay(order, prepay);
    }
    return { order, prepay };
  }

  return (call) => {
    const problem = checkParameters(call.parameters, RULES);
    if (problem !== undefined) return problem;
    const out_trade_no = call.parameters.get('out_trade_no') ?? '';
    const earlier = orders.find(call, out_trade_no);
    const placed = earlier === undefined ? placeOrder(call, out_trade_no) : repeatOrder(call, earlier);
    if ('kind' in placed) return placed;

    const { mch_id } = call.merchant;
    const { order, prepay } = placed;
    const { prepay_id } = prepay;
    tell({
      type: 'order',
      mch_id,
      out_trade_no,
      total_fee: order.total_fee,
      prepay_id,
      repeated: earlier !== undefined,
    });
    return done(answerFields(call.parameters.get('trade_type') ?? '', prepay_id));
  };
}

interface PrepaidOrder {
  readonly order: Order;
  readonly prepay: Prepay;
}

const isFor = (trade_type: string) => (parameters: Parameters) => parameters.get('trade_type') === trade_type;

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  BODY,
  ...MORE,
  { ...OUT_TRADE_NO, required: always },
  { name: 'total_fee', required: always, form: AMOUNT },
  { ...IP_ADDRESS, required: always },
  { ...NOTIFY_URL, required: always },
  { name: 'trade_type', required: always, form: TRADE_TYPE },
  // A service provider names the payer by the openid of its own mini program, or of the sub-merchant's.
  {
    name: 'openid',
    required: (parameters) => isFor('JSAPI')(parameters) && !parameters.has('sub_openid'),
    missing: 'JSAPI支付必须传openid',
    longest: 128,
  },
  { name: 'sub_appid', required: (parameters) => parameters.has('sub_openid') },
  { name: 'product_id', required: isFor('NATIVE'), longest: 32 },
  { name: 'fee_type', required: never, form: FEE_TYPE },
  { name: 'time_start', required: never, form: TIME },
  { name: 'time_expire', required: never, form: TIME },
];

/**
 * Returns whether a call repeats an order: only `nonce_str` and `sign` may differ. `time_expire` may be missing, since the manual
 * asks for it in the first call only. Another value is a changed order.
 */
function isSameOrder(first: Parameters, again: Parameters): boolean {
  const names = new Set([...first.keys(), ...again.keys()]);
  for (const name of names) {
    if (name === 'nonce_str' || name === 'sign') continue;
    if (name === 'time_expire' && !again.has(name)) continue;
    if (first.get(name) !== again.get(name)) return false;
  }
  return true;
}

function answerFields(trade_type: string, prepay_id: string): Map<string, string> {
  const fields = new Map([
    ['prepay_id', prepay_id],
    ['trade_type', trade_type],
  ]);
  if (trade_type === 'NATIVE') fields.set('code_url', codeUrl(prepay_id));
  if (trade_type === 'MWEB') fields.set('mweb_url', browserUrl(prepay_id));
  return fields;
}
