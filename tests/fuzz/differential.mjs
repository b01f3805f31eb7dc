// The differential fuzz target: our reader against the gateway's own, on the XML that both accept.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parseXml } from 'paysign';
import { random } from '../node/random-support.mjs';

/** The pieces of documents, right and wrong. */
const PIECES = [
  ...['<xml>', '</xml>', '<a>', '</a>', '<b/>', '<b />', '<a >', '</a\n>', '<c></c>', '<![CDATA[', ']]>', ']]', ']'],
  ...[
    '<![CDATA[]]>',
    '<![CDATA[x]]>',
    '<',
    '>',
    '&',
    ';',
    '&amp;',
    '&lt;',
    '&gt;',
    '&quot;',
    '&apos;',
    '&#10;',
    '&#13;',
  ],
  ...[
    '&#x41;',
    '&#0;',
    '&#xD800;',
    '&#1114112;',
    '&nbsp;',
    '&#x;',
    '\n',
    ' ',
    '\t',
    'x',
    '测试',
    '😀',
    'e\u0301',
    '\u00a0',
  ],
  ...['\ufeff', '\u0085', '\u2028', '\ufffe', '\0', '<!DOCTYPE xml>', '<!-- x -->', '<?x y?>', '<?xml version="1.0"?>'],
  ...[
    ' a="1"',
    '<é>',
    '<_>1</_>',
    '<__proto__>1</__proto__>',
    '<constructor>1</constructor>',
    '<d>1</d>',
    '--',
    '\u007f',
  ],
];
const NAMES = [
  'appid',
  'mch_id',
  'total_fee',
  'attach',
  'coupon_fee_0',
  '_',
  'a-b',
  'a.b',
  '__proto__',
  'toString',
  'a',
];
const CHARACTERS = [...'abz09 -_=+/.,"\'&<>]\n\t测茶é😀'];

/**
 * The gateway's reader, from its source: the package does not export it.
 * @returns {Promise<(text: string) => Map<string, string> | undefined>}
 */
export async function gatewayReader() {
  const entry = fileURLToPath(new URL('../../js/src/testing/wire/xml.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const { readXml } = await import(`data:text/javascript;base64,${code}`);
  // Requests may have a root of any name, which an answer to us may not.
  return (text) => readXml(text, 'xml');
}

/**
 * Compares both readers on as many documents, every other one changed. Where both accept, the fields are the same. Both
 * accept each unchanged document. Returns how many both accepted, and how many only one.
 * @param {(text: string) => Map<string, string> | undefined} theirReader
 * @param {number} count
 * @param {number} seed
 */
export function compareReaders(theirReader, count, seed) {
  const below = random(seed);
  const counted = { both: 0, neither: 0, onlyOurs: 0, onlyTheirs: 0 };
  for (let index = 0; index < count; index += 1) {
    const { text: right, fields } = document(below);
    const text = index % 2 === 0 ? right : changed(right, below);
    const [ours, theirs] = [ourFields(text), theirReader(text.replace(/^\ufeff/, ''))];
    const told = `seed ${seed}, document ${index}: ${JSON.stringify(text)}`;
    if (ours !== undefined && theirs !== undefined) assert.deepEqual(ours, new Map([...theirs].sort(byName)), told);
    if (index % 2 === 0) assert.deepEqual(ours, fields, told);
    if (ours === undefined) counted[theirs === undefined ? 'neither' : 'onlyTheirs'] += 1;
    else counted[theirs === undefined ? 'onlyOurs' : 'both'] += 1;
    // Any other difference between the dialects is a failure.
    if (ours !== undefined && theirs === undefined) assert.match(text, ONLY_OURS, told);
    if (ours === undefined && theirs !== undefined) assert.match(text, ONLY_THEIRS, told);
  }
  return counted;
}

/** A root that is empty in the short way; the gateway finds no field in it. */
const ONLY_THEIRS = /<xml[ \t\r\n]*\/>/;

/** Comments, and the three names that the library of the gateway does not allow. */
const ONLY_OURS = /<!--|<(?:__proto__|constructor|prototype)\b/;

const byName = ([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** @param {string} text */
function ourFields(text) {
  try {
    return new Map(Object.entries(parseXml(text)).sort(byName));
  } catch (error) {
    assert.equal(error.code, 'ERR_XML', error.stack);
    return undefined;
  }
}

/** A document that a correct writer could have written, and its fields. */
function document(below) {
  const fields = new Map();
  let text = below(4) === 0 ? '<?xml version="1.0" encoding="UTF-8"?>\n<xml>' : '<xml>';
  for (let left = below(6); left > 0; left -= 1) {
    const name = NAMES[below(NAMES.length)];
    if (fields.has(name)) continue;
    let value = '';
    let written = '';
    for (let pieces = below(4); pieces > 0; pieces -= 1) {
      const piece = Array.from({ length: below(6) }, () => CHARACTERS[below(CHARACTERS.length)]).join('');
      value += piece;
      written += writeText(piece, below(3));
    }
    fields.set(name, value);
    text += `<${name}>${written}</${name}>${['', '\n', ' '][below(3)]}`;
  }
  return { text: `${text}</xml>`, fields: new Map([...fields].sort(byName)) };
}

/** A text in one of the ways of XML: CDATA, numbers, entities. */
function writeText(text, way) {
  if (way === 0) return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  if (way === 1) return [...text].map((one) => `&#${one.codePointAt(0)};`).join('');
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The document with one to three pieces put in, taken out or exchanged. */
function changed(text, below) {
  let result = text;
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const at = below(result.length + 1);
    const piece = below(3) === 0 ? '' : PIECES[below(PIECES.length)];
    result = result.slice(0, at) + piece + result.slice(at + (below(2) === 0 ? 0 : below(8)));
  }
  return result;
}
