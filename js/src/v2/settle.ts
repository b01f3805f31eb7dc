// The calls of APIv2 that settle an order, and what their errors mean.
import type { WxPayError } from '../errors.js';
import type {
  CloseOrder,
  CloseOrderAnswer,
  OrderQuery,
  OrderQueryAnswer,
  Reverse,
  ReverseAnswer,
} from '../generated/api.js';
import type { CallOptions } from '../http/call-options.js';
import { mayPass, type Settlement as SettlementOf, type SettlingCalls, type Verdict } from '../orders/settle.js';
import { errCode } from './err-code.js';

/** How an order ended. */
export type Settlement = SettlementOf<OrderQueryAnswer>;

/** The part of a client that settles orders. */
interface Client {
  orderQuery(params: OrderQuery, options?: CallOptions): Promise<OrderQueryAnswer>;
  closeOrder(params: CloseOrder, options?: CallOptions): Promise<CloseOrderAnswer>;
  reverse(params: Reverse, options?: CallOptions): Promise<ReverseAnswer>;
}

/** The calls about one order. */
export const settlingCalls = (client: Client, out_trade_no: string): SettlingCalls<OrderQueryAnswer> => ({
  query: (options) => client.orderQuery({ out_trade_no }, options),
  close: (options) => client.closeOrder({ out_trade_no }, options),
  reverse: async (options) => (await client.reverse({ out_trade_no }, options)).recall !== 'Y',
  verdict,
});

/** WeChat's codes for an order that it cannot reverse now: unknown or refunded. The next query says which. */
const CANNOT_REVERSE = ['TRADE_ERROR', 'INVALID_TRANSACTIONID'];

function verdict(error: WxPayError, call: 'query' | 'close' | 'reverse'): Verdict {
  // An attacker on the network can write the unsigned err_code of an ERR_REFUSED.
  const err_code = error.code === 'ERR_FAILED' ? (error.err_code ?? '') : '';
  if (err_code === 'ORDERNOTEXIST') return 'missing';
  const isAskedAgain = error.code === 'ERR_FAILED' && error.recall === 'Y';
  const isMendable = (call === 'reverse' ? CANNOT_REVERSE : ['ORDERCLOSED']).includes(err_code);
  return mayPass(error) || isAskedAgain || isPassing(error) || isMendable ? 'unknown' : 'final';
}

/** Whether an unsigned refusal may pass: WeChat is busy, or its code is not documented. */
function isPassing({ code, err_code = '', return_msg = '' }: WxPayError): boolean {
  const isUndocumented = err_code !== '' && errCode(err_code) === undefined;
  return code === 'ERR_REFUSED' && (isUndocumented || /频率|频繁|frequen|too (fast|many)/i.test(err_code + return_msg));
}
