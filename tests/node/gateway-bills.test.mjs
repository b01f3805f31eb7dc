// Bills and comments at the gateway: their contents, their sums, and days without any.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  assertDone,
  assertFailed,
  call,
  MINUTE_MS,
  order,
  otherShop,
  placeAndPay,
  placeOrder,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 10:00 in Beijing on the day after START_MS. */
const NEXT_MORNING_MS = Date.UTC(2024, 7, 6, 2, 0, 0);
const BILL = '/pay/downloadbill';
const FLOW = '/pay/downloadfundflow';
const COMMENTS = '/billcommentsp/batchquerycomment';
const HMAC = { signType: 'HMAC-SHA256' };

const secondApp = { ...shop, appid: 'wxsecondapp' };

function open() {
  const clock = createManualClock(START_MS);
  const fetch = async () => new Response(ACCEPT);
  return { clock, gateway: createGateway({ merchants: [shop, otherShop, secondApp], clock, fetch }) };
}

/** A day with two payments, a partial refund, one pending at night, a reversed pay code, and uncounted orders. */
async function openAfterADay() {
  const { clock, gateway } = open();
  const first = {
    out_trade_no: 'A',
    total_fee: '1000',
    body: '商家-测试, 一号',
    attach: 'a=1\nb',
    device_info: 'till',
  };
  const a = await placeAndPay(gateway, first);
  const b = await placeAndPay(gateway, { out_trade_no: 'B', total_fee: '88' }, { merchant: secondApp });
  await placeOrder(gateway, { out_trade_no: 'unpaid' });
  await placeAndPay(gateway, { out_trade_no: 'foreign', total_fee: '7777' }, { merchant: otherShop });
  await clock.advance(MINUTE_MS);
  const refund = { out_trade_no: 'A', out_refund_no: 'R1', total_fee: '1000', refund_fee: '250' };
  const r1 = assertDone(await call(gateway, '/secapi/pay/refund', refund));
  const recharge = { out_refund_no: 'R2', refund_fee: '100', refund_account: 'REFUND_SOURCE_RECHARGE_FUNDS' };
  const r2 = assertDone(await call(gateway, '/secapi/pay/refund', { ...refund, ...recharge }));
  const scan = {
    body: 'b',
    out_trade_no: 'M',
    total_fee: '500',
    spbill_create_ip: '127.0.0.1',
    auth_code: '1'.repeat(18),
  };
  const m = assertDone(await call(gateway, '/pay/micropay', scan));
  await clock.advance(MINUTE_MS);
  assertDone(await call(gateway, '/secapi/pay/reverse', { out_trade_no: 'M' }));
  return { clock, gateway, ids: { a, b, m: m.transaction_id, r1: r1.refund_id, r2: r2.refund_id } };
}

async function billOf(gateway, members) {
  const answer = await call(gateway, BILL, { bill_date: '20240805', ...members });
  assert.equal(answer.status, 200);
  assert.equal(answer.type, 'text/plain');
  return readBill(answer.text);
}

/** Reads a bill by its heads, as a merchant does. */
function readBill(text) {
  assert.ok(text.endsWith('\r\n'), text);
  const lines = text.slice(0, -2).split('\r\n');
  const values = (line) => {
    assert.equal(line[0], '`');
    return line.slice(1).split(',`');
  };
  const pairs = (head, line) => {
    const names = head.split(',');
    assert.equal(values(line).length, names.length, line);
    return Object.fromEntries(names.map((name, place) => [name, values(line)[place]]));
  };
  const [head, ...rest] = lines;
  const sums = pairs(rest.at(-2), rest.at(-1));
  return { head, rows: rest.slice(0, -2).map((line) => pairs(head, line)), sums, sumHead: rest.at(-2) };
}

