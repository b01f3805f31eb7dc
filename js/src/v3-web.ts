// APIv3 on hosts with web standards: WebCrypto, and the fetch of the host. Its functions work after `await init()`.
import { useCrypto } from './v3/host.js';
import { v3 } from './wasm/v3.js';
import { compiled, type Given } from './web/module-source.js';
import { webCrypto } from './web/v3-crypto.js';

export * from './v3.js';
export type { ModuleSource } from './web/module-source.js';

useCrypto(() => webCrypto);

let starting: Promise<void> | undefined;

/** Loads `v3.wasm`, by default from beside this file. Calls at the same time share one load; a failed one may be repeated. */
export function init(source?: Given): Promise<void> {
  if (v3.isStarted()) return Promise.resolve();
  starting ??= load(source).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function load(source: Given | undefined): Promise<void> {
  // The address is made only if it is needed, because a bundle may have no `import.meta.url`.
  const module = await compiled(() => source ?? new URL('./v3.wasm', import.meta.url));
  v3.start(() => module);
}
