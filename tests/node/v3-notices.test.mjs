// Notices of APIv3: a genuine one opens in every shape, and each false one is refused at its stage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign/v3';
import {
  API_V3_KEY,
  CERTIFICATE_SERIAL,
  COMBINED,
  certificateKeys,
  envelope,
  ids,
  NOW_MS,
  notice,
  ORDER,
  options,
  PUBLIC_ID,
  REFUND,
  signedHeaders,
  stranger,
} from './v3-support.mjs';

const pay = new WechatPay(options);
const refusal = (message, client = pay) =>
  client.openNotify(message).then(
    () => assert.fail('the notice was accepted'),
    (error) => error,
  );

test('a genuine payment has the members of APIv2, its event and its whole resource', async () => {
  const opened = await pay.openNotify(notice());
  const { kind, paid, out_trade_no, transaction_id, total_fee, fee_type, openid, mch_id, appid, attach } = opened;
  assert.deepEqual(
    { kind, paid, out_trade_no, transaction_id, total_fee, fee_type, openid, mch_id, appid, attach },
    {
      ...{ kind: 'payment', paid: true, out_trade_no: ORDER.out_trade_no, transaction_id: ORDER.transaction_id },
      ...{ total_fee: 100, fee_type: 'CNY', openid: ORDER.payer.openid, mch_id: ids.mchid, appid: ids.appid },
      attach: ORDER.attach,
    },
  );
  assert.deepEqual(opened.resource, ORDER);
  assert.equal(opened.event.event_type, 'TRANSACTION.SUCCESS');
});

test('a genuine refund has its numbers and amounts, whatever its status is', async () => {
  for (const status of ['SUCCESS', 'ABNORMAL', 'CLOSED', 'A_NEW_WORD']) {
    const opened = await pay.openNotify(
      notice({ ...REFUND, refund_status: status }, { event_type: `REFUND.${status}` }),
    );
    const { kind, out_refund_no, refund_id, refund_fee, total_fee, refund_status } = opened;
    assert.deepEqual(
      { kind, out_refund_no, refund_id, refund_fee, total_fee, refund_status },
      {
        kind: 'refund',
        out_refund_no: 'R1',
        refund_id: REFUND.refund_id,
        refund_fee: 40,
        total_fee: 100,
        refund_status: status,
      },
    );
  }
});

test('an unknown event is returned whole, and is never a payment', async () => {
  const other = await pay.openNotify(
    notice({ mch_id: 'another', state: 'SUCCESS' }, { event_type: 'MCHTRANSFER.BILL.FINISHED' }),
  );
  assert.deepEqual([other.kind, other.paid, other.resource.state], ['other', undefined, 'SUCCESS']);
});

/** The same combined payment with one of its orders changed. */
const combined = (change) => ({
  ...COMBINED,
  sub_orders: [COMBINED.sub_orders[0], { ...COMBINED.sub_orders[1], ...change }],
});

test('a combined payment has its number, its sum, and each of its orders', async () => {
  const { kind, mch_id, appid, out_trade_no, total_fee, fee_type, time_end, openid, sub_orders, resource } =
    await pay.openNotify(notice(COMBINED));
  assert.deepEqual(
    { kind, mch_id, appid, out_trade_no, total_fee, fee_type, time_end, openid },
    {
      ...{ kind: 'combined', mch_id: ids.mchid, appid: ids.appid, out_trade_no: 'P20150806125346', total_fee: 150 },
      ...{ fee_type: 'CNY', time_end: '20260726091952', openid: ORDER.payer.openid },
    },
  );
  assert.deepEqual(
    sub_orders.map((one) => [one.mch_id, one.sub_mch_id, one.out_trade_no, one.total_fee, one.attach]),
    [
      [ids.mchid, undefined, 'S1', 100, 'for S1'],
      [ids.mchid, '1900013511', 'S2', 50, 'for S2'],
    ],
  );
  assert.deepEqual(resource, COMBINED);
});