/** Adds decimal texts without ever making a fraction of them. */
function add(values) {
  const digits = values[0]?.split('.')[1]?.length ?? 0;
  const units = values.reduce((sum, value) => sum + BigInt(value.replace('.', '')), 0n);
  const text = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  return `${units < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const HEADS = {
  ALL: '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
  SUCCESS:
    '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注',
  REFUND:
    '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
  RECHARGE_REFUND:
    '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,返还手续费,费率,订单金额,申请退款金额',
};
// Older pages name this kind, and clients of that time ask for it.
HEADS.REVOKED = HEADS.ALL;
const SUMS = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

test('a bill of each kind has its head, its rows by time, and a summary that adds up', async () => {
  const { gateway, clock, ids } = await openAfterADay();
  await clock.advance(NEXT_MORNING_MS - clock.now());
  const expected = {
    ALL: ['A SUCCESS', 'B SUCCESS', 'M SUCCESS', 'A REFUND', 'A REFUND', 'M REVOKED'],
    SUCCESS: ['A SUCCESS', 'B SUCCESS', 'M SUCCESS'],
    REFUND: ['A REFUND', 'A REFUND'],
    RECHARGE_REFUND: ['A REFUND'],
    REVOKED: ['M REVOKED'],
  };
  for (const [bill_type, rowNames] of Object.entries(expected)) {
    const { head, rows, sums, sumHead } = await billOf(gateway, { bill_type });
    assert.equal(head, HEADS[bill_type], bill_type);
    assert.equal(sumHead, SUMS, bill_type);
    assert.deepEqual(
      rows.map((row) => `${row.商户订单号} ${row.交易状态}`),
      rowNames,
      bill_type,
    );
    assert.equal(sums.总交易单数, String(rows.length), bill_type);
    const columns = { 应结订单总金额: '应结订单金额', 订单总金额: '订单金额', 手续费总金额: '手续费' };
    if (bill_type !== 'SUCCESS') Object.assign(columns, { 退款总金额: '退款金额', 申请退款总金额: '申请退款金额' });
    if (bill_type === 'RECHARGE_REFUND') delete columns.手续费总金额;
    for (const [sum, column] of Object.entries(columns)) {
      assert.equal(sums[sum], add(rows.map((row) => row[column])), `${bill_type} ${sum}`);
    }
  }
  const all = await billOf(gateway);
  assert.deepEqual(all.sums, {
    总交易单数: '6',
    应结订单总金额: '15.88',
    退款总金额: '8.50',
    充值券退款总金额: '0.00',
    手续费总金额: '0.04000',
    订单总金额: '15.88',
    申请退款总金额: '8.50',
  });
  assert.deepEqual(all.rows[0], {
    交易时间: '2024-08-05 17:33:41',
    公众账号ID: shop.appid,
    商户号: shop.mch_id,
    特约商户号: '0',
    设备号: 'till',
    微信订单号: ids.a,
    商户订单号: 'A',
    用户标识: order().openid,
    交易类型: 'JSAPI',
    交易状态: 'SUCCESS',
    付款银行: 'OTHERS',
    货币种类: 'CNY',
    应结订单金额: '10.00',
    代金券金额: '0.00',
    微信退款单号: '0',
    商户退款单号: '0',
    退款金额: '0.00',
    充值券退款金额: '0.00',
    退款类型: '',
    退款状态: '',
    商品名称: '商家-测试, 一号',
    商户数据包: 'a=1\\nb',
    手续费: '0.06000',
    费率: '0.60%',
    订单金额: '10.00',
    申请退款金额: '0.00',
    费率备注: '',
  });
  assert.equal(all.rows[1].公众账号ID, secondApp.appid, 'one bill covers the whole merchant number');
  const refund = (await billOf(gateway, { bill_type: 'REFUND' })).rows[0];
  assert.equal(refund.微信退款单号, ids.r1);
  assert.equal(refund.商户退款单号, 'R1');
  assert.equal(refund.退款金额, '2.50');
  assert.equal(refund.手续费, '-0.02000');
  assert.equal(refund.交易时间, '2024-08-05 17:33:41');
  assert.equal(refund.退款申请时间, '2024-08-05 17:34:41');
  assert.equal(refund.退款成功时间, '2024-08-05 17:34:42');
  assert.equal(refund.退款状态, 'SUCCESS');
  assert.equal((await billOf(gateway, { bill_type: 'RECHARGE_REFUND' })).rows[0].微信退款单号, ids.r2);
});

test('a refund of an older order is in the bill of its own day, as of then', async () => {
  const clock = createManualClock(START_MS);
  const fetch = async () => new Response(ACCEPT);
  const gateway = createGateway({ merchants: [shop], clock, fetch, refundDelayMs: 2 * DAY_MS });
  await placeAndPay(gateway);
  await clock.advance(DAY_MS);
  const refund = { out_trade_no: order().out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '88' };
  assertDone(await call(gateway, '/secapi/pay/refund', refund));
  await clock.advance(3 * DAY_MS);
  assert.equal(gateway.refunds()[0].refund_status, 'SUCCESS');
  const { rows } = await billOf(gateway, { bill_date: '20240806' });
  assert.equal(rows.length, 1);
  assert.equal(rows[0].退款状态, 'PROCESSING');
  assert.equal((await billOf(gateway)).rows[0].交易状态, 'SUCCESS');
});

test('over real HTTP a bill that was requested compressed is a gzip file, and its errors are not', async (t) => {
  const { gateway, clock } = await openAfterADay();
  await clock.advance(NEXT_MORNING_MS - clock.now());
  const { url } = await gateway.listen();
  t.after(() => gateway.close());
  const ask = async (bill_date) => {
    const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', bill_date, tar_type: 'GZIP' };
    const body = xmlByHand({ ...fields, sign: signByHand(fields, shop.key) });
    const response = await fetch(url + BILL, { method: 'POST', body });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-encoding'), null);
    return Buffer.from(await response.arrayBuffer());
  };
  const bytes = await ask('20240805');
  assert.deepEqual([...bytes.subarray(0, 2)], [0x1f, 0x8b]);
  assert.equal(gunzipSync(bytes).toString(), (await call(gateway, BILL, { bill_date: '20240805' })).text);
  assert.match((await ask('20240804')).toString(), /^<xml><return_code>.*No Bill Exist/);
});

test('a bill that is missing, unfinished or wrongly requested is refused in English with a number', async () => {
  const { gateway, clock } = await openAfterADay();
  const assertBillError = async (members, return_msg, error_code, options) => {
    const { fields, type } = await call(gateway, BILL, { bill_date: '20240804', ...members }, options);
    assert.equal(type, 'text/plain');
    assert.deepEqual(fields, { return_code: 'FAIL', return_msg, error_code });
  };
  await assertBillError({}, 'No Bill Exist', '20002');
  await assertBillError({ bill_date: '20240805' }, 'invalid bill_date', '20001');
  await clock.advance(Date.UTC(2024, 7, 6, 0, 59, 59) - clock.now());
  await assertBillError({ bill_date: '20240805' }, 'Bill Creating', '20002');
  await clock.advance(1000);
  assert.equal((await billOf(gateway)).rows.length, 6);
  for (const bill_date of ['2024-08-04', '20240230', '20240806', '20250101', '20240505', '20200101', 'x']) {
    await assertBillError({ bill_date }, 'invalid bill_date', '20001');
  }
  await assertBillError({ bill_date: '20240506' }, 'No Bill Exist', '20002');
  await assertBillError({ bill_type: 'all' }, 'invalid bill_type', '20001');
  await assertBillError({ tar_type: 'ZIP' }, 'invalid tar_type: Only GZIP supported', '20001');
  await assertBillError({ nonce_str: 'n'.repeat(33) }, 'nonce_str too long', '20001');
  await assertBillError({ nonce_str: undefined }, 'missing parameter', '20001');
  await assertBillError({ bill_date: undefined }, 'missing parameter', '20001');
  await assertBillError({ sign: 'x' }, 'sign error', '20001');
  await assertBillError({}, 'invalid appid', '20001', { merchant: { ...shop, appid: 'wxnobody' } });
  const wrongMethod = await gateway.fetch(new Request(`http://gateway${BILL}`));
  assert.match(await wrongMethod.text(), /require POST method.*20001/s);
  const malformed = await gateway.fetch(new Request(`http://gateway${BILL}`, { method: 'POST', body: '<xml>' }));
  assert.match(await malformed.text(), /data format error.*20001/s);
  const empty = await gateway.fetch(new Request(`http://gateway${BILL}`, { method: 'POST', body: '' }));
  assert.match(await empty.text(), /empty post data.*20001/s);
});

