// What the gateway tells its listener: one event for each thing that happened, good for one printed line each.

import type { Forgery } from './notices/forgery.js';

/** One thing that happened at the gateway. `timeMs` is by the gateway's clock. No event ever holds a key or a secret. */
export type GatewayEvent = { readonly timeMs: number } & GatewayHappening;

/** What happened, told apart by `type`. Amounts are in fen. */
export type GatewayHappening =
  /** `wx.login` gave a code. */
  | { type: 'login'; appid: string; openid: string }
  /** code2Session was answered; `errcode` 0 stands for success. */
  | { type: 'session'; appid: string; openid?: string; errcode: number }
  /** An access token was asked for; `errcode` 0 stands for success. */
  | { type: 'token'; appid: string; errcode: number }
  /** The getPhoneNumber button returned a code. */
  | { type: 'phonecode'; appid: string }
  /** A phone number was asked for; `errcode` 0 stands for success. */
  | { type: 'phonenumber'; appid: string; errcode: number }
  /** A unified order was taken; `repeated` where the same order was sent before. */
  | { type: 'order'; mch_id: string; out_trade_no: string; total_fee: number; prepay_id: string; repeated: boolean }
  /** An order was queried. */
  | { type: 'query'; mch_id: string; out_trade_no: string; trade_state: string }
  /** An order was closed by its merchant. */
  | { type: 'close'; mch_id: string; out_trade_no: string }
  /** A refund was taken; `repeated` where the same refund was asked for before. */
  | {
      type: 'refund';
      mch_id: string;
      out_trade_no: string;
      out_refund_no: string;
      refund_fee: number;
      repeated: boolean;
    }
  /** A refund reached its payer. */
  | { type: 'refunded'; mch_id: string; out_trade_no: string; out_refund_no: string; refund_fee: number }
  /** The refunds of an order were queried; `refund_count` stand in the answer. */
  | { type: 'refundquery'; mch_id: string; out_trade_no: string; refund_count: number }
  /** A pay code was scanned; the state says what became of the order. */
  | { type: 'micropay'; mch_id: string; out_trade_no: string; total_fee: number; trade_state: string }
  /** A pay-code order was reversed. */
  | { type: 'reverse'; mch_id: string; out_trade_no: string; recall: 'Y' | 'N' }
  /** The address of a Native code was shortened. */
  | { type: 'shorturl'; mch_id: string; short_url: string }
  /** The payer of a pay code was asked for. */
  | { type: 'authcode'; mch_id: string; openid: string }
  /** A bill was fetched; `rows` without head and summary. */
  | { type: 'bill'; mch_id: string; bill_date: string; bill_type: string; rows: number }
  /** Comments were fetched. */
  | { type: 'comments'; mch_id: string; rows: number }
  /** A call was reported by its merchant. */
  | { type: 'report'; mch_id: string; interface_url: string }
  /** The sandbox key was given out. */
  | { type: 'signkey'; mch_id: string }
  /**
   * A call was refused; `reason` is WeChat's `return_msg` or `err_code` with its description. For a page of a foreign origin
   * and for a foreign `Host` it says what was wrong and which option lets them in.
   */
  | { type: 'refused'; path: string; reason: string }
  /**
   * A call met a failure that was asked for, by its `kind`, or that came by chance, by the name of its rate. The path of a
   * notice is its `notify_url`. `about`: the caller's own numbers of what it was about, `mch_id` first (at the log-in `appid`).
   */
  | { type: 'fault'; path: string; kind: string; about: readonly string[] }
  /** Somebody tried to pay; `transaction_id` and the order's members are there where the payment went through. */
  | { type: 'pay'; errMsg: string; out_trade_no?: string; transaction_id?: string; total_fee?: number }
  /**
   * A notice was sent; `result` says how the merchant answered, `nextAttemptMs` when the notice is sent again. Where its host
   * is not allowed, `result` begins with `not sent` and names the host and the option.
   */
  | {
      type: 'notice';
      out_trade_no: string;
      out_refund_no?: string;
      notify_url: string;
      /** There where it is a forged one. */
      forged?: Forgery;
      attempt: number;
      accepted: boolean;
      result: string;
      nextAttemptMs?: number;
    };

/** Tells the listener, in the gateway's own time. */
export type Tell = (happening: GatewayHappening) => void;

/** Makes the teller. A listener that throws is ignored: it prints, and WeChat's answers do not depend on a printer. */
export function createTell(onEvent: ((event: GatewayEvent) => void) | undefined, now: () => number): Tell {
  return (happening) => {
    try {
      onEvent?.({ timeMs: now(), ...happening });
    } catch {
      // See above.
    }
  };
}
