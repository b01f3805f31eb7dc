// Rare mistakes of APIv2, each signed here with node:crypto and explained by the doctor.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { explainSignature } from 'paysign/doctor';

const KEY = 'TestOnlyKey0TestOnlyKey0TestOnly';
const OTHER = 'TestOnlyOld0TestOnlyOld0TestOnly';

const ORDER = {
  appid: 'wxd930ea5d5a258f4f',
  attach: 'a&b <1>',
  body: '茶叶 500g "大"',
  detail: '{"goods_detail":[{"goods_id":"g1","price":100,"name":"茶"}],"cost":110}',
  device_info: '',
  goods_tag: '',
  mch_id: '10000100',
  nonce_str: 'ibuaiVcKdpRxkhJA',
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  out_trade_no: '20150806125346',
  spbill_create_ip: '14.23.150.211',
  time_expire: '',
  total_fee: '100',
  trade_type: 'JSAPI',
};
const APP = {
  appid: 'wxd930ea5d5a258f4f',
  noncestr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
  package: 'Sign=WXPay',
  partnerid: '10000100',
  prepayid: 'wx201410272009395522657a690389285100',
  timestamp: '1414561699',
};
const COUPONS = { coupon_id_2: 'a', coupon_id_10: 'b', mch_id: '1' };
const TRANSACTION = '4200000098201411111999999999';
const NAMES = { a_b: '1', aB: '2', ab: '3', aC: '4', AD: '5', a1: '6' };

const pairs = (fields) => Object.entries(fields).filter(([, value]) => value !== '');
const byCode = ([one], [other]) => (one < other ? -1 : 1);
const joined = (fields) => fields.map(([name, value]) => `${name}=${value}`).join('&');
const text = (fields) => joined(pairs(fields).sort(byCode));
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex').toUpperCase();
const hmac = (key, bytes) => createHmac('sha256', key).update(bytes).digest('hex').toUpperCase();
const signed = (fields) => md5(`${text(fields)}&key=${KEY}`);
const sorted = (fields, compare) =>
  md5(`${joined(pairs(fields).sort(([one], [other]) => compare(one, other)))}&key=${KEY}`);
const endsWith = (end, fields = ORDER) => md5(text(fields) + end);
const inUtf16 = (own, mark = []) => md5(Buffer.concat([Buffer.from(mark), Buffer.from(own, 'utf16le')]));
const upper = (one, other) => (one.toUpperCase() < other.toUpperCase() ? -1 : 1);
const collator = new Intl.Collator('en', { caseFirst: 'upper' });
const jackson = `{\r\n  "goods_detail" : [ {\r\n    "goods_id" : "g1",\r\n    "price" : 100,\r\n    "name" : "茶"\r\n  } ],\r\n  "cost" : 110\r\n}`;
const dotnet = '{"goods_detail":[{"goods_id":"g1","price":100,"name":"\\u8336"}],"cost":110}';
const numeric = (value) => value.replace(/[^ -~]/g, (letter) => `&#${letter.codePointAt(0)};`);