test('a fund-flow bill has every movement of the day, a running balance and sums that add up', async () => {
  const { gateway, clock, ids } = await openAfterADay();
  await clock.advance(NEXT_MORNING_MS - clock.now());
  const ask = { bill_date: '20240805', account_type: 'Basic' };
  const { text } = await call(gateway, FLOW, ask, HMAC);
  const { head, rows, sums, sumHead } = readBill(text);
  assert.equal(
    head,
    '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号',
  );
  assert.equal(sumHead, '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额');
  assert.deepEqual(
    rows.map((row) => [row.业务名称, row.收支类型, row['收支金额（元）'], row['账户结余（元）'], row.业务凭证号]),
    [
      ['交易', '收入', '10.00', '10.00', 'A'],
      ['扣除交易手续费', '支出', '0.06', '9.94', 'A'],
      ['交易', '收入', '0.88', '10.82', 'B'],
      ['扣除交易手续费', '支出', '0.01', '10.81', 'B'],
      ['交易', '收入', '5.00', '15.81', 'M'],
      ['扣除交易手续费', '支出', '0.03', '15.78', 'M'],
      ['退款', '支出', '2.50', '13.28', 'R1'],
      ['退还交易手续费', '收入', '0.02', '13.30', 'R1'],
      ['退款', '支出', '1.00', '12.30', 'R2'],
      ['退还交易手续费', '收入', '0.01', '12.31', 'R2'],
      ['退款', '支出', '5.00', '7.31', 'M'],
      ['退还交易手续费', '收入', '0.03', '7.34', 'M'],
    ],
  );
  assert.equal(rows[0].微信支付业务单号, ids.a);
  assert.equal(new Set(rows.map((row) => row.资金流水单号)).size, rows.length);
  const of = (way) => rows.filter((row) => row.收支类型 === way).map((row) => row['收支金额（元）']);
  assert.deepEqual(sums, {
    资金流水总笔数: '12.0',
    收入笔数: `${of('收入').length}.0`,
    收入金额: add(of('收入')),
    支出笔数: `${of('支出').length}.0`,
    支出金额: add(of('支出')),
  });
  const request = xmlByHand({ ...signedFlow({ ...ask, tar_type: 'GZIP' }) });
  const zipped = await gateway.fetch(new Request(`http://gateway${FLOW}`, { method: 'POST', body: request }));
  assert.equal(gunzipSync(Buffer.from(await zipped.arrayBuffer())).toString(), text);
});

