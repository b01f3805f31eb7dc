// APIv3 on hosts with web standards: WebCrypto, and the fetch of the host. Its functions work after `await init()`.
import { useCrypto } from './v3/host.js';
import { bills } from './wasm/bills.js';
import { v3 } from './wasm/v3.js';
import { compiled, type Given, optional } from './web/module-source.js';
import { webCrypto } from './web/v3-crypto.js';

export * from './v3.js';
export type { ModuleSource } from './web/module-source.js';

useCrypto(() => webCrypto);

let starting: Promise<void> | undefined;
let isWhole = false;

/**
 * Loads `v3.wasm`, and `bills.wasm` for bills, by default from beside this file. If `bills.wasm` is neither passed nor found, only
 * bills throw, and the next `init` looks for it again. Calls at the same time share one load.
 */
export function init(source?: Given, billsSource?: Given): Promise<void> {
  // A compiled module needs no wait: the entry of workers passes both, and its users call no `init`.
  if (source instanceof WebAssembly.Module && !v3.isStarted()) v3.start(() => source);
  if (billsSource instanceof WebAssembly.Module) {
    bills.start(() => billsSource);
    isWhole = true;
  }
  if (v3.isStarted() && isWhole) return Promise.resolve();
  starting ??= load(source, billsSource).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function load(source: Given | undefined, billsSource: Given | undefined): Promise<void> {
  // The addresses are made only if they are needed, because a bundle may have no `import.meta.url`.
  const [main, ofBills] = await Promise.all([
    v3.isStarted() ? undefined : compiled(() => source ?? new URL('./v3.wasm', import.meta.url)),
    optional('bills.wasm', 'second', billsSource, () => new URL('./bills.wasm', import.meta.url)),
  ]);
  bills.start(ofBills.from);
  if (main) v3.start(() => main);
  isWhole = ofBills.isFound;
}
