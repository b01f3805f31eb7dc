// The size and the start of programs with the wasm inside: `npm run bench -- inline`. Each start is a new process.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { coldImports } from './cold-import.mjs';

const ROUNDS = 41;
const here = fileURLToPath(new URL('.', import.meta.url));
const pkg = dirname(fileURLToPath(import.meta.resolve('paysign/package.json')));
const place = mkdtempSync(join(tmpdir(), 'paysign-inline-'));

/** What each program does: it signs once, and makes a client. */
const work = (from) => `${from};
  const key = 'k'.repeat(32);
  paysign.sign({ appid: 'wx1', mch_id: '1', body: 'tea' }, key);
  new paysign.WechatPay({ appid: 'wx1', mch_id: '1', key });`;

try {
  const bundles = {};
  for (const format of ['cjs', 'esm']) {
    const outfile = join(place, `bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`);
    const stdin = { contents: work("import * as paysign from 'paysign'"), resolveDir: here };
    await build({ stdin, outfile, format, bundle: true, minify: true, platform: 'node' });
    bundles[format] = outfile;
  }
  const [cjs, mjs] = ['inline.cjs', 'inline.mjs'].map((name) => join(pkg, name));
  const quoted = JSON.stringify;
  const ways = {
    'files beside the package, required': [work("const paysign = require('paysign')")],
    'paysign/inline, required': [work(`const paysign = require(${quoted(cjs)})`), cjs],
    'paysign/inline, imported': [`import(${quoted(mjs)}).then((paysign) => {${work('')}})`, mjs],
    'a bundle of esbuild, CommonJS': [`require(${quoted(bundles.cjs)})`, bundles.cjs],
    'a bundle of esbuild, ES module': [`import(${quoted(bundles.esm)})`, bundles.esm],
  };
  console.log(`… ${ROUNDS} rounds of new processes`);
  const took = coldImports(Object.fromEntries(Object.entries(ways).map(([way, [line]]) => [way, line])), ROUNDS);
  console.log(
    `\nnode ${process.version}, medians of ${ROUNDS}, an empty process subtracted: import, sign, make a client\n`,
  );
  console.log('| program | ms | kB of its one file |\n|---|---|---|');
  for (const [way, [, file]] of Object.entries(ways))
    console.log(`| ${way} | ${took[way].toFixed(1)} | ${file ? Math.round(statSync(file).size / 1000) : '–'} |`);
} finally {
  rmSync(place, { recursive: true });
}
