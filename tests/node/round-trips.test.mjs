// Every API against the gateway over HTTPS, with the merchant's certificate where WeChat requires it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, START_MS, shop } from './gateway-support.mjs';

const clock = createManualClock(START_MS);
const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const notices = [];
const gateway = createGateway({
  merchants: [shop],
  clock,
  allowNotifyHosts: ['shop.example'],
  refundDelayMs: 1000,
  fetch: async (_url, { body }) => {
    notices.push(body);
    return new Response(
      '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>',
    );
  },
});
let pay;
let bare;

before(async () => {
  const { url } = await gateway.listen({ tls: true });
  const plain = (await gateway.listen({ demandCertificates: true })).url;
  const { ca, merchants } = await gateway.certificates();
  const { cert, key } = merchants.find(({ mch_id }) => mch_id === shop.mch_id);
  // The host's own fetch does not trust the gateway's authority, so calls without a certificate go to the plain port.
  const toPlain = (address, init) => fetch(String(address).replace(url, plain), init);
  pay = new WechatPay({ ...shop, baseUrls: [url], certificate: { cert, key, ca }, fetch: toPlain });
  bare = new WechatPay({ ...shop, baseUrls: [url], fetch: toPlain, certFetch: toPlain });
});
after(() => gateway.close());

const order = (out_trade_no, changes) => ({
  body: '示例商店-茶',
  out_trade_no,
  total_fee: 8800,
  openid: OPENID,
  spbill_create_ip: '::1',
  notify_url: 'https://shop.example/notify',
  ...changes,
});
const CODE = '120061098828009406';

/** Orders and pays; returns the answer of the query. */
async function paid(out_trade_no) {
  const payment = await pay.pay(order(out_trade_no));
  assert.deepEqual(await gateway.pay({ appId: shop.appid, ...payment }), { errMsg: 'requestPayment:ok' });
  await gateway.idle();
  return pay.orderQuery({ out_trade_no });
}

test('an order is paid, its notice opened against the stored order, and queried by either number', async () => {
  const { trade_state, transaction_id, total_fee, coupons } = await paid('o1');
  assert.deepEqual([trade_state, total_fee, coupons], ['SUCCESS', 8800, []]);
  assert.equal((await pay.orderQuery({ transaction_id })).out_trade_no, 'o1');
  const notice = pay.openNotify(notices.at(-1), { out_trade_no: 'o1', total_fee: 8800 });
  assert.deepEqual([notice.kind, notice.paid, notice.transaction_id], ['payment', true, transaction_id]);
  assert.throws(() => pay.openNotify(notices.at(-1), { out_trade_no: 'o1', total_fee: 8801 }), {
    code: 'ERR_MISMATCH',
  });
  assert.throws(() => pay.openNotify(notices.at(-1), undefined), { code: 'ERR_PARAM', field: 'expect' });
});

test('an order is refunded in parts with the certificate, its notices opened, and its refunds listed', async () => {
  await paid('o2');
  const part = { out_trade_no: 'o2', total_fee: 8800, notify_url: 'https://shop.example/refund' };
  const first = await pay.refund({ ...part, out_refund_no: 'r1', refund_fee: 800, refund_desc: '退货' });
  assert.deepEqual([first.out_refund_no, first.refund_fee, first.total_fee], ['r1', 800, 8800]);
  const again = await pay.refund({ ...part, out_refund_no: 'r1', refund_fee: 800, refund_desc: '退货' });
  assert.equal(again.refund_id, first.refund_id, 'the same number is the same refund');
  await pay.refund({ ...part, out_refund_no: 'r2', refund_fee: 8000 });
  await clock.advance(2000);
  await gateway.idle();
  const { refund_count, refunds } = await pay.refundQuery({ out_trade_no: 'o2' });
  const seen = refunds.map(({ out_refund_no, refund_fee, refund_status }) => [
    out_refund_no,
    refund_fee,
    refund_status,
  ]);
  assert.deepEqual(
    [refund_count, seen],
    [
      2,
      [
        ['r1', 800, 'SUCCESS'],
        ['r2', 8000, 'SUCCESS'],
      ],
    ],
  );
  const opened = notices.slice(-2).map((body) => pay.openNotify(body));
  assert.deepEqual(
    opened.map(({ kind, out_refund_no, refund_fee, refund_status }) => [
      kind,
      out_refund_no,
      refund_fee,
      refund_status,
    ]),
    [
      ['refund', 'r1', 800, 'SUCCESS'],
      ['refund', 'r2', 8000, 'SUCCESS'],
    ],
  );
  assert.equal((await pay.orderQuery({ out_trade_no: 'o2' })).trade_state, 'REFUND');
});

