// The reader of old PKCS#12 files, in `certificate.wasm`. It is loaded only for such a file. Its memory is wiped after each file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configError, WxPayError } from '../errors.js';
import * as glue from '../generated/certificate.js';

let isUsed = false;

/** Reads the certificates and the key of a PKCS#12 file, as PEM texts. Does not check that they belong together. */
export function openPkcs12(pfx: Uint8Array, passphrase: string): { cert: string; key: string } {
  const wasm = load();
  try {
    const [cert = '', key = ''] = glue.openPkcs12(pfx, passphrase);
    return { cert, key };
  } catch (error) {
    // An error of the Rust core is a string that begins with the field name. Any other error is a crash of the wasm module (trap).
    const message =
      typeof error === 'string'
        ? error
        : 'certificate: is not a readable PKCS#12 file; pass the bytes of apiclient_cert.p12';
    throw new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', field: 'certificate', message });
  } finally {
    // The memory contains the passphrase, the key, and intermediate values.
    new Uint8Array(wasm.memory.buffer).fill(0);
  }
}

/** Makes a new instance, since the memory of the last one was wiped. */
function load(): glue.InitOutput {
  try {
    if (isUsed) glue.__wbg_reset_state();
    const wasm = glue.initSync({ module: isUsed ? (undefined as never) : compiled() });
    isUsed = true;
    return wasm;
  } catch {
    throw configError(
      'certificate',
      'needs certificate.wasm, which cannot be loaded from the folder of node.cjs; if you bundle, mark paysign as external',
    );
  }
}

const compiled = () => new WebAssembly.Module(readFileSync(join(__dirname, 'certificate.wasm')));
