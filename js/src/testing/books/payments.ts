// The facts of a new payment, and WeChat's numbers for payments and refunds.

import { createHash } from 'node:crypto';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Order, Payment, Prepay } from './orders.js';

/** A `prepay_id` is good for two hours (manual: 统一下单). */
const PREPAY_MS = 2 * 60 * 60 * 1000;

/** Another prepay id, good from now on. */
export function newPrepay({ clock, random }: { readonly clock: Clock; readonly random: RandomText }): Prepay {
  const nowMs = clock.now();
  return { prepay_id: `wx${formatBeijingTime(nowMs)}${random.hex(20)}`, expiresMs: nowMs + PREPAY_MS };
}

/** Makes the facts of a payment. Without an `openid` the payer comes from the order's other members. */
export function newPayment(
  order: Order,
  openid: string | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: RandomText },
): Payment {
  const time_end = formatBeijingTime(clock.now());
  const sub_openid = order.request.get('sub_openid');
  const payer = sub_openid ?? order.request.get('auth_code');
  return {
    // 28 digits like real ones: 4200, six more, the day, ten more.
    transaction_id: `4200${random.digits(6)}${time_end.slice(0, 8)}${random.digits(10)}`,
    time_end,
    bank_type: 'OTHERS',
    cash_fee: order.total_fee,
    openid: openid ?? (payer === undefined ? '' : openidOf(order.merchant.appid, payer)),
    ...(sub_openid !== undefined && { sub_openid }),
  };
}

/** Makes a refund_id of 29 digits, which contain the day, like real ones. */
export function newRefundId({ clock, random }: { readonly clock: Clock; readonly random: RandomText }): string {
  return `50${random.digits(8)}${formatBeijingTime(clock.now()).slice(0, 8)}${random.digits(11)}`;
}

/** Makes the openid of a payer at a mini program: always the same, 28 characters like real ones. */
export function openidOf(appid: string, payer: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([appid, payer]))
    .digest('base64url');
  return `o${hash.slice(0, 27)}`;
}
