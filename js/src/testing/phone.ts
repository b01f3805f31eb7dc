// The payer's phone: wx.requestPayment, and WeChat's checks before a payment (manual: 小程序调起支付).

import { type AppPayParams, judgeAppPayment, readAppPayment } from './app-payment.js';
import { type Order, type OrderBook, paidTogether, payeeOf } from './books/orders.js';
import { newPayment } from './books/payments.js';
import { judgeApp, mayBePayer } from './call-up.js';
import type { Tell } from './events.js';
import type { NoticeDesk } from './notices/desk.js';
import type { Letters } from './notices/letters.js';
import { own } from './own.js';
import type { V3KeyStore } from './server/v3-keys.js';
import type { Clock } from './wire/clock.js';
import type { RandomText } from './wire/random.js';
import { isSignedWith, readSignType } from './wire/sign.js';
import { signedLines } from './wire/sign-v3.js';

/** The parameters of `wx.requestPayment`. */
export interface RequestPaymentParams {
  /** Seconds since 1970-01-01 UTC, as a text of 10 digits, not a number. */
  timeStamp: string;
  /** At most 32 characters. */
  nonceStr: string;
  /** `prepay_id=` followed by the id. */
  package: string;
  /** The order's `sign_type`. Default MD5. */
  signType?: string | undefined;
  /** The signature over `appId` and the four above. */
  paySign: string;
}

/** A payment on a phone: the parameters, and the ids of the phone. */
export interface PayParams extends RequestPaymentParams {
  /** The mini program that runs on the phone. */
  appId: string;
  /** The user of the phone. Default the order's payer. */
  openid?: string | undefined;
}

/** The result of `wx.requestPayment`. */
export interface PayResult {
  /** `requestPayment:ok`, or `requestPayment:fail` and the reason. */
  errMsg: string;
}

/** The parts of the gateway that the phone needs. */
export interface PhoneParts {
  /** The books of production and of the sandbox. */
  readonly books: readonly OrderBook[];
  readonly notices: NoticeDesk;
  readonly letters: Letters;
  readonly v3Keys: V3KeyStore;
  readonly clock: Clock;
  readonly random: RandomText;
  readonly tell: Tell;
}

/** The phone. Its results do not wait for the notice. */
export interface Phone {
  /** Acts as `wx.requestPayment`. */
  requestPayment(payment: PayParams): PayResult;
  /** Acts as WeChat's SDK in an app. */
  payInApp(payment: AppPayParams): PayResult;
  /** Pays an order of any kind and those that are paid with it, without a check of a signature. */
  payOrder(order: Order): PayResult;
  /** Refuses to pay. An order in USERPAYING has failed then; any other can still be paid. */
  refuseOrder(order: Order): PayResult;
}

