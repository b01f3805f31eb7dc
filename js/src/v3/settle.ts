// The calls of APIv3 that settle an order, and what their errors mean.
import type { WxPayError } from '../errors.js';
import type { ApisV3, CombinedOrder, Order } from '../generated/api-v3.js';
import type { Names } from '../names.js';
import {
  mayPass,
  SETTLE_OPTIONS as OPTIONS,
  type Settlement as SettlementOf,
  type SettleOptions as SettleOptionsOf,
  type SettlingCalls,
  type Verdict,
} from '../orders/settle.js';

/** How an order ended. */
export type Settlement = SettlementOf<Order>;

/** A combined order with the state that all of its orders have. */
export type SettledCombination = CombinedOrder & Pick<Order, 'trade_state'>;

/** How a combined order ended. */
export type CombinedSettlement = SettlementOf<SettledCombination>;

/** The sub-merchant of an order, for a service provider whose client names none. */
interface Sub {
  sub_mchid?: string | undefined;
  sub_appid?: string | undefined;
}

/** Options of settling. */
export interface SettleOptions extends SettleOptionsOf, Sub {}

/** The names of the options. */
export const SETTLE_OPTIONS: Names<SettleOptions> = { ...OPTIONS, sub_mchid: true, sub_appid: true };

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

/** The calls about one combined order. It is closed with all of its orders, as the query names them. */
export function settlingCombination(
  client: Pick<ApisV3, 'combinedOrderQuery' | 'closeCombinedOrder'>,
  combine_out_trade_no: string,
): SettlingCalls<SettledCombination> {
  let known: CombinedOrder['sub_orders'] = [];
  return {
    async query(options) {
      const order = await client.combinedOrderQuery({ combine_out_trade_no }, options);
      known = order.sub_orders ?? [];
      return { ...order, trade_state: stateOf(known.map(({ trade_state = '' }) => trade_state)) };
    },
    close(options) {
      const sub_orders = (known ?? []).map(({ mchid = '', out_trade_no = '', sub_mchid, sub_appid }) => {
        return { mchid, out_trade_no, sub_mchid, sub_appid };
      });
      return client.closeCombinedOrder({ combine_out_trade_no, sub_orders }, options);
    },
    verdict,
  };
}

/** All orders are paid, or none is. A refund is of one order, which was paid. */
function stateOf(states: readonly string[]): string {
  if (states.length > 0 && states.every((state) => state === 'SUCCESS' || state === 'REFUND')) return 'SUCCESS';
  return states.find((state) => state !== 'CLOSED') ?? 'CLOSED';
}

/** The number of WeChat's inner code for a payment by code that was to be closed. */
const NEEDS_REVERSE = '-268449641';

/** The codes of an order that does not exist, in both spellings. */
const MISSING = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST'];

/** The codes of an order that ended before it was closed or reversed, in both spellings. The next query says how. */
const ENDED = ['ORDER_PAID', 'ORDERPAID', 'ORDER_CLOSED', 'ORDERCLOSED'];

/** WeChat signs no refusal of APIv3, so its code is believed. */
function verdict(error: WxPayError, call: 'query' | 'close' | 'reverse'): Verdict {
  const { err_code = '', status = 0, code, request_id = '' } = error;
  if (call === 'close' && request_id.endsWith(NEEDS_REVERSE)) return 'by code';
  if (MISSING.includes(err_code)) return 'missing';
  const isEnded = ENDED.includes(err_code) || (call === 'reverse' && err_code === 'TRADE_ERROR');
  // A refusal without a code was cut off, or is not WeChat's: it may have been any.
  const isUnread = code === 'ERR_HTTP';
  // Where the certificates could not be fetched, no call was sent, and the next one may be.
  const mayPassLater = mayPass(error) || code === 'ERR_TIMEOUT' || status === 429 || status >= 500;
  return mayPassLater || isUnread || isEnded ? 'unknown' : 'final';
}
