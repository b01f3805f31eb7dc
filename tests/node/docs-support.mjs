// The pages of js/docs for tests: their tables, their code, and the names that no declaration has.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The code between backticks. */
export const codesOf = (text) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);

/** A page: its headings, its tables, its blocks of code, and the code within its lines. */
export function readPage(name) {
  const text = readFileSync(`${root}/js/docs/${name}`, 'utf8');
  const blocks = [...text.matchAll(/^( *)```js\n([\s\S]*?)^ *```$/gm)].map(([, indent, code]) =>
    code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  const tables = [...prose.matchAll(/(?:^\|.*\n)+/gm)].map(([lines]) => {
    const [head, , ...rows] = lines.trim().split('\n').map(cells);
    return { head, rows };
  });
  const outside = prose.replaceAll(/^\|.*$/gm, '');
  const headings = prose.split('\n').filter((line) => line.startsWith('#'));
  return { text, headings, blocks, tables, outside };
}

const cells = (line) =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** The code that runs: it calls something. */
export const isCall = (code) => code.includes('(');

let modules = 0;

/**
 * Lines of code as functions of what they may name, in a module of their own. The code is not changed.
 * @param {string[]} codes
 * @param {string[]} names
 * @returns {Promise<((scope: object) => Promise<unknown>)[]>}
 */
export async function functionsOf(codes, names) {
  const folder = `${root}/target/paysign/docs`;
  mkdirSync(folder, { recursive: true });
  modules += 1;
  const file = `${folder}/${process.pid}-${modules}.mjs`;
  const functions = codes.map((code) => `async ({ ${names} }) => ${code}`);
  writeFileSync(file, `export const functions = [\n${functions.join(',\n')}\n];\n`);
  return (await import(pathToFileURL(file).href).finally(() => rmSync(file))).functions;
}

/** The members of types, by a path such as `detail.goods_detail[].quantity`. Any part of a union may have a member. */
const READER = `import type * as v2 from 'paysign';
import type * as v3 from 'paysign/v3';
type Member<T, K extends string> = T extends unknown ? (K extends keyof T ? NonNullable<T[K]> : never) : never;
type Item<T> = T extends readonly (infer E)[] ? E : never;
type Step<T, N extends string> = N extends \`\${infer L}[]\` ? Item<Member<T, L>> : Member<T, N>;
type At<T, P extends string> = P extends \`\${infer N}.\${infer R}\` ? At<Step<T, N>, R> : Step<T, P>;
type Has<T> = [T] extends [never] ? false : true;
`;

/**
 * The members that their types have not. TypeScript reads the declarations of the built package, and says which lines are wrong.
 * @param {{ api: 'v2' | 'v3', type: string, member: string }[]} names
 */
export function undeclared(names) {
  const folder = `${root}/target/paysign/docs-names`;
  mkdirSync(folder, { recursive: true });
  const lines = names.map(({ api, type, member }) => `true satisfies Has<At<${api}.${type}, '${member}'>>;`);
  writeFileSync(`${folder}/names.ts`, READER + lines.join('\n'));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  const compiler = [`${root}/node_modules/typescript/bin/tsc`, '--ignoreConfig', ...options, 'names.ts'];
  const { status, stdout } = spawnSync(process.execPath, compiler, { cwd: folder, encoding: 'utf8' });
  const wrong = [...stdout.matchAll(/^names\.ts\((\d+),/gm)].map(([, line]) => names[line - READER.split('\n').length]);
  assert.equal(status === 0, wrong.length === 0, stdout);
  assert.ok(wrong.every(Boolean), stdout);
  return wrong.map(({ api, type, member }) => `${member} of ${type} in API${api}`);
}
