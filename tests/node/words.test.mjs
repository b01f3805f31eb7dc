// The lint of the prose: it passes on this checkout, finds bad comments, and ignores code.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases are code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, checkAll } from '../../js/scripts/words.mjs';

const words = (path, text) => check(path, text).words.map(({ line, what }) => `${line}: ${what}`);

test('no comment, page or test name has a word that the rules exclude, or a sentence that is too long', () => {
  const { words, long, isGood } = checkAll();
  assert.ok(isGood, [...words, ...long].join('\n'));
});

/** Files with one bad sentence each, and the finding. */
const BAD = [
  ['a.ts', 'const a = 1; // The value stands here.', '1: stands'],
  ['a.ts', '\n/** Gives the value. */\nconst a = 1;', '2: Gives'],
  ['a.ts', '/**\n * One.\n * The cache\n * holds it.\n */', '4: holds'],
  ['a.mjs', 'const a = /[\'`"/]/; // So many bytes.', '1: So many'],
  ['a.mjs', 'const a = `${b(`//`)} // stands`; // The rest is behind.', '1: behind'],
  ['a.mjs', "const a = b / 2; const c = '//'; // It tells / told.", '1: tells', '1: told'],
  ['a.mjs', '// What is read twice.', '1: What is'],
  ['a.mjs', '// One.\n// What is read\n// twice.', '2: What is'],
  ['a.test.mjs', "test('a notice tells whose it is', () => {});", '1: tells', '1: whose it is'],
  ['a.test.mjs', 'test(\n  `${name} gives an error`,\n  () => {});', '2: gives'],
  ['a.rs', "//! Held by 'a.\nfn a<'a>(b: &'a str) {} // none of \"it\"", '1: Held', '2: none of'],
  ['a.rs', 'let a = r#"// stands""#; /// Stood.', '1: Stood'],
  ['a.rs', "let a = '\"'; // given\n#[test]\nfn the_key_is_told() {}", '1: given', '3: told'],
  ['a.md', '# A page\n\nThe text\nstands here.', '4: stands'],
  ['a.yml', 'run: stands # It gives up.', '1: gives'],
  ['js/src/a.ts', "throw configError(name(''),\n  `${given} holds it`);", '2: holds, in an error'],
  ['src/a.rs', 'Error::param("a", format_args!("{a} stands")) + "given"', '1: stands, in an error'],
];

for (const [path, text, ...found] of BAD)
  test(`${found.join(' and ')} is found in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(words(path, text), found);
  });

test('code, quotes and parts of other words are not findings', () => {
  assert.deepEqual(words('a.mjs', "const a = 'it stands'; const b = `gives ${'//'} // told`; holds(/[/] held/);"), []);
  assert.deepEqual(words('a.mjs', '// An outstanding `given` value; WeChat says "nobody gives it".'), []);
  assert.deepEqual(words('a.mjs', '/** @param {Held} given */'), []);
  assert.deepEqual(words('a.rs', '/// ```\n/// // it stands\n/// ```\nlet a = "// told \\" // held";'), []);
  assert.deepEqual(words('js/src/a.ts', "paramError(a(')'), 'is 1; give it as text'); f('given', `${held}`);"), []);
  assert.deepEqual(words('a.md', '```sh\nstands\n```\n\nSee `holds`.'), []);
});

test('a sentence of 21 words is too long, and one of 20 is not', () => {
  const sentence = (count) => `${Array(count).fill('word').join(' ')}.`;
  const counts = (text) => check('a.ts', text).long.map(({ what }) => Number.parseInt(what, 10));
  assert.deepEqual(counts(`// ${sentence(20)} ${sentence(20)}`), []);
  assert.deepEqual(counts(`// ${sentence(10).replace('.', '')}\n// ${sentence(11)}`), [21]);
  assert.deepEqual(counts(`/** - ${sentence(19)}\n * - ${sentence(19)}\n *\n * ${sentence(22)} */`), [22]);
  assert.deepEqual(counts(`// ${sentence(18).replace('.', '')} \`a b c d e f\` "one two three"`), []);
});
