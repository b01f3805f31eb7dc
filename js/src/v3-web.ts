// APIv3 on hosts with web standards: WebCrypto, and the fetch of the host. Its functions work after `await init()`.
import { useCrypto } from './v3/host.js';
import { bills } from './wasm/bills.js';
import { v3 } from './wasm/v3.js';
import { loader } from './web/loader.js';
import type { Given } from './web/module-source.js';
import { webCrypto } from './web/v3-crypto.js';

export * from './v3.js';
export type { ModuleSource } from './web/module-source.js';

useCrypto(() => webCrypto);

const load = loader(
  { name: 'v3.wasm', place: 'first', beside: () => new URL('./v3.wasm', import.meta.url), instance: v3 },
  { name: 'bills.wasm', place: 'second', beside: () => new URL('./bills.wasm', import.meta.url), instance: bills },
);

/**
 * Loads `v3.wasm`, and `bills.wasm` for bills, by default from beside this file. If `bills.wasm` is neither passed nor found, only
 * bills throw, and the next `init` looks for it again. Calls at the same time share one load. In a worker it need not be called.
 */
export function init(source?: Given, billsSource?: Given): Promise<void> {
  return load(source, billsSource);
}
