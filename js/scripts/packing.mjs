// The wasm modules and the gateway's page in the forms that the package and its programs have.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, createBrotliCompress, deflateRawSync } from 'node:zlib';
import { CERTIFICATE, DOCTOR, PUBLISHED, placeOf } from './modules.mjs';
import { root } from './tools.mjs';

const pkg = join(root, 'pkg');

/** Packs the modules of `paysign/inline`, the doctor, and the reader of old PKCS#12 files. */
export async function packAll() {
  await packModules();
  packDoctor();
  writeFileSync(join(pkg, `${CERTIFICATE}.br`), brotliCompressSync(readFileSync(placeOf(CERTIFICATE))));
}

/**
 * The modules as one text, for the entry that is one file. They have much code in common: packed together they are 204 kB, and one
 * by one 270 kB. After each module the packer flushes, so that a program unpacks no more than it needs.
 */
async function packModules() {
  const { BROTLI_OPERATION_FLUSH, BROTLI_PARAM_LGWIN } = constants;
  const packer = createBrotliCompress({ params: { [BROTLI_PARAM_LGWIN]: 24 } });
  /** @type {Buffer[]} */
  const pieces = [];
  packer.on('data', (piece) => pieces.push(piece));
  const ends = [];
  let end = 0;
  for (const { file } of PUBLISHED) {
    const wasm = readFileSync(placeOf(file));
    packer.write(wasm);
    await new Promise((resolve) => packer.flush(BROTLI_OPERATION_FLUSH, () => resolve(undefined)));
    end += wasm.length;
    ends.push(`  '${file}': [${end}, ${pieces.reduce((sum, piece) => sum + piece.length, 0)}],`);
  }
  packer.destroy();
  writeFileSync(
    join(root, 'js/src/generated/module-texts.ts'),
    [
      '// The wasm modules as base64 of Brotli, one after the other.',
      `export const MODULES_TEXT =\n  '${Buffer.concat(pieces).toString('base64')}';`,
      '/** The end of each module, in bytes: unpacked, and packed. */',
      'export const MODULE_ENDS = {',
      ...ends,
      '} as const;\n',
    ].join('\n'),
  );
}

/**
 * The gateway's page as the code of a module, which unpacks it.
 * @param {{ html: string, policy: string }} page
 */
export function packPage({ html, policy }) {
  const packed = brotliCompressSync(html).toString('base64');
  return `import { brotliDecompressSync } from 'node:zlib';
    const PACKED = '${packed}';
    export const makeDocument = () => ({
      html: brotliDecompressSync(Buffer.from(PACKED, 'base64')).toString(), policy: ${JSON.stringify(policy)} });`;
}

/** The module of the doctor as one text. The ES module imports it, so that a bundle has it inside. The CommonJS one reads the file. */
function packDoctor() {
  const wasm = readFileSync(placeOf(DOCTOR.file));
  const packed = deflateRawSync(wasm, { level: 9, memLevel: 9 }).toString('base64');
  writeFileSync(join(pkg, 'doctor-text.mjs'), `export const DOCTOR_TEXT = '${packed}';\n`);
}
