// The calls of APIv3 that settle an order, and what their errors mean.
import type { WxPayError } from '../errors.js';
import type { ApisV3, Order } from '../generated/api-v3.js';
import {
  mayPass,
  type Settlement as SettlementOf,
  type SettleOptions as SettleOptionsOf,
  type SettlingCalls,
  type Verdict,
} from '../orders/settle.js';

/** How an order ended. */
export type Settlement = SettlementOf<Order>;

/** The sub-merchant of an order, for a service provider whose client names none. */
interface Sub {
  sub_mchid?: string | undefined;
  sub_appid?: string | undefined;
}

/** Options of settling. */
export interface SettleOptions extends SettleOptionsOf, Sub {}

/** The calls about one order. */
export const settlingCalls = (
  client: Pick<ApisV3, 'orderQuery' | 'closeOrder' | 'reverse'>,
  out_trade_no: string,
  { sub_mchid, sub_appid }: Sub,
): SettlingCalls<Order> => {
  const params = { out_trade_no, ...(sub_mchid !== undefined && { sub_mchid }) };
  return {
    query: (options) => client.orderQuery(params, options),
    close: (options) => client.closeOrder(params, options),
    // An answer of APIv3 is signed, so a reversal is certain.
    reverse: async (options) => {
      await client.reverse({ ...params, ...(sub_appid !== undefined && { sub_appid }) }, options);
      return true;
    },
    verdict,
  };
};

/** The codes of an order that does not exist, in both spellings. */
const MISSING = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST'];

/** The codes of an order that ended before it was closed or reversed, in both spellings. The next query says how. */
const ENDED = ['ORDER_PAID', 'ORDERPAID', 'ORDER_CLOSED', 'ORDERCLOSED'];

/** WeChat signs no refusal of APIv3, so its code is believed. */
function verdict(error: WxPayError, call: 'query' | 'close' | 'reverse'): Verdict {
  const { err_code = '', status = 0, code } = error;
  if (MISSING.includes(err_code)) return 'missing';
  const isEnded = ENDED.includes(err_code) || (call === 'reverse' && err_code === 'TRADE_ERROR');
  // Where the certificates could not be fetched, no call was sent, and the next one may be.
  const mayPassLater = mayPass(error) || code === 'ERR_TIMEOUT' || status === 429 || status >= 500;
  return mayPassLater || isEnded ? 'unknown' : 'final';
}
