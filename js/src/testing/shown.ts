// Foreign texts made safe to print: nothing moves the cursor, breaks a line, hides text or reverses it.

/** Control, format, surrogate and line-separator characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes each of these as in `\u001b`, which JSON reads as the same text. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => character.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns a foreign text for use in a sentence: printable, at most 200 characters. */
export function shown(text: unknown): string {
  const whole = String(text);
  return printable(whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole);
}

const LONGEST = 200;
