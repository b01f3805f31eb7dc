// Fields on their way from the core, as src/wasm/fields.rs gives them.
import { core } from './core.js';
import type { Fields } from './params.js';

/** What is known of the fields that came last: which edition of which instance, their names, and an object that has them. */
let known: { edition: number; incarnation: number; names: readonly string[]; template: Fields } = {
  edition: 0,
  incarnation: 0,
  names: [],
  template: {},
};

/** In place of an end: the value is not plain ASCII and stands with the others. */
const OTHER = 2 ** 32 - 1;
const NONE: readonly string[] = [];

/** The fields that the last call gave out, as src/wasm/fields.rs describes; `said` is what it said. */
export function readFields(said: number): Fields {
  const [, plainEnd = 0, edition = 0] = core.fieldNumbers();
  const plain = core.readPlain(0, plainEnd);
  const others = said >> 1 === plainEnd ? NONE : core.readText(plainEnd, said >> 1).split('\0');
  if (known.edition !== edition || known.incarnation !== core.incarnation) known = learned(edition);
  // Only now: asking for names may have made memory grow, and a view of the old one is empty.
  const numbers = core.fieldNumbers();
  // The copy has all names at once, and its values are put where they stand; an object that grows costs several times as much.
  const fields: Fields = Object.setPrototypeOf({ ...known.template }, NOTHING);
  const { names } = known;
  let start = 0;
  let other = 0;
  for (let place = 0; place < names.length; place += 1) {
    const end = numbers[HEAD + place] as number;
    if (end === OTHER) {
      fields[names[place] as string] = others[other] as string;
      other += 1;
    } else {
      fields[names[place] as string] = plain.slice(start, end);
      start = end;
    }
  }
  return fields;
}

/** How many numbers stand before the ends. */
const HEAD = 4;

/** Asks for names that are new. */
function learned(edition: number): typeof known {
  const names = core
    .readText(0, core.call('heldNames', 0, 0, 0) >> 1)
    .split('\0')
    .slice(0, -1);
  const template = Object.fromEntries(names.map((name) => [name, '']));
  // Keys of an object are the engine's own copies of the names: it need not look them up at each use.
  return { edition, incarnation: core.incarnation, names: Object.keys(template), template };
}

/** Fields from names and values in turn, each with NUL behind it. */
export function unpack(text: string): Fields {
  const parts = text.split('\0');
  const pairs = Array.from({ length: parts.length >> 1 }, (_, at) => [parts[2 * at], parts[2 * at + 1]]);
  return Object.setPrototypeOf(Object.fromEntries(pairs), NOTHING);
}

// A prototype of null would make a dictionary of every object; this one is as bare as null itself.
const NOTHING: object = Object.freeze(Object.create(null));
