// The lint of the prose, for ambiguous words and long sentences: `node js/scripts/words.mjs`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProse, paragraphs } from './prose.mjs';
import { isMain, root } from './tools.mjs';

/** Words with three meanings each. Quotes and code may have them. */
const WORDS =
  /\b(?:stands?|stood|standing|gives?|gave|given|giving|holds?|held|holding|tells?|told|telling|so many|behind|none of|whose it is)\b/gi;

/** A sentence that begins with a clause for its subject. */
const CLAUSE = /^\W*What is\b/;

/** A call that makes an error. */
const ERROR_CALL =
  /\b(?:Error::(?!(?:refused|failed)\b)\w+|configError|paramError|UsageError|Refusal|failure|mismatch|refused|wrong)\(/g;

/** Text literals and brackets: an apostrophe begins a text in JavaScript only. */
const RUST_PARTS = /"(?:\\.|[^"\\])*"|[()]/g;
const SCRIPT_PARTS = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[()]/g;

/** The code in a text, and the advice that published test vectors contain. */
const NOT_WORDS = /\$\{[^}]*\}|\bgive it as text\b/g;

/** A tag of JSDoc with its type, and with the name of a parameter. */
const TAG = /^@(?:(?:param|property)(?: \{.*\}(?=\s))? \S+|\w+(?: \{.*\}(?=\s))?)/;

/** In words. */
const LONGEST = 20;

/** How many sentences may be longer. It only falls. */
const CEILING = 0;

/** @typedef {{ line: number, what: string }} Finding */

/**
 * Returns the findings in one file.
 * @param {string} path
 * @param {string} text
 * @returns {{ words: Finding[], long: Finding[] }}
 */
export function check(path, text) {
  /** @type {Finding[]} */
  const words = [];
  /** @type {Finding[]} */
  const long = [];
  for (const { text: whole, lines } of paragraphs(path, text)) {
    const own = masked(whole);
    for (const { 0: word, index } of own.matchAll(WORDS)) words.push({ line: lines[index] ?? 0, what: word });
    for (const { 0: sentence, index } of own.matchAll(/\S.*?(?:[.!?]['")\]*]*(?=\s)|$)/g)) {
      const line = lines[index] ?? 0;
      if (CLAUSE.test(sentence)) words.push({ line, what: 'What is' });
      const count = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
      if (count > LONGEST) long.push({ line, what: `${count} words: ${whole.slice(index, index + 60)}…` });
    }
  }
  words.push(...inErrors(path, text));
  return { words, long };
}

/**
 * Returns the words in the texts of errors. A text that is not in the call itself is not seen.
 * @param {string} path
 * @param {string} text
 * @returns {Finding[]}
 */
function inErrors(path, text) {
  if (!/^(?:js\/)?src\//.test(path)) return [];
  const found = [];
  for (const { 0: call, index } of text.matchAll(ERROR_CALL)) {
    const start = index + call.length;
    let depth = 1;
    for (const { 0: part, index: at } of text.slice(start).matchAll(path.endsWith('.rs') ? RUST_PARTS : SCRIPT_PARTS)) {
      if (part === '(') depth += 1;
      else if (part === ')') depth -= 1;
      else
        for (const { 0: what } of part.replace(NOT_WORDS, '').matchAll(WORDS))
          found.push({ line: text.slice(0, start + at).split('\n').length, what: `${what}, in an error` });
      if (depth === 0) break;
    }
  }
  return found;
}

/** The text with code, quotes, addresses and the types of tags as one word each, of the same length. @param {string} text */
function masked(text) {
  const mask = (/** @type {string} */ part) => 'x'.repeat(part.length);
  return text
    .replace(TAG, (tag) => ' '.repeat(tag.length))
    .replace(/``.+?``|`[^`]+`|"[^"]*"|“[^”]*”|https?:[^\s<>()]+/g, mask);
}

/** The files with English prose. The Chinese pages have their own rules. */
function proseFiles() {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => hasProse(path) && existsSync(join(root, path)) && !path.endsWith('.zh-CN.md'));
}

/** Returns a line for each finding in the files, and whether they are within the limits. */
export function checkAll() {
  const words = [];
  const long = [];
  for (const path of proseFiles()) {
    const found = check(path, readFileSync(join(root, path), 'utf8'));
    words.push(...found.words.map(({ line, what }) => `${path}:${line}: ${what}`));
    long.push(...found.long.map(({ line, what }) => `${path}:${line}: ${what}`));
  }
  return { words, long, isGood: words.length === 0 && long.length <= CEILING };
}

if (isMain(import.meta.url)) {
  const { words, long, isGood } = checkAll();
  for (const line of [...words, ...long]) console.log(line);
  console.log(`${words.length} words, ${long.length} sentences of more than ${LONGEST} words`);
  if (!isGood) process.exitCode = 1;
}
