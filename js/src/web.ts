// The entry for browsers and other hosts with fetch. Its functions work after `await init()`.

import { bills } from './wasm/bills.js';
import { calls } from './wasm/calls.js';
import { core } from './wasm/core.js';
import { loader } from './web/loader.js';
import type { Given } from './web/module-source.js';

export * from './index.js';
export type { ModuleSource } from './web/module-source.js';

const load = loader(
  {
    name: 'paysign.wasm',
    place: 'first',
    beside: () => new URL('./paysign.wasm', import.meta.url),
    instance: core,
  },
  { name: 'calls.wasm', place: 'second', beside: () => new URL('./calls.wasm', import.meta.url), instance: calls },
  { name: 'bills.wasm', place: 'third', beside: () => new URL('./bills.wasm', import.meta.url), instance: bills },
);

/**
 * Loads the modules, by default from beside this file. `calls.wasm` has the calls of the client and the data of the log-in, and
 * `bills.wasm` bills and comments. If one of the two is neither passed nor found, only its functions throw. The next `init` looks
 * for it again. Calls of `init` at the same time share one load. In a worker it need not be called.
 */
export function init(source?: Given, callsSource?: Given, billsSource?: Given): Promise<void> {
  return load(source, callsSource, billsSource);
}
