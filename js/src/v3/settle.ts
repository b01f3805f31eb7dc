// The calls of APIv3 that settle an order, and what their errors mean.
import type { WxPayError } from '../errors.js';
import type { ApisV3, Order } from '../generated/api-v3.js';
import { mayPass, type Settlement as SettlementOf, type SettlingCalls, type Verdict } from '../orders/settle.js';

/** How an order ended. */
export type Settlement = SettlementOf<Order>;

/** The calls about one order. */
export const settlingCalls = (
  client: Pick<ApisV3, 'orderQuery' | 'closeOrder'>,
  out_trade_no: string,
): SettlingCalls<Order> => ({
  query: (options) => client.orderQuery({ out_trade_no }, options),
  close: (options) => client.closeOrder({ out_trade_no }, options),
  verdict,
});

/** The codes of an order that does not exist, in both spellings. */
const MISSING = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST'];

/** The codes of an order that ended before it was closed, in both spellings. The next query says how. */
const ENDED = ['ORDER_PAID', 'ORDERPAID', 'ORDER_CLOSED', 'ORDERCLOSED'];

/** WeChat signs no refusal of APIv3, so its code is believed. */
function verdict(error: WxPayError): Verdict {
  const { err_code = '', status } = error;
  if (MISSING.includes(err_code)) return 'missing';
  return mayPass(error) || status === 429 || ENDED.includes(err_code) ? 'unknown' : 'final';
}
