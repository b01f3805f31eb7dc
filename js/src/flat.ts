// Copies of texts that are kept: a slice of a text keeps the whole text in memory.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A copy of a text. Engines keep the whole text of a slice: a kept id would keep its whole message. */
export const flat = (text: string): string => decoder.decode(encoder.encode(text));

/** The length from which the slices of a text are worth a copy. */
export const LONG = 1024;
