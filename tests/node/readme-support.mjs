// The lines about notices of the pages in js/docs, for tests that run them.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Inside node_modules, so that the pages' lines find the frameworks and nothing of it is a source file. */
export const work = join(root, 'tests/node/frameworks/node_modules/.readme');

/** The first lines and the code of every block of a page that begins with a comment. */
export function mounts(page) {
  const text = readFileSync(join(root, 'js/docs', page), 'utf8');
  return [...text.matchAll(/```js\n\/\/ (.*)\n([\s\S]*?)```/g)].map(([, title, code]) => ({ title, code }));
}

/** The block whose title begins with a word. */
export const mountOf = (word) =>
  [...mounts('frameworks.md'), ...mounts('notices.md')].find(({ title }) => title.startsWith(word));

let runs = 0;

/** Runs a page's lines as a module, after its earlier lines; returns its exports. */
export async function run(code, scope) {
  mkdirSync(work, { recursive: true });
  runs += 1;
  const file = join(work, `${process.pid}-${runs}.mjs`);
  writeFileSync(file, `const { ${Object.keys(scope)} } = globalThis.readme;\n${code}`);
  globalThis.readme = scope;
  return import(pathToFileURL(file).href).finally(() => rmSync(file));
}
