// The buffers of the main module: writes the input, runs a packed call, reads the output.
import { WxPayError, type WxPayErrorDetails } from '../errors.js';
import { FIELD_NUMBERS } from '../generated/constants.js';
import { broken, type Exports, Instance } from './instance.js';

/** The other exports of the main module (src/wasm/buffers.rs, src/wasm/messages.rs). */
interface PackedExports extends Exports {
  inputAddress(bytes: number): number;
  outputAddress(): number;
  endsAddress(): number;
}

/** A packed call: numbers in; out `(output_length << 1) | flag`, or a number below zero for an error. */
type WasmCall = (a: number, b: number, c: number) => number;

/** How a host reads and writes text in one buffer of memory. */
export interface TextAccess {
  /** Reads ASCII from one place to another. */
  readPlain(start: number, end: number): string;
  /** Writes text at an even place, two bytes for each of its units. */
  writeUnits(text: string, at: number): void;
}

const encoder = new TextEncoder();
// A byte order mark inside a field is text of that field.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A module whose calls are packed, and its buffers. */
export class PackedInstance<Operation extends string> extends Instance<PackedExports> {
  /** The number of calls, and of requests for the numbers. If it changed, the shared numbers may have been overwritten. */
  callCount = 0;
  readonly #takeError: () => WxPayErrorDetails;
  // Views of the instance's memory. When memory grows it has another buffer, and every view of the old buffer is empty.
  #memory = new Uint8Array();
  #input = new Uint8Array();
  #numbers = new Uint32Array();
  #units = new Uint16Array();
  #inputAt = 0;
  #viewed = 0;
  readonly #anywhere: TextAccess = {
    readPlain: (start, end) => decoder.decode(this.#memory.subarray(start, end)),
    writeUnits: (text, at) => {
      for (let place = 0; place < text.length; place += 1) this.#units[(at >> 1) + place] = text.charCodeAt(place);
    },
  };
  #access = this.#anywhere;
  #accessTo: (buffer: ArrayBufferLike) => TextAccess = () => this.#anywhere;

  /** `takeError` is a function of the glue. It returns the error of the last call. */
  constructor(
    make: (from: { module: WebAssembly.Module }) => unknown,
    forget: () => void,
    takeError: () => WxPayErrorDetails,
  ) {
    super(make, forget);
    this.#takeError = takeError;
  }

  /** As `start` of every module. `access` is the host's own way to read and write text, if it has a faster one. */
  override start(from: () => WebAssembly.Module, access = this.#accessTo): void {
    super.start(from);
    this.#accessTo = access;
  }

  /** Writes text at the start of the input; returns its length in bytes. */
  writeText(text: string): number {
    this.#room(text.length * 3);
    return encoder.encodeInto(text, this.#input).written;
  }

  /** Writes text at the start of the input, unchanged, in UTF-16; returns its length in bytes. */
  writeUnits(text: string): number {
    this.#room(text.length * 2);
    this.#access.writeUnits(text, this.#inputAt);
    return text.length * 2;
  }

  /** Writes bytes into the input, after the last text, if any; returns their number. */
  writeBytes(bytes: Uint8Array, at: number): number {
    const length = byteLength(bytes);
    this.ready();
    if (at + length > this.#input.length) {
      const before = this.#input.slice(0, at);
      // Growing leaves the old buffer in memory, and the key may be in it.
      this.#input.fill(0, 0, at);
      this.#room(at + length);
      this.#input.set(before);
      before.fill(0);
    }
    try {
      this.#input.set(bytes, at);
    } catch (cause) {
      // The key may be in the input before the unreadable bytes.
      this.#input.fill(0, 0, at);
      throw cause;
    }
    return length;
  }

  /** Runs a packed call. The meaning of the flag in its result is documented with each export. */
  call(operation: Operation, a: number, b: number, c: number): number {
    const run = (this.ready() as unknown as Record<Operation, WasmCall>)[operation];
    let result: number;
    let error: WxPayErrorDetails | undefined;
    this.callCount += 1;
    this.isInside = true;
    try {
      result = run(a, b, c);
      if (result < 0) error = this.#takeError();
    } catch (cause) {
      throw broken(cause);
    }
    this.isInside = false;
    if (error) throw new WxPayError(error);
    return result;
  }

  /** The output of the last call as text, from one byte to another. */
  readText(start: number, end: number): string {
    const at = this.#outputAddress();
    return decoder.decode(this.#memory.subarray(at + start, at + end));
  }

  /** The same for output that is known to be ASCII. */
  readPlain(start: number, end: number): string {
    const at = this.#outputAddress();
    return this.#access.readPlain(at + start, at + end);
  }

  /** A view of the first `length` bytes of the output. The next call overwrites them. */
  readBytes(length: number): Uint8Array {
    const at = this.#outputAddress();
    return this.#memory.subarray(at, at + length);
  }

  /** A view of the numbers of fields: the ends of incoming or outgoing values. */
  fieldNumbers(): Uint32Array {
    this.ready();
    this.callCount += 1;
    return this.#numbers;
  }

  protected override ready(): PackedExports {
    const exports = super.ready();
    if (this.#memory.length === 0 || this.#viewed !== this.generation) this.#view(exports);
    return exports;
  }

  /** The address of the output, which every call may move. */
  #outputAddress(): number {
    return this.#address(this.ready().outputAddress);
  }

  /** Runs a function whose only failure is a broken instance. */
  #address(run: () => number): number {
    this.isInside = true;
    try {
      const at = run();
      this.isInside = false;
      return at;
    } catch (cause) {
      throw broken(cause);
    }
  }

  #view({ memory, endsAddress }: PackedExports): void {
    // The call comes first: it may grow memory, which makes another buffer.
    const at = this.#address(endsAddress);
    const { buffer } = memory;
    this.#numbers = new Uint32Array(buffer, at, FIELD_NUMBERS);
    this.#units = new Uint16Array(buffer, 0, buffer.byteLength >> 1);
    this.#access = this.#accessTo(buffer);
    // The address is fetched when it is next needed.
    this.#input = new Uint8Array();
    // This comes last: if the stack is exhausted before, the next call begins with a new instance.
    this.#viewed = this.generation;
    this.#memory = new Uint8Array(buffer);
  }

  /** A view of the input of at least this size. */
  #room(bytes: number): void {
    this.ready();
    if (this.#input.length >= bytes && this.#input.length > 0) return;
    const size = Math.max(bytes, 65536);
    const { inputAddress } = this.ready();
    const at = this.#address(() => inputAddress(size));
    const { memory } = this.ready();
    this.#input = new Uint8Array(memory.buffer, at, size);
    this.#inputAt = at;
  }
}

/** The true number of bytes of a view, whatever its class or one of its properties says. */
export function byteLength(bytes: Uint8Array): number {
  return TRUE_LENGTH.call(bytes);
}

const TRUE_LENGTH = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
  ?.get as () => number;
