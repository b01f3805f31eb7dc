// What the build takes out of the package's types: files, declarations and imports that no entry leads to.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dropUnused } from '../../js/scripts/unused-types.mjs';

const FILES = {
  'index.d.ts':
    "import './effect.js';\nexport * from './all.js';\nexport { type Desk, makeDesk as open } from './inner/desk.js';\n",
  'effect.d.ts': 'export {};\n',
  'all.d.ts': 'export interface All {\n    a: string;\n}\n',
  'inner/desk.d.ts': [
    "import { type Idle, type Used as Own } from './parts.js';",
    "import * as whole from './whole.js';",
    '/** A desk. It has a { in its comment. */',
    'export interface Desk extends Local {',
    "    own: Own | '{';",
    '    far: import("./far.js").Far;',
    '    every: whole.Every;',
    '}',
    'interface Local {',
    '    b: number;',
    '}',
    '/** Not used. */',
    'export interface Alone {',
    '    idle: Idle;',
    '}',
    'export declare function makeDesk(parts: {',
    '    a: string;',
    '}): {',
    '    c: Union;',
    '};',
    'type Union = {',
    '    one: 1;',
    '} | {',
    '    two: 2;',
    '};',
    'export {};',
    '',
  ].join('\n'),
  'inner/parts.d.ts': 'export type Used = 1;\nexport type Idle = 2;\n',
  'inner/whole.d.ts': 'export type Every = 3;\n',
  'inner/far.d.ts': 'export type Far = 4;\n',
  'lost.d.ts': "export { Desk } from './inner/desk.js';\n",
};

test('the types keep what an entry leads to, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-types-'));
  try {
    mkdirSync(join(folder, 'inner'));
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
    dropUnused(folder, Object.keys(FILES), ['index.d.ts']);
    const text = (path) => readFileSync(join(folder, path), 'utf8');
    assert.ok(!existsSync(join(folder, 'lost.d.ts')) && !existsSync(join(folder, 'effect.d.ts')));
    assert.equal(text('index.d.ts'), FILES['index.d.ts'].replace("import './effect.js';\n", ''));
    assert.equal(text('all.d.ts'), FILES['all.d.ts']);
    assert.equal(text('inner/parts.d.ts'), 'export type Used = 1;\n');
    assert.equal(text('inner/whole.d.ts') + text('inner/far.d.ts'), 'export type Every = 3;\nexport type Far = 4;\n');
    const desk = text('inner/desk.d.ts');
    assert.match(desk, /^import \{ type Used as Own \} from '\.\/parts\.js';\nimport \* as whole/);
    assert.match(desk, /A desk[\s\S]*interface Local[\s\S]*makeDesk[\s\S]*type Union = \{\n {4}one: 1;\n\} \| \{/);
    assert.ok(!/Alone|Idle|Not used/.test(desk), desk);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
