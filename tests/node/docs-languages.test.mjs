// The READMEs and the pages of js/docs in both languages: the same headings, the same code, and their lengths.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const names = readdirSync(join(root, 'js/docs'));
const pages = names.filter((name) => /^[\w-]+\.md$/.test(name)).map((name) => `js/docs/${name}`);
const PAIRS = ['README.md', ...pages];
const chineseOf = (path) => path.replace(/\.md$/, '.zh-CN.md');

/** The page for the move to APIv3 is tables of every field. */
const LONG = 'js/docs/from-v2-to-v3.md';
const LONGEST_LINES = 150;
/** Five minutes at 220 words a minute. */
const README_WORDS = 1100;

/** The blocks of a text with their languages, and the text without them. */
function parts(text) {
  const blocks = [];
  const prose = text.replaceAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm, (_, indent, language, code) => {
    blocks.push(`${indent}${language}\n${code}`);
    return '';
  });
  return { blocks, prose };
}

/** What differs between two languages of one page. */
function differences(english, chinese) {
  const [one, other] = [parts(english), parts(chinese)];
  const levels = ({ prose }) => [...prose.matchAll(/^(#+) \S/gm)].map(([, level]) => level).join(' ');
  const found = [];
  if (levels(one) !== levels(other)) found.push('headings');
  if (one.blocks.length !== other.blocks.length) found.push('number of blocks');
  for (const [at, block] of one.blocks.entries()) if (block !== other.blocks[at]) found.push(`block ${at + 1}`);
  return found;
}

for (const path of PAIRS)
  test(`${path} has the same headings and the same code, byte for byte, in both languages`, () => {
    const [english, chinese] = [read(path), read(chineseOf(path))];
    assert.deepEqual(differences(english, chinese), []);
    assert.match(parts(english).prose, /^# \S/);
    assert.match(parts(chinese).prose, /\p{Script=Han}/u);
  });

test('every page of one language has its pair, and each links to the other', () => {
  assert.ok(pages.length >= 15, `${pages.length} pages`);
  assert.equal(names.length, pages.length * 2);
  for (const path of PAIRS) {
    const [name, other] = [path, chineseOf(path)].map((one) => one.split('/').at(-1));
    assert.ok(read(path).includes(`[中文](${other})`), path);
    assert.ok(read(chineseOf(path)).includes(`[English](${name})`), path);
  }
});

test('one changed character of code, one comment and one heading are each found', () => {
  const text = read('README.md');
  assert.deepEqual(differences(text, text.replace('await gateway.idle();', 'await gateway.idle( );')), ['block 6']);
  assert.deepEqual(differences(text, text.replace('// the phone:', '// 手机：')), ['block 6']);
  assert.deepEqual(differences(text, text.replace('\n## Bills\n', '\n### Bills\n')), ['headings']);
  assert.deepEqual(differences(text, text.replace('\n## Bills\n', '\n')), ['headings']);
});

test('the README is read in five minutes, and a page of js/docs has at most 150 lines', () => {
  const { prose } = parts(read('README.md'));
  const words = prose.replaceAll(/`[^`\n]+`|\]\([^)]*\)/g, ' ').match(/[A-Za-z][\w'-]*/g);
  assert.ok(words.length > 500 && words.length <= README_WORDS, `${words.length} words`);
  for (const path of pages.filter((one) => one !== LONG)) {
    const lines = read(path).split('\n').length - 1;
    assert.ok(lines <= LONGEST_LINES, `${path} has ${lines} lines`);
  }
});

test('every link of the READMEs and the pages leads to a file, and a Chinese text links to Chinese pages', () => {
  for (const path of PAIRS.flatMap((one) => [one, chineseOf(one)])) {
    const targets = [...parts(read(path)).prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    for (const target of targets.filter((one) => !one.startsWith('http'))) {
      const file = join(dirname(path), target.split('#')[0]);
      assert.ok(existsSync(join(root, file)), `${path}: ${target}`);
      const isPage = /^(?:js\/docs\/[\w-]+|README)(?:\.zh-CN)?\.md$/.test(file);
      const isOther = file === (path.endsWith('.zh-CN.md') ? path.replace('.zh-CN', '') : chineseOf(path));
      if (isPage && !isOther)
        assert.equal(file.endsWith('.zh-CN.md'), path.endsWith('.zh-CN.md'), `${path}: ${target}`);
    }
  }
});

test('the README leads to every page, in each language', () => {
  for (const path of pages) {
    assert.ok(read('README.md').includes(`](${path})`), path);
    assert.ok(read('README.zh-CN.md').includes(`](${chineseOf(path)})`), path);
  }
});

test('the part about mistakes begins with the doctor', () => {
  for (const [file, heading] of [
    ['README.md', 'When something goes wrong'],
    ['README.zh-CN.md', '出错的时候'],
  ]) {
    const [first] = parts(read(file).split(`\n## ${heading}\n`)[1].split('\n## ')[0]).blocks;
    assert.match(first, /paysign\/doctor/, file);
  }
});
