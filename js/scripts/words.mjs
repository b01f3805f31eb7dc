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

/** A tag of JSDoc with its type, and with the name of a parameter. */
const TAG = /^@(?:(?:param|property)(?: \{.*\}(?=\s))? \S+|\w+(?: \{.*\}(?=\s))?)/;

/** In words. */
const LONGEST = 20;

/** How many sentences may be longer. It only falls. */
const CEILING = 0;

/** Files and folders that are not written again yet. The Chinese pages have rules of their own. */
export const LATER = [
  'SECURITY.md',
  'CHANGELOG.md',
  'js/src/errors.ts',
  'js/src/http/',
  'js/src/login/',
  'js/src/node.ts',
  'js/src/node/',
  'js/src/notices/delivery.ts',
  'js/src/notices/handler.ts',
  'js/src/notices/listeners.ts',
  'js/src/notices/request.ts',
  'js/src/testing/',
  'js/src/v2/notify-router.ts',
  'js/src/v2/options.ts',
  'src/error.rs',
  'src/field.rs',
  'src/user_data.rs',
  'src/v2/err_code.rs',
  'src/v2/notice_members.rs',
  'src/v2/notify.rs',
  'src/v2/sign.rs',
];

/** Names of tests that SECURITY.md quotes: they change together with that page. */
const QUOTED = new Set(
  LATER.includes('SECURITY.md')
    ? Array.from(readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(/`([^`]+)`/g), ([, name]) => name)
    : [],
);

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
    if (QUOTED.has(whole) || QUOTED.has(whole.replaceAll(' ', '_'))) continue;
    const own = masked(whole);
    for (const { 0: word, index } of own.matchAll(WORDS)) words.push({ line: lines[index] ?? 0, what: word });
    for (const { 0: sentence, index } of own.matchAll(/\S.*?(?:[.!?]['")\]*]*(?=\s)|$)/g)) {
      const line = lines[index] ?? 0;
      if (CLAUSE.test(sentence)) words.push({ line, what: 'What is' });
      const count = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
      if (count > LONGEST) long.push({ line, what: `${count} words: ${whole.slice(index, index + 60)}…` });
    }
  }
  return { words, long };
}

/** The text with code, quotes, addresses and the types of tags as one word each, of the same length. @param {string} text */
function masked(text) {
  const mask = (/** @type {string} */ part) => 'x'.repeat(part.length);
  return text
    .replace(TAG, (tag) => ' '.repeat(tag.length))
    .replace(/``.+?``|`[^`]+`|"[^"]*"|“[^”]*”|https?:[^\s<>()]+/g, mask);
}

/** The files with English prose. */
function proseFiles() {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => hasProse(path) && existsSync(join(root, path)))
    .filter((path) => !path.endsWith('.zh-CN.md') && !LATER.some((later) => path.startsWith(later)));
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
