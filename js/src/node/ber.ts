// A reader of BER (ITU-T X.690) for PKCS#12 files: definite and indefinite lengths, primitive and constructed strings.

/** INTEGER. */
export const NUMBER = 0x02;
/** OCTET STRING. The pieces of a constructed string are joined. */
export const BYTES = 0x04;
/** OBJECT IDENTIFIER. */
export const OBJECT = 0x06;
/** SEQUENCE. */
export const SEQUENCE = 0x30;
/** Explicit `[0]`, around another element. */
export const TAGGED = 0xa0;
/** Implicit `[0]`, instead of the tag of an OCTET STRING. */
export const TAGGED_BYTES = 0x80;

/** One element. */
export interface Element {
  readonly tag: number;
  /** The content of a primitive element or of a string. */
  readonly bytes: Buffer;
  /** The elements inside. */
  readonly parts: readonly Element[];
}

/** The error for text that is not BER, or has more elements than any PKCS#12 file. */
export class Unreadable extends Error {}

/** A constructed OCTET STRING. */
const BYTES_IN_PIECES = 0x24;
/** The deepest nesting. OpenSSL has the same limit. */
const DEPTH = 30;
/** The largest number of elements. A file with a key and its certificate has about a hundred. */
const ELEMENTS = 20_000;
const NOTHING = Buffer.alloc(0);

/** A reader for the elements of one file, at most 20000. */
export class BerReader {
  #left = ELEMENTS;

  /** Returns the first element of a text. The rest is ignored, as in OpenSSL. */
  read(text: Buffer): Element {
    return this.#element(new Cursor(text), text.length, DEPTH);
  }

  #element(cursor: Cursor, limit: number, depth: number): Element {
    this.#left -= 1;
    if (depth === 0 || this.#left < 0) throw new Unreadable();
    const tag = cursor.byte(limit);
    // Tag numbers above 30 take more bytes, and are not in these files.
    if (tag === 0 || (tag & 0x1f) === 0x1f) throw new Unreadable();
    const length = lengthOf(cursor, limit);
    const end = length === undefined ? undefined : cursor.at + length;
    if (end !== undefined && end > limit) throw new Unreadable();
    if ((tag & 0x20) === 0) {
      if (end === undefined) throw new Unreadable();
      return { tag, bytes: cursor.upTo(end), parts: [] };
    }
    const parts: Element[] = [];
    while (end === undefined ? !cursor.isClosed(limit) : cursor.at < end)
      parts.push(this.#element(cursor, end ?? limit, depth - 1));
    return tag === BYTES_IN_PIECES
      ? { tag: BYTES, bytes: joinedPieces(parts), parts: [] }
      : { tag, bytes: NOTHING, parts };
  }
}

/** Joins the pieces of a string. */
export function joinedPieces(pieces: readonly Element[]): Buffer {
  if (pieces.some(({ tag }) => tag !== BYTES)) throw new Unreadable();
  return Buffer.concat(pieces.map(({ bytes }) => bytes));
}

/** Reads a length. Returns undefined for an indefinite length: then two zeros end the content. */
function lengthOf(cursor: Cursor, limit: number): number | undefined {
  const first = cursor.byte(limit);
  if (first < 0x80) return first;
  if (first === 0x80) return undefined;
  // Four bytes are enough for every file that is read.
  if (first > 0x84) throw new Unreadable();
  let length = 0;
  for (let digits = first & 0x7f; digits > 0; digits -= 1) length = length * 256 + cursor.byte(limit);
  return length;
}

class Cursor {
  at = 0;
  readonly #text: Buffer;

  constructor(text: Buffer) {
    this.#text = text;
  }

  byte(limit: number): number {
    const byte = this.at < limit ? this.#text[this.at] : undefined;
    if (byte === undefined) throw new Unreadable();
    this.at += 1;
    return byte;
  }

  upTo(end: number): Buffer {
    const bytes = this.#text.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  /** Returns whether the end mark, two zeros, is next. If so, it skips the mark. */
  isClosed(limit: number): boolean {
    if (this.at + 2 > limit || this.#text[this.at] !== 0 || this.#text[this.at + 1] !== 0) return false;
    this.at += 2;
    return true;
  }
}
