// encryptedData of the log-in, and refund notices: the right key opens them, and every failure is one error.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decryptUserData, openNotify } from 'paysign';

const EXAMPLE = JSON.parse(readFileSync(new URL('../vectors/user_data.json', import.meta.url), 'utf8'));
const { session_key, iv, encryptedData, appid } = EXAMPLE;
const thrown = (run) => {
  try {
    run();
  } catch ({ name, code, outcome, field, message }) {
    return { name, code, outcome, field, message };
  }
  return assert.fail('nothing was thrown');
};

test('the documented user data is decrypted and its watermark checked', () => {
  const data = decryptUserData({ session_key, iv, encryptedData, appid });
  assert.ok(Object.keys(EXAMPLE.data).length > 5);
  for (const [name, value] of Object.entries(EXAMPLE.data)) assert.equal(data[name], value, name);
  assert.equal(data.watermark.timestamp, 1477314187);
  const { code, field } = thrown(() =>
    decryptUserData({ session_key, iv, encryptedData, appid: 'wx0000000000000000' }),
  );
  assert.deepEqual([code, field], ['ERR_MISMATCH', 'watermark']);
});

test('a wrong key, a wrong padding and a cut text are one and the same error', () => {
  const key = Buffer.from(session_key, 'base64');
  const encrypt = (bytes) => {
    const cipher = crypto.createCipheriv('aes-128-cbc', key, Buffer.from(iv, 'base64')).setAutoPadding(false);
    return Buffer.concat([cipher.update(bytes), cipher.final()]).toString('base64');
  };
  const paddings = [0, 17, 255].map((last) =>
    encrypt(Buffer.concat([Buffer.from('{"a":1,"b":"xyz'), Buffer.from([last])])),
  );
  const uneven = encrypt(Buffer.concat([Buffer.from('{"a":1,"b":"xy'), Buffer.from([3, 2])]));
  const noJson = encrypt(Buffer.concat([Buffer.from('not JSON at all'), Buffer.from([1])]));
  const wrong = [
    { encryptedData, session_key: crypto.createHash('md5').update('other').digest('base64') },
    { encryptedData: encryptedData.slice(0, 64) },
    ...[...paddings, uneven, noJson].map((text) => ({ encryptedData: text })),
  ];
  const errors = new Set(
    wrong.map((change) => JSON.stringify(thrown(() => decryptUserData({ session_key, iv, encryptedData, ...change })))),
  );
  assert.equal(errors.size, 1, [...errors].join('\n'));
  assert.match([...errors][0], /ERR_DECRYPT/);
});

const KEY = '0123456789abcdef0123456789ABCDEF';
const INSIDE = {
  transaction_id: '4200000215201811190261405420',
  out_trade_no: '71106718111915575302817',
  refund_id: '50000408942018111907145868882',
  out_refund_no: '131811191610442717309',
  total_fee: '3960',
  refund_fee: '3960',
  settlement_refund_fee: '3960',
  refund_status: 'SUCCESS',
  success_time: '2018-11-19 16:24:13',
  refund_recv_accout: '支付用户零钱',
};
const xml = (root, fields) =>
  `<${root}>${Object.entries(fields)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('\n')}</${root}>`;
function reqInfo(inside, key = KEY) {
  const cipher = crypto.createCipheriv('aes-256-ecb', crypto.createHash('md5').update(key).digest('hex'), null);
  return Buffer.concat([cipher.update(inside, 'utf8'), cipher.final()]).toString('base64');
}
const outside = (req_info, more = {}) =>
  xml('xml', { return_code: 'SUCCESS', appid: 'wx1', mch_id: '1900000109', nonce_str: 'n', req_info, ...more });

