// The entry for browsers and other hosts with fetch. Its functions work after `await init()`.

import { WxPayError } from './errors.js';
import { calls } from './wasm/calls.js';
import { core } from './wasm/core.js';
import { compiled, type Given } from './web/module-source.js';

export * from './index.js';
export type { ModuleSource } from './web/module-source.js';

let starting: Promise<void> | undefined;
let isWhole = false;

/**
 * Loads the modules, by default from beside this file. `calls.wasm` has the calls of the client, bills and the data of the log-in.
 * If `calls.wasm` is neither passed nor found, only its functions throw. The next `init` looks for it again.
 * Calls of `init` at the same time share one load.
 */
export function init(source?: Given, callsSource?: Given): Promise<void> {
  if (isWhole) return Promise.resolve();
  starting ??= load(source, callsSource).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function load(source: Given | undefined, callsSource: Given | undefined): Promise<void> {
  // The address is made only if it is needed, because a bundle may have no `import.meta.url`.
  const [main, other] = await Promise.all([
    core.isStarted() ? undefined : compiled(() => source ?? new URL('./paysign.wasm', import.meta.url)),
    compiled(() => callsSource ?? new URL('./calls.wasm', import.meta.url)).catch((cause: unknown) => {
      if (callsSource !== undefined) throw cause;
      return absent(cause);
    }),
  ]);
  calls.start(() => {
    if (other instanceof WxPayError) throw other;
    return other;
  });
  if (main) core.start(() => main);
  isWhole = !(other instanceof WxPayError);
}

function absent(cause: unknown): WxPayError {
  return new WxPayError({
    code: 'ERR_CONFIG',
    outcome: 'not-sent',
    message: 'calls.wasm was not found beside the package, see the cause; pass it to init as its second argument',
    cause,
  });
}