test('a combined payment agrees with the combined order alone, by its number, its sum and its currency', async () => {
  const stored = { out_trade_no: COMBINED.combine_out_trade_no, total_fee: 150 };
  assert.equal((await pay.openNotify(notice(COMBINED), stored)).kind, 'combined');
  const mixed = combined({ amount: { total_amount: 50, currency: 'USD' } });
  for (const [resource, order, field] of [
    [COMBINED, { ...stored, total_fee: 100 }, 'total_fee'],
    [COMBINED, { ...stored, out_trade_no: 'S1' }, 'out_trade_no'],
    [mixed, stored, 'fee_type'],
  ]) {
    const error = await pay.openNotify(notice(resource), order).catch((thrown) => thrown);
    assert.deepEqual([error.code, error.field], ['ERR_MISMATCH', field]);
  }
});

test('a combined payment with an unpaid order is an event, and one without numbers or amounts is refused', async () => {
  assert.equal((await pay.openNotify(notice(combined({ trade_state: 'NOTPAY' })))).kind, 'other');
  for (const [resource, field] of [
    [{ ...COMBINED, combine_mchid: '1' }, 'combine_mchid'],
    [{ ...COMBINED, combine_appid: 'wx1' }, 'combine_appid'],
    [{ ...COMBINED, combine_out_trade_no: 5 }, 'combine_out_trade_no'],
    [{ ...COMBINED, sub_orders: [] }, 'sub_orders'],
    [{ ...COMBINED, sub_orders: {} }, 'sub_orders'],
    [{ ...COMBINED, sub_orders: ['S1'] }, 'sub_orders'],
    [combined({ mchid: undefined }), 'mchid'],
    [combined({ out_trade_no: undefined }), 'out_trade_no'],
    [combined({ transaction_id: undefined }), 'transaction_id'],
    [combined({ sub_mchid: 5 }), 'sub_mchid'],
    [combined({ amount: { total_amount: 0.5 } }), 'amount.total_amount'],
    [combined({ amount: { total_amount: '50' } }), 'amount.total_amount'],
    [combined({ amount: undefined }), 'amount.total_amount'],
  ])
    assert.equal((await refusal(notice(resource))).field, field);
});

test('a notice of a sub-merchant names it, and goes to the client of that sub-merchant or of none', async () => {
  const { appid: sp_appid, mchid: sp_mchid, ...rest } = ORDER;
  const partner = { sp_appid, sp_mchid, sub_mchid: '1900013511', sub_appid: 'wx9999999999999999', ...rest };
  const opened = await pay.openNotify(notice(partner));
  assert.deepEqual(
    [opened.paid, opened.mch_id, opened.appid, opened.sub_mch_id, opened.sub_appid],
    [true, ids.mchid, ids.appid, '1900013511', 'wx9999999999999999'],
  );
  const of = (more) => new WechatPay({ ...options, ...more });
  const own = { sub_mchid: '1900013511', sub_appid: 'wx9999999999999999' };
  assert.equal((await of(own).openNotify(notice(partner))).paid, true);
  for (const [more, field] of [
    [{ sub_mchid: '1900013512' }, 'sub_mchid'],
    [{ ...own, sub_appid: 'wx8888888888888887' }, 'sub_appid'],
  ]) {
    const error = await of(more)
      .openNotify(notice(partner))
      .catch((thrown) => thrown);
    assert.deepEqual([error.code, error.field], ['ERR_MISMATCH', field]);
  }
  // A payment of the provider itself is not one of the sub-merchant.
  const error = await of(own)
    .openNotify(notice())
    .catch((thrown) => thrown);
  assert.deepEqual([error.code, error.field], ['ERR_MISMATCH', 'sub_mchid']);
  const stored = { out_trade_no: ORDER.out_trade_no, total_fee: 100 };
  const unnamed = await pay.openNotify(notice(partner), stored).catch((thrown) => thrown);
  assert.deepEqual([unnamed.code, unnamed.field], ['ERR_PARAM', 'sub_mch_id']);
  assert.equal((await pay.openNotify(notice(partner), { ...stored, sub_mch_id: '1900013511' })).paid, true);
});

