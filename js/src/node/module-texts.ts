// The wasm modules as one text inside the program: base64 of Brotli. It is 17 % smaller than gzip.
import { brotliDecompressSync, constants } from 'node:zlib';
import { MODULE_ENDS, MODULES_TEXT } from '../generated/module-texts.js';
import type { ModuleBytes, ModuleName } from './modules.js';

/** The modules up to the last one that was asked for. */
let unpacked: Uint8Array = new Uint8Array();

function moduleOf(name: ModuleName): Uint8Array {
  const [end, packedEnd] = MODULE_ENDS[name];
  if (unpacked.length < end) unpacked = unpackedUpTo(packedEnd);
  const start = Math.max(0, ...Object.values(MODULE_ENDS).map(([own]) => (own < end ? own : 0)));
  return unpacked.subarray(start, end);
}

/** Unpacks the first bytes. The packer has flushed there. */
function unpackedUpTo(packedEnd: number): Uint8Array {
  const packed = Buffer.from(MODULES_TEXT.slice(0, Math.ceil(packedEnd / 3) * 4), 'base64').subarray(0, packedEnd);
  return brotliDecompressSync(packed, { finishFlush: constants.BROTLI_OPERATION_FLUSH });
}

/** Unpacks each module, and those before it, when it is asked for. */
export const moduleTexts: ModuleBytes = {
  'paysign.wasm': () => moduleOf('paysign.wasm'),
  'calls.wasm': () => moduleOf('calls.wasm'),
  'bills.wasm': () => moduleOf('bills.wasm'),
  'v3.wasm': () => moduleOf('v3.wasm'),
  'certificate.wasm': () => moduleOf('certificate.wasm'),
};
