// WeChat's time strings: yyyyMMddHHmmss in UTC+8, independent of this machine's zone (manual: 参数规定 4_2).

const UTC_8_MS = 8 * 60 * 60 * 1000;

/** Writes milliseconds since 1970-01-01 UTC as `yyyyMMddHHmmss` in UTC+8. */
export function formatBeijingTime(timeMs: number): string {
  return new Date(timeMs + UTC_8_MS).toISOString().replaceAll(/[-T:]/g, '').slice(0, 14);
}

/** Writes milliseconds since 1970-01-01 UTC as `yyyy-MM-dd HH:mm:ss` in UTC+8, for refunds and bills. */
export function formatBeijingDateTime(timeMs: number): string {
  return new Date(timeMs + UTC_8_MS).toISOString().replace('T', ' ').slice(0, 19);
}

/** Reads `yyyyMMddHHmmss` in UTC+8 as milliseconds since 1970-01-01 UTC, or returns undefined for another text. */
export function parseBeijingTime(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  // `Date` may change February 30 to March or refuse it. Writing the result again shows both.
  return Number.isNaN(timeMs) || formatBeijingTime(timeMs) !== text ? undefined : timeMs;
}