test('refunds that cannot be are refused in WeChat words, and the outcome says that nothing moved', async () => {
  await paid('o3');
  const refund = { out_trade_no: 'o3', out_refund_no: 'r3', total_fee: 8800, refund_fee: 1 };
  const cases = [
    [{ ...refund, total_fee: 8801 }, 'REFUND_FEE_MISMATCH'],
    [{ ...refund, out_trade_no: 'never-made' }, 'ORDERNOTEXIST'],
  ];
  for (const [params, err_code] of cases)
    await assert.rejects(pay.refund(params), { code: 'ERR_FAILED', err_code, outcome: 'rejected' }, err_code);
  await assert.rejects(pay.refundQuery({ out_refund_no: 'r3' }), { code: 'ERR_FAILED', err_code: 'REFUNDNOTEXIST' });
  await assert.rejects(
    bare.refund(refund),
    ({ code, outcome, return_msg }) => code === 'ERR_REFUSED' && outcome === 'rejected' && /证书/.test(return_msg),
  );
});

test('an unpaid order is closed, and then neither paid nor closed again', async () => {
  const payment = await pay.pay(order('o4'));
  await clock.advance(6 * MINUTE_MS);
  assert.equal((await pay.closeOrder({ out_trade_no: 'o4' })).fields.result_code, 'SUCCESS');
  assert.equal((await pay.orderQuery({ out_trade_no: 'o4' })).trade_state, 'CLOSED');
  assert.notEqual((await gateway.pay({ appId: shop.appid, ...payment })).errMsg, 'requestPayment:ok');
  await assert.rejects(pay.closeOrder({ out_trade_no: 'o4' }), { err_code: 'ORDERCLOSED', outcome: 'rejected' });
});

test('a payer at the till pays by code, and the payment is reversed', async () => {
  const { openid, notify_url, ...till } = order('t1');
  const answer = await pay.micropay({ ...till, auth_code: CODE });
  assert.deepEqual([answer.trade_type, answer.total_fee, answer.out_trade_no], ['MICROPAY', 8800, 't1']);
  await clock.advance(MINUTE_MS);
  assert.equal((await pay.reverse({ out_trade_no: 't1' })).recall, 'N');
  const { trade_state } = await pay.orderQuery({ out_trade_no: 't1' });
  assert.ok(['REVOKED', 'REFUND'].includes(trade_state), trade_state);
  await assert.rejects(bare.reverse({ out_trade_no: 't1' }), { code: 'ERR_REFUSED' });
});

test('a report is taken, and the sandbox returns its key, which signs the sandbox calls', async () => {
  const report = {
    interface_url: 'https://api.mch.weixin.qq.com/pay/unifiedorder',
    user_ip: '127.0.0.1',
    execute_time_: 120,
  };
  assert.equal(
    (await pay.report({ ...report, return_code: 'SUCCESS', result_code: 'SUCCESS' })).result_code,
    'SUCCESS',
  );
  const { sandbox_signkey } = await pay.sandboxSignKey({});
  assert.match(sandbox_signkey, /^\w{32}$/);
  const { url } = await gateway.listen();
  const sandbox = new WechatPay({
    ...shop,
    key: sandbox_signkey,
    signType: 'MD5',
    sandboxPrefix: '/xdc/apiv2sandbox',
    baseUrls: [url],
  });
  assert.match((await sandbox.unifiedOrder({ ...order('s1'), trade_type: 'JSAPI' })).prepay_id, /^wx/);
  await assert.rejects(pay.orderQuery({ out_trade_no: 's1' }), { err_code: 'ORDERNOTEXIST' });
  assert.throws(() => new WechatPay({ ...shop, sandboxPrefix: '/xdc/apiv2sandbox' }), {
    code: 'ERR_CONFIG',
    field: 'signType',
  });
});

test('the bills of the day contain every movement, and their totals agree', async () => {
  gateway.comment({
    transaction_id: (await pay.orderQuery({ out_trade_no: 'o1' })).transaction_id,
    stars: 5,
    comment: '赞, 很好',
  });
  await clock.advance(26 * 60 * MINUTE_MS);
  const day = { bill_date: '20240805', tar_type: 'GZIP' };
  const read = async (bill) => {
    const rows = [];
    for await (const row of bill) rows.push(row);
    return [rows, bill.summary, bill.differences];
  };
  const [trades, summary, differences] = await read(await pay.downloadBill({ ...day, bill_type: 'ALL' }));
  assert.deepEqual(differences, []);
  assert.ok(trades.some((row) => row.商户订单号 === 'o1' && row.交易状态 === 'SUCCESS'));
  assert.ok(trades.some((row) => row.商户退款单号 === 'r2'));
  assert.equal(Number(summary.总交易单数), trades.length);
  const [flows, , flowDifferences] = await read(await pay.downloadFundFlow({ ...day, account_type: 'Basic' }));
  assert.ok(flows.length > 3);
  assert.deepEqual(flowDifferences, []);
  const { comments } = await pay.batchQueryComment({
    begin_time: '20240805000000',
    end_time: '20240807000000',
    offset: 0,
  });
  assert.deepEqual(
    comments.map(({ stars, comment }) => [stars, comment]),
    [[5, '赞, 很好']],
  );
  const empty = await read(await pay.downloadBill({ bill_date: '20240701' })).catch((error) => error);
  assert.deepEqual([empty.code, empty.err_code], ['ERR_BILL', 'NO_BILL_EXIST']);
});
