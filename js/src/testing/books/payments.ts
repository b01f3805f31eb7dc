// The facts of a new payment, and WeChat's numbers for payments and refunds.

import { createHash } from 'node:crypto';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Order, Payment, Prepay } from './orders.js';

/** What new facts are made with. */
export interface PaymentParts {
  readonly clock: Clock;
  readonly random: RandomText;
}

/** A `prepay_id` is good for two hours (manual: 统一下单). */
const PREPAY_MS = 2 * 60 * 60 * 1000;

/** Another prepay id, good from now on. */
export function newPrepay({ clock, random }: PaymentParts, lifeMs = PREPAY_MS): Prepay {
  const nowMs = clock.now();
  return { prepay_id: `wx${formatBeijingTime(nowMs)}${random.hex(20)}`, expiresMs: nowMs + lifeMs };
}

/** Makes the text of a Native order's QR code. */
export function codeUrl(prepay_id: string): string {
  return `weixin://wxpay/bizpayurl?pr=${prepay_id.slice(-9)}`;
}

/** Makes the address that a browser opens to pay an H5 order. */
export function browserUrl(prepay_id: string): string {
  const query = new URLSearchParams({ prepay_id, package: prepay_id.slice(-9) });
  return `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?${query}`;
}

/** Makes the facts of a payment. Without an `openid` the payer comes from the order's other members. */
export function newPayment(order: Order, openid: string | undefined, { clock, random }: PaymentParts): Payment {
  const { merchant, request, json, combination } = order;
  const time_end = formatBeijingTime(clock.now());
  // In APIv3 the payer of a code or a page is somebody too, who is the same for combined orders.
  const somebody = json && (combination?.combine_out_trade_no ?? order.out_trade_no);
  const payer = request.get('sub_openid') ?? request.get('auth_code') ?? somebody;
  const known = openid ?? (payer === undefined ? '' : openidOf(merchant.appid, payer));
  const sub_appid = request.get('sub_appid');
  // APIv3 shows the payer in both mini programs where the order names both.
  const derived = json && sub_appid !== undefined ? openidOf(sub_appid, known) : undefined;
  const sub_openid = request.get('sub_openid') ?? derived;
  return {
    // 28 digits like real ones: 4200, six more, the day, ten more.
    transaction_id: `4200${random.digits(6)}${time_end.slice(0, 8)}${random.digits(10)}`,
    time_end,
    bank_type: 'OTHERS',
    cash_fee: order.total_fee,
    openid: known,
    ...(sub_openid !== undefined && { sub_openid }),
  };
}

/** Returns a copy of an order as if it were paid now, together with those that are paid with it. */
export function asPaid(order: Order, parts: PaymentParts): Order {
  const paid = (one: Order): Order => ({
    ...one,
    payment: one.payment ?? newPayment(one, one.request.get('openid'), parts),
  });
  const { combination } = order;
  if (combination === undefined) return paid(order);
  return { ...order, combination: { ...combination, orders: combination.orders.map(paid) } };
}

/** Makes a refund_id of 29 digits, which contain the day, like real ones. */
export function newRefundId({ clock, random }: PaymentParts): string {
  return `50${random.digits(8)}${formatBeijingTime(clock.now()).slice(0, 8)}${random.digits(11)}`;
}

/** Makes the openid of a payer at a mini program: always the same, 28 characters like real ones. */
export function openidOf(appid: string, payer: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([appid, payer]))
    .digest('base64url');
  return `o${hash.slice(0, 27)}`;
}
