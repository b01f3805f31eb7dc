// The opener of a routed client, and the error for a notice that no client is for.
import { configError, WxPayError } from '../errors.js';
import { opener } from '../notices/opener.js';

/** The opener of a client. It is undefined for a wrapper. A copy or a Proxy of a client lacks its private members. */
export function openerOf<Opener>(merchant: { readonly [opener]?: Opener }): Opener | undefined {
  try {
    return merchant[opener];
  } catch {
    throw configError('merchants', 'must be the clients themselves (WechatPay), not a Proxy or a copy of one');
  }
}

/** No client of the router fits the notice. */
export function noMerchant(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_MISMATCH', outcome: 'unknown', message, field: 'mch_id' });
}

/** No client has the ids of the notice. */
export const FOREIGN = 'no client is for this notice; compare its appid and mch_id with those of the clients';
