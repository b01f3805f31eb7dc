// The names of options: an unknown one is refused, and the error says which one was probably meant.
import { configError, type WxPayError } from './errors.js';

/** The name of every option. The compiler finds a forgotten one. */
export type Names<Options> = { readonly [name in keyof Options]-?: true };

/** The known names. */
type Known = Readonly<Record<string, true>>;

/** How unknown names are refused. */
interface Refusing {
  /** What to say about names that belong elsewhere. */
  elsewhere?: Readonly<Record<string, string>>;
  /** Makes the error. Default `ERR_CONFIG`. */
  error?: (field: string, what: string) => WxPayError;
}

/**
 * Refuses own members that are no options: an ignored option may cost money. The value of a member does not matter.
 *
 * A module and an object of a class may have members of their own, so they are not checked.
 */
export function checkNames(given: object, names: Known, refusing: Refusing = {}): void {
  if (!isRecord(given)) return;
  const strange = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (strange !== undefined) throw unknown(strange, Object.keys(names), refusing);
}

/**
 * Checks the names where an object has more members than `values` are there. Counting takes 7 ns, half a percent of a payment's
 * signature. A look at each name takes 6 %.
 */
export function checkCount(given: object, values: number, names: Known, refusing: Refusing = {}): void {
  let members = 0;
  for (const _ in given) members += 1;
  if (members > values) checkNames(given, names, refusing);
}

/** 1 for a value, and 0 for an absent one. */
export const isThere = (value: unknown) => Number(value !== undefined);

/** Refuses misspelt names in an object that may have foreign members too. Where the right name is there as well, all is well. */
export function checkSpelling(given: object, names: Known, refusing: Refusing = {}): void {
  const known = Object.keys(names).filter((name) => !Object.hasOwn(given, name));
  const strange = Object.keys(given).find((name) => !Object.hasOwn(names, name) && nearest(name, known) !== undefined);
  if (strange !== undefined) throw unknown(strange, known, refusing);
}

function unknown(
  name: string,
  known: readonly string[],
  { elsewhere = {}, error = configError }: Refusing,
): WxPayError {
  const options = `the options are ${known.join(', ')}`;
  // Any other text may be a secret.
  if (!/^[\w$-]{1,30}$/.test(name)) return error('options', `has a member that is no option; ${options}`);
  if (Object.hasOwn(elsewhere, name)) return error(name, elsewhere[name] as string);
  const meant = nearest(name, known) ?? related(name, known);
  return error(name, `is no option; ${meant === undefined ? options : `did you mean ${meant}?`}`);
}

/** Whether an object is a plain one, of any realm. */
function isRecord(given: object): boolean {
  const above: unknown = Object.getPrototypeOf(given);
  const isPlain = above === null || Object.getPrototypeOf(above) === null;
  return isPlain && Object.prototype.toString.call(given) !== '[object Module]';
}

/**
 * The known name that differs least: by its case and underscores, or by few letters for its length. Of two that differ alike, it is
 * the one with the longer common beginning: `onFail` is `onFailed`, not `onPaid`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  let begun = 0;
  for (const other of known) {
    const [one, two] = [letters(name), letters(other)];
    const steps = distance(one, two);
    const length = Math.max(one.length, two.length);
    if (steps > (length < 3 ? 0 : length < 6 ? 1 : 2)) continue;
    const common = commonBeginning(one, two);
    if (steps < least || (steps === least && common > begun)) [found, least, begun] = [other, steps, common];
  }
  return found;
}

/** The known name that this one begins, or that is the beginning or the end of this one. */
function related(name: string, known: readonly string[]): string | undefined {
  const own = letters(name);
  const begun = known.find((other) => own.length > 2 && letters(other).startsWith(own));
  const isPart = (part: string) => part.length > 2 && (own.startsWith(part) || own.endsWith(part));
  return begun ?? known.find((other) => isPart(letters(other)));
}

function commonBeginning(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

const letters = (name: string) => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** The number of letters to insert, remove or replace, and of neighbours to swap, that makes one text of another. */
function distance(one: string, other: string): number {
  let [above, row]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = at(row, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwap = i > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next[j] = Math.min(at(row, j) + 1, at(next, j - 1) + 1, replaced, isSwap ? at(above, j - 2) + 1 : replaced);
    }
    [above, row] = [row, next];
  }
  return at(row, other.length);
}

const at = (row: readonly number[], index: number) => row[index] ?? 0;
