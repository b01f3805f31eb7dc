// The check for half a surrogate pair, which UTF-8 cannot write.

/** Whether a text has no half of a surrogate pair. Node 18 has no `isWellFormed`. */
export const isWellFormed: (text: string) => boolean =
  (String.prototype as { isWellFormed?: unknown }).isWellFormed === undefined
    ? (text) => !/\p{Surrogate}/u.test(text)
    : (text) => text.isWellFormed();
