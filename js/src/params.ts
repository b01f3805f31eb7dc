// Params on the JavaScript side: what a value may be, and what is wrong with one that none can be.
import { paramError } from './errors.js';

/** What a field may hold. Numbers must be safe integers; `null`, `undefined` and the empty text stand for an absent field. */
export type Value = string | number | bigint | boolean | null | undefined;

/** The fields of one message, by WeChat's names. */
export type Params = Readonly<Record<string, Value>>;

/** Every field of a message as text. It inherits nothing, so no name of a field can be taken for a member of `Object`. */
export type Fields = Record<string, string>;

/** Packed parameters: the list of their names as the core made it, and NUL before each value in the order in which they came. */
export interface PackedParams {
  list: Uint8Array;
  values: string;
}

/** The field that no message can carry, after the core or the encoder found that there is one. */
export function malformed(params: object): Error | undefined {
  for (const [name, value] of Object.entries(params)) {
    const text = `${name}${typeof value === 'string' ? value : ''}`;
    if (text.includes('\0')) return paramError(name, 'holds a NUL character, which no message can carry');
    if (!text.isWellFormed()) return paramError(name, 'holds half of a surrogate pair, which is no character');
  }
  return undefined;
}