test('an undocumented event of payments or refunds is returned whole, whatever it lacks, and is never paid', async () => {
  for (const [event_type, resource, kind] of [
    ['TRANSACTION.FAIL', { mchid: ids.mchid, plan_id: 5 }, 'other'],
    ['TRANSACTION.FAIL', ORDER, 'payment'],
    ['REFUND.PROCESSING', { out_refund_no: 'R1' }, 'other'],
    ['REFUND.PROCESSING', REFUND, 'refund'],
  ]) {
    const opened = await pay.openNotify(notice(resource, { event_type }));
    assert.deepEqual([opened.kind, opened.paid ?? false, opened.resource], [kind, false, resource], event_type);
  }
  assert.equal((await refusal(notice({ mchid: '1' }, { event_type: 'TRANSACTION.FAIL' }))).field, 'mchid');
});

test('headers are read in every shape that servers have, and the body as bytes or text', async () => {
  const { headers, body } = notice();
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const shapes = [headers, lower, new Headers(headers), Object.entries(headers), new Map(Object.entries(headers))];
  shapes.push(Object.entries(headers).flat());
  const nodeRequest = { ...lower, 'set-cookie': ['a', 'b'] };
  for (const shape of [...shapes, nodeRequest]) {
    for (const raw of [body, Buffer.from(body), new TextEncoder().encode(body), new TextEncoder().encode(body).buffer])
      assert.equal((await pay.openNotify({ headers: shape, body: raw })).paid, true, inspect(shape));
  }
});

test('headers of a strange object are a typed error, and genuine ones open under pollution', async () => {
  const message = notice();
  Object.prototype.get = () => 'polluted';
  try {
    assert.equal((await pay.openNotify(message)).paid, true);
  } finally {
    delete Object.prototype.get;
  }
  const throwing = { get: () => assert.fail('no header') };
  for (const headers of [throwing, new Proxy({}, { ownKeys: () => assert.fail('no keys') })]) {
    const { code, field } = await refusal({ ...message, headers });
    assert.deepEqual([code, field], ['ERR_PARAM', 'headers']);
  }
  const { 'Wechatpay-Serial': serial, ...others } = message.headers;
  const twice = [...Object.entries(others), ['wechatpay-serial', serial], ['WECHATPAY-SERIAL', serial]];
  assert.equal((await pay.openNotify({ ...message, headers: twice })).paid, true);
  twice.push(['Wechatpay-Serial', CERTIFICATE_SERIAL]);
  assert.equal((await refusal({ ...message, headers: twice })).code, 'ERR_SIGNATURE');
});

test('a time without a zone, or one that no calendar has, is absent, and the notice opens all the same', async () => {
  for (const [success_time, time_end] of [
    ['2026-07-26T01:19:52Z', '20260726091952'],
    ['2026-07-26T01:19:52.123+00:00', '20260726091952'],
    ['2026-12-31T23:59:59+07:00', '20270101005959'],
    ['2026-07-26 09:19:52', undefined],
    ['+275760-09-13T00:00:00.000Z', undefined],
    ['2026-13-01T00:00:00+08:00', undefined],
    ['', undefined],
    [undefined, undefined],
  ])
    assert.equal((await pay.openNotify(notice({ ...ORDER, success_time }))).time_end, time_end, success_time);
});

test('a body that is too large is refused before it is hashed', async () => {
  const { code, message } = await refusal({ headers: {}, body: new Uint8Array(20_000_000) });
  assert.equal(code, 'ERR_JSON');
  assert.match(message, /20000000 bytes/);
});

test('an integer that JavaScript cannot keep is text in event and resource', async () => {
  const plain = JSON.stringify(ORDER).replace('{', '{"big":12345678901234567890,');
  assert.equal((await pay.openNotify(notice(ORDER, { plain }))).resource.big, '12345678901234567890');
});

