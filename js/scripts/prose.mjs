// The prose of a source as paragraphs: its comments and test names, or the text of a Markdown page.
import { extname } from 'node:path';

/**
 * Text without line ends, and the line of each of its characters.
 * @typedef {{ text: string, lines: number[] }} Paragraph
 */

/** @typedef {{ line: number, text: string }} Line */

/** @type {Record<string, 'script' | 'rust' | 'hash' | 'page'>} */
const KINDS = {
  '.ts': 'script',
  '.cts': 'script',
  '.mjs': 'script',
  '.cjs': 'script',
  '.js': 'script',
  '.rs': 'rust',
  '.yml': 'hash',
  '.toml': 'hash',
  '.conf': 'hash',
  '.py': 'hash',
  '.md': 'page',
};

/** @param {string} path */
export const hasProse = (path) => KINDS[extname(path)] !== undefined;

/**
 * The paragraphs of a file. The name of a test is a paragraph too.
 * @param {string} path decides how the text is read
 * @param {string} text
 * @returns {Paragraph[]}
 */
export function paragraphs(path, text) {
  const kind = KINDS[extname(path)];
  if (kind === 'page') return split(text.split('\n').map((line, at) => ({ line: at + 1, text: line })));
  const found = kind === 'hash' ? hashComments(text) : comments(text, kind === 'rust' ? RUST : SCRIPT);
  const blocks = merged(found).flatMap((block) => split(block));
  const names = text.matchAll(
    kind === 'rust'
      ? /#\[(?:wasm_bindgen_)?test\]\s+fn (\w+)/g
      : /^ *(?:await )?(?:t\.)?(?:test|it)\(\s*(['"`])(.*?)\1,/gm,
  );
  for (const name of kind === 'hash' ? [] : names) {
    const line = text.slice(0, (name.index ?? 0) + name[0].length).split('\n').length;
    const words = (kind === 'rust' ? name[1]?.replaceAll('_', ' ') : name[2]) ?? '';
    blocks.push({ text: words, lines: Array(words.length).fill(line) });
  }
  return blocks;
}

/** Comments, which are the first group, and the tokens that may contain the signs of one. */
const RUST = /(\/\/[^\n]*|\/\*.*?\*\/)|b?r(#*)".*?"\2|b?"(?:\\.|[^"\\])*"|b?'(?:\\(?:u\{\w+\}|x\w\w|.)|[^'\\\n])'|./gsy;
const SCRIPT =
  /(\/\/[^\n]*|\/\*.*?\*\/)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[\w$]+|./gsy;

/** After these a slash begins a regular expression, although they are words. */
const BEFORE_EXPRESSION = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

/**
 * @param {string} text
 * @param {RegExp} tokens
 * @returns {{ line: number, text: string, alone: boolean }[]} `alone`: no code is before it on its line
 */
function comments(text, tokens) {
  const found = [];
  /** The open braces of each `${` that is open. @type {number[]} */
  const open = [];
  let before = '';
  let at = 0;
  let line = 1;
  while (at < text.length) {
    tokens.lastIndex = at;
    const match = /** @type {RegExpExecArray} */ (tokens.exec(text));
    let token = match[0];
    const isWord = /^[\w$]+$/.test(before) ? !BEFORE_EXPRESSION.test(before) : /[)\]}'"`]$/.test(before);
    if (tokens === SCRIPT && match[1] === undefined) {
      if (token.length > 1 && token.startsWith('/') && isWord) token = '/';
      const depth = open.length - 1;
      if (token === '{' && depth >= 0) open[depth] = (open[depth] ?? 0) + 1;
      if (token === '}' && depth >= 0) open[depth] = (open[depth] ?? 0) - 1;
      if (token === '`' || (token === '}' && (open[depth] ?? 0) < 0)) {
        if (token === '}') open.pop();
        token = /** @type {RegExpExecArray} */ (/^.(?:\\.|\$(?!\{)|[^\\`$])*(?:`|\$\{|$)/s.exec(text.slice(at)))[0];
        if (token.endsWith('${')) open.push(0);
      }
    }
    if (match[1] !== undefined)
      found.push({ line, text: token, alone: /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 200), at)) });
    else if (token.trim() !== '') before = token.endsWith('${') ? '{' : token;
    line += token.split('\n').length - 1;
    at += token.length;
  }
  return found;
}

/** @param {string} text */
function hashComments(text) {
  return text.split('\n').flatMap((whole, at) => {
    const comment = /^(.*?)(?:^|\s)(#(?:\s.*|$))/.exec(whole);
    return comment === null ? [] : [{ line: at + 1, text: comment[2] ?? '', alone: comment[1]?.trim() === '' }];
  });
}

/**
 * The bare lines of comments; those that follow each other are one block.
 * @param {{ line: number, text: string, alone: boolean }[]} found
 */
function merged(found) {
  /** @type {Line[][]} */
  const blocks = [];
  let last = -1;
  let sign = '';
  for (const { line, text, alone } of found) {
    const inside = text.startsWith('/*') ? text.replace(/^\/\*+!?|\*+\/$/g, '') : text;
    const bare = inside.split('\n').map((row, at) => ({
      line: line + at,
      text: row.replace(/^\s*(?:\/\/[/!]?|#|\*)/, '').trim(),
    }));
    const start = /^(?:\/\/[/!]?|\/\*|#)/.exec(text)?.[0] ?? '';
    if (alone && line === last + 1 && start === sign && start !== '/*') blocks.at(-1)?.push(...bare);
    else blocks.push(bare);
    last = alone ? line + bare.length - 1 : -1;
    sign = start;
  }
  return blocks;
}

/**
 * Paragraphs, points of a list, cells of a table and tags, without the code between them.
 * @param {Line[]} block
 * @returns {Paragraph[]}
 */
function split(block) {
  /** @type {Paragraph[]} */
  const found = [];
  let isCode = false;
  let isNew = true;
  for (const { line, text } of block) {
    const bare = text.trim();
    if (bare.startsWith('```')) isCode = !isCode;
    const skipped = isCode || bare === '' || bare.startsWith('```') || /^\|?[-|: ]+$/.test(bare);
    const parts = skipped ? [] : bare.startsWith('|') ? bare.split('|') : [bare];
    if (skipped || parts.length > 1 || /^(?:[-*+>#@]|\d+\.\s)/.test(bare)) isNew = true;
    for (const part of parts) {
      if (isNew) found.push({ text: '', lines: [] });
      const paragraph = /** @type {Paragraph} */ (found.at(-1));
      paragraph.text += `${part} `;
      for (let count = 0; count <= part.length; count++) paragraph.lines.push(line);
      isNew = parts.length > 1;
    }
    if (bare.startsWith('#')) isNew = true;
  }
  return found;
}
