// The one door to the module `certificate.wasm`, which reads old PKCS#12 files: loaded for such a file only, and wiped after each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configError, WxPayError } from '../errors.js';
import * as glue from '../generated/certificate.js';

let isUsed = false;

/** The certificates and the key of a PKCS#12 file, as PEM texts. Whether they belong together is not looked at. */
export function openPkcs12(pfx: Uint8Array, passphrase: string): { cert: string; key: string } {
  const wasm = load();
  try {
    const [cert = '', key = ''] = glue.openPkcs12(pfx, passphrase);
    return { cert, key };
  } catch (error) {
    // The core's own sentence is text, and names the field already; anything else is a trap.
    const message = typeof error === 'string' ? error : 'certificate: is no PKCS#12 file that can be read';
    throw new WxPayError({ code: 'ERR_CONFIG', outcome: 'not-sent', field: 'certificate', message });
  } finally {
    // The passphrase, the key and whatever they were made of.
    new Uint8Array(wasm.memory.buffer).fill(0);
  }
}

/** A fresh instance: the one before was wiped. */
function load(): glue.InitOutput {
  try {
    if (isUsed) glue.__wbg_reset_state();
    const wasm = glue.initSync({ module: isUsed ? (undefined as never) : compiled() });
    isUsed = true;
    return wasm;
  } catch {
    throw configError('certificate', 'needs certificate.wasm, which should stand beside node.cjs and cannot be loaded');
  }
}

const compiled = () => new WebAssembly.Module(readFileSync(join(__dirname, 'certificate.wasm')));
