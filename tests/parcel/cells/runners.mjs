// The test runners and the runners of TypeScript, with their defaults: a test runs the whole program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/processes.mjs';
import { root, tool } from '../support/world.mjs';

const JEST = tool('jest/bin/jest.js');
const NODE24 = tool('node24/bin/node');

/** The test of the shop. It fails with what the program throws, and the cell reads what it saw. */
const TEST = `test('the shop', async () => { console.log(JSON.stringify({ seen: await shop() })); }, 30_000);`;
const FAKE = TEST.replace('async () => {', "async () => { jest.useFakeTimers({ doNotFake: ['setImmediate'] });");

/** jsdom has no `fetch`, so the payer's phone is called by Node. */
const JSDOM = `const { request } = require('node:http');
const call = (body) => new Promise((resolve, reject) => {
  const sent = request(WORLD.phone, { method: 'POST' }, async (answer) => {
    let text = '';
    for await (const part of answer) text += part;
    resolve(text);
  });
  sent.on('error', reject).end(body);
});
${TEST.replace('shop()', 'shop(call)')}`;

/**
 * A project with one file that a runner runs. `form` is how the file imports, `tail` how it begins, and `manifest` what package.json adds.
 * @typedef {{ file: string, command: string[], tail?: string, form?: 'import' | 'require', files?: object, manifest?: object }} Way
 * @param {string} name
 * @param {Way & { isQuick?: boolean }} way
 */
const runner = (name, { file, command: [command, ...args], tail, form, files = {}, manifest, isQuick }) => ({
  name,
  isQuick,
  async run(room) {
    room.install(manifest);
    room.write({ ...files, [file]: room.shop({ form, tail, isTyped: file.endsWith('ts') }) });
    const { text } = await run(command, args, { cwd: room.folder });
    // Runners print words of their own before what a test prints.
    room.check({ stdout: text.replaceAll(/^.*?(?=\{"seen":)/gm, ''), text });
  },
});

const node = (...args) => [process.execPath, ...args];
const jest = (...args) => node(...args, JEST, '--no-cache', '--no-watchman');
const OF_MODULES = { 'jest.config.json': { testMatch: ['**/*.test.mjs'] } };
const OF_TS_JEST = { 'jest.config.json': { preset: 'ts-jest' } };
/** What ts-node takes by itself does not run in Node 20, with any package. */
const CLASSIC = { 'tsconfig.json': { compilerOptions: { module: 'commonjs', target: 'es2021', strict: true } } };
const VITEST = { 'vitest.config.mjs': 'export default { test: { globals: true } };' };

/** The file of js/docs/testing.md, for Vitest: the page says how its one import changes. */
function documented() {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'js/docs/testing.md'), 'utf8'));
  return code.replace(/^import .*; \/\/ Vitest: (import .*)$/m, '$1');
}

export const cells = [
  runner('jest, CJS', { file: 'shop.test.js', form: 'require', tail: TEST, command: jest(), isQuick: true }),
  runner('jest, ESM', {
    ...{ file: 'shop.test.mjs', tail: TEST, files: OF_MODULES },
    command: jest('--experimental-vm-modules'),
  }),
  runner('jest, fake timers', { file: 'shop.test.js', form: 'require', tail: FAKE, command: jest() }),
  runner('jest, jsdom', {
    ...{ file: 'shop.test.js', form: 'require', tail: JSDOM, isQuick: true },
    command: [...jest(), '--env', 'jsdom'],
  }),
  runner('ts-jest', { file: 'shop.test.ts', tail: TEST, files: OF_TS_JEST, command: jest(), isQuick: true }),
  runner('vitest', {
    ...{ file: 'shop.test.mjs', tail: TEST, files: VITEST },
    command: node(tool('vitest/vitest.mjs'), 'run'),
  }),
  {
    name: 'vitest, the file of the documentation',
    isQuick: true,
    async run(room) {
      room.install();
      room.write({ 'shop.test.mjs': documented() });
      const { text } = await run(process.execPath, [tool('vitest/vitest.mjs'), 'run'], { cwd: room.folder });
      if (!/Tests {2}3 passed \(3\)/.test(text)) throw new Error(text);
    },
  },
  runner('ts-node', {
    file: 'shop.ts',
    files: CLASSIC,
    isQuick: true,
    command: node(tool('ts-node/dist/bin.js'), 'shop.ts'),
  }),
  runner('tsx', { file: 'shop.ts', command: node(tool('tsx/dist/cli.mjs'), 'shop.ts') }),
  runner('node 24, TypeScript', { file: 'shop.mts', command: [NODE24, 'shop.mts'] }),
];
