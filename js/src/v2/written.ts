// Parameters that JavaScript has as objects: a Date for a time, an object for JSON. Each becomes text before anything is signed.
import { isDate, timeText } from '../beijing.js';
import { paramError } from '../errors.js';
import { WRITTEN_FIELDS, type WrittenAs } from '../generated/api.js';

/** The parameters of a call, with text in place of those objects. */
export function written(api: string, params: object): object {
  if (!isObject(params) || !Object.hasOwn(WRITTEN_FIELDS, api)) return params;
  const objects = Object.entries(WRITTEN_FIELDS[api] ?? {}).filter(
    ([name]) => Object.hasOwn(params, name) && isObject(params[name]),
  );
  if (objects.length === 0) return params;
  return { ...params, ...Object.fromEntries(objects.map(([name, form]) => [name, textOf(name, params[name], form)])) };
}

function textOf(name: string, value: unknown, form: WrittenAs): unknown {
  if (form === 'json') return jsonOf(name, value);
  // Any other object is refused with its name where all parameters become text.
  if (!isDate(value)) return value;
  const time = timeText(name, value);
  return form === 'day' ? time.slice(0, 8) : time;
}

function jsonOf(name: string, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw paramError(name, 'cannot be written as JSON; check for bigint values and circles');
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
