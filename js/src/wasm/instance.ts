// One wasm module: instantiated by its first call, and again after a crash.
import { WxPayError, type WxPayErrorDetails } from '../errors.js';

/** The exports of every module. */
export interface Exports {
  memory: WebAssembly.Memory;
}

/** A module, its instance, and the clean-up after every call. */
export class Instance<Found extends Exports = Exports> {
  /** The number of instances before this one. A change invalidates caches about the instance. */
  generation = 0;
  /**
   * True during a call. A call that breaks the instance leaves it true, and the next call replaces the instance.
   * This works even if the stack is too short to record an error.
   */
  protected isInside = false;
  protected exports: Found | undefined;
  readonly #make: (from: { module: WebAssembly.Module }) => unknown;
  readonly #forget: () => void;
  #load: (() => WebAssembly.Module) | undefined;

  /** `make` and `forget` are functions of the glue. The first makes an instance, the second drops it. */
  constructor(make: (from: { module: WebAssembly.Module }) => unknown, forget: () => void) {
    this.#make = make;
    this.#forget = forget;
  }

  /**
   * Sets the source of the module; entry files call it. The first call loads it, since compiling takes longer than
   * the rest of the import.
   */
  start(from: () => WebAssembly.Module): void {
    this.#load = from;
  }

  /** Whether the module is ready. */
  isStarted(): boolean {
    return this.#load !== undefined;
  }

  /** Runs a function of the glue. An error of the Rust code arrives as a plain object, and is thrown as a `WxPayError`. */
  run<T>(call: () => T): T {
    this.ready();
    this.isInside = true;
    let result: T;
    try {
      result = call();
    } catch (thrown) {
      if (!isDetails(thrown)) throw broken(thrown);
      this.isInside = false;
      throw new WxPayError(thrown);
    }
    this.isInside = false;
    return result;
  }

  /** The exports of a working instance. */
  protected ready(): Found {
    if (this.isInside) this.#replace();
    this.exports ??= this.#loaded();
    return this.exports;
  }

  #loaded(): Found {
    if (this.#load === undefined) {
      throw new WxPayError({
        code: 'ERR_CONFIG',
        outcome: 'not-sent',
        message: 'paysign is not ready: await init() once before the first call',
      });
    }
    return this.#make({ module: this.#load() }) as Found;
  }

  #replace(): void {
    // The key may be in the memory of the broken instance.
    if (this.exports) new Uint8Array(this.exports.memory.buffer).fill(0);
    this.#forget();
    // The glue has kept the compiled module.
    this.exports = this.#make({ module: undefined as never }) as Found;
    this.generation += 1;
    this.isInside = false;
  }
}

/** Whether the Rust code threw this value. It throws plain objects; errors of the host are instances of `Error`. */
function isDetails(thrown: unknown): thrown is WxPayErrorDetails {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'outcome' in thrown;
}

/** The error after a crash of wasm (trap) or an exhausted stack. The state of the instance cannot be trusted any more. */
export function broken(cause: unknown): WxPayError {
  return new WxPayError({
    code: 'ERR_INTERNAL',
    outcome: 'unknown',
    message: 'the wasm module broke, and the next call gets a fresh one; report it unless the cause is a full stack',
    cause,
  });
}
