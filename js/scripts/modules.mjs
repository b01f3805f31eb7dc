// The wasm modules of the package: how each is made, and the limits of all sizes, in bytes.

/** @typedef {{ title: string, feature: string, glue: string, file: string, level: '3' | 's' | 'z', raw: number, gzip: number }} Module */

/** @type {Module[]} */
export const MODULES = [
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

/** The most bytes of the package, unpacked. The goal for all of it, APIv3 and the doctor included, is 3 MiB. */
export const PACKAGE_BYTES = 2_100_000;

/** What a program loads for APIv3: by `import`, by `require`, in a browser. An old PKCS#12 file loads `certificate.wasm` too. */
export const LOADED_V3 = [
  ['v3.mjs', 'node.mjs', 'node.cjs', 'v3.wasm', 'bills.wasm'],
  ['v3.cjs', 'node.cjs', 'v3.wasm', 'bills.wasm'],
  ['v3-web.mjs', 'v3.wasm', 'bills.wasm'],
];

/** The most bytes that a program loads for APIv3. */
export const LOADED_V3_BYTES = 650_000;
