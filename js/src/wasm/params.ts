// The packing of parameters for wasm: concatenated values, the end of each, and a list of names.
// wasm makes one list of names for each kind of message.

import { isDate } from '../beijing.js';
import { paramError } from '../errors.js';
import { MOST_PARAMS } from '../generated/constants.js';
import { isWellFormed } from '../well-formed.js';
import { core } from './core.js';

/** Packed parameters: the list of names from wasm, and all values in their order of arrival. */
export interface PackedParams {
  list: Uint8Array;
  values: string;
  /** The number of parameters. */
  count: number;
}

/** The names of one kind of message in their order of arrival, and their packed list from wasm. */
interface NameList {
  names: readonly string[];
  list: Uint8Array;
}

/** The lists of the last kinds of messages, newest first. A backend sends few kinds of messages. */
let nameLists: readonly NameList[] = [{ names: [], list: new Uint8Array() }];
/** The size of the cache: lists, and bytes. */
const NAME_LISTS = 16;
const LIST_BYTES = 16_384;

/** The most characters of all parameters together. */
const PARAMS_LENGTH = 2 ** 21;

/** Packs parameters for wasm; `kept`, if present, receives each value. Refuses a wrong value with its name. */
export function pack(params: object, kept?: string[]): PackedParams {
  if (!isPlain(params)) throw paramError('params', 'must be a plain object of names and values');
  const ends = core.fieldNumbers();
  const callCount = core.callCount;
  const { names, list } = nameLists[0] as NameList;
  let values = '';
  let place = 0;
  for (const name in params) {
    if (name !== names[place]) break;
    const value = (params as Record<string, unknown>)[name];
    const text = typeof value === 'string' ? value : textOf(name, value);
    values += text;
    ends[place] = values.length;
    if (kept) kept[place] = text;
    place += 1;
  }
  const keys = Object.keys(params);
  // Fall back if the shape differs, if a name is inherited, or if a getter called the library. A call may have overwritten the
  // ends, even if it failed. After a call that broke the instance the ends are in another memory.
  const isKnown =
    place === names.length && place === keys.length && core.callCount === callCount && core.fieldNumbers() === ends;
  if (!isKnown) return packAnew(params, keys, kept);
  if (values.length > PARAMS_LENGTH) throw tooLarge();
  return { list, values, count: place };
}

/** Packs parameters whose names differ from the last ones. Reads every value first, before a getter can interfere. */
function packAnew(params: object, names: string[], kept?: string[]): PackedParams {
  const texts = textsOf(params, names);
  const { list } = nameListOf(names);
  const ends = core.fieldNumbers();
  let values = '';
  for (const [place, text] of texts.entries()) {
    values += text;
    ends[place] = values.length;
    if (kept) kept[place] = text;
  }
  return { list, values, count: names.length };
}

/** Returns names and values alternately, for calls that do not pack them. */
export function pairs(params: object): string[] {
  if (!isPlain(params)) throw paramError('params', 'must be a plain object of names and values');
  const names = Object.keys(params);
  const values = textsOf(params, names);
  for (const [place, name] of names.entries()) {
    const unfit = unfitness(name) ?? unfitness(values[place] as string);
    if (unfit !== undefined) throw paramError(name, unfit);
  }
  return names.flatMap((name, place) => [name, values[place] as string]);
}

/** The values of parameters as text, in the order of their names. */
function textsOf(params: object, names: readonly string[]): string[] {
  if (names.length > MOST_PARAMS)
    throw paramError('params', `are more than ${MOST_PARAMS} fields; a message of WeChat has far fewer`);
  let size = 0;
  return names.map((name) => {
    const value = (params as Record<string, unknown>)[name];
    const text = typeof value === 'string' ? value : textOf(name, value);
    size += text.length + name.length;
    if (size > PARAMS_LENGTH) throw tooLarge();
    return text;
  });
}

function tooLarge(): Error {
  return paramError('params', `are larger than ${PARAMS_LENGTH} characters; a message of WeChat is far shorter`);
}

function nameListOf(names: readonly string[]): NameList {
  const known = nameLists.find((one) => isSame(one.names, names));
  const wanted = known ?? { names, list: packNames(names) };
  if (wanted.list.length <= LIST_BYTES)
    nameLists = [wanted, ...nameLists.filter((other) => other !== wanted)].slice(0, NAME_LISTS);
  return wanted;
}

function packNames(names: readonly string[]): Uint8Array {
  for (const name of names) {
    const unfit = unfitness(name);
    if (unfit !== undefined) throw paramError(name, unfit);
  }
  const text = names.map((name) => `\0${name}`).join('');
  const result = core.call('listNames', core.writeText(text), 0, 0);
  return core.readBytes(result >> 1).slice();
}

/** Returns the fault of a text that is not allowed in a message. */
function unfitness(text: string): string | undefined {
  if (text.includes('\0')) return 'contains a NUL character, which is not allowed; remove it';
  return isWellFormed(text)
    ? undefined
    : 'contains half of a surrogate pair, which is not a character; check how the text was cut';
}

/** Whether it is an object as from `{ … }` or `JSON.parse`, of any realm. A Map or a Date would be signed without any field. */
function isPlain(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false;
  const prototype: unknown = Object.getPrototypeOf(params);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

/** Returns a value as text, or empty text for an absent field. */
function textOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (typeof value) {
    case 'number':
      if (!Number.isSafeInteger(value)) throw paramError(name, numberFault(name, value));
      return String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw paramError(name, objectFault(value));
  }
}

function numberFault(name: string, value: number): string {
  if (name.endsWith('fee')) return `is ${value}; it must be a whole number of fen, and 1.00 yuan is 100`;
  return Number.isInteger(value)
    ? 'is a number with more digits than JavaScript keeps; give it as text, in quotes'
    : `is ${value}; it must be text or a whole number`;
}

function objectFault(value: unknown): string {
  if (isDate(value)) return 'is a Date; use text, such as beijingTime(date), which is yyyyMMddHHmmss';
  const type = Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
  return `is ${type}; use text, for JSON the text that JSON.stringify returns`;
}
