// JSON that the core has checked, as JavaScript values. An integer that JavaScript cannot keep exactly becomes text.

/** What a long integer outside a text begins with. */
const LONG = /[:[,]\s*-?\d{16}/;

/** The texts and the numbers of JSON. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

const decoder = new TextDecoder();

/** Parses the bytes of JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decoder.decode(bytes);
  // Rounded silently, such a number would be another one.
  return JSON.parse(LONG.test(text) ? text.replace(TOKENS, exact) : text);
}

const exact = (token: string) =>
  /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
