// The events of the gateway for its listener. Each fits on one printed line.

import type { Fake } from './notices/forgery.js';

/** One event of the gateway. `timeMs` is by the gateway's clock. No event contains a key or a secret. */
export type GatewayEvent = { readonly timeMs: number } & GatewayHappening;

/** The kinds of events, by `type`. Amounts are in fen. */
export type GatewayHappening =
  /** `wx.login` returned a code. */
  | { type: 'login'; appid: string; openid: string }
  /** code2Session was answered. `errcode` 0 means success. */
  | { type: 'session'; appid: string; openid?: string; errcode: number }
  /** An access token was requested. `errcode` 0 means success. */
  | { type: 'token'; appid: string; errcode: number }
  /** The getPhoneNumber button returned a code. */
  | { type: 'phonecode'; appid: string }
  /** A phone number was requested. `errcode` 0 means success. */
  | { type: 'phonenumber'; appid: string; errcode: number }
  /** A unified order was accepted. `repeated`: the same order was sent before. */
  | { type: 'order'; mch_id: string; out_trade_no: string; total_fee: number; prepay_id: string; repeated: boolean }
  /** An order was queried. */
  | { type: 'query'; mch_id: string; out_trade_no: string; trade_state: string }
  /** An order was closed by its merchant. */
  | { type: 'close'; mch_id: string; out_trade_no: string }
  /** A refund was accepted. `repeated`: the same refund was requested before. */
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
  /** The money of a refund came back: the refund is abnormal. */
  | { type: 'abnormal'; mch_id: string; out_trade_no: string; out_refund_no: string; refund_fee: number }
  /** An abnormal refund was sent another way. `way` is the `type` of the call. */
  | { type: 'redirect'; mch_id: string; out_trade_no: string; out_refund_no: string; way: string }
  /** The refunds of an order were queried. `refund_count` of them are in the answer. */
  | { type: 'refundquery'; mch_id: string; out_trade_no: string; refund_count: number }
  /** A pay code was scanned. `trade_state` is the state of the order. */
  | { type: 'micropay'; mch_id: string; out_trade_no: string; total_fee: number; trade_state: string }
  /** A pay-code order was reversed. */
  | { type: 'reverse'; mch_id: string; out_trade_no: string; recall: 'Y' | 'N' }
  /** The address of a Native code was shortened. */
  | { type: 'shorturl'; mch_id: string; short_url: string }
  /** The payer of a pay code was queried. */
  | { type: 'authcode'; mch_id: string; openid: string }
  /** A bill was fetched. `rows` counts neither the header nor the summary. */
  | { type: 'bill'; mch_id: string; bill_date: string; bill_type: string; rows: number }
  /** Comments were fetched. */
  | { type: 'comments'; mch_id: string; rows: number }
  /** A call was reported by its merchant. */
  | { type: 'report'; mch_id: string; interface_url: string }
  /** The sandbox key was returned. */
  | { type: 'signkey'; mch_id: string }
  /**
   * A call was refused. `reason` is WeChat's `return_msg`, or `err_code` with its description. For a foreign origin or `Host` it
   * names the option that allows it.
   */
  | { type: 'refused'; path: string; reason: string }
  /**
   * A call failed on demand or by chance. `kind` is the kind of the failure, or the name of its rate. The path of a notice is its
   * `notify_url`. `about`: the caller's own ids and numbers, `mch_id` first (`appid` for the log-in).
   */
  | { type: 'fault'; path: string; kind: string; about: readonly string[] }
  /** A payer tried to pay. If the payment succeeded, `transaction_id` and the order's members are set. */
  | { type: 'pay'; errMsg: string; out_trade_no?: string; transaction_id?: string; total_fee?: number }
  /**
   * A notice was sent. `result` is the merchant's answer, `nextAttemptMs` the time of the next attempt. If its host is not allowed,
   * `result` begins with `not sent` and names the host and the option.
   */
  | {
      type: 'notice';
      out_trade_no: string;
      out_refund_no?: string;
      notify_url: string;
      /** Set if it is forged. */
      forged?: Fake;
      attempt: number;
      accepted: boolean;
      result: string;
      nextAttemptMs?: number;
    };

/** Sends an event to the listener, with the gateway's own time. */
export type Tell = (happening: GatewayHappening) => void;

/** Makes the function that sends events. Errors of the listener are ignored: they must not change WeChat's answers. */
export function createTell(onEvent: ((event: GatewayEvent) => void) | undefined, now: () => number): Tell {
  return (happening) => {
    try {
      onEvent?.({ timeMs: now(), ...happening });
    } catch {
      // Ignored, as the comment of the function says.
    }
  };
}
