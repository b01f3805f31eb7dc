// Orders in the words of APIv3, as its answers and its notices show them, whichever generation placed them.

import { parseBeijingTime } from '../wire/beijing-time.js';
import type { JsonObject } from '../wire/json.js';
import { formatRfc3339, formatRfc3339Ms } from '../wire/rfc3339.js';
import { type Combination, type Order, TRADE_STATE_WORDS } from './orders.js';

/** An order as the query shows it. The payer and `attach` are shown once it is paid. */
export function orderMembers(order: Order): JsonObject {
  const { out_trade_no, trade_state, total_fee } = order;
  return {
    ...payeeMembers(order),
    out_trade_no,
    trade_state,
    trade_state_desc: TRADE_STATE_WORDS[trade_state],
    amount: { total: total_fee, currency: 'CNY', payer_currency: 'CNY' },
    promotion_detail: [],
    ...paymentMembers(order),
  };
}

/** Mini program and merchant of an order, and of its sub-merchant, if it has one. */
export function payeeMembers({ merchant, sub_mch_id, request }: Order): JsonObject {
  const { appid, mch_id } = merchant;
  if (sub_mch_id === undefined) return { appid, mchid: mch_id };
  return { sp_appid: appid, sp_mchid: mch_id, ...subMembers(sub_mch_id, request) };
}

/** The merchant numbers of an order. */
export function numberMembers({ merchant, sub_mch_id }: Order): JsonObject {
  if (sub_mch_id === undefined) return { mchid: merchant.mch_id };
  return { sp_mchid: merchant.mch_id, sub_mchid: sub_mch_id };
}

/** The members of a paid order, with an amount that is `more` fen larger where a forger changed it. */
export function paymentMembers(order: Order, more = 0): JsonObject {
  const { payment, request } = order;
  if (payment === undefined) return {};
  return {
    transaction_id: payment.transaction_id,
    trade_type: order.trade_type,
    bank_type: payment.bank_type,
    ...(request.has('attach') && { attach: request.get('attach') }),
    success_time: formatRfc3339(parseBeijingTime(payment.time_end) ?? 0),
    payer: payerMembers(order),
    amount: {
      total: order.total_fee + more,
      payer_total: payment.cash_fee + more,
      currency: 'CNY',
      payer_currency: 'CNY',
    },
    ...(request.has('device_info') && { scene_info: { device_id: request.get('device_info') } }),
    promotion_detail: [],
  };
}

/** Combined orders as their query and their notice show them. */
export function combinationMembers(combination: Combination, more = 0): JsonObject {
  const { merchant, combine_out_trade_no, orders } = combination;
  const [first] = orders;
  const device_id = first?.request.get('device_info');
  return {
    combine_appid: merchant.appid,
    combine_mchid: merchant.mch_id,
    combine_out_trade_no,
    ...(device_id !== undefined && { scene_info: { device_id } }),
    sub_orders: orders.map((order) => subOrderMembers(order, more)),
    ...(first?.payment && { combine_payer_info: { openid: first.payment.openid } }),
  };
}

/** Combined orders have names of their own for amounts, and milliseconds. */
function subOrderMembers(order: Order, more: number): JsonObject {
  const { merchant, sub_mch_id, request, out_trade_no, trade_state, total_fee, payment } = order;
  const paid = payment && {
    transaction_id: payment.transaction_id,
    trade_type: order.trade_type,
    bank_type: payment.bank_type,
    attach: request.get('attach'),
    success_time: formatRfc3339Ms(parseBeijingTime(payment.time_end) ?? 0),
    ...(payment.sub_openid !== undefined && { sub_openid: payment.sub_openid }),
  };
  return {
    mchid: merchant.mch_id,
    ...(sub_mch_id !== undefined && subMembers(sub_mch_id, request)),
    out_trade_no,
    trade_state,
    amount: {
      total_amount: total_fee + more,
      currency: 'CNY',
      ...(payment && { payer_amount: payment.cash_fee + more, payer_currency: 'CNY' }),
    },
    promotion_detail: [],
    ...paid,
  };
}

function subMembers(sub_mchid: string, request: Order['request']): JsonObject {
  return { ...(request.has('sub_appid') && { sub_appid: request.get('sub_appid') }), sub_mchid };
}

function payerMembers({ sub_mch_id, payment }: Order): JsonObject {
  const openid = payment?.openid;
  if (sub_mch_id === undefined) return { openid };
  return { sp_openid: openid, ...(payment?.sub_openid !== undefined && { sub_openid: payment.sub_openid }) };
}
