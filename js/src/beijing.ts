// Beijing time (UTC+8). All times in APIv2 use it.
import { atCaller } from './caller.js';
import { paramError } from './errors.js';

/** The distance of Beijing time from UTC, in milliseconds. */
export const BEIJING_MS = 8 * 60 * 60 * 1000;

/**
 * Converts a moment to `yyyyMMddHHmmss` in Beijing time (UTC+8), for `time_start` and `time_expire`. The result does not depend
 * on the time zone of this machine. Its first eight digits are the day, for `bill_date`.
 *
 * These parameters also accept a `Date`, and convert it in the same way.
 *
 * @example
 * ```js
 * beijingTime(new Date(1722824020000)) // '20240805101340'
 * ```
 */
export const beijingTime = atCaller(function beijingTime(date: Date): string {
  return timeText('date', date);
});

/** Converts a parameter as `beijingTime` does. The error names the parameter. */
export function timeText(field: string, date: Date): string {
  const ms = isDate(date) ? Date.prototype.getTime.call(date) : Number.NaN;
  const text = new Date(ms + BEIJING_MS);
  // `toISOString` writes years from 10000 on with a sign.
  if (Number.isNaN(text.getTime()) || !/^\d{4}-/.test(text.toISOString()))
    throw paramError(field, 'must be a valid Date of the years 0 to 9999');
  return text.toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Whether a value is a `Date`. A `Date` of another realm counts too. */
export function isDate(value: unknown): value is Date {
  try {
    Date.prototype.getTime.call(value as Date);
    return true;
  } catch {
    return false;
  }
}