/** Code, what was done wrong, the signature; then the message, and facts. */
const CASES = [
  ['key-whitespace', 'a no-break blank after the key', endsWith(`&key=${KEY}\u00a0`)],
  ['key-whitespace', 'a wide blank before the key', endsWith(`&key=\u3000${KEY}`)],
  ['key-whitespace', 'two line feeds after the key', endsWith(`&key=${KEY}\n\n`)],
  ['key-whitespace', 'line ends around the key', endsWith(`&key=\r\n${KEY}\r\n`)],
  [
    'key-whitespace',
    'HMAC with a line end in its text alone',
    hmac(KEY, `${text(ORDER)}&key=${KEY}\n`),
    ORDER,
    { signType: 'HMAC-SHA256' },
  ],
  [
    'key-whitespace',
    'HMAC with a line end in its key alone',
    hmac(`${KEY}\n`, `${text(ORDER)}&key=${KEY}`),
    ORDER,
    { signType: 'HMAC-SHA256' },
  ],
  [
    'key-case',
    'HMAC with its key in lower case',
    hmac(KEY.toLowerCase(), `${text(ORDER)}&key=${KEY}`),
    ORDER,
    { signType: 'HMAC-SHA256' },
  ],
  [
    'key-candidate',
    'HMAC with the old key in its text',
    hmac(KEY, `${text(ORDER)}&key=${OTHER}`),
    ORDER,
    { signType: 'HMAC-SHA256' },
  ],
  ['key-candidate+key-whitespace', 'the old key with a line end', endsWith(`&key=${OTHER}\n`)],
  ['key-case+key-format', 'the key in upper case, without its name', endsWith(`&${KEY.toUpperCase()}`)],
  ['key-format', 'the name mch_key', endsWith(`&mch_key=${KEY}`)],
  ['key-format', 'the key before the fields', md5(`key=${KEY}&${text(ORDER)}`)],
  [
    'empty-signed',
    'one of three empty values',
    md5(`${joined([...pairs(ORDER), ['goods_tag', '']].sort(byCode))}&key=${KEY}`),
  ],
  [
    'null-words',
    'two absent fields as undefined',
    signed({ ...ORDER, scene_info: 'undefined', limit_pay: 'undefined' }),
  ],
  [
    'null-words',
    'NaN for an empty value',
    signed({ ...ORDER, device_info: 'NaN', goods_tag: 'NaN', time_expire: 'NaN' }),
  ],
  ['null-words', 'sign as the word null', signed({ ...ORDER, sign: 'null' })],
  ['field-left-out', 'three fields', signed({ ...ORDER, attach: '', detail: '', openid: '' })],
  ['sort-locale', 'upper case, with _ after the letters', sorted(NAMES, upper), NAMES],
  ['sort-locale', 'a collation with upper case first', sorted(NAMES, collator.compare), NAMES],
  ['sort-locale', 'by the numbers in names', md5(`${joined(pairs(COUPONS))}&key=${KEY}`), { mch_id: '1', ...COUPONS }],
  ['untrimmed', 'two blanks', signed({ ...ORDER, attach: `${ORDER.attach}  ` })],
  [
    'untrimmed+charset',
    'a blank, and latin1',
    md5(Buffer.from(`${text({ ...ORDER, attach: `${ORDER.attach} ` })}&key=${KEY}`, 'latin1')),
  ],
  ['url-encoded', 'the whole text', md5(`${encodeURIComponent(text(ORDER))}&key=${KEY}`)],
  ['url-encoded', 'the whole text with its key', md5(encodeURIComponent(`${text(ORDER)}&key=${KEY}`))],
  [
    'url-encoded',
    'twice',
    signed({
      ...ORDER,
      attach: encodeURIComponent(encodeURIComponent(ORDER.attach)),
      body: encodeURIComponent(encodeURIComponent(ORDER.body)),
      detail: encodeURIComponent(encodeURIComponent(ORDER.detail)),
    }),
  ],
  ['html-escaped', 'only &', signed({ ...ORDER, attach: 'a&amp;b <1>' })],
  ['html-escaped', 'only <', signed({ ...ORDER, attach: 'a&b &lt;1>' })],
  [
    'html-escaped',
    'numbers of characters',
    signed({
      ...ORDER,
      attach: 'a&amp;b &lt;1&gt;',
      body: numeric('茶叶 500g &quot;大&quot;'),
      detail: numeric(ORDER.detail.replaceAll('"', '&quot;')),
    }),
  ],
  ['html-escaped', 'CDATA', signed({ ...ORDER, body: `<![CDATA[${ORDER.body}]]>` })],
  ['number-format', '1.00e+02', signed({ ...ORDER, total_fee: '1.00e+02' })],
  [
    'number-format',
    'a double',
    signed({ ...ORDER, transaction_id: String(Number(TRANSACTION)) }),
    { ...ORDER, transaction_id: TRANSACTION },
  ],
  ['json-respaced', 'Jackson with CR LF', signed({ ...ORDER, detail: jackson })],
  ['json-respaced', '.NET with upper-case escapes', signed({ ...ORDER, detail: dotnet })],
  ['charset', 'UTF-16', inUtf16(`${text(ORDER)}&key=${KEY}`)],
  ['charset', 'UTF-16 with its mark', inUtf16(`${text(ORDER)}&key=${KEY}`, [0xff, 0xfe])],
  [
    'charset',
    'a question mark for each byte',
    md5(Buffer.from(`${text(ORDER)}&key=${KEY}`).map((byte) => (byte > 127 ? 63 : byte))),
  ],
  [
    'charset',
    'GB 18030 with an emoji',
    md5(
      Buffer.concat([
        Buffer.from('body='),
        Buffer.from([0xb2, 0xe8, 0x94, 0x39, 0xfc, 0x36]),
        Buffer.from(`&mch_id=1&key=${KEY}`),
      ]),
    ),
    { body: '茶😀', mch_id: '1' },
  ],
  ['newline', 'a literal \\n', signed({ ...ORDER, body: 'one\\ntwo' }), { ...ORDER, body: 'one\ntwo' }],
  ['newline', 'no line end', signed({ ...ORDER, body: 'onetwo' }), { ...ORDER, body: 'one\ntwo' }],
  [
    'name-case',
    'partnerId and prepayId',
    signed({
      appid: APP.appid,
      noncestr: APP.noncestr,
      package: APP.package,
      partnerId: APP.partnerid,
      prepayId: APP.prepayid,
      timestamp: APP.timestamp,
    }),
    APP,
  ],
  ['truncated-signature', 'an ellipsis', `${signed(ORDER).slice(0, 20)}…`],
];

