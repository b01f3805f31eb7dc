// The wasm modules of Node: the first call of each reads its file and compiles it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WxPayError } from '../errors.js';

/** Reads and compiles a module in the folder of the package. */
export function readModule(name: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(readFileSync(join(__dirname, name)));
  } catch (cause) {
    // The caller's stack was full. The next call can still read the file.
    if (cause instanceof RangeError) throw cause;
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: `${name} cannot be read from the folder of the package, see the cause; if you bundle, mark paysign as external`,
      cause,
    });
  }
}
