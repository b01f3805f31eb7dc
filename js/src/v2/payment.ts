// The second signature: the argument of wx.requestPayment and of its two relatives in the browser.

import { atCaller } from '../caller.js';
import { paramError, textFault } from '../errors.js';
import { checkCount, isThere, type Names } from '../names.js';
import { own } from '../own.js';
import * as core from '../wasm/messages.js';
import { isWellFormed } from '../well-formed.js';
import { checkedKey, isHmac, plainKey, type SignType } from './signing.js';

/** The values that are signed for the payer's phone. The server knows all of them; nothing comes from the client. */
export interface PrepayOptions {
  /** The `appid` that ordered. */
  appId: string;
  /** The `prepay_id` of the unified order, valid for two hours. */
  prepay_id: string;
  /** The merchant's APIv2 key. */
  key: string;
  /** The sign type of the order. This signature must use the same sign type. Default `MD5`. */
  signType?: SignType | undefined;
  /** Seconds since 1970 (not milliseconds). Default now. */
  timeStamp?: number | string | undefined;
  /** At most 32 letters, digits, `_` and `-`. Default a fresh nonce. */
  nonceStr?: string | undefined;
}

/** The argument of `wx.requestPayment` (小程序调起支付API). It has no `appId`. */
export interface RequestPayment {
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: SignType;
  paySign: string;
}

/** The argument of `getBrandWCPayRequest` of the `WeixinJSBridge`. */
export interface BridgePayment extends RequestPayment {
  appId: string;
}

/** The argument of `wx.chooseWXPay` of the JSSDK: `timestamp` in lower case. */
export interface JssdkPayment extends Omit<RequestPayment, 'timeStamp'> {
  timestamp: string;
}

/** Signs an order for `wx.requestPayment`. */
export const requestPayment = atCaller(function requestPayment(given: PrepayOptions): RequestPayment {
  if (typeof given !== 'object' || given === null) throw paramError('options', 'must be an object');
  const options = own(given);
  checkMembers(given, options);
  const { signType = 'MD5' } = options;
  const hmac = isHmac(signType);
  const { timeStamp: seconds = Math.floor(Date.now() / 1000) } = options;
  if (typeof seconds !== 'number' && typeof seconds !== 'string')
    throw paramError('timeStamp', 'must be seconds since 1970; use Math.floor(Date.now() / 1000)');
  const timeStamp = String(seconds);
  if (timeStamp.length > 32) throw unfit('timeStamp');
  const { appId, prepay_id, nonceStr, key } = options;
  const nonce = nonceStr === undefined ? '' : plain('nonceStr', nonceStr);
  const texts = {
    appId: plain('appId', appId),
    prepay_id: plain('prepay_id', prepay_id),
    timeStamp,
    nonceStr: nonce,
    key: checkedKey(key),
  };
  const signed = signature(texts, hmac);
  return {
    timeStamp,
    nonceStr: signed.nonceStr,
    package: `prepay_id=${prepay_id}`,
    signType,
    paySign: signed.paySign,
  };
});

function checkMembers(
  given: PrepayOptions,
  { appId, prepay_id, key, signType, timeStamp, nonceStr }: PrepayOptions,
): void {
  const needed = isThere(appId) + isThere(prepay_id) + isThere(key);
  const values = needed + isThere(signType) + isThere(timeStamp) + isThere(nonceStr);
  checkCount(given, values, PREPAY, REFUSING);
}

const PREPAY: Names<PrepayOptions> = {
  appId: true,
  prepay_id: true,
  key: true,
  signType: true,
  timeStamp: true,
  nonceStr: true,
};
const REFUSING = { error: paramError };

function signature(texts: core.PrepayTexts, hmac: boolean): { nonceStr: string; paySign: string } {
  try {
    return core.requestPayment(texts, hmac);
  } catch (error) {
    // The Rust code reports a forbidden character in the text, but not the member.
    plainKey(texts.key);
    for (const field of ['appId', 'prepay_id', 'timeStamp', 'nonceStr'] as const) {
      if (texts[field].includes('\0') || !isWellFormed(texts[field])) throw unfit(field);
    }
    throw error;
  }
}

/** Signs an order for the JSAPI bridge inside WeChat's browser: the same members, and `appId`. */
export const bridgePayment = atCaller(function bridgePayment(options: PrepayOptions): BridgePayment {
  const payment = requestPayment(options);
  return { appId: options.appId, ...payment };
});

/** Signs an order for the JSSDK inside WeChat's browser, where `timeStamp` is spelled `timestamp`. */
export const jssdkPayment = atCaller(function jssdkPayment(options: PrepayOptions): JssdkPayment {
  const { timeStamp, ...rest } = requestPayment(options);
  return { timestamp: timeStamp, ...rest };
});

function plain(field: string, value: unknown): string {
  const fault = textFault(value);
  if (fault !== undefined) throw paramError(field, fault);
  if ((value as string).length > 256) throw unfit(field);
  return value as string;
}

function unfit(field: string): Error {
  return paramError(field, 'is too long, or contains a character that XML does not allow; remove it');
}
