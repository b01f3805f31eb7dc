// Beijing time (UTC+8), in which WeChat Pay writes and reads every time of APIv2.
import { atCaller } from './caller.js';
import { paramError } from './errors.js';

const BEIJING_MS = 8 * 60 * 60 * 1000;

/**
 * A moment as `yyyyMMddHHmmss` in Beijing time (UTC+8), whatever the time zone of this machine: for `time_start` and `time_expire`.
 * Its first eight digits are the day, for `bill_date`. A `Date` in those parameters is written in this way too.
 *
 * @example
 * ```js
 * beijingTime(new Date(1722824020000)) // '20240805101340'
 * ```
 */
export const beijingTime = atCaller(function beijingTime(date: Date): string {
  return timeText('date', date);
});

/** The same for a parameter, which the error names. */
export function timeText(field: string, date: Date): string {
  const ms = isDate(date) ? Date.prototype.getTime.call(date) : Number.NaN;
  const text = new Date(ms + BEIJING_MS);
  // Years from 10000 on are written with a sign.
  if (Number.isNaN(text.getTime()) || !/^\d{4}-/.test(text.toISOString()))
    throw paramError(field, 'must be a valid Date of the years 0 to 9999');
  return text.toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Whether it is a `Date`, also one of another realm. */
export function isDate(value: unknown): value is Date {
  try {
    Date.prototype.getTime.call(value as Date);
    return true;
  } catch {
    return false;
  }
}
