// A body collected into one buffer. The cost depends on its length, not on the number of pieces.

/** The smallest buffer for more than one piece, in bytes. */
const FIRST_BYTES = 4096;

/** The pieces of a body, up to a limit in bytes. */
export class Collected {
  readonly #limit: number;
  /** The only piece so far. Most bodies are one piece, which is not copied. */
  #whole: Uint8Array | undefined;
  #buffer = new Uint8Array();
  #size = 0;
  #pieces = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Appends a piece. Returns false, and keeps nothing, if the body is now larger than the limit. */
  add(piece: Uint8Array): boolean {
    this.#pieces += 1;
    const size = this.#size + piece.length;
    // An endless series of empty pieces must stop too.
    if (size > this.#limit || this.#pieces > this.#limit + 1) {
      this.#whole = undefined;
      this.#buffer = new Uint8Array();
      return false;
    }
    if (this.#size === 0) {
      this.#whole = piece;
    } else {
      if (this.#whole !== undefined) this.#copy(this.#whole, 0, size);
      this.#whole = undefined;
      this.#copy(piece, this.#size, size);
    }
    this.#size = size;
    return true;
  }

  /** The body. */
  bytes(): Uint8Array {
    return this.#whole ?? this.#buffer.subarray(0, this.#size);
  }

  #copy(piece: Uint8Array, at: number, size: number): void {
    if (this.#buffer.length < size) {
      const larger = new Uint8Array(Math.min(Math.max(2 * size, FIRST_BYTES), this.#limit));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, at);
  }
}
