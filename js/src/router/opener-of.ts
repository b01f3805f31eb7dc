// The shared part of the routers of both generations: openers of clients, and ids that a stored order must name.
import { configError, WxPayError } from '../errors.js';
import type { NoticeIds } from '../notices/notice.js';
import { type Opened, opener } from '../notices/opener.js';

/** The opener of a client. It is undefined for a wrapper. A copy or a Proxy of a client lacks its private members. */
export function openerOf<Opener>(merchant: { readonly [opener]?: Opener }): Opener | undefined {
  try {
    return merchant[opener];
  } catch {
    throw configError('merchants', 'must be the clients themselves (WechatPay), not a Proxy or a copy of one');
  }
}

/** The ids that the stored order must have: another merchant at this address may use the same number. */
export const mustNameOf = ({ sub_mch_id }: NoticeIds): Opened['mustName'] =>
  sub_mch_id === undefined ? ['mch_id'] : ['mch_id', 'sub_mch_id'];

/** No client of the router fits the notice. */
export function noMerchant(message: string): WxPayError {
  return new WxPayError({ code: 'ERR_MISMATCH', outcome: 'unknown', message, field: 'mch_id' });
}

/** No client has the ids of the notice. */
export const FOREIGN = 'no client is for this notice; compare its appid and mch_id with those of the clients';
