// The reader of fields that wasm returns; src/border/fields.rs describes the format.

import { flat, LONG } from '../flat.js';
import { FIELD_HEAD, OTHER_VALUE, PAID_PLACE } from '../generated/constants.js';
import type { Fields } from '../params.js';
import { core } from './core.js';

/** The shape of one kind of message: the names of its fields, and an object that has them. */
interface Shape {
  names: readonly string[];
  template: Fields;
}

/** The known shapes of an instance, by their edition. The instance itself remembers fewer. */
const shapes = new Map<number, Shape>();
const SHAPES = 64;
let generation = 0;

const NONE: readonly string[] = [];

/** The fields that the last call returned, as src/border/fields.rs describes; `result` is its return value. */
export function readFields(result: number): Fields {
  const head = core.fieldNumbers();
  const [plainEnd, edition] = [head[1] as number, head[2] as number];
  if (generation !== core.generation) forget();
  const known = shapes.get(edition);
  // Values of a long text are read one by one: a kept slice of it would keep the whole text.
  // Asking for names overwrites the text.
  const isLong = plainEnd > LONG;
  const isApart = isLong && known !== undefined;
  const plain = isApart ? '' : core.readPlain(0, plainEnd);
  const others = result >> 1 === plainEnd ? NONE : core.readText(plainEnd, result >> 1).split('\0');
  const { names, template } = known ?? learned(edition);
  // The view is made only now: memory may have grown meanwhile, which empties older views.
  const numbers = core.fieldNumbers();
  // The copy has all names from the start. An object that grows costs several times as much: 9 % of a notice.
  const fields: Fields = Object.setPrototypeOf({ ...template }, NOTHING);
  let start = 0;
  let other = 0;
  for (let place = 0; place < names.length; place += 1) {
    const end = numbers[FIELD_HEAD + place] as number;
    if (end === OTHER_VALUE) {
      fields[names[place] as string] = others[other] as string;
      other += 1;
    } else {
      const text = isApart ? core.readPlain(start, end) : plain.slice(start, end);
      fields[names[place] as string] = isLong && !isApart ? flat(text) : text;
      start = end;
    }
  }
  return fields;
}

/** Whether the last call opened a notice of a payment that is paid. */
export function isPaid(): boolean {
  return core.fieldNumbers()[PAID_PLACE] === 1;
}

/** Asks for names that are new. */
function learned(edition: number): Shape {
  const names = core
    .readText(0, core.call('heldNames', 0, 0, 0) >> 1)
    .split('\0')
    .slice(0, -1);
  const template = Object.fromEntries(names.map((name) => [name, '']));
  // Keys of an object are interned, so the engine need not look them up at each use.
  const shape = { names: Object.keys(template), template };
  if (shapes.size >= SHAPES) shapes.clear();
  shapes.set(edition, shape);
  return shape;
}

/** Another instance has its own editions. */
function forget(): void {
  shapes.clear();
  generation = core.generation;
}

/** Fields from pairs. */
export function fieldsOf(pairs: readonly (readonly [name: string, value: string])[]): Fields {
  return Object.setPrototypeOf(Object.fromEntries(pairs), NOTHING);
}

// An object with the prototype null would be a dictionary; this prototype is as empty as null.
const NOTHING: object = Object.freeze(Object.create(null));
