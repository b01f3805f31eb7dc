// The wasm modules as files in the folder of the package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModuleBytes } from './modules.js';

/** Each path is written out: tools that collect the files of a program find it. */
export const moduleFiles: ModuleBytes = {
  'paysign.wasm': () => readFileSync(join(__dirname, 'paysign.wasm')),
  'calls.wasm': () => readFileSync(join(__dirname, 'calls.wasm')),
  'bills.wasm': () => readFileSync(join(__dirname, 'bills.wasm')),
  'v3.wasm': () => readFileSync(join(__dirname, 'v3.wasm')),
  // Seldom read, so it is packed; and zlib is loaded for it alone.
  'certificate.wasm': () => {
    const { brotliDecompressSync } = require('node:zlib') as typeof import('node:zlib');
    return brotliDecompressSync(readFileSync(join(__dirname, 'certificate.wasm.br')));
  },
};
