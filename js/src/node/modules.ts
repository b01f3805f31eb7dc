// The wasm modules of Node: the first call of each compiles it. The entry file decides where the bytes come from.
import { WxPayError } from '../errors.js';

/** The modules of the package. */
export type ModuleName = 'paysign.wasm' | 'calls.wasm' | 'bills.wasm' | 'v3.wasm' | 'certificate.wasm';

/** The bytes of each module. */
export type ModuleBytes = Readonly<Record<ModuleName, () => Uint8Array>>;

let bytesOf: ModuleBytes | undefined;

/** Sets the source of all modules. */
export function useModules(source: ModuleBytes): void {
  bytesOf = source;
}

/** Reads and compiles a module. */
export function readModule(name: ModuleName): WebAssembly.Module {
  try {
    return new WebAssembly.Module((bytesOf as ModuleBytes)[name]() as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    // The caller's stack was full. The next call can still read the file.
    if (cause instanceof RangeError) throw cause;
    throw new WxPayError({
      code: 'ERR_CONFIG',
      outcome: 'not-sent',
      message: `${name} cannot be read from the folder of the package, see the cause; if you bundle, import paysign/inline`,
      cause,
    });
  }
}
