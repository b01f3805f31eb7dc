// WeChat's flat XML: a strict reader on top of fast-xml-parser, and a writer with CDATA like WeChat's.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Fields } from './sign.js';

/**
 * Reads flat children of `<xml>`, or of a root with any name (manual: 协议规则 4_1). Values are exactly the text that was sent.
 * CDATA, the five entities and numeric references are decoded. Nothing is trimmed or made a number.
 *
 * Returns undefined for everything else:
 * - XML that is not well-formed, or has characters that XML 1.0 forbids
 * - DOCTYPE, comments, processing instructions and attributes
 * - nested elements, mixed content and repeated names
 * - another root than the argument
 */
export function readXml(text: string, root?: 'xml'): Map<string, string> | undefined {
  if (NOT_XML_CHARACTER.test(text) || !hasOnlyElementsAndText(text)) return undefined;
  try {
    if (XMLValidator.validate(text) !== true) return undefined;
    return readFlat(parser.parse(text), root);
  } catch {
    // The library throws for faults that its validator missed, and for elements named __proto__, constructor or prototype.
    return undefined;
  }
}

/** Writes `<xml>`, or another root, with one child for each member: text in CDATA, numbers without it. */
export function writeXml(fields: Fields, root = 'xml'): string {
  const children = [...fields].map(([name, value]) => `<${name}>${writeValue(value)}</${name}>`);
  return `<${root}>${children.join('')}</${root}>`;
}

function writeValue(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // CDATA cannot contain its end mark. A reader changes CR to LF, which would break the signature.
  const inside = value.replaceAll(']]>', ']]]]><![CDATA[>').replaceAll('\r', ']]>&#13;<![CDATA[');
  return `<![CDATA[${inside}]]>`;
}

/**
 * Returns whether the text has only plain tags: no markup declarations, comments, processing instructions or attributes. CDATA may
 * contain any of these characters. One XML declaration at the start is allowed, if its encoding is UTF-8.
 */
function hasOnlyElementsAndText(text: string): boolean {
  let rest = text.replace(DECLARATION, '');
  for (let start = rest.indexOf('<![CDATA['); start !== -1; start = rest.indexOf('<![CDATA[')) {
    if (MARKUP.test(rest.slice(0, start))) return false;
    const end = rest.indexOf(']]>', start);
    if (end === -1) return false;
    rest = rest.slice(end + 3);
  }
  // The library ignores text after the root.
  return !MARKUP.test(rest) && />[ \t\r\n]*$/.test(rest);
}

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.\d\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])utf-8\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/i;

/** Anything but a tag with a plain name: the library accepts white space and other characters in names. */
const MARKUP = /<(?!\/?[A-Za-z_][\w.-]*[ \t\r\n]*\/?>)|\]\]>/;

const NOT_XML_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

// Entities are decoded below, since the library does not decode unknown and numeric ones.
const parser = new XMLParser({
  preserveOrder: true,
  cdataPropName: '#cdata',
  ignoreAttributes: false,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  // The library would rename elements such as `toString`. Names are signed, and are harmless in this form of result.
  onDangerousProperty: (name: string) => name,
  strictReservedNames: false,
});

/** One node of the library's ordered result. Its only member is named after the element, or `#text` or `#cdata`. */
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

/** Returns the elements among the nodes, or undefined if there are attributes or text between elements. */
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

/** Returns the text of an element that contains only text and CDATA. */
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

/** Decodes the five entities and numeric references. Returns undefined for any other `&`, and for a value that is not text. */
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