/** A call that names no sign_type: HMAC-SHA256 is meant all the same. */
function signedFlow(members) {
  const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...members };
  return { ...fields, sign: signByHand(fields, shop.key, 'HMAC-SHA256') };
}

test('fund flow and comments are requested with HMAC-SHA256 only, and their refusals are not signed', async () => {
  const { gateway, clock } = await openAfterADay();
  await clock.advance(NEXT_MORNING_MS - clock.now());
  const good = { bill_date: '20240804', account_type: 'Basic' };
  assertFailed(await call(gateway, FLOW, good, { signType: 'MD5' }), 'sign_type 参数错误：只支持 HMAC-SHA256');
  assertFailed(await call(gateway, FLOW, good), '签名错误');
  assertFailed(await call(gateway, FLOW, { ...good, account_type: undefined }, HMAC), '缺少参数 account_type');
  const refusals = [
    [FLOW, good, 'NO_BILL_EXIST'],
    [FLOW, { ...good, bill_date: '20240805', account_type: 'Fees' }, 'NO_BILL_EXIST'],
    [FLOW, { ...good, bill_date: '20240806' }, 'PARAM_ERROR'],
    [FLOW, { ...good, account_type: 'basic' }, 'PARAM_ERROR'],
    [FLOW, { ...good, tar_type: 'ZIP' }, 'PARAM_ERROR'],
    [COMMENTS, { begin_time: '20240805000000', end_time: '20240806000000', offset: '0' }, 'NO_COMMENT'],
    [COMMENTS, { begin_time: '20240805000000', end_time: '20240804000000', offset: '0' }, 'PARAM_ERROR'],
    [COMMENTS, { begin_time: '20240501000000', end_time: '20240806000000', offset: '0' }, 'TIME_EXPIRE'],
    [COMMENTS, { begin_time: '20240805000000', end_time: '20240806000000', offset: '0', limit: '201' }, 'PARAM_ERROR'],
    [COMMENTS, { begin_time: '2024', end_time: '20240806000000', offset: '0' }, 'PARAM_ERROR'],
  ];
  for (const [path, members, code] of refusals) {
    const { fields } = await call(gateway, path, members, HMAC);
    assert.deepEqual(
      Object.keys(fields),
      ['return_code', 'return_msg', 'result_code', 'err_code', 'err_code_des'],
      JSON.stringify(members),
    );
    assert.equal(fields.return_code, 'SUCCESS', JSON.stringify(members));
    assert.equal(fields.err_code, code, JSON.stringify(members));
  }
});

