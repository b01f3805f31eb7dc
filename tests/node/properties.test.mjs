// The properties of any fields, through the package: signing, verifying, writing, reading, order, one changed byte.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { buildXml, openNotify, parseXml, sign, signedXml, verify, WxPayError } from 'paysign';
import { genuine } from './gateway-support.mjs';
import { random } from './random-support.mjs';

const { key: KEY } = genuine;
const TYPES = ['MD5', 'HMAC-SHA256'];
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const CHARACTERS = [...'abcXYZ019 _-=&<>]"\'\n\t茶é😀\u00a0\ufeff'];

/** Any fields: known names, unknown ones, names of JavaScript; some values empty. */
function anyFields(below) {
  const names = [
    'appid',
    'body',
    'total_fee',
    'x',
    '_',
    '__proto__',
    'toString',
    'new_field',
    'Z',
    'coupon_fee_10',
    'a.b',
  ];
  const entries = Array.from({ length: 1 + below(8) }, () => [
    names[below(names.length)] + ['', below(100)][below(2)],
    Array.from({ length: below(12) }, () => CHARACTERS[below(CHARACTERS.length)]).join(''),
  ]);
  return [...new Map(entries)];
}

/** As an object without a prototype, so that `__proto__` is a field. */
function asObject(entries) {
  const object = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

function signature(entries, type) {
  const filled = entries.filter(([name, value]) => value !== '' && name !== 'sign');
  const sorted = filled.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const text = [...sorted.map(([name, value]) => `${name}=${value}`), `key=${KEY}`].join('&');
  const hash = type === 'MD5' ? createHash('md5') : createHmac('sha256', KEY);
  return hash.update(text).digest('hex').toUpperCase();
}

const same = (object, entries) => assert.deepEqual(Object.entries(object).sort(), [...entries].sort());

test('any fields are signed in any order as node:crypto signs them, verify, and not with another value', (t) => {
  t.diagnostic(`seed ${SEED}; run again with SEED=${SEED}`);
  const below = random(SEED);
  let signed = 0;
  for (let count = 0; count < 3000; count += 1) {
    const fields = anyFields(below).filter(([, value]) => value !== '');
    if (fields.length === 0) continue;
    signed += 1;
    for (const type of TYPES) {
      const expected = signature([...fields], type);
      const turned = [...fields.slice(below(fields.length)), ...fields].reverse();
      assert.equal(sign(asObject(fields), KEY, type), expected, `${type} ${JSON.stringify(fields)}`);
      assert.equal(sign(asObject(turned), KEY, type), expected, `${type} ${JSON.stringify(fields)}`);
      assert.equal(
        verify(asObject([...turned, ['sign', expected]]), KEY, type),
        true,
        `${type} ${JSON.stringify(fields)}`,
      );
      const [name, value] = fields[below(fields.length)];
      const changed = asObject([...fields, ['sign', expected], [name, `${value}x`]]);
      assert.equal(verify(changed, KEY, type), false, `${type} ${JSON.stringify(fields)}`);
    }
  }
  assert.ok(signed > 2000, `only ${signed} messages had a field`);
});

test('any fields that are written are read back, also undocumented ones', (t) => {
  t.diagnostic(`seed ${SEED}; run again with SEED=${SEED}`);
  const below = random(SEED);
  for (let count = 0; count < 3000; count += 1) {
    const fields = anyFields(below);
    same(
      parseXml(buildXml(asObject(fields))),
      fields.filter(([, value]) => value !== ''),
    );
  }
});

test('a value that ends CDATA is written beside others that are not ASCII, in whatever order', () => {
  for (const fields of [
    { a: '茶', b: ']]>茶' },
    { a: ']]>茶', b: '茶' },
    { a: '茶', b: ']]>', c: 'é]]>' },
  ]) {
    same(parseXml(buildXml(fields)), Object.entries(fields));
    const { sign: signed, ...rest } = parseXml(signedXml(fields, KEY));
    assert.equal(signed, signature(Object.entries(fields), 'MD5'), JSON.stringify(fields));
    same(rest, Object.entries(fields));
  }
});

const NOTICE = Object.entries({ ...genuine.fields, brand_new_field: '1' });

test('a notice keeps unknown fields, and is refused with any one byte of it changed', () => {
  for (const type of TYPES) {
    const fields = [...NOTICE, ['sign', signature([...NOTICE], type)]];
    const body = Buffer.from(
      `<xml>${fields.map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</xml>`,
    );
    const options = { key: KEY, signType: type };
    same(openNotify(body, options).fields, fields);
    for (let at = 0; at < body.length; at += 1) {
      for (const flipped of [1, 4, 32, 128]) {
        const changed = Buffer.from(body);
        changed[at] ^= flipped;
        assert.throws(
          () => openNotify(changed, options),
          (error) => error instanceof WxPayError && /^ERR_(XML|SIGNATURE|MISMATCH)$/.test(error.code),
          `byte ${at}, ${flipped}`,
        );
      }
    }
  }
});
