// The books of combined orders (合单): each by the merchant who combined them, and its number.

import type { Combination, OrderBook, TradeState } from './orders.js';

/** The books. */
export interface CombinationBook {
  /** Adds combined orders, which are in the books of orders too. */
  add(combination: Combination): void;
  find(mch_id: string, combine_out_trade_no: string): Combination | undefined;
}

/** Makes empty books. */
export function createCombinationBook(): CombinationBook {
  const byNumber = new Map<string, Combination>();
  const key = (mch_id: string, combine_out_trade_no: string) => JSON.stringify([mch_id, combine_out_trade_no]);
  return {
    add: (combination) =>
      void byNumber.set(key(combination.merchant.mch_id, combination.combine_out_trade_no), combination),
    find: (mch_id, combine_out_trade_no) => byNumber.get(key(mch_id, combine_out_trade_no)),
  };
}

/** Returns the state that combined orders share until the first refund. */
export function stateOf({ orders }: Combination, book: OrderBook): TradeState {
  // The look-up closes those whose time is over.
  const states = orders.map((order) => book.find(order, order.out_trade_no)?.trade_state);
  return states[0] ?? 'CLOSED';
}
