// The caller's own options: members that other code put into Object.prototype are ignored.

/** Returns a copy with these members: the object's own ones and those of its class, never those of Object.prototype. */
export function own<Given extends object>(given: Given, names: readonly NameOf<Given>[]): Given {
  // Without a prototype, so that a missing name is missing for every reader of the copy.
  const read: Given = Object.create(null);
  for (const name of names) if (has(given, name)) read[name] = given[name];
  return read;
}

/** A name of a member of the type, or of one of its alternatives. */
type NameOf<Given> = Given extends unknown ? keyof Given : never;

function has(given: object, name: PropertyKey): boolean {
  for (let at: object | null = given; at !== null; at = Object.getPrototypeOf(at)) {
    // The last prototype is Object.prototype, of this realm or another.
    if (at !== given && Object.getPrototypeOf(at) === null) return false;
    if (Object.hasOwn(at, name)) return true;
  }
  return false;
}
