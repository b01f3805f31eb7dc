// Parameters on their way to the core: values as one text, names as a list that the core makes once for each kind of message.
import * as core from './core.js';
import { paramError } from './errors.js';
import { malformed, type PackedParams } from './params.js';

/** One kind of message: its names in their order of arrival, and their list. */
interface Kind {
  names: readonly string[];
  list: Uint8Array;
}

/** The kinds of the last messages, the last one first. A backend sends the same few again and again. */
let kinds: readonly Kind[] = [{ names: [], list: new Uint8Array() }];
/** How many kinds are kept, and of how many bytes at most. */
const KINDS = 16;
const KIND_BYTES = 4096;

/** The most characters of all parameters together. */
const PARAMS_LENGTH = 2 ** 21;

/** Packs parameters for the core; `kept`, where it is given, receives each value. What cannot be a value is refused with its name. */
export function pack(params: object, kept?: string[]): PackedParams {
  if (!isPlain(params)) throw paramError('params', 'must be a plain object of names and values');
  // A getter among the values may call in here again, so whatever is shared is looked at once.
  const { names, list } = kinds[0] as Kind;
  let values = '';
  let place = 0;
  for (const name in params) {
    if (name !== names[place]) break;
    const value = (params as Record<string, unknown>)[name];
    const text = typeof value === 'string' ? value : textOf(name, value);
    values += `\0${text}`;
    if (kept) kept[place] = text;
    place += 1;
  }
  const keys = Object.keys(params);
  // Whatever a getter changed meanwhile, or a prototype lends, is another kind of message.
  if (place !== names.length || place !== keys.length) return packAnew(params, keys, kept);
  return checkedSize({ list, values });
}

/** Packs parameters of another kind than the last ones. */
function packAnew(params: object, names: string[], kept?: string[]): PackedParams {
  const { list } = kindOf(names, params);
  let values = '';
  for (const [place, name] of names.entries()) {
    const value = (params as Record<string, unknown>)[name];
    const text = typeof value === 'string' ? value : textOf(name, value);
    values += `\0${text}`;
    if (kept) kept[place] = text;
  }
  return checkedSize({ list, values });
}

function checkedSize(packed: PackedParams): PackedParams {
  if (packed.values.length + packed.list.length > PARAMS_LENGTH)
    throw paramError('params', `are larger than ${PARAMS_LENGTH} characters, which no message is`);
  return packed;
}

function kindOf(names: readonly string[], params: object): Kind {
  const known = kinds.find((kind) => isSame(kind.names, names));
  const kind = known ?? { names, list: listOf(names, params) };
  if (kind.list.length <= KIND_BYTES) kinds = [kind, ...kinds.filter((other) => other !== kind)].slice(0, KINDS);
  return kind;
}

function listOf(names: readonly string[], params: object): Uint8Array {
  const text = names.map((name) => `\0${name}`).join('');
  if (text.length > PARAMS_LENGTH)
    throw paramError('params', `are larger than ${PARAMS_LENGTH} characters, which no message is`);
  const unfit = names.find((name) => name.includes('\0') || !name.isWellFormed());
  if (unfit !== undefined) throw malformed(params) ?? paramError(unfit, 'is no name of a field');
  const said = core.call('listNames', core.writeText(text), 0, 0);
  return core.readBytes(said >> 1).slice();
}

/** Objects as `{ … }` or JSON makes them, in whatever realm: a Map or a Date has no names, and would be signed as nothing. */
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

/** A value as text; the empty one for an absent field. */
function textOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
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
