// The members that several calls of APIv3 have (docs: 小程序下单, 申请退款).

import { isNotifyUrl } from '../wire/notify-url.js';
import { form, integer, oneOf, text } from './fields.js';

/** A merchant number. */
export const MCHID = text(32);

/** A number of the merchant's own for an order. */
export const OUT_TRADE_NO = text(32, form(/^[0-9A-Za-z_\-|*]{6,32}$/, 'should be 6 to 32 of 0-9A-Za-z_-|*'));

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
