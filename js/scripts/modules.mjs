// The wasm modules of the package: how each is made, and the limits of all sizes, in bytes.
import { join } from 'node:path';
import { root } from './tools.mjs';

/** @typedef {{ title: string, feature: string, glue: string, file: string, level: '3' | 's' | 'z', raw: number, gzip: number }} Module */

/** The modules that are files of the package. @type {Module[]} */
export const PUBLISHED = [
  { title: 'the core', feature: 'wasm', glue: 'glue', file: 'paysign.wasm', level: '3', raw: 150_000, gzip: 60_000 },
  // Loaded by its first call.
  {
    title: "the calls of WeChat's API",
    feature: 'calls',
    glue: 'calls',
    file: 'calls.wasm',
    level: '3',
    // serde-wasm-bindgen and js-sys are 11 kB of it, 4 kB compressed.
    raw: 170_000,
    gzip: 72_000,
  },
  // The rows of bills would be read a sixth more slowly, if it were made small.
  {
    title: 'the reader of bills',
    feature: 'bills',
    glue: 'bills',
    file: 'bills.wasm',
    level: '3',
    raw: 130_000,
    gzip: 57_000,
  },
  { title: 'APIv3', feature: 'calls-v3', glue: 'v3', file: 'v3.wasm', level: '3', raw: 250_000, gzip: 107_000 },
  // Seldom loaded and never hurried, so it is made small.
  {
    title: 'the reader of PKCS#12 files',
    feature: 'certificate',
    glue: 'certificate',
    file: 'certificate.wasm',
    level: 'z',
    raw: 90_000,
    gzip: 40_000,
  },
];

/** The module that is inside its entry, in the same file. Nobody waits for a diagnosis, so it is made small. @type {Module} */
export const DOCTOR = {
  title: 'the signature doctor',
  feature: 'explain',
  glue: 'doctor',
  file: 'doctor.wasm',
  level: 'z',
  raw: 370_000,
  gzip: 163_000,
};

/** All modules. */
export const MODULES = [...PUBLISHED, DOCTOR];

/** Only Node reads this module, and seldom. The package has it packed by Brotli: 30 kB in place of 83. */
export const CERTIFICATE = 'certificate.wasm';

/** The folder in which a module is made. Some are in the package in another form. @param {string} file */
export const folderOf = (file) => (file === DOCTOR.file || file === CERTIFICATE ? 'target/paysign' : 'pkg');

/** Where a module is made. @param {string} file */
export const placeOf = (file) => join(root, folderOf(file), file);

/** The most bytes of the package, unpacked: 3 MiB. */
export const PACKAGE_BYTES = 3_145_728;

/** @typedef {{ program: string, files: string[], most: number }} Loaded what a program loads of the package, and the most bytes of it */

const NODE = ['node.mjs', 'node-all.cjs', 'node.cjs', 'common.cjs'];
const V3 = ['v3.mjs', 'v3-all.cjs', 'v3.cjs', 'common.cjs'];
const CERTIFICATES = ['transport.cjs', 'certificates.cjs'];

/** A mini program downloads it to each phone, so it is less than 3 kB. */
const PHONE_BYTES = 2_999;

/** A program for each entry. An old PKCS#12 file loads `certificate.wasm` too. @type {Loaded[]} */
export const LOADED = [
  { program: 'paysign: sign and open notices', files: [...NODE, 'paysign.wasm'], most: 300_000 },
  {
    program: 'paysign: orders, refunds and bills',
    files: [...NODE, ...CERTIFICATES, 'paysign.wasm', 'calls.wasm', 'bills.wasm'],
    most: 620_000,
  },
  {
    program: 'paysign/v3: orders, notices and bills',
    files: [...V3, ...CERTIFICATES, 'v3-crypto.cjs', 'v3.wasm', 'bills.wasm'],
    most: 650_000,
  },
  { program: 'paysign/inline: both generations', files: ['inline.mjs'], most: 500_000 },
  {
    program: 'paysign/web: sign and open notices',
    files: ['web.mjs', 'web-common.mjs', 'paysign.wasm'],
    most: 300_000,
  },
  {
    program: 'paysign/v3 in a browser',
    files: ['v3-web.mjs', 'web-common.mjs', 'v3.wasm', 'bills.wasm'],
    most: 650_000,
  },
  { program: 'paysign/doctor', files: ['doctor.mjs', 'doctor-text.mjs'], most: 240_000 },
  { program: 'paysign/miniprogram, imported', files: ['miniprogram.mjs'], most: PHONE_BYTES },
  {
    program: 'paysign/miniprogram in a mini program',
    files: ['miniprogram_dist/index.js', 'miniprogram_dist/miniprogram.js'],
    most: PHONE_BYTES,
  },
  { program: 'the command paysign, without what it loads later', files: ['cli.cjs'], most: 70_000 },
  { program: 'paysign/testing: the gateway', files: ['testing.mjs', 'testing-all.cjs', 'testing.cjs'], most: 330_000 },
];
