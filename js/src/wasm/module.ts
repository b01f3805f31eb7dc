// One module of wasm at work: writes the input, calls, reads the output, and turns failures into WxPayError.
import { WxPayError, type WxPayErrorDetails } from '../errors.js';

/** What every module has (src/wasm/buffers.rs), and what the main one has besides (src/wasm/messages.rs). */
interface Exports {
  memory: WebAssembly.Memory;
  inputAddress(bytes: number): number;
  outputAddress(): number;
  endsAddress?(): number;
}

/** A call: numbers in; out twice the number of bytes in the output, one more for yes; below zero the bytes of an error. */
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

/** How many numbers there are: src/border/fields.rs has room for so many. */
const NUMBERS = 1104;

/** A module, instantiated when it is first needed, and anew when it broke. */
export class Instance<Operation extends string> {
  /** How many instances there were before this one: what is known of an instance is not true of the next. */
  generation = 0;
  /** How often the numbers were asked for, and how many calls there were: what was begun before may be undone by it. */
  callCount = 0;
  readonly #make: (from: { module: WebAssembly.Module }) => unknown;
  readonly #forget: () => void;
  /** Gives the module when it is first needed. */
  #load: (() => WebAssembly.Module) | undefined;
  #exports: Exports | undefined;
  // True from the start of a call to its good end: what is still inside when the next call begins has broken, even where the
  // stack was too short to say so.
  #isInside = false;
  // Views of the instance's memory. Memory that grows has another buffer, and every view of the old one is void and empty.
  #memory = new Uint8Array();
  #input = new Uint8Array();
  #numbers = new Uint32Array();
  #units = new Uint16Array();
  #inputAt = 0;
  readonly #anywhere: TextAccess = {
    readPlain: (start, end) => decoder.decode(this.#memory.subarray(start, end)),
    writeUnits: (text, at) => {
      for (let place = 0; place < text.length; place += 1) this.#units[(at >> 1) + place] = text.charCodeAt(place);
    },
  };
  #access = this.#anywhere;
  #accessTo: (buffer: ArrayBufferLike) => TextAccess = () => this.#anywhere;

  /** Takes from the glue of the module the making of an instance, and the forgetting of it. */
  constructor(make: (from: { module: WebAssembly.Module }) => unknown, forget: () => void) {
    this.#make = make;
    this.#forget = forget;
  }

  /**
   * Says where the module comes from; the entry files do so. It is asked for at the first call, since compiling it takes longer than
   * everything else that an import does. `host` is the host's own way to read and write text, where it has a faster one than what all
   * hosts have.
   */
  start(from: () => WebAssembly.Module, host = this.#accessTo): void {
    this.#load = from;
    this.#accessTo = host;
  }

  /** Whether the module is ready. */
  isStarted(): boolean {
    return this.#load !== undefined;
  }

