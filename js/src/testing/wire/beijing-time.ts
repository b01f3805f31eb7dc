// WeChat's time strings: yyyyMMddHHmmss in UTC+8, whatever the zone of this machine (manual: 参数规定 4_2).

const UTC_8_MS = 8 * 60 * 60 * 1000;

/** Milliseconds since 1970-01-01 UTC as `yyyyMMddHHmmss` in UTC+8. */
export function formatBeijingTime(timeMs: number): string {
  return new Date(timeMs + UTC_8_MS).toISOString().replaceAll(/[-T:]/g, '').slice(0, 14);
}

/** Milliseconds since 1970-01-01 UTC as `yyyy-MM-dd HH:mm:ss` in UTC+8, as refunds and bills write it. */
export function formatBeijingDateTime(timeMs: number): string {
  return new Date(timeMs + UTC_8_MS).toISOString().replace('T', ' ').slice(0, 19);
}

/** The milliseconds since 1970-01-01 UTC of a `yyyyMMddHHmmss` in UTC+8, or undefined where the text is no such time. */
export function parseBeijingTime(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  // February 30 is moved to March by some readers and refused by others; the way back shows it in both.
  return Number.isNaN(timeMs) || formatBeijingTime(timeMs) !== text ? undefined : timeMs;
}
