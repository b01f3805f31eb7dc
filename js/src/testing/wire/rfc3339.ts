// APIv3's times: RFC 3339 texts, written in UTC+8 whatever the zone of this machine (docs: 基本规则, 日期格式).

const UTC_8_MS = 8 * 60 * 60 * 1000;

/** Milliseconds since 1970-01-01 UTC as `2018-06-08T10:34:56+08:00`. */
export function formatRfc3339(timeMs: number): string {
  return `${new Date(timeMs + UTC_8_MS).toISOString().slice(0, 19)}+08:00`;
}

/** The same with milliseconds, as combined orders have it: `2018-06-08T10:34:56.120+08:00`. */
export function formatRfc3339Ms(timeMs: number): string {
  return `${new Date(timeMs + UTC_8_MS).toISOString().slice(0, 23)}+08:00`;
}

/** The milliseconds since 1970-01-01 UTC of such a text, or undefined. `Z` is understood, and fractions of a second. */
export function parseRfc3339(text: string): number | undefined {
  const [, day = '', time] =
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  const timeMs = Date.parse(text);
  if (time === undefined || Number.isNaN(timeMs)) return undefined;
  // Some readers move February 30 to March.
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  return new Date(dayMs).toISOString().startsWith(day) ? timeMs : undefined;
}
