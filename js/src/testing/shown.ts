// Texts of others as they may be printed: nothing in them moves a cursor, breaks a line, hides, or turns the text around.

/** Controls of C0 and C1, DEL, what is invisible or turns text around, both separators of lines, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with each of these written as `\u001b` is, which JSON reads as the same text. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => character.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A text of others inside a sentence: printable, and at most 200 characters of it. */
export function shown(text: unknown): string {
  const whole = String(text);
  return printable(whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole);
}

const LONGEST = 200;