/** Makes the phone. */
export function createPhone(parts: PhoneParts): Phone {
  const { books, notices, letters, v3Keys, clock, random, tell } = parts;

  /** Returns the order to pay, or the reason why it cannot be paid. */
  function judge(payment: PayParams): Order | string {
    const form = checkForm(payment);
    if (form !== undefined) return form;
    const found = findPrepay(payment.package.slice(PACKAGE_PREFIX.length));
    if (found === undefined) return NO_ORDER;
    const { order, expiresMs } = found;
    const { appId, openid, paySign, signType = 'MD5' } = payment;
    const foreign = judgeApp(order, appId);
    if (foreign !== undefined) return foreign;
    if (order.trade_type !== 'JSAPI') return '交易类型不符: the trade_type of the order is not JSAPI';
    if (signType !== order.signType) {
      return `支付验证签名失败: signType must be the sign_type of the order, ${order.signType}`;
    }
    const forged = judgeSignature(order, payment, paySign);
    if (forged !== undefined) return forged;
    const over = judgeState(order, expiresMs);
    if (over !== undefined) return over;
    if (openid !== undefined && !mayBePayer(order, appId, openid)) {
      return '支付者与下单时不一致: openid is not the openid of the order';
    }
    return order;
  }

  /** Why `paySign` is not that of the order's merchant. */
  function judgeSignature(order: Order, payment: PayParams, paySign: string): string | undefined {
    const { signType } = order;
    const merchant = payeeOf(order);
    if (signType !== 'RSA') {
      const isRight = isSignedWith(paySign, signedFields(payment, signType), merchant.key, signType);
      if (isRight) return undefined;
      return '支付验证签名失败: paySign is not the signature of appId, nonceStr, package, signType and timeStamp';
    }
    const signed = signedLines(payment.appId, payment.timeStamp, payment.nonceStr, payment.package);
    if (v3Keys.loaded().isSignedBy(merchant.mch_id, signed, paySign)) return undefined;
    return '支付验证签名失败: paySign is not the RSA signature of the lines appId, timeStamp, nonceStr and package';
  }

  function findPrepay(prepay_id: string): { order: Order; expiresMs: number } | undefined {
    return books.map((book) => book.findPrepay(prepay_id)).find((one) => one !== undefined);
  }

  /** Why an order cannot be paid any more. */
  function judgeState({ trade_state, trade_type, json }: Order, expiresMs: number): string | undefined {
    if (trade_state === 'SUCCESS' || trade_state === 'REFUND') return '该订单已支付: the order is paid';
    if (trade_state === 'CLOSED') return '该订单已关闭: the order is closed';
    if (trade_state !== 'NOTPAY' && trade_state !== 'USERPAYING') return `订单状态错误: the order is ${trade_state}`;
    if (expiresMs > clock.now()) return undefined;
    const isAddress = trade_type === 'MWEB' && json !== undefined;
    return `订单已过期: the ${isAddress ? 'h5_url is older than five minutes' : 'prepay_id is older than two hours'}`;
  }

  function pay(order: Order): PayResult {
    const errMsg = 'requestPayment:ok';
    for (const one of paidTogether(order)) {
      const paid = newPayment(one, one.request.get('openid'), { clock, random });
      const { out_trade_no, total_fee } = one;
      books.find((book) => book.find(one, out_trade_no) === one)?.pay(one, paid);
      tell({ type: 'pay', errMsg, out_trade_no, transaction_id: paid.transaction_id, total_fee });
    }
    // A pay-code order has no notice.
    const notice = order.request.has('notify_url') ? letters.payment(order) : undefined;
    if (notice !== undefined) notices.send(notice);
    return { errMsg };
  }

  function fail(reason: string): PayResult {
    const errMsg = `requestPayment:fail ${reason}`;
    tell({ type: 'pay', errMsg });
    return { errMsg };
  }

  return {
    requestPayment(payment) {
      // A value that is not an object has no members, so it is refused below.
      const order = judge(own<PayParams>(Object(payment), PAYMENT_MEMBERS));
      return typeof order === 'string' ? fail(order) : pay(order);
    },
    payInApp(given) {
      const payment = readAppPayment(given);
      if (typeof payment === 'string') return fail(payment);
      const found = findPrepay(payment.prepayid);
      if (found === undefined) return fail(NO_ORDER);
      const { order, expiresMs } = found;
      const isApp = order.trade_type === 'APP' ? undefined : '交易类型不符: the trade_type of the order is not APP';
      const fault = judgeApp(order, payment.appid) ?? isApp ?? judgeAppPayment(order, payment, v3Keys.loaded);
      const over = fault ?? judgeState(order, expiresMs);
      return over === undefined ? pay(order) : fail(over);
    },
    payOrder(order) {
      const over = judgeState(order, order.prepay?.expiresMs ?? Number.POSITIVE_INFINITY);
      return over === undefined ? pay(order) : fail(over);
    },
    refuseOrder(order) {
      const over = judgeState(order, Number.POSITIVE_INFINITY);
      if (over !== undefined) return fail(over);
      if (order.trade_state === 'USERPAYING') order.trade_state = 'PAYERROR';
      return fail('cancel');
    },
  };
}

const NO_ORDER = '订单不存在: no order has this prepay_id';

const PACKAGE_PREFIX = 'prepay_id=';

const PAYMENT_MEMBERS = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign', 'openid'] as const;

/** Returns the fault that a phone finds without WeChat. The caller may be JavaScript, so every type is checked. */
function checkForm(payment: PayParams): string | undefined {
  const { appId, timeStamp, nonceStr, package: packageText, signType, paySign, openid }: Partial<Untyped> = payment;
  if (typeof appId !== 'string' || appId === '') return '调用支付JSAPI缺少参数: appId';
  if (typeof timeStamp !== 'string' || !/^\d{10}$/.test(timeStamp)) {
    return '调用支付JSAPI缺少参数: timeStamp must be a string of 10 digits, the seconds since 1970';
  }
  if (typeof nonceStr !== 'string' || nonceStr === '' || [...nonceStr].length > 32) {
    return '调用支付JSAPI缺少参数: nonceStr must be a string of 1 to 32 characters';
  }
  if (typeof packageText !== 'string' || !/^prepay_id=./.test(packageText)) {
    return '调用支付JSAPI缺少参数: package must be a string, prepay_id= and the prepay_id';
  }
  if (
    signType !== undefined &&
    signType !== 'RSA' &&
    (signType === '' || readSignType(String(signType)) !== signType)
  ) {
    return '调用支付JSAPI缺少参数: signType must be MD5, HMAC-SHA256 or RSA';
  }
  if (typeof paySign !== 'string' || paySign === '') return '调用支付JSAPI缺少参数: paySign';
  if (openid !== undefined && typeof openid !== 'string') return '支付者与下单时不一致: openid must be a string';
  return undefined;
}

type Untyped = Record<keyof PayParams, unknown>;

function signedFields({ appId, nonceStr, package: packageText, timeStamp }: PayParams, signType: string) {
  return new Map([
    ['appId', appId],
    ['nonceStr', nonceStr],
    ['package', packageText],
    ['signType', signType],
    ['timeStamp', timeStamp],
  ]);
}
