// The members that several calls of APIv3 have (docs: 小程序下单, 申请退款).

import { isIP } from 'node:net';
import { isNotifyUrl } from '../wire/notify-url.js';
import { parseRfc3339 } from '../wire/rfc3339.js';
import { flag, form, integer, list, missing, object, oneOf, text } from './fields.js';
import { NO_SUB_MCHID } from './problems.js';

/** A merchant number. */
export const MCHID = text(32);

/** The number of a sub-merchant, in a call that needs one. */
export const SUB_MCHID = missing(NO_SUB_MCHID, text(32));

/** A number of the merchant's own for a new order. */
export const NEW_OUT_TRADE_NO = text(32, form(/^[0-9A-Za-z_\-|*]{6,32}$/, 'should be 6 to 32 of 0-9A-Za-z_-|*'));

/** The number of an earlier order. APIv2 may have placed it, with its shorter numbers and its `@`. */
export const OUT_TRADE_NO = text(32, form(/^[0-9A-Za-z_\-|*@]{1,32}$/, 'should be 1 to 32 of 0-9A-Za-z_-|*@'));

/** A number of the merchant's own for a refund. */
export const OUT_REFUND_NO = text(64, form(/^[0-9A-Za-z_\-|*@]+$/, 'should be of 0-9A-Za-z_-|*@'));

/** WeChat's number of a payment. */
export const TRANSACTION_ID = text(32, form(/^\w+$/, 'should be digits'));

/** An amount that is moved, in fen. */
export const AMOUNT = integer(1);

/** The one currency of domestic merchants. */
export const CURRENCY = oneOf('CNY');

/** Where a notice goes. */
export const notifyUrl = (longest: number) =>
  text(longest, { accepts: isNotifyUrl, says: 'should be an http or https URL without a query' });

/** A time. */
export const TIME = text(64, {
  accepts: (value) => parseRfc3339(value) !== undefined,
  says: 'should be a time of RFC 3339 such as 2018-06-08T10:34:56+08:00',
});

/** The address of a payer's or a till's device. */
export const IP = text(45, { accepts: (value) => isIP(value) !== 0, says: 'should be an IPv4 or IPv6 address' });

/** The ways to pay that are allowed. */
export const LIMIT_PAY = list(oneOf('no_balance', 'no_credit', 'no_debit', 'balance_only'), 4);

/** Whether the money is shared out later. */
export const SETTLE_INFO = object({}, { profit_sharing: flag });
