// The reader of old PKCS#12 files, in `certificate.wasm`. It is loaded only for such a file. Its memory is wiped after each file.
import { configError, WxPayError } from '../errors.js';
import * as glue from '../generated/certificate.js';
import { readModule } from './modules.js';

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

/** Returns the bytes of a file. Each common mistake has its own message. */
export function pkcs12Bytes(pfx: unknown): Buffer {
  const wanted = 'the bytes of apiclient_cert.p12';
  if (pfx === undefined || pfx === null) throw configError('certificate', `pfx is missing; pass ${wanted}`);
  if (!(pfx instanceof Uint8Array))
    throw configError('certificate', `pfx must be ${wanted}, as readFileSync(path) reads them`);
  const file = Buffer.from(pfx);
  if (file.length === 0) throw configError('certificate', `pfx is empty; pass ${wanted}`);
  const text = file.toString('latin1', 0, 4096).trim();
  if (text.includes('-----BEGIN '))
    throw configError('certificate', `pfx is PEM text; pass it as cert and key, or pass ${wanted}`);
  if (/^MI[A-Za-z0-9+/=\s]+$/.test(text))
    throw configError('certificate', "pfx is base64 text; decode it with Buffer.from(text, 'base64')");
  // A PKCS#12 file begins with 0x30 and a byte above 0x7F. Read as UTF-8, that byte becomes U+FFFD.
  // Read as latin1 and saved as UTF-8, it becomes two bytes.
  if (/^0(?:\xef\xbf\xbd|\xc2[\x80-\xbf])/.test(text))
    throw configError(
      'certificate',
      'pfx was read as text, which damaged it; read it without an encoding: readFileSync(path)',
    );
  return file;
}

/** Makes a new instance, since the memory of the last one was wiped. */
function load(): glue.InitOutput {
  if (isUsed) glue.__wbg_reset_state();
  const wasm = glue.initSync({ module: isUsed ? (undefined as never) : readModule('certificate.wasm') });
  isUsed = true;
  return wasm;
}
