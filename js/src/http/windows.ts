// The letters and digits of a text, whatever its writing, and the windows of secrets to look for in them.

/** The letters and digits of a text in lower case, and the places in it where each starts and ends. `_` and `-` of tokens count too. */
export interface Folded {
  letters: string;
  starts: number[];
  ends: number[];
}

/** What can write a letter: a percent code of UTF-8, an escape of JSON, or an entity of HTML. Otherwise a run of letters. */
const WRITINGS =
  /(%(?:25)*(?:[0-7][\da-f]|[c-f][\da-f](?:%(?:25)*[89ab][\da-f]){1,3}))|\\{1,8}(?:u([\da-f]{4})|[bfnrt])|&(?:amp;)*(?:#(\d{1,6}|x[\da-f]{1,6})|amp|lt|gt|quot|apos|nbsp);|([\p{L}\p{N}_-]+)/giu;

/** Reads the letters and digits of a text. It decodes them, and skips all other characters. */
export function folded(text: string): Folded {
  let letters = '';
  const starts: number[] = [];
  const ends: number[] = [];
  const add = (written: string, start: number, end: number) => {
    const lower = written.toLowerCase();
    letters += lower;
    for (let unit = 0; unit < lower.length; unit += 1) {
      starts.push(start);
      ends.push(end);
    }
  };
  for (const { 0: writing, 1: percent, 2: unicode, 3: entity, 4: run, index } of text.matchAll(WRITINGS)) {
    if (run === undefined) {
      const sign = decoded(percent, unicode, entity).replace(NO_LETTERS, '');
      add(sign, index, index + writing.length);
      continue;
    }
    let at = index;
    for (const character of run) {
      add(character, at, at + character.length);
      at += character.length;
    }
  }
  return { letters, starts, ends };
}

const NO_LETTERS = /[^\p{L}\p{N}_-]/gu;

function decoded(percent: string | undefined, unicode: string | undefined, entity: string | undefined): string {
  if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
  // `x41` of HTML is `0x41` of JavaScript.
  if (entity !== undefined) return String.fromCharCode(Number(entity.replace(/^x/i, '0x')));
  if (percent === undefined) return '';
  try {
    return decodeURIComponent(percent.replace(/%(?:25)+(?=[\da-f]{2})/gi, '%'));
  } catch {
    return '';
  }
}

/** Returns every run of `size` letters and digits of the secrets, and of their base64. */
export function windowsOf(secrets: readonly string[], size: number): ReadonlySet<string> {
  const windows = new Set<string>();
  for (const secret of secrets) {
    const { letters: all } = folded(secret);
    // A short rest of many signs would be found in other words.
    if (all.length < size) continue;
    for (const text of [secret, ...base64(secret)]) {
      const { letters } = folded(text);
      for (let at = 0; at + size <= letters.length; at += 1) windows.add(letters.slice(at, at + size));
    }
  }
  return windows;
}

/** The base64 of a text that follows 0, 1 or 2 other bytes, without the characters that depend on these. */
function base64(text: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return [0, 2, 3].map((others, before) => btoa('\0'.repeat(before) + bytes).slice(others));
}
