// The orders and refunds of a bill: of a whole merchant number, or of one sub-merchant of a provider.

import type { Order, OrderBook, OrderOwner } from './orders.js';
import type { Refund, RefundBook } from './refunds.js';

/** The orders and refunds of the caller. */
export interface BillBooks {
  readonly orders: readonly Order[];
  readonly refunds: readonly Refund[];
}

/** Selects them. Without a sub-merchant, the bill is that of the whole merchant number. */
export function booksOf(
  caller: OrderOwner,
  { orders, refunds }: { readonly orders: OrderBook; readonly refunds: RefundBook },
): BillBooks {
  const isOwn = ({ merchant, sub_mch_id }: OrderOwner) =>
    merchant.mch_id === caller.merchant.mch_id && (caller.sub_mch_id === undefined || caller.sub_mch_id === sub_mch_id);
  return {
    orders: orders.all().filter(isOwn),
    refunds: refunds.all().filter((refund) => isOwn(refund.order)),
  };
}
