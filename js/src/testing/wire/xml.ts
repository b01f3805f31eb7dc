// WeChat's flat XML: strict reading on top of fast-xml-parser, and writing with CDATA as WeChat writes.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Fields } from './sign.js';

/**
 * Reads `<xml>`, or a root of any name, with flat children (manual: 协议规则 4_1). Values stay exactly the text that was sent: CDATA, the five
 * entities and numeric references decoded, nothing trimmed, nothing turned into a number.
 * Gives undefined for everything else: not well-formed, DOCTYPE, comments, processing instructions, attributes, nesting,
 * mixed content, a name that comes twice, another root where one is asked for, characters that XML 1.0 forbids.
 */
export function readXml(text: string, root?: 'xml'): Map<string, string> | undefined {
  if (NOT_XML_CHARACTER.test(text) || !hasOnlyElementsAndText(text)) return undefined;
  try {
    if (XMLValidator.validate(text) !== true) return undefined;
    return readFlat(parser.parse(text), root);
  } catch {
    // The library throws for what its validator missed, and for the element names __proto__, constructor and prototype.
    return undefined;
  }
}

/** Writes `<xml>`, or another root, with one child for each member: text in CDATA, numbers bare. */
export function writeXml(fields: Fields, root = 'xml'): string {
  const children = [...fields].map(([name, value]) => `<${name}>${writeValue(value)}</${name}>`);
  return `<${root}>${children.join('')}</${root}>`;
}

function writeValue(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // The end mark cannot stand inside CDATA, and a reader turns a bare CR into LF, which would break the signature.
  const inside = value.replaceAll(']]>', ']]]]><![CDATA[>').replaceAll('\r', ']]>&#13;<![CDATA[');
  return `<![CDATA[${inside}]]>`;
}

/**
 * Refuses every markup declaration, comment, processing instruction and tag with more than a name in it, before the library
 * sees the text. Inside CDATA the same characters are plain text. One declaration at the very start is allowed,
 * where it names no other encoding than UTF-8.
 */
function hasOnlyElementsAndText(text: string): boolean {
  let rest = text.replace(DECLARATION, '');
  for (let start = rest.indexOf('<![CDATA['); start !== -1; start = rest.indexOf('<![CDATA[')) {
    if (MARKUP.test(rest.slice(0, start))) return false;
    const end = rest.indexOf(']]>', start);
    if (end === -1) return false;
    rest = rest.slice(end + 3);
  }
  // The library drops what follows the root.
  return !MARKUP.test(rest) && />[ \t\r\n]*$/.test(rest);
}

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.\d\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])utf-8\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/i;

/** What is no tag of a plain name: the library lets white space and other characters into names. */
const MARKUP = /<(?!\/?[A-Za-z_][\w.-]*[ \t\r\n]*\/?>)|\]\]>/;

const NOT_XML_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

// Entities are decoded below and not by the library, which leaves unknown and numeric ones standing as they are.
const parser = new XMLParser({
  preserveOrder: true,
  cdataPropName: '#cdata',
  ignoreAttributes: false,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  // The library would rename elements such as `toString`; in this shape of result they are harmless, and names are signed.
  onDangerousProperty: (name: string) => name,
  strictReservedNames: false,
});

/** One node of the library's ordered result: a single member named after the element, `#text` or `#cdata`. */
type XmlNode = Record<string, unknown>;

function readFlat(document: unknown, wanted: string | undefined): Map<string, string> | undefined {
  const roots = elements(document as XmlNode[]);
  const root = roots?.length === 1 ? roots[0] : undefined;
  if (root === undefined || (wanted ?? root.name) !== root.name) return undefined;
  const children = elements(root.content);
  if (children === undefined) return undefined;

  const fields = new Map<string, string>();
  for (const { name, content } of children) {
    const text = readText(content);
    if (text === undefined || fields.has(name)) return undefined;
    fields.set(name, text);
  }
  return fields;
}

/** The elements among the nodes, or undefined where one has attributes or where text stands between them. */
function elements(nodes: XmlNode[]): { name: string; content: XmlNode[] }[] | undefined {
  const found: { name: string; content: XmlNode[] }[] = [];
  for (const node of nodes) {
    const [name, ...others] = Object.keys(node);
    if (name === undefined || others.length > 0 || name === '#cdata') return undefined;
    if (name !== '#text') found.push({ name, content: node[name] as XmlNode[] });
    else if (!/^[ \t\n\r]*$/.test(String(node[name]))) return undefined;
  }
  return found;
}

/** The text of an element that holds nothing but text and CDATA. */
function readText(content: XmlNode[]): string | undefined {
  let text = '';
  for (const node of content) {
    const cdata = node['#cdata'] as XmlNode[] | undefined;
    const piece = cdata === undefined ? decodeReferences(node['#text']) : String(cdata[0]?.['#text'] ?? '');
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/** Decodes the five entities and numeric references; undefined for any other `&` and for what is no text at all. */
function decodeReferences(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  let wrong = false;
  const text = raw.replaceAll(/&[^;&]*;?/g, (reference) => {
    const character = NAMED.get(reference) ?? decodeNumeric(reference);
    if (character === undefined) wrong = true;
    return character ?? '';
  });
  return wrong ? undefined : text;
}

function decodeNumeric(reference: string): string | undefined {
  const match = /^&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(reference);
  if (match === null) return undefined;
  const codePoint = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const character = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
  return character === '' || NOT_XML_CHARACTER.test(character) ? undefined : character;
}