  /** Writes text at the start of the input; gives its length in bytes. */
  writeText(text: string): number {
    this.#room(text.length * 3);
    return encoder.encodeInto(text, this.#input).written;
  }

  /** Writes text at the start of the input as it is, in UTF-16; gives its length in bytes. */
  writeUnits(text: string): number {
    this.#room(text.length * 2);
    this.#access.writeUnits(text, this.#inputAt);
    return text.length * 2;
  }

  /** Writes bytes into the input, behind the text that was written last, if any; gives their number. */
  writeBytes(bytes: Uint8Array, at: number): number {
    const length = byteLength(bytes);
    this.#ready();
    if (at + length > this.#input.length) {
      const before = this.#input.slice(0, at);
      // Growing leaves the old place behind, and the key may stand there.
      this.#input.fill(0, 0, at);
      this.#room(at + length);
      this.#input.set(before);
      before.fill(0);
    }
    try {
      this.#input.set(bytes, at);
    } catch (cause) {
      // The key may be in front of what cannot be read.
      this.#input.fill(0, 0, at);
      throw cause;
    }
    return length;
  }

  /** Runs a call; gives twice the number of bytes in the output, and one more for yes. */
  call(operation: Operation, a: number, b: number, c: number): number {
    const exports = this.#ready();
    const run = (exports as unknown as Record<Operation, WasmCall>)[operation];
    let result: number;
    let error: unknown;
    this.callCount += 1;
    this.#isInside = true;
    try {
      result = run(a, b, c);
      if (result < 0) error = readError(exports, -result);
    } catch (cause) {
      throw broken(cause);
    }
    this.#isInside = false;
    if (result < 0) throw new WxPayError(error as WxPayErrorDetails);
    return result;
  }

  /** The output of the last call as text, from one byte to another. */
  readText(start: number, end: number): string {
    const at = this.#outputAddress();
    return decoder.decode(this.#memory.subarray(at + start, at + end));
  }

  /** The same where it is known to be plain ASCII. */
  readPlain(start: number, end: number): string {
    const at = this.#outputAddress();
    return this.#access.readPlain(at + start, at + end);
  }

  /** So many bytes of the output of the last call, where they stand: the next call overwrites them. */
  readBytes(length: number): Uint8Array {
    const at = this.#outputAddress();
    return this.#memory.subarray(at, at + length);
  }

  /** The numbers that tell of fields, where they stand: the ends of those that go in, and of those that came out. */
  fieldNumbers(): Uint32Array {
    this.#ready();
    this.callCount += 1;
    return this.#numbers;
  }

  #ready(): Exports {
    if (this.#isInside) this.#replace();
    this.#exports ??= this.#loaded();
    if (this.#memory.length === 0) this.#view(this.#exports);
    return this.#exports;
  }

  #loaded(): Exports {
    if (this.#load === undefined) {
      throw new WxPayError({
        code: 'ERR_CONFIG',
        outcome: 'not-sent',
        message: 'paysign is not ready: await init() once before the first call',
      });
    }
    return this.#made(this.#load());
  }

  #made(module: WebAssembly.Module): Exports {
    return this.#make({ module }) as Exports;
  }

  /** The output moves as it likes, so its address is asked for with every reading. */
  #outputAddress(): number {
    return this.#address(this.#ready().outputAddress);
  }

  /** Runs what can only fail by breaking. */
  #address(run: () => number): number {
    this.#isInside = true;
    try {
      const at = run();
      this.#isInside = false;
      return at;
    } catch (cause) {
      throw broken(cause);
    }
  }

  #view({ memory, endsAddress }: Exports): void {
    // The call comes first: it may grow memory, which makes another buffer.
    const at = endsAddress === undefined ? undefined : this.#address(endsAddress);
    const { buffer } = memory;
    if (at !== undefined) this.#numbers = new Uint32Array(buffer, at, NUMBERS);
    this.#units = new Uint16Array(buffer, 0, buffer.byteLength >> 1);
    this.#access = this.#accessTo(buffer);
    // Its place is asked for when it is next needed.
    this.#input = new Uint8Array();
    // Last: where the stack runs out before, the next call begins anew.
    this.#memory = new Uint8Array(buffer);
  }

  /** A view of the input that is at least so large. */
  #room(bytes: number): void {
    this.#ready();
    if (this.#input.length >= bytes && this.#input.length > 0) return;
    const size = Math.max(bytes, 65536);
    const { inputAddress } = this.#ready();
    const at = this.#address(() => inputAddress(size));
    const { memory } = this.#ready();
    this.#input = new Uint8Array(memory.buffer, at, size);
    this.#inputAt = at;
  }

  #replace(): void {
    // The key may stand in what broke.
    if (this.#exports) new Uint8Array(this.#exports.memory.buffer).fill(0);
    this.#forget();
    // The glue has kept the compiled module.
    this.#exports = this.#made(undefined as never);
    this.generation += 1;
    this.#memory = new Uint8Array();
    this.#isInside = false;
  }
}

/** The true number of bytes of a view, whatever its class or a property of it says. */
export function byteLength(bytes: Uint8Array): number {
  return TRUE_LENGTH.call(bytes);
}

const TRUE_LENGTH = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
  ?.get as () => number;

function readError({ memory, outputAddress }: Exports, length: number): unknown {
  return JSON.parse(decoder.decode(new Uint8Array(memory.buffer, outputAddress(), length)));
}

/** After a trap, or a stack that ran out inside, the instance's state is not to be trusted. */
function broken(cause: unknown): WxPayError {
  return new WxPayError({
    code: 'ERR_INTERNAL',
    outcome: 'unknown',
    message:
      'the wasm module broke; the next call gets a fresh one (see the cause: the stack ran out, or please report it)',
    cause,
  });
}