test('the key is chosen by the serial in any of its spellings, and both kinds of keys open at once', async () => {
  const short = CERTIFICATE_SERIAL.replace(/^0+/, '');
  for (const serial of [CERTIFICATE_SERIAL, short, CERTIFICATE_SERIAL.toLowerCase()]) {
    const message = notice(ORDER, { headers: { by: certificateKeys, serial } });
    assert.equal((await pay.openNotify(message)).paid, true, serial);
  }
});

test('each false notice is refused at its stage, and nothing of it is returned', async () => {
  const body = envelope(ORDER);
  const signed = (more, changes = {}) => ({ headers: { ...signedHeaders(body, more), ...changes }, body });
  const seconds = NOW_MS / 1000;
  const cases = [
    [
      'no timestamp',
      signed({}, { 'Wechatpay-Timestamp': undefined }),
      'ERR_SIGNATURE',
      /^Wechatpay-Timestamp: is missing/,
    ],
    ['no signature', signed({}, { 'Wechatpay-Signature': '' }), 'ERR_SIGNATURE', /^Wechatpay-Signature: is missing/],
    ['SM2', signed({}, { 'Wechatpay-Signature-Type': 'WECHATPAY2-SM2-WITH-SM3' }), 'ERR_SIGNATURE', /RSA keys/],
    ['301 s old', signed({ seconds: seconds - 301 }), 'ERR_SIGNATURE', /301 s old.*clock/],
    ['301 s ahead', signed({ seconds: seconds + 301 }), 'ERR_SIGNATURE', /301 s ahead.*clock/],
    ['milliseconds', signed({ seconds: NOW_MS }), 'ERR_SIGNATURE', /Wechatpay-Timestamp/],
    ['unknown key', signed({ serial: 'PUB_KEY_ID_1' }), 'ERR_SIGNATURE', /unknown key PUB_KEY_ID_1; add/],
    ['no serial at all', signed({ serial: '../etc' }), 'ERR_SIGNATURE', /neither a serial/],
    ['a stranger', signed({ by: stranger }), 'ERR_SIGNATURE', /does not match/],
    ['the other key', signed({ by: certificateKeys, serial: PUBLIC_ID }), 'ERR_SIGNATURE', /does not match/],
    ['another body', { headers: signedHeaders(body), body: body.replace('EV-', 'EW-') }, 'ERR_SIGNATURE', /raw bytes/],
    [
      'written again',
      { headers: signedHeaders(body), body: JSON.stringify(JSON.parse(body), null, 1) },
      'ERR_SIGNATURE',
      /raw bytes/,
    ],
    [
      'a probe',
      signed({}, { 'Wechatpay-Signature': `WECHATPAY/SIGNTEST/${'A'.repeat(300)}` }),
      'ERR_SIGNATURE',
      /probe/,
    ],
    ['another cipher', notice(ORDER, { change: { algorithm: 'AEAD_SM4_GCM' } }), 'ERR_DECRYPT', /AEAD_SM4_GCM/],
    ['a short nonce', notice(ORDER, { change: { nonce: 'short' } }), 'ERR_DECRYPT', /5 bytes instead of 12/],
    ['an old key', notice(ORDER, { key: 'f'.repeat(32) }), 'ERR_DECRYPT', /apiV3Key/],
    ['other associated data', notice(ORDER, { change: { associated_data: 'refund' } }), 'ERR_DECRYPT', /apiV3Key/],
    ['another merchant', notice({ ...ORDER, mchid: '1900009192' }), 'ERR_MISMATCH', /^mchid: .*another merchant/],
    ['another app', notice({ ...ORDER, appid: 'wx1' }), 'ERR_MISMATCH', /^appid: .*another app/],
    ['no merchant', notice({ ...ORDER, mchid: undefined }), 'ERR_MISMATCH', /^mchid: is missing/],
    ['no amount', notice({ ...ORDER, amount: undefined }), 'ERR_MISMATCH', /^amount.total: is missing/],
    ['yuan', notice({ ...ORDER, amount: { total: 1.5 } }), 'ERR_MISMATCH', /^amount.total: must be a whole number/],
    [
      'a currency that is no text',
      notice({ ...ORDER, amount: { total: 100, currency: 840 } }),
      'ERR_MISMATCH',
      /^amount.currency: is a number, not text/,
    ],
    ['a sub-merchant that is no text', notice({ ...ORDER, sub_mchid: 1 }), 'ERR_MISMATCH', /^sub_mchid: is a number/],
    ['no number', notice({ ...ORDER, out_trade_no: '' }), 'ERR_MISMATCH', /^out_trade_no/],
    ['no state', notice({ ...ORDER, trade_state: undefined }), 'ERR_MISMATCH', /^trade_state: is missing/],
    [
      'two amounts',
      notice(ORDER, { plain: JSON.stringify(ORDER).replace('"total":100', '"total":1,"total":100') }),
      'ERR_JSON',
      /twice/,
    ],
    ['text for JSON', notice(ORDER, { plain: 'paid' }), 'ERR_JSON', /not the JSON/],
    ['an empty resource', notice(ORDER, { plain: ' ' }), 'ERR_JSON', /empty/],
  ];
  for (const [name, message, code, words] of cases) {
    const error = await refusal(message);
    assert.deepEqual([error.code, error.outcome], [code, 'unknown'], `${name}: ${error.message}`);
    assert.match(error.message, words, name);
    assert.ok(!inspect(error).includes(API_V3_KEY), name);
  }
});

