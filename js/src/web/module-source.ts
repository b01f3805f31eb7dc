// The source of a wasm module on a host with web standards, and how it is compiled.
import { WxPayError } from '../errors.js';

/** The source of a module: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type ModuleSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** A source, or the promise of one. */
export type Given = ModuleSource | Promise<ModuleSource>;

/** A module that a program may do without. */
export interface Optional {
  /** Returns the module, or throws if it was neither passed nor found. */
  from: () => WebAssembly.Module;
  isFound: boolean;
}

/**
 * Looks for a module that a program may do without. It is the one that was passed, else the one beside the package. `place` is that
 * of the argument of `init`.
 */
export async function optional(
  name: string,
  place: 'second' | 'third',
  given: Given | undefined,
  beside: () => URL,
): Promise<Optional> {
  try {
    const found = await compiled(() => given ?? beside());
    return { from: () => found, isFound: true };
  } catch (cause) {
    if (given !== undefined) throw cause;
    const message = `${name} was not found beside the package, see the cause; pass it to init as its ${place} argument`;
    const error = new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', message, cause });
    const from = () => {
      throw error;
    };
    return { from, isFound: false };
  }
}

/** Compiles the module of this source. */
export const compiled = async (source: () => Given): Promise<WebAssembly.Module> => compile(await source());

async function compile(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source));
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (!source.ok) throw new Error(`the module was not found: HTTP status ${source.status} at ${source.url}`);
  // A server may not know the media type of wasm, so the bytes are compiled, not the stream.
  return WebAssembly.compile(await source.arrayBuffer());
}
