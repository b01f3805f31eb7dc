// The payment in an app on the payer's phone: the form of the call, and its signature (docs: APP调起支付).

import type { Order } from './books/orders.js';
import { payeeOf } from './books/orders.js';
import { own } from './own.js';
import type { V3Keys } from './server/v3-keys.js';
import { isSignedWith, readSignType } from './wire/sign.js';
import { signedLines } from './wire/sign-v3.js';

/** What an app passes to WeChat's SDK, spelled as in the manual. */
export interface AppPayParams {
  appid: string;
  /** The merchant number, or that of the sub-merchant. */
  partnerid: string;
  prepayid: string;
  /** `Sign=WXPay`. */
  package: string;
  /** At most 32 characters. */
  noncestr: string;
  /** Seconds since 1970-01-01 UTC, as a text of 10 digits. */
  timestamp: string;
  /** The signature: in APIv3 over AppID, time, nonce and the bare prepay id; in APIv2 over the six others. */
  sign: string;
}

/** Reads the call. The caller may be JavaScript, so every type is checked. Returns the fault as text. */
export function readAppPayment(given: AppPayParams): AppPayParams | string {
  const payment = own<AppPayParams>(Object(given), MEMBERS);
  const missing = MEMBERS.find((name) => typeof payment[name] !== 'string' || payment[name] === '');
  if (missing !== undefined) return `缺少参数: ${missing} must be a string that is not empty`;
  if (payment.package !== 'Sign=WXPay') return '参数错误: package must be Sign=WXPay';
  if (!/^\d{10}$/.test(payment.timestamp)) return '参数错误: timestamp must be 10 digits, in seconds';
  return payment.noncestr.length > 32 ? '参数错误: noncestr has more than 32 characters' : payment;
}

/** Returns why the call is not the order's, or undefined. */
export function judgeAppPayment(order: Order, payment: AppPayParams, keys: () => V3Keys): string | undefined {
  const payee = payeeOf(order);
  const partnerid = order.combination === undefined ? (order.sub_mch_id ?? payee.mch_id) : payee.mch_id;
  if (payment.partnerid !== partnerid) return '商户号不一致: partnerid is not the merchant number of the order';
  const signType = readSignType(order.signType);
  if (signType !== undefined) {
    const fields = new Map(MEMBERS.map((name) => [name, payment[name]]));
    if (isSignedWith(payment.sign, fields, payee.key, signType)) return undefined;
    return '支付验证签名失败: sign is not the signature of appid, noncestr, package, partnerid, prepayid and timestamp';
  }
  const signed = signedLines(payment.appid, payment.timestamp, payment.noncestr, payment.prepayid);
  if (keys().isSignedBy(payee.mch_id, signed, payment.sign)) return undefined;
  return '支付验证签名失败: sign is not the RSA signature of the lines appid, timestamp, noncestr and prepayid';
}

const MEMBERS = ['appid', 'partnerid', 'prepayid', 'package', 'noncestr', 'timestamp', 'sign'] as const;
