// Browsers and everything else with fetch: `await init()` once, then the same functions.
import { calls } from './calls.js';
import { core } from './core.js';
import { WxPayError } from './errors.js';

export * from './index.js';

/** Where a module comes from: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type ModuleSource = string | URL | Response | BufferSource | WebAssembly.Module;

let starting: Promise<void> | undefined;

/**
 * Loads the modules, by default from beside this file; the second one, `calls.wasm`, has the calls of the client, bills and the data of
 * the log-in. Where it is not given and not there, only what needs it throws. Later calls wait for the first one.
 */
export function init(
  source: ModuleSource | Promise<ModuleSource> = new URL('./paysign.wasm', import.meta.url),
  second?: ModuleSource | Promise<ModuleSource>,
): Promise<void> {
  if (core.isStarted()) return Promise.resolve();
  starting ??= load(source, second).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function load(
  source: ModuleSource | Promise<ModuleSource>,
  second: ModuleSource | Promise<ModuleSource> | undefined,
): Promise<void> {
  const absent = (cause: unknown): (() => WebAssembly.Module) => {
    if (second !== undefined) throw cause;
    return () => {
      throw new WxPayError({
        code: 'ERR_CONFIG',
        outcome: 'not-sent',
        message: 'calls.wasm was not found beside the package, see the cause; give it to init as its second argument',
        cause,
      });
    };
  };
  const [main, other] = await Promise.all([
    give(source),
    give(second ?? new URL('./calls.wasm', import.meta.url)).catch(absent),
  ]);
  calls.start(other);
  core.start(main);
}

async function give(source: ModuleSource | Promise<ModuleSource>): Promise<() => WebAssembly.Module> {
  const module = await compile(await source);
  return () => module;
}

async function compile(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source));
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (!source.ok) throw new Error(`the module was not found: HTTP status ${source.status} at ${source.url}`);
  // A server may not know the media type of wasm, so the bytes are compiled, not the stream.
  return WebAssembly.compile(await source.arrayBuffer());
}
