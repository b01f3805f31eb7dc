// The source of a wasm module on a host with web standards, and how it is compiled.
import { WxPayError } from '../errors.js';

/** The source of a module: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type ModuleSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** A source, or the promise of one. */
export type Given = ModuleSource | Promise<ModuleSource>;

/** A module of an entry: its file beside the package, and the argument of `init` that replaces it. */
export interface Wanted {
  readonly name: string;
  readonly place: 'first' | 'second' | 'third';
  /** Returns the address of the file. It is made only if it is needed: a bundle may have no `import.meta.url`. */
  readonly beside: () => URL;
}

/** Whether it is a compiled module. Next makes those of its edge routes in another realm, where `instanceof` says no. */
export function isModule(source: unknown): boolean {
  if (source instanceof WebAssembly.Module) return true;
  if (Object.prototype.toString.call(source) !== '[object WebAssembly.Module]') return false;
  // The glue asks `instanceof` again, before it would compile the module as bytes.
  Object.setPrototypeOf(source as object, WebAssembly.Module.prototype);
  return true;
}

/** Compiles a module: the one that was passed, else the file beside the package. */
export async function compiled(wanted: Wanted, given: Given | undefined): Promise<WebAssembly.Module> {
  if (given !== undefined) return compile(wanted, await given);
  let address: string;
  try {
    // Vite 7 bundles packages into this folder while a site is developed, and leaves their wasm where it was.
    address = wanted.beside().href.replace('/.vite/deps/', '/paysign/');
  } catch (cause) {
    throw missing(wanted, 'cannot be found: this host has no address of the package', cause);
  }
  return compile(wanted, address);
}

async function compile(wanted: Wanted, source: ModuleSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source as WebAssembly.Module;
  if (typeof source === 'string' || source instanceof URL) return compile(wanted, await fetched(wanted, source));
  if (!(source instanceof Response)) return compileBytes(wanted, source as BufferSource);
  if (!source.ok) throw missing(wanted, `was not found: HTTP status ${source.status} at ${source.url}`);
  // A server may not know the media type of wasm, so the bytes are compiled, not the stream.
  return compileBytes(wanted, await source.arrayBuffer(), ` at ${source.url}`);
}

async function fetched(wanted: Wanted, address: string | URL): Promise<Response> {
  try {
    return await fetch(address);
  } catch (cause) {
    throw missing(wanted, `cannot be loaded from ${address}, see the cause`, cause);
  }
}

async function compileBytes(wanted: Wanted, bytes: BufferSource, at = ''): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const bundled = at.includes('/.vite/') ? "; or set optimizeDeps: { exclude: ['paysign'] } in Vite" : '';
    throw missing(wanted, `cannot be compiled${at}, see the cause${bundled}`, cause);
  }
}

/** The error for a module that a program cannot have. */
function missing({ name, place }: Wanted, what: string, cause?: unknown): WxPayError {
  const message = `${name} ${what}; pass the module to init as its ${place} argument`;
  return new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', message, cause });
}
