// The elements of a text in BER (ITU-T X.690), as many as a PKCS#12 file has: definite or indefinite lengths, strings whole or in pieces.

/** INTEGER. */
export const NUMBER = 0x02;
/** OCTET STRING; one in pieces is put together. */
export const BYTES = 0x04;
/** OBJECT IDENTIFIER. */
export const OBJECT = 0x06;
/** SEQUENCE, of anything. */
export const SEQUENCE = 0x30;
/** `[0]` around another element. */
export const TAGGED = 0xa0;
/** `[0]` in place of an OCTET STRING's own tag. */
export const TAGGED_BYTES = 0x80;

/** One element. */
export interface Element {
  readonly tag: number;
  /** The content of an element without parts, and of a string in pieces. */
  readonly bytes: Buffer;
  /** The elements inside. */
  readonly parts: readonly Element[];
}

/** What is no BER, or has more in it than any PKCS#12 file has. */
export class Unreadable extends Error {}

/** The element in pieces that is an OCTET STRING. */
const BYTES_IN_PIECES = 0x24;
/** OpenSSL's own limit is 30. */
const DEPTH = 30;
/** A file with a key and its certificate has about a hundred. */
const ELEMENTS = 20_000;
const NOTHING = Buffer.alloc(0);

/** Reads the elements of one file, at most 20000 of them. */
export class BerReader {
  #left = ELEMENTS;

  /** The first element of a text. What follows it is not looked at, as OpenSSL does not. */
  read(text: Buffer): Element {
    return this.#element(new Cursor(text), text.length, DEPTH);
  }

  #element(cursor: Cursor, limit: number, depth: number): Element {
    this.#left -= 1;
    if (depth === 0 || this.#left < 0) throw new Unreadable();
    const tag = cursor.byte(limit);
    // Numbers above 30 have bytes of their own, and nothing in these files has one.
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

/** One string out of the pieces that it came in. */
export function joinedPieces(pieces: readonly Element[]): Buffer {
  if (pieces.some(({ tag }) => tag !== BYTES)) throw new Unreadable();
  return Buffer.concat(pieces.map(({ bytes }) => bytes));
}

/** The length that is stated, or undefined where an end mark follows the content. */
function lengthOf(cursor: Cursor, limit: number): number | undefined {
  const first = cursor.byte(limit);
  if (first < 0x80) return first;
  if (first === 0x80) return undefined;
  // Four bytes state more than any file that is read.
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

  /** Whether the end mark is next, two zeros, which is then passed. */
  isClosed(limit: number): boolean {
    if (this.at + 2 > limit || this.#text[this.at] !== 0 || this.#text[this.at + 1] !== 0) return false;
    this.at += 2;
    return true;
  }
}
