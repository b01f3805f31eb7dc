// JSON values as APIv3 sends them, and the places in them.

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. Members without a value are left out of the text. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Says whether a value is an object, and no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, or undefined where it is none. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A copy with another member; undefined takes it out. The place is a name, or a JSON Pointer such as `/amount/total`. */
export function withMember(value: JsonObject, place: string, member: Json | undefined): JsonObject {
  const [name = '', ...inside] = place.startsWith('/') ? place.slice(1).split('/').map(unescaped) : [place];
  return { ...value, [name]: replaced(value[name], inside, member) };
}

function replaced(value: Json | undefined, path: readonly string[], member: Json | undefined): Json | undefined {
  const [name, ...inside] = path;
  if (name === undefined) return member;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    return list.flatMap((entry, index) =>
      String(index) === name ? [replaced(entry, inside, member)].filter(isThere) : [entry],
    );
  }
  const object = isJsonObject(value) ? value : {};
  return { ...object, [name]: replaced(object[name], inside, member) };
}

/** A member's name inside a JSON Pointer (RFC 6901). */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isThere(value: Json | undefined): value is Json {
  return value !== undefined;
}
