// The entry for browsers and other hosts with fetch. Its functions work after `await init()`.

import { bills } from './wasm/bills.js';
import { calls } from './wasm/calls.js';
import { core } from './wasm/core.js';
import { compiled, type Given, optional } from './web/module-source.js';

export * from './index.js';
export type { ModuleSource } from './web/module-source.js';

let starting: Promise<void> | undefined;
let isWhole = false;

/**
 * Loads the modules, by default from beside this file. `calls.wasm` has the calls of the client and the data of the log-in, and
 * `bills.wasm` bills and comments. If one of the two is neither passed nor found, only its functions throw. The next `init` looks
 * for it again. Calls of `init` at the same time share one load.
 */
export function init(source?: Given, callsSource?: Given, billsSource?: Given): Promise<void> {
  if (isWhole) return Promise.resolve();
  starting ??= load(source, callsSource, billsSource).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function load(
  source: Given | undefined,
  callsSource: Given | undefined,
  billsSource: Given | undefined,
): Promise<void> {
  // The addresses are made only if they are needed, because a bundle may have no `import.meta.url`.
  const [main, ofCalls, ofBills] = await Promise.all([
    core.isStarted() ? undefined : compiled(() => source ?? new URL('./paysign.wasm', import.meta.url)),
    optional('calls.wasm', 'second', callsSource, () => new URL('./calls.wasm', import.meta.url)),
    optional('bills.wasm', 'third', billsSource, () => new URL('./bills.wasm', import.meta.url)),
  ]);
  calls.start(ofCalls.from);
  bills.start(ofBills.from);
  if (main) core.start(() => main);
  isWhole = ofCalls.isFound && ofBills.isFound;
}
