// The names of the gateway's options: an unknown one is refused, and the error says which one was probably meant.

/** Refuses own members that are no options. A module and an object of a class may have members of their own. */
export function checkNames(what: string, given: object, names: readonly string[]): void {
  if (!isObject(given)) return;
  const above: unknown = Object.getPrototypeOf(given);
  const isPlain = above === null || Object.getPrototypeOf(above) === null;
  if (!isPlain || Object.prototype.toString.call(given) === '[object Module]') return;
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined) throw unknown(what, strange, names);
}

/** Refuses misspelt names in an object that may have foreign members too. Where the right name is there as well, all is well. */
export function checkSpelling(what: string, given: object, names: readonly string[]): void {
  if (!isObject(given)) return;
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  const strange = Object.keys(given).find((name) => !names.includes(name) && nearest(name, missing) !== undefined);
  if (strange !== undefined) throw unknown(what, strange, missing);
}

/** Any other value is refused by the check of its type. */
const isObject = (given: unknown) => typeof given === 'object' && given !== null;

function unknown(what: string, name: string, names: readonly string[]): TypeError {
  const options = `the options are ${names.join(', ')}`;
  // Any other text may be a secret.
  if (!/^[\w$-]{1,30}$/.test(name)) return new TypeError(`${what}: has a member that is no option; ${options}`);
  const meant = nearest(name, names);
  const advice = meant === undefined ? options : `did you mean ${meant}?`;
  return new TypeError(`${what}: ${name} is no option; ${advice}`);
}

/** The name that differs by its case and underscores, or by one or two neighbouring letters. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const same = names.find((known) => letters(known) === letters(name));
  return same ?? names.find((known) => isNear(letters(known), letters(name)));
}

const letters = (name: string) => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** Whether two texts have the same beginning and the same end, with two letters between them at most. */
function isNear(one: string, other: string): boolean {
  const longest = Math.max(one.length, other.length);
  const shortest = Math.min(one.length, other.length);
  let begin = 0;
  while (begin < shortest && one[begin] === other[begin]) begin += 1;
  let end = 0;
  while (end < shortest - begin && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return longest - begin - end <= (longest < 6 ? 1 : 2) && longest > 2;
}
