// Taking the money: the facts of a payment, and the numbers that WeChat gives out for money that moves.

import { createHash } from 'node:crypto';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Order, Payment } from './orders.js';

/** What becomes known of an order now that it is paid. Without an `openid` the payer is found by what else names him. */
export function newPayment(
  order: Order,
  openid: string | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: RandomText },
): Payment {
  const time_end = formatBeijingTime(clock.now());
  const sub_openid = order.request.get('sub_openid');
  const payer = sub_openid ?? order.request.get('auth_code');
  return {
    // 28 digits as real ones have: 4200, six more, the day, ten more.
    transaction_id: `4200${random.digits(6)}${time_end.slice(0, 8)}${random.digits(10)}`,
    time_end,
    bank_type: 'OTHERS',
    cash_fee: order.total_fee,
    openid: openid ?? (payer === undefined ? '' : openidOf(order.merchant.appid, payer)),
    ...(sub_openid !== undefined && { sub_openid }),
  };
}

/** A number for money that goes back: 29 digits as real ones have, the day among them. */
export function newRefundId({ clock, random }: { readonly clock: Clock; readonly random: RandomText }): string {
  return `50${random.digits(8)}${formatBeijingTime(clock.now()).slice(0, 8)}${random.digits(11)}`;
}

/** The same payer has the same openid at the same mini program, 28 characters as real ones have. */
export function openidOf(appid: string, payer: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([appid, payer]))
    .digest('base64url');
  return `o${hash.slice(0, 27)}`;
}
