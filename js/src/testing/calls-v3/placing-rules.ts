// The rules of every call that places orders: the number, a repeated call, and the end.

import { isDeepStrictEqual } from 'node:util';
import type { TradeState } from '../books/orders.js';
import { formatBeijingTime } from '../wire/beijing-time.js';
import type { JsonObject } from '../wire/json.js';
import { parseRfc3339 } from '../wire/rfc3339.js';
import { NOT_BOUND, OTHER_PARAMETERS, OVER, PAID_ALREADY, problem, type V3Problem } from './problems.js';

/** The mini program and the merchant number do not belong together. */
export const UNBOUND = problem('APPID_MCHID_NOT_MATCH', '商户号和appid没有绑定关系，请检查后再试', NOT_BOUND);

/** Another order has the number. */
export const NUMBER_USED = problem('OUT_TRADE_NO_USED', '商户订单号重复');

/** Another order of a provider has the number. WeChat's words are first. */
export const NUMBER_USED_BY_SUB = problem(
  'OUT_TRADE_NO_USED',
  '商户订单号重复：同一服务商的其他子商户可能已使用该商户订单号，请更换',
);

/** The call repeats a number with other members. */
export const OTHER_CALL = problem(
  'INVALID_REQUEST',
  '请求重入时，参数与首次请求时不一致，请重新核对后再试',
  OTHER_PARAMETERS,
);

/** Why an order in this state is not placed again, or undefined. */
export function judgeRepeat(trade_state: TradeState): V3Problem | undefined {
  if (trade_state === 'SUCCESS' || trade_state === 'REFUND') {
    return problem('ORDER_PAID', '该订单已支付', PAID_ALREADY);
  }
  return trade_state === 'CLOSED' ? problem('ORDER_CLOSED', '该订单已关闭', OVER) : undefined;
}

/** Whether a call repeats another. The docs ask for time_expire in the first call only. */
export function isSameCall(first: JsonObject, again: JsonObject): boolean {
  const { time_expire } = first;
  return isDeepStrictEqual({ time_expire, ...again }, { ...first, time_expire });
}

/** An order lives seven days by default, one minute at least and 15 days at most. */
export function expiry(time_expire: string | undefined, nowMs: number): number {
  const askedMs = time_expire === undefined ? undefined : parseRfc3339(time_expire);
  if (askedMs === undefined) return nowMs + 7 * DAY_MS;
  return Math.min(Math.max(askedMs, nowMs + MINUTE_MS), nowMs + 15 * DAY_MS);
}

/** `time_expire` in the words of APIv2. */
export function expiryText(time_expire: string | undefined): string | undefined {
  const expiresMs = time_expire === undefined ? undefined : parseRfc3339(time_expire);
  return expiresMs === undefined ? undefined : formatBeijingTime(expiresMs);
}

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The words that have a value. */
export function wordsOf(fields: Readonly<Record<string, string | undefined>>): Map<string, string> {
  return new Map(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
}