test('a refund notice opens with the key, and its fields are beside the ids from outside', () => {
  const notice = openNotify(outside(reqInfo(xml('root', INSIDE))), { key: KEY, appid: 'wx1', mch_id: '1900000109' });
  const { kind, refund_fee, refund_status, out_refund_no, fields } = notice;
  assert.deepEqual(
    { kind, refund_fee, refund_status, out_refund_no },
    { kind: 'refund', refund_fee: 3960, refund_status: 'SUCCESS', out_refund_no: INSIDE.out_refund_no },
  );
  assert.equal(fields.refund_recv_accout, '支付用户零钱');
  assert.deepEqual([fields.appid, fields.req_info, notice.paid], ['wx1', undefined, undefined]);
});

test('every wrong refund notice has the same error', () => {
  const good = xml('root', INSIDE);
  const spliced = Buffer.from(reqInfo(good), 'base64');
  const wrong = [
    outside(reqInfo(good, KEY.replace('0', '1'))),
    outside('not base64!'),
    outside(''),
    outside(reqInfo(good).slice(0, -24)),
    outside(reqInfo('no XML at all, but whole blocks')),
    outside(reqInfo(xml('xml', INSIDE))),
    outside(reqInfo(`<!DOCTYPE root>${good}`)),
    outside(reqInfo(xml('root', { ...INSIDE, refund_fee: '39.60' }))),
    outside(reqInfo(xml('root', { ...INSIDE, refund_status: '' }))),
    outside(reqInfo(xml('root', { ...INSIDE, appid: 'wx2' }))),
    outside(Buffer.concat([spliced.subarray(16, 32), spliced]).toString('base64')),
  ];
  const errors = new Set(wrong.map((body) => JSON.stringify(thrown(() => openNotify(body, { key: KEY })))));
  assert.equal(errors.size, 1, [...errors].join('\n'));
  assert.match([...errors][0], /ERR_DECRYPT/);
});

test('a refund notice of any length opens, and one whose padding is wrong in any byte does not', () => {
  const key = crypto.createHash('md5').update(KEY).digest('hex');
  const encrypt = (bytes) => {
    const cipher = crypto.createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(bytes), cipher.final()]).toString('base64');
  };
  const open = (bytes) => openNotify(outside(encrypt(bytes)), { key: KEY });
  const errors = new Set();
  for (let more = 0; more < 16; more += 1) {
    const text = Buffer.from(xml('root', { ...INSIDE, refund_recv_accout: 'x'.repeat(more) }));
    const length = 16 - (text.length % 16);
    const padded = (padding) => Buffer.concat([text, Buffer.from(padding)]);
    const good = Array(length).fill(length);
    assert.equal(open(padded(good)).refund_recv_accout?.length ?? 0, more, `${more} more`);
    const wrong = [
      ...good.map((byte, place) => good.with(place, byte ^ 1)),
      ...good.map((byte, place) => good.with(place, byte + 16)),
      Array(length).fill(0),
      Array(length).fill(0x20),
      // More than a block, and more than there is.
      [...good.slice(1), 17],
      [...good.slice(1), 255],
      Array(length + 16).fill(length + 16),
    ];
    for (const padding of wrong) {
      if (padding.join() === good.join()) continue;
      errors.add(JSON.stringify(thrown(() => open(padded(padding)))));
    }
  }
  assert.equal(errors.size, 1, [...errors].join('\n'));
  assert.match([...errors][0], /ERR_DECRYPT/);
});

test('a refund notice for another merchant is refused, and so is one whose return_code is not SUCCESS', () => {
  const body = outside(reqInfo(xml('root', INSIDE)));
  const { code, field } = thrown(() => openNotify(body, { key: KEY, mch_id: '1' }));
  assert.deepEqual([code, field], ['ERR_MISMATCH', 'mch_id']);
  assert.equal(thrown(() => openNotify(body.replace('SUCCESS', 'FAIL'), { key: KEY })).field, 'return_code');
});

test('an unsigned field from outside is no field of the notice', () => {
  const { fields } = openNotify(outside(reqInfo(xml('root', INSIDE)), { attach: 'x', total_paid: '1' }), { key: KEY });
  assert.deepEqual([fields.attach, fields.total_paid], [undefined, undefined]);
});
