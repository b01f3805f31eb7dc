// One module of wasm at work: instantiated when it is first needed, and anew after it broke.
import { WxPayError, type WxPayErrorDetails } from '../errors.js';

/** What every module exports. */
export interface Exports {
  memory: WebAssembly.Memory;
}

/** A module, its instance, and the end of every call. */
export class Instance<Found extends Exports = Exports> {
  /** The number of instances before this one. What is known of an instance is not true of the next. */
  generation = 0;
  /**
   * True from the start of a call to its good end. If it is true when the next call begins, the call before broke, even where the
   * stack was too short to say so.
   */
  protected isInside = false;
  protected exports: Found | undefined;
  readonly #make: (from: { module: WebAssembly.Module }) => unknown;
  readonly #forget: () => void;
  #load: (() => WebAssembly.Module) | undefined;

  /** `make` and `forget` are the glue's: they make an instance, and forget it. */
  constructor(make: (from: { module: WebAssembly.Module }) => unknown, forget: () => void) {
    this.#make = make;
    this.#forget = forget;
  }

  /**
   * Says where the module comes from; the entry files do so. The first call asks for it, since compiling it takes longer than
   * everything else that an import does.
   */
  start(from: () => WebAssembly.Module): void {
    this.#load = from;
  }

  /** Whether the module is ready. */
  isStarted(): boolean {
    return this.#load !== undefined;
  }

  /** Runs a function of the glue, which throws the details of an error of the core. */
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

  /** The exports of an instance that works. */
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
    // The key may be in what broke.
    if (this.exports) new Uint8Array(this.exports.memory.buffer).fill(0);
    this.#forget();
    // The glue has kept the compiled module.
    this.exports = this.#make({ module: undefined as never }) as Found;
    this.generation += 1;
    this.isInside = false;
  }
}

/** Whether the core threw it: an error of a host is an instance of `Error`, the core's is a plain object. */
function isDetails(thrown: unknown): thrown is WxPayErrorDetails {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'outcome' in thrown;
}

/** After a trap, or a stack that ran out inside, the instance's state is not to be trusted. */
export function broken(cause: unknown): WxPayError {
  return new WxPayError({
    code: 'ERR_INTERNAL',
    outcome: 'unknown',
    message:
      'the wasm module broke; the next call gets a fresh one (see the cause: the stack ran out, or please report it)',
    cause,
  });
}
