// Bills and comments through the client and a real server, read as they arrive. Mutual TLS has its own test.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WechatPay } from 'paysign';
import { readByHand, shop, signByHand } from './gateway-support.mjs';

const TRADE = [
  '\ufeff交易时间,公众账号ID,商户号,商户订单号,应结订单金额,商品名称,手续费,订单金额',
  '`2024-08-05 10:33:40,`wx8888888888888888,`1900000109,`a1,`0.90,`商家-测试, 一号,`0.01000,`1.00',
  '`2024-08-05 10:34:40,`wx8888888888888888,`1900000109,`a2,`8.00,`茶,`0.05000,`8.00',
  '总交易单数,应结订单总金额,手续费总金额,订单总金额',
  '`2,`8.90,`0.06000,`9.00',
].join('\r\n');
const NO_BILL =
  '<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[No Bill Exist]]></return_msg><error_code><![CDATA[20002]]></error_code></xml>';
const COMMENTS = '100\n`2017-07-01 10:00:05,`1001690740201411100005734289,`5,`赞, 很好\n';

let server;
let base;
let answer;
let sent;
before(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    sent = { path: request.url, fields: readByHand(body) };
    await answer(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** certFetch replaces the certificate, which another test shows to a real mutual-TLS server. */
const client = (options) => new WechatPay({ ...shop, baseUrls: [base], certFetch: fetch, ...options });
const rowsOf = async (bill) => {
  const rows = [];
  for await (const row of bill) rows.push(row);
  return rows;
};

test('the request of a trade bill is signed, and the bill is read row by row, gzip or plain', async () => {
  for (const body of [Buffer.from(TRADE), gzipSync(TRADE)]) {
    answer = (response) => response.end(body);
    const bill = await client().downloadBill({ bill_date: '20240805', bill_type: 'SUCCESS', tar_type: 'GZIP' });
    const rows = await rowsOf(bill);
    assert.deepEqual(
      rows.map((row) => [row.商户订单号, row.商品名称]),
      [
        ['a1', '商家-测试, 一号'],
        ['a2', '茶'],
      ],
      `${body.length} bytes`,
    );
    assert.deepEqual([bill.summary.总交易单数, bill.differences], ['2', []], `${body.length} bytes`);
    const { sign, ...fields } = sent.fields;
    assert.equal(sign, signByHand(fields, shop.key, 'HMAC-SHA256'), `${body.length} bytes`);
    assert.deepEqual(
      [sent.path, fields.bill_date, fields.bill_type],
      ['/pay/downloadbill', '20240805', 'SUCCESS'],
      `${body.length} bytes`,
    );
  }
});

test('a day without trades has its own typed error', async () => {
  answer = (response) => response.end(NO_BILL);
  const error = await rowsOf(await client().downloadBill({ bill_date: '20240805' })).catch((thrown) => thrown);
  assert.deepEqual(
    [error.name, error.code, error.err_code, error.outcome],
    ['WxPayError', 'ERR_BILL', 'NO_BILL_EXIST', 'rejected'],
  );
});

test('a bill that breaks off is an error and never a short bill', async () => {
  answer = async (response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(TRADE) });
    response.write(TRADE.slice(0, 200));
    setTimeout(() => response.destroy(), 20);
  };
  const error = await rowsOf(await client().downloadBill({ bill_date: '20240805' })).catch((thrown) => thrown);
  assert.deepEqual([error.name, error.outcome], ['WxPayError', 'unknown'], String(error));
});

test('a bill that begins may take longer than the time limit, one that does not begin may not', async () => {
  answer = async (response) => {
    for (const line of TRADE.split('\r\n')) {
      response.write(`${line}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    response.end();
  };
  assert.equal((await rowsOf(await client({ timeoutMs: 150 }).downloadBill({ bill_date: '20240805' }))).length, 2);
  answer = () => {};
  await assert.rejects(client({ timeoutMs: 150 }).downloadBill({ bill_date: '20240805' }), {
    code: 'ERR_TIMEOUT',
    outcome: 'unknown',
  });
});

test('fund flow and comments are signed with HMAC-SHA256 whatever the client prefers', async () => {
  const pay = client({ signType: 'MD5' });
  answer = (response) => response.end(COMMENTS);
  const comments = await pay.batchQueryComment({ begin_time: '20170701000000', end_time: '20170702000000', offset: 0 });
  assert.deepEqual([comments.offset, comments.comments[0].comment, comments.comments[0].stars], [100, '赞, 很好', 5]);
  const isSignedWithHmac = () => {
    const { sign, ...fields } = sent.fields;
    assert.equal(sign, signByHand(fields, shop.key, 'HMAC-SHA256'), sent.path);
    assert.equal(fields.sign_type, 'HMAC-SHA256');
  };
  isSignedWithHmac();
  await pay.downloadFundFlow({ bill_date: '20240805', account_type: 'Basic' });
  isSignedWithHmac();
});

test('a wrong request for a bill is named before it is sent', async () => {
  sent = undefined;
  for (const [params, field] of [
    [{}, 'bill_date'],
    [{ bill_date: '2024-08-05' }, 'bill_date'],
    [{ bill_date: '20240805', bill_type: 'all' }, 'bill_type'],
  ]) {
    await assert.rejects(
      client().downloadBill(params),
      { code: 'ERR_PARAM', field, outcome: 'not-sent' },
      JSON.stringify(params),
    );
  }
  await assert.rejects(
    client({ certFetch: undefined }).downloadFundFlow({ bill_date: '20240805', account_type: 'Basic' }),
    { code: 'ERR_CONFIG' },
  );
  assert.equal(sent, undefined);
});
