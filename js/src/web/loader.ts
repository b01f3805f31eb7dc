// The `init` of an entry for hosts with web standards: it compiles each module once.
import { compiled, type Given, isModule, type Wanted } from './module-source.js';

/** A module, and the instance that it starts. */
export interface Part extends Wanted {
  readonly instance: { start(from: () => WebAssembly.Module): void; isStarted(): boolean };
}

/**
 * Makes `init`. A program needs the first module. If another one is neither passed nor found, only its functions throw, and the
 * next `init` looks for it again. Calls at the same time share one load.
 */
export function loader(...parts: readonly Part[]): (...sources: (Given | undefined)[]) => Promise<void> {
  const missing = new Set(parts);
  let loading: Promise<void> | undefined;
  const started = (part: Part, module: WebAssembly.Module) => {
    part.instance.start(() => module);
    missing.delete(part);
  };
  const load = async (sources: (Given | undefined)[]) => {
    const found = await Promise.all(
      parts
        .map((part, index) => ({ part, given: sources[index], isNeeded: index === 0 }))
        .filter(({ part }) => missing.has(part))
        .map(async ({ part, given, isNeeded }) => {
          const module = await compiled(part, given).catch((error: unknown): undefined => {
            if (isNeeded || given !== undefined) throw error;
            // The other API generation may have started the same module.
            if (part.instance.isStarted()) return undefined;
            part.instance.start(() => {
              throw error;
            });
          });
          return { part, module };
        }),
    );
    for (const { part, module } of found) if (module !== undefined) started(part, module);
  };
  const init = (...sources: (Given | undefined)[]): Promise<void> => {
    parts.forEach((part, index) => {
      const source = sources[index];
      // A compiled module needs no wait: the entries of workers pass all of them, and their users call no `init`.
      if (isModule(source) && missing.has(part)) started(part, source as WebAssembly.Module);
    });
    if (missing.size === 0) return Promise.resolve();
    const isShared = loading !== undefined;
    loading ??= load(sources).finally(() => {
      loading = undefined;
    });
    // A source that came during a load of others is used after it.
    const isAwaited = () => parts.some((part, index) => missing.has(part) && sources[index] !== undefined);
    return isShared ? loading.then(() => (isAwaited() ? init(...sources) : undefined)) : loading;
  };
  return init;
}
