// The members of calls about combined orders (docs: 合单下单, 合单关闭订单). They have names of their own.

import {
  AMOUNT,
  CURRENCY,
  IP,
  LIMIT_PAY,
  MCHID,
  NEW_OUT_TRADE_NO,
  notifyUrl,
  OUT_TRADE_NO,
  TIME,
} from './common-fields.js';
import { flag, integer, list, object, type Rule, text } from './fields.js';
import { H5_INFO } from './order-fields.js';
import type { OrderKind } from './order-kinds.js';

/** The most orders of a service provider, and the limits of other merchants. */
export const MOST_OF_PROVIDER = 50;
export const MOST = 10;
export const LEAST = 2;

/** One of the orders, as the gateway reads it. */
export interface SentSubOrder {
  readonly mchid: string;
  readonly sub_mchid?: string;
  readonly sub_appid?: string;
  readonly attach: string;
  readonly amount: { readonly total_amount: number };
  readonly out_trade_no: string;
  readonly description: string;
  readonly goods_tag?: string;
}

/** The call that places orders, as the gateway reads it. */
export interface SentCombination {
  readonly combine_appid: string;
  readonly combine_out_trade_no: string;
  readonly sub_orders: readonly SentSubOrder[];
  readonly notify_url: string;
  readonly time_expire?: string;
  readonly combine_payer_info?: { readonly openid?: string; readonly sub_openid?: string };
  readonly scene_info?: { readonly payer_client_ip: string; readonly device_id?: string };
}

/** The call that closes orders, as the gateway reads it. */
export interface SentClose {
  readonly combine_appid: string;
  readonly sub_orders: readonly Pick<SentSubOrder, 'mchid' | 'out_trade_no' | 'sub_mchid' | 'sub_appid'>[];
}

/** The body of combined orders of this kind. */
export function combineBody({ name }: OrderKind): Rule {
  const needsScene = name === 'h5';
  const info = { payer_client_ip: IP, ...(needsScene && { h5_info: H5_INFO }) };
  const scene = { scene_info: object(info, { device_id: text(16) }) };
  const payer = { combine_payer_info: object({}, { openid: text(128), sub_openid: text(128) }) };
  return object(
    {
      combine_appid: text(32),
      combine_mchid: MCHID,
      combine_out_trade_no: NEW_OUT_TRADE_NO,
      sub_orders: list(SUB_ORDER, MOST_OF_PROVIDER, 1),
      notify_url: notifyUrl(255),
      ...(name === 'jsapi' && payer),
      ...(needsScene && scene),
    },
    {
      time_start: TIME,
      time_expire: TIME,
      limit_pay: LIMIT_PAY,
      // A browser or a QR code does not know its payer before he pays.
      ...(name === 'app' && payer),
      ...(!needsScene && scene),
    },
  );
}

const SUB_ORDER = object(
  {
    mchid: MCHID,
    attach: text(128),
    amount: object({ total_amount: AMOUNT, currency: CURRENCY }),
    out_trade_no: NEW_OUT_TRADE_NO,
    description: text(127),
  },
  {
    sub_mchid: MCHID,
    sub_appid: text(32),
    goods_tag: text(32),
    detail: text(6000),
    settle_info: object({}, { profit_sharing: flag, subsidy_amount: integer() }),
  },
);

/** The body of the call that closes them. */
export const CLOSE_BODY = object({
  combine_appid: text(32),
  sub_orders: list(
    object({ mchid: MCHID, out_trade_no: OUT_TRADE_NO }, { sub_mchid: MCHID, sub_appid: text(32) }),
    MOST_OF_PROVIDER,
    1,
  ),
});
