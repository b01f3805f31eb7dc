// The reader of old PKCS#12 files, in `certificate.wasm`. It is loaded for such a file only, and wiped after each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configError, WxPayError } from '../errors.js';
import * as glue from '../generated/certificate.js';

let isUsed = false;

/** Reads the certificates and the key of a PKCS#12 file, as PEM texts. It does not check that they belong together. */
export function openPkcs12(pfx: Uint8Array, passphrase: string): { cert: string; key: string } {
  const wasm = load();
  try {
    const [cert = '', key = ''] = glue.openPkcs12(pfx, passphrase);
    return { cert, key };
  } catch (error) {
    // An error of the core is text, and names the field already. Anything else is a trap.
    const message =
      typeof error === 'string'
        ? error
        : 'certificate: is not a readable PKCS#12 file; pass the bytes of apiclient_cert.p12';
    throw new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', field: 'certificate', message });
  } finally {
    // The memory contains the passphrase, the key, and the steps between.
    new Uint8Array(wasm.memory.buffer).fill(0);
  }
}

/** Makes a new instance, since the last one was wiped. */
function load(): glue.InitOutput {
  try {
    if (isUsed) glue.__wbg_reset_state();
    const wasm = glue.initSync({ module: isUsed ? (undefined as never) : compiled() });
    isUsed = true;
    return wasm;
  } catch {
    throw configError(
      'certificate',
      'needs certificate.wasm, which cannot be loaded from the folder of node.cjs; leave the package out of your bundle',
    );
  }
}

const compiled = () => new WebAssembly.Module(readFileSync(join(__dirname, 'certificate.wasm')));
