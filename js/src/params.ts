// Params on the JavaScript side: what a value may be, and how fields are packed and unpacked.
import { paramError } from './errors.js';

/** What a field may hold. Numbers must be safe integers; `null`, `undefined` and the empty text stand for an absent field. */
export type Value = string | number | bigint | boolean | null | undefined;

/** The fields of one message, by WeChat's names. */
export type Params = Readonly<Record<string, Value>>;

/** Every field of a message as text. It inherits nothing, so no name of a field can be taken for a member of `Object`. */
export type Fields = Record<string, string>;

/** Packed fields: NUL before each name and each value, and how many fields they are. */
export interface PackedParams {
  text: string;
  fields: number;
}

/**
 * The names of the last parameters, in their order of arrival, and their order and packed form. A backend sends the same kinds of
 * messages again and again, and comparing names is cheaper than sorting them.
 */
let last: { names: string[]; sorted: string[]; packed: string[] } = { names: [], sorted: [], packed: [] };

/** The most characters of all parameters together. */
const PARAMS_LENGTH = 2 ** 21;

/** Packs fields for the core. What cannot be a field's value is refused with its name. */
export function pack(params: object): PackedParams {
  if (!isPlain(params)) throw paramError('params', 'must be a plain object of names and values');
  const names = Object.keys(params);
  if (!isSame(names, last.names)) {
    const sorted = [...names].sort();
    last = { names, sorted, packed: sorted.map((name) => `\0${name}\0`) };
  }
  // A getter among the values may call in here again and replace what was last.
  const { sorted, packed } = last;
  let text = '';
  let fields = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    const name = sorted[index] as string;
    const value = (params as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === '') continue;
    text += packed[index] + (typeof value === 'string' ? value : textOf(name, value));
    fields += 1;
  }
  if (text.length > PARAMS_LENGTH)
    throw paramError('params', `are larger than ${PARAMS_LENGTH} characters, which no message is`);
  return { text, fields };
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

// The names of the fields that were unpacked last, and the text they stood in.
let known: { head: string; names: string[] } = { head: '', names: [] };

/** Turns packed fields, names before values, into an object without any inherited member. */
export function unpack(text: string, from: number): Fields {
  if (known.head === '' || !text.startsWith(known.head, from)) {
    const head = text.slice(from, text.indexOf('\u0001', from) + 1);
    const fresh = new Bare();
    for (const name of head.split('\0').slice(0, -1)) fresh[name] = '';
    // Keys of an object are the engine's own copies of the names: it need not look them up at each use.
    known = { head, names: Object.keys(fresh) };
  }
  const fields = new Bare();
  let start = from + known.head.length;
  for (const name of known.names) {
    const end = text.indexOf('\0', start);
    fields[name] = text.slice(start, end);
    start = end + 1;
  }
  return fields;
}

// Objects of a constructor stay fast where Object.create(null) makes a dictionary; the prototype is as bare as null itself.
const Bare = bare as unknown as { new (): Fields };
function bare(): void {}
bare.prototype = Object.freeze(Object.create(null));

/** Objects as `{ … }` or JSON makes them, in whatever realm: a Map or a Date has no names, and would be signed as nothing. */
function isPlain(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false;
  const prototype: unknown = Object.getPrototypeOf(params);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isSame(one: string[], other: string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

function textOf(name: string, value: unknown): string {
  switch (typeof value) {
    case 'number':
      if (!Number.isSafeInteger(value)) {
        throw paramError(name, `is ${value}, not a safe integer; money is a whole number of fen`);
      }
      return String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw paramError(
        name,
        `is ${Array.isArray(value) ? 'an array' : `of type ${typeof value}`}; give text, JSON.stringify for JSON`,
      );
  }
}
