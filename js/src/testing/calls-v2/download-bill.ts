// 下载交易账单: /pay/downloadbill (manual: 下载交易账单). Errors are in English, with a number of their own.

import { booksOf } from '../books/bill-books.js';
import { readBillDay } from '../books/bill-day.js';
import type { OrderBook } from '../books/orders.js';
import type { RefundBook } from '../books/refunds.js';
import { type BillType, tradeBill } from '../books/trade-bill.js';
import type { Tell } from '../events.js';
import type { Clock } from '../wire/clock.js';
import { failed, file } from './outcome.js';
import type { PayEndpoint } from './pay-api.js';

/** The sources of the bills. */
export interface BillParts {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly clock: Clock;
  readonly tell: Tell;
}

/** Makes the endpoint for trade bills. */
export function createDownloadBill(parts: BillParts): PayEndpoint {
  return (call) => {
    const { merchant, parameters } = call;
    const bill_date = parameters.get('bill_date');
    const nonce_str = parameters.get('nonce_str');
    if (nonce_str === undefined || bill_date === undefined) return wrong('missing parameter');
    if ([...nonce_str].length > 32) return wrong('nonce_str too long');
    const bill_type = parameters.get('bill_type') ?? 'ALL';
    if (!isBillType(bill_type)) return wrong('invalid bill_type');
    const tar_type = parameters.get('tar_type');
    if (tar_type !== undefined && tar_type !== 'GZIP') return wrong('invalid tar_type: Only GZIP supported');
    const day = readBillDay(bill_date, parts.clock.now());
    if (day === 'invalid') return wrong('invalid bill_date');
    if (day === 'creating') return failed('Bill Creating', '20002');
    const bill = tradeBill(booksOf(call, parts), day, bill_type);
    parts.tell({ type: 'bill', mch_id: merchant.mch_id, bill_date, bill_type, rows: bill?.rows ?? 0 });
    return bill === undefined ? failed('No Bill Exist', '20002') : file(bill.text, tar_type);
  };
}

const wrong = (return_msg: string) => failed(return_msg, '20001');

function isBillType(text: string): text is BillType {
  return ['ALL', 'SUCCESS', 'REFUND', 'RECHARGE_REFUND', 'REVOKED'].includes(text);
}
