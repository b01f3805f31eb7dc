// The day of a bill: the days that have one, and the time when it is made (manual: 下载交易账单).

import { formatBeijingTime, parseBeijingTime } from '../wire/beijing-time.js';

/** A Beijing day with a bill. Times are in milliseconds since 1970-01-01 UTC. */
export interface BillDay {
  readonly startMs: number;
  /** The first moment of the next day. */
  readonly endMs: number;
  /** The time when the bill was made. Later events do not change it. */
  readonly issuedMs: number;
}

/** Reads a `bill_date`. Returns why it has no bill: it is not over, too long ago, or not a day. */
export function readBillDay(bill_date: string, nowMs: number): BillDay | 'invalid' | 'creating' {
  const startMs = /^\d{8}$/.test(bill_date) ? parseBeijingTime(`${bill_date}000000`) : undefined;
  if (startMs === undefined) return 'invalid';
  const endMs = startMs + DAY_MS;
  if (endMs > nowMs || bill_date < dayMonthsAgo(nowMs, KEPT_MONTHS)) return 'invalid';
  const issuedMs = endMs + ISSUE_MS;
  return nowMs < issuedMs ? 'creating' : { startMs, endMs, issuedMs };
}

/** Returns the Beijing day `months` months ago, as `yyyyMMdd`. A day that the month lacks sorts after its last one. */
export function dayMonthsAgo(nowMs: number, months: number): string {
  const today = formatBeijingTime(nowMs);
  const count = Number(today.slice(0, 4)) * 12 + Number(today.slice(4, 6)) - 1 - months;
  const month = String((count % 12) + 1).padStart(2, '0');
  return `${Math.floor(count / 12)}${month}${today.slice(6, 8)}`;
}

/** Bills and comments are kept for three months (manual: 下载交易账单, 拉取订单评价数据). */
export const KEPT_MONTHS = 3;

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Bills are made at nine in the morning of the next day (manual: 下载交易账单). */
const ISSUE_MS = 9 * HOUR_MS;
