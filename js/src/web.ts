// Browsers and everything else with fetch: `await init()` once, then the same functions.
import { isStarted, start } from './core.js';

export * from './index.js';

/** Where the module comes from: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type ModuleSource = string | URL | Response | BufferSource | WebAssembly.Module;

let starting: Promise<void> | undefined;

/** Loads the module, by default from beside this file. Later calls wait for the first one. */
export function init(
  source: ModuleSource | Promise<ModuleSource> = new URL('./paysign.wasm', import.meta.url),
): Promise<void> {
  if (isStarted()) return Promise.resolve();
  starting ??= load(source).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function load(source: ModuleSource | Promise<ModuleSource>): Promise<void> {
  const module = await compile(await source);
  start(() => module);
}

async function compile(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source));
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (!source.ok) throw new Error(`the module was not found: HTTP status ${source.status} at ${source.url}`);
  // A server may not know the media type of wasm, so the bytes are compiled, not the stream.
  return WebAssembly.compile(await source.arrayBuffer());
}
