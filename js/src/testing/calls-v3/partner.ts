// The two parties that call: a merchant for himself, and a service provider (服务商) for one of his sub-merchants.

import { judgeSubMerchant, type Merchants } from '../books/merchants.js';
import type { Order, OrderBook, OrderOwner } from '../books/orders.js';
import { MCHID, SUB_MCHID } from './common-fields.js';
import { type Rules, text } from './fields.js';
import { NO_RELATION, NOT_BOUND, OTHER_SUB_MCHID, OWN_MCHID, problem, type V3Problem } from './problems.js';
import type { V3Call } from './v3-api.js';

/** How the calls of a party look. */
export interface Party {
  /** What the paths begin with. */
  readonly under: string;
  /** The members that name the merchant numbers. */
  readonly numbers: Rules;
  /** The name of the caller's own mini program. */
  readonly appid: 'appid' | 'sp_appid';
  /** The name of the caller's own number. */
  readonly mchid: 'mchid' | 'sp_mchid';
  /** The further members of an order that name mini programs. */
  readonly optional: Rules;
}

/** A merchant for himself. */
export const DIRECT: Party = {
  under: '/v3/pay/transactions',
  numbers: { mchid: MCHID },
  appid: 'appid',
  mchid: 'mchid',
  optional: {},
};

/** A service provider for a sub-merchant. */
export const PARTNER: Party = {
  under: '/v3/pay/partner/transactions',
  numbers: { sp_mchid: MCHID, sub_mchid: SUB_MCHID },
  appid: 'sp_appid',
  mchid: 'sp_mchid',
  optional: { sub_appid: text(32) },
};

/** Both parties. */
export const PARTIES: readonly Party[] = [DIRECT, PARTNER];

/** Whom a call is for. The rules of a direct call have no `sub_mchid`. */
export function ownerOf({ merchant, query, body }: V3Call): OrderOwner {
  const sub_mchid = body.sub_mchid ?? query.sub_mchid;
  return { merchant, sub_mch_id: typeof sub_mchid === 'string' ? sub_mchid : undefined };
}

/** Why a merchant number may not act for a sub-merchant and its mini program, or undefined. */
export function judgeSub(
  merchants: Merchants,
  mch_id: string,
  sub_mchid: string | undefined,
  sub_appid?: string,
): V3Problem | undefined {
  if (sub_mchid === undefined) return undefined;
  if (sub_mchid === mch_id) return problem('PARAM_ERROR', 'sub_mchid不能与sp_mchid相同', OWN_MCHID);
  // The relation is one of merchant numbers, whatever the mini program.
  const ofNumber = merchants.all().filter((one) => one.mch_id === mch_id);
  const found = ofNumber.map((one) => judgeSubMerchant(one, sub_mchid, sub_appid));
  if (found.includes(undefined)) return undefined;
  const isOther = found.some((one) => one?.kind === 'sub_appid of another');
  if (isOther) return problem('APPID_MCHID_NOT_MATCH', 'sub_mchid与sub_appid没有绑定关系，请检查后再试', NOT_BOUND);
  return problem('NO_AUTH', '受理关系不存在', NO_RELATION);
}

/** The owner's order of a number, undefined where there is none, or the problem of another sub-merchant's. */
export function lookUp(
  orders: OrderBook,
  owner: OrderOwner,
  { transaction_id, out_trade_no = '' }: { readonly transaction_id?: string; readonly out_trade_no?: string },
): Order | V3Problem | undefined {
  const { merchant, sub_mch_id } = owner;
  const order =
    transaction_id === undefined
      ? (orders.find(owner, out_trade_no) ?? orders.findOfSub(merchant.mch_id, out_trade_no))
      : orders.findPaid(transaction_id);
  if (order?.merchant.mch_id !== merchant.mch_id) return undefined;
  if (order.sub_mch_id === sub_mch_id) return order;
  // Without a sub-merchant, in a call or in an order, there is nothing to compare.
  if (order.sub_mch_id === undefined || sub_mch_id === undefined) return undefined;
  return problem('INVALID_REQUEST', 'sub_mchid与订单不一致', OTHER_SUB_MCHID);
}