for (const [codes, what, signature, message = ORDER, facts = {}] of CASES)
  test(`the doctor finds ${codes}: ${what}`, () => {
    const [code, ...others] = codes.split('+');
    const diagnosis = explainSignature({ ...message, sign: signature }, { key: KEY, keys: { old: OTHER }, ...facts });
    const [cause] = diagnosis.causes;
    assert.deepEqual([cause?.code, cause?.isCertain, cause?.with ?? []], [code, true, others], cause?.message);
    assert.ok(!JSON.stringify(diagnosis).includes(KEY) && !JSON.stringify(diagnosis).includes(OTHER));
  });

test('a message in any spelling of a program is read alike', () => {
  const sign = signed({ mch_id: '1', body: '茶 x', total_fee: '100' }).toLowerCase();
  for (const message of [
    new Map([
      ['mch_id', '1'],
      ['body', '茶 x'],
      ['total_fee', 100],
      ['sign', sign],
    ]),
    new URLSearchParams({ mch_id: '1', body: '茶 x', total_fee: '100', sign }),
    `{'mch_id': '1', 'body': '茶 x', 'total_fee': 100, 'attach': None, 'sign': '${sign}'}`,
    `{mch_id=1, body=茶 x, total_fee=100, attach=null, sign=${sign}}`,
    `map[attach:<nil> body:茶 x mch_id:1 sign:${sign} total_fee:100]`,
    `{"mch_id"=>"1", :body=>"茶 x", "total_fee"=>100, "sign"=>"${sign}"}`,
    `[mch_id, 1]\n[body, 茶 x]\n[total_fee, 100]\n[sign, ${sign}]`,
    `mch_id\t1\nbody\t茶 x\ntotal_fee\t100\nsign\t${sign}`,
    `https://pay.example/notify?mch_id=1&body=%E8%8C%B6%20x&total_fee=100&sign=${sign}`,
    `POST /notify HTTP/1.1\r\nHost: pay.example\r\n\r\nmch_id=1&body=%E8%8C%B6+x&total_fee=100&sign=${sign}`,
    JSON.stringify(JSON.stringify({ mch_id: '1', body: '茶 x', total_fee: 100, sign })),
  ])
    assert.equal(explainSignature(message, { key: KEY }).causes[0]?.code, 'lower-case', String(message));
});
