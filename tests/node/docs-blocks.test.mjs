// The tests that run the blocks of the README and of js/docs: a block without one is found.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');

/** The tests of each page, and how many blocks each of them runs. */
const RUN = {
  'README.md': {
    'readme.test.mjs': ['sh', 'v3 order', 'v2 order', 'notice'],
    'docs-run.test.mjs': ['gateway', 'bill', 'keys', 'proxy'],
    'doctor-entry.test.mjs': ['doctor'],
    'miniprogram.test.mjs': ['phone'],
    'docs-blocks.test.mjs': ['Express, a block of frameworks.md'],
  },
  'apis.md': { 'docs-apis.test.mjs': ['further calls', 'combined'] },
  'bills.md': { 'docs-run.test.mjs': ['read', 'compare', 'sh'] },
  'cloud-functions.md': { 'docs-cloud.test.mjs': ['event', 'function'] },
  'command.md': {},
  'developing.md': {},
  'errors.md': { 'docs-run.test.mjs': ['refund'] },
  'frameworks.md': {
    'frameworks-support.mjs': ['Express', 'Koa', 'egg', 'Fastify', 'NestJS', 'Hono'],
    'next.test.mjs': ['Next.js'],
    'frameworks.test.mjs': ['error handler'],
  },
  'from-v2-to-v3.md': { 'docs-names.test.mjs': ['router', 'share'] },
  'gateway.md': { 'readme.test.mjs': ['sh', 'client of key files', 'object', 'faults'] },
  'merchants-and-keys.md': { 'docs-run.test.mjs': ['router', 'v2 keys', 'v3 keys'] },
  'moving-from-other-libraries.md': {},
  'notices.md': { 'notify-sql.test.mjs': ['SQL'] },
  'proxies-and-logs.md': { 'docs-run.test.mjs': ['proxy'], 'docs-telemetry.test.mjs': ['pino', 'OpenTelemetry'] },
  'runtimes.md': { 'docs-run.test.mjs': ['web'] },
  'rust.md': { 'docs-rust.test.mjs': ['v2', 'v3'], 'wasm-pack.test.mjs': ['wasm-pack'] },
  'speed.md': {},
  'testing.md': { 'docs-testing.test.mjs': ['file'] },
};

const pages = readdirSync(`${root}/js/docs`).filter((name) => /^[\w-]+\.md$/.test(name));
const placeOf = (page) => (page === 'README.md' ? page : `js/docs/${page}`);
/** The tests of frameworks find their blocks by the first words, which `readme-support.mjs` looks for in two pages. */
const SUPPORT = { 'frameworks.md': 'mountOf', 'README.md': /readme|README/ };

test('the list has every page', () => {
  assert.deepEqual(Object.keys(RUN).sort(), ['README.md', ...pages].sort());
});

for (const [page, tests] of Object.entries(RUN))
  test(`each block of ${page} is in the list of a test that reads it`, () => {
    const blocks = [...read(placeOf(page)).matchAll(/^ *```(\w+)$/gm)];
    assert.equal(Object.values(tests).flat().length, blocks.length);
    for (const [file] of Object.entries(tests)) {
      const code = read(`tests/node/${file}`);
      const sign = SUPPORT[page] ?? page;
      assert.ok(typeof sign === 'string' ? code.includes(sign) : sign.test(code), `${file} reads ${page}`);
    }
  });

test('the block of the README for Express is the one of the page of frameworks', () => {
  const codeOf = (path, title) => read(path).split(`\`\`\`js\n// ${title}\n`)[1].split('```')[0];
  assert.equal(codeOf('README.md', 'Express'), codeOf('js/docs/frameworks.md', 'Express 4 and 5'));
});
