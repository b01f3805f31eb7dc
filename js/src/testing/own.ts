// Options as their owner wrote them: what somebody else put into Object.prototype is no option.

/** Reads the members of these names: the object's own ones and those of its class, never those of Object.prototype. */
export function own<Given extends object>(given: Given, names: readonly NameOf<Given>[]): Given {
  // Without a prototype, so that a name that is left out is left out for whoever reads the copy.
  const read: Given = Object.create(null);
  for (const name of names) if (has(given, name)) read[name] = given[name];
  return read;
}

/** A name that the type, or one of its alternatives, has. */
type NameOf<Given> = Given extends unknown ? keyof Given : never;

function has(given: object, name: PropertyKey): boolean {
  for (let at: object | null = given; at !== null; at = Object.getPrototypeOf(at)) {
    // The last one is Object.prototype, here or in another realm.
    if (at !== given && Object.getPrototypeOf(at) === null) return false;
    if (Object.hasOwn(at, name)) return true;
  }
  return false;
}