test('a notice within 300 seconds of the clock opens, on both sides', async () => {
  for (const shift of [-299, 299]) {
    const message = notice(ORDER, { headers: { seconds: NOW_MS / 1000 + shift } });
    assert.equal((await pay.openNotify(message)).paid, true);
  }
});

test('a payment is paid in the states SUCCESS and REFUND only', async () => {
  for (const trade_state of ['NOTPAY', 'CLOSED', 'success', 'PAYERROR'])
    assert.equal((await pay.openNotify(notice({ ...ORDER, trade_state }))).paid, false, trade_state);
  assert.equal((await pay.openNotify(notice({ ...ORDER, trade_state: 'REFUND' }))).paid, true);
});

test('while the APIv3 key is changed, notices open with the new key and with the old one', async () => {
  const changing = new WechatPay({ ...options, apiV3Key: ['n'.repeat(32), API_V3_KEY] });
  for (const key of [API_V3_KEY, 'n'.repeat(32)])
    assert.equal((await changing.openNotify(notice(ORDER, { key }))).paid, true);
});

test('one changed bit of any byte of a notice is refused for its signature', async () => {
  const { headers, body } = notice();
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] ^= 1 << (at % 8);
    const error = await refusal({ headers, body: changed });
    assert.equal(error.code, 'ERR_SIGNATURE', `byte ${at}: ${error.message}`);
  }
});

test('the error of a notice begins at the line that opened it, and the method always returns a promise', async () => {
  const { headers, body } = notice();
  for (const message of [
    undefined,
    { headers, body: 1 },
    { headers, body: `${body} ` },
    notice({ ...ORDER, appid: 'wx1' }),
  ]) {
    const opening = pay.openNotify(message);
    assert.ok(opening instanceof Promise);
    const error = await opening.catch((reason) => reason);
    assert.match(error.stack.split('\n')[1], /v3-notices\.test\.mjs/, error.message);
  }
  const { openNotify } = pay;
  assert.equal((await openNotify(notice()).catch((reason) => reason)).code, 'ERR_PARAM');
  assert.ok(pay.openNotify(notice()) instanceof Promise);
});

test('a time of any zone becomes the time in Beijing, and what is no time is left out', async () => {
  for (const [success_time, expected] of [
    ['2026-07-26T09:19:52+08:00', '20260726091952'],
    ['2026-07-31T09:19:52+08:00', '20260731091952'],
    ['2026-02-28T24:00:00+08:00', '20260301000000'],
    ['2026-07-31T23:30:00Z', '20260801073000'],
    ['2026-07-26T09:60:00+08:00', undefined],
    ['yesterday', undefined],
    [1, undefined],
  ]) {
    const { time_end } = await pay.openNotify(notice({ ...ORDER, success_time }));
    assert.equal(time_end, expected, String(success_time));
  }
});