test('comments are returned page by page, each with the offset of the next, and only to their merchant', async () => {
  const { gateway, clock } = open();
  const mine = await placeAndPay(gateway);
  const foreign = await placeAndPay(gateway, { out_trade_no: 'foreign' }, { merchant: otherShop });
  gateway.comment({ transaction_id: mine, stars: 5, comment: '赞, 很`好' });
  gateway.comment({ transaction_id: foreign, stars: 1, comment: '别人的' });
  await clock.advance(1000);
  gateway.comment({ transaction_id: mine, stars: 3, comment: '两\n行' });
  const ask = async (members) => {
    const time = { begin_time: '20240805000000', end_time: '20240806000000', offset: '0' };
    return (await call(gateway, COMMENTS, { ...time, ...members }, HMAC)).text;
  };
  assert.equal(
    await ask(),
    `3\n\`2024-08-05 17:33:41,\`${mine},\`5,\`赞, 很\`好\n\`2024-08-05 17:33:42,\`${mine},\`3,\`两\n行`,
  );
  assert.match(await ask({ limit: '1' }), /^1\n`2024-08-05 17:33:41,[^\n]*$/);
  assert.match(await ask({ limit: '1', offset: '1' }), /^3\n`2024-08-05 17:33:42,/);
  assert.match(await ask({ offset: '3' }), /NO_COMMENT/);
  assert.match(await ask({ begin_time: '20240805173342' }), /^3\n`2024-08-05 17:33:42,/);
  assert.match(await ask({ end_time: '20240805173341' }), /^1\n`2024-08-05 17:33:41,[^\n]*$/);
  assert.throws(() => gateway.comment({ transaction_id: 'nobody', stars: 5, comment: '' }), TypeError);
  for (const stars of [0, 6, 1.5, '5']) {
    assert.throws(() => gateway.comment({ transaction_id: mine, stars, comment: '' }), TypeError, `${stars}`);
  }
});
