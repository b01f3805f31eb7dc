// The client of APIv3 against the gateway over TLS: a whole order, refusals, and what goes wrong on the way.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { WxPayError as V2Error } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay, WxPayError } from 'paysign/v3';
import { API_V3_KEY, options, signedHeaders, stranger } from './v3-support.mjs';

const merchant = { appid: 'wx8888888888888888', mch_id: '1900009191', apiV3Key: API_V3_KEY, secret: 'app-secret' };
const clock = createManualClock(Date.UTC(2026, 6, 26, 1, 20));
const gateway = createGateway({ merchants: [merchant], clock });
const notices = [];
let pay;
let notify_url;
const shop = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const message = { headers: request.headers, body: Buffer.concat(chunks) };
  notices.push(await pay.openNotify(message).catch((error) => error));
  response.writeHead(notices.at(-1) instanceof Error ? 500 : 204).end();
});

before(async () => {
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  notify_url = `http://127.0.0.1:${shop.address().port}/v3`;
  const own = await gateway.client(merchant.mch_id, { api: 'v3' });
  pay = new WechatPay({ ...own, notify_url, nowMs: () => clock.now() });
});
after(async () => {
  shop.close();
  await gateway.close();
});

const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const order = (out_trade_no, more = {}) => ({
  description: '茶',
  out_trade_no,
  amount: { total: 100 },
  payer: { openid },
  ...more,
});
const errorOf = (promise) =>
  promise.then(
    () => assert.fail('it succeeded'),
    (error) => {
      assert.ok(error instanceof WxPayError && error instanceof V2Error, error.stack);
      return error;
    },
  );

test('an order is placed, paid, notified, queried, refunded and its refund queried', async () => {
  const payment = await pay.pay(order('whole-1'));
  assert.deepEqual(Object.keys(payment), ['timeStamp', 'nonceStr', 'package', 'signType', 'paySign']);
  const { errMsg } = await gateway.pay({ appId: merchant.appid, openid, ...payment });
  assert.equal(errMsg, 'requestPayment:ok');
  await gateway.idle();
  const [paid] = notices.splice(0);
  assert.deepEqual(
    [paid.kind, paid.paid, paid.out_trade_no, paid.total_fee],
    ['payment', true, 'whole-1', 100],
    inspect(paid),
  );
  const { trade_state, transaction_id, amount } = await pay.orderQuery({ out_trade_no: 'whole-1' });
  assert.deepEqual([trade_state, transaction_id, amount.total], ['SUCCESS', paid.transaction_id, 100]);
  assert.equal((await pay.orderQuery({ transaction_id })).out_trade_no, 'whole-1');
  const refund = {
    out_trade_no: 'whole-1',
    out_refund_no: 'R1',
    amount: { refund: 40, total: 100, currency: 'CNY' },
  };
  const { status, refund_id } = await pay.refund(refund);
  assert.ok(['PROCESSING', 'SUCCESS'].includes(status), status);
  await clock.advance(60_000);
  await gateway.idle();
  const [back] = notices.splice(0);
  assert.deepEqual(
    [back.kind, back.out_refund_no, back.refund_fee, back.refund_id],
    ['refund', 'R1', 40, refund_id],
    inspect(back),
  );
  assert.equal((await pay.refundQuery({ out_refund_no: 'R1' })).refund_id, refund_id);
});

test('an order that is closed returns nothing, and cannot be ordered again with its number', async () => {
  await pay.jsapiOrder(order('closed-1'));
  assert.equal(await pay.closeOrder({ out_trade_no: 'closed-1' }), undefined);
  assert.equal((await pay.orderQuery({ out_trade_no: 'closed-1' })).trade_state, 'CLOSED');
  const error = await errorOf(pay.jsapiOrder(order('closed-1')));
  assert.deepEqual(
    [error.code, error.outcome, error.err_code, error.status],
    ['ERR_FAILED', 'rejected', 'ORDER_CLOSED', 400],
  );
  assert.match(error.message, /order with a new number/);
  assert.match(error.request_id, /^[0-9A-F]+-\d+$/i);
});

test('a number that is percent-encoded in the path reaches WeChat as it is', async () => {
  await pay.jsapiOrder(order('a|b*c-1'));
  assert.equal((await pay.orderQuery({ out_trade_no: 'a|b*c-1' })).out_trade_no, 'a|b*c-1');
});

test('any other call is signed and verified by its path', async () => {
  const { status, body } = await pay.call('GET', `/v3/pay/transactions/out-trade-no/whole-1?mchid=${merchant.mch_id}`);
  assert.deepEqual([status, body.trade_state], [200, 'REFUND']);
  const error = await errorOf(pay.call('GET', '/v3/certificates'));
  assert.deepEqual([error.err_code, error.status], ['RESOURCE_NOT_EXISTS', 404]);
  for (const path of ['/pay', 'v3/x', '/v3/a b', '/v3/茶', '/v3/a#b', '/v3/../pay', '/v3/a?', '/v3/x\n', undefined])
    assert.equal((await errorOf(pay.call('GET', path))).field, 'path', path);
  const circle = {};
  circle.itself = circle;
  for (const body of [circle, { amount: 1n }, 'text', null]) {
    const { code, field } = await errorOf(pay.call('POST', '/v3/pay/transactions/jsapi', body));
    assert.deepEqual([code, field], ['ERR_PARAM', 'body'], typeof body);
  }
});

test('each character of a path and a query is sent as it was signed, or refused before the call', async () => {
  let refused = 0;
  for (let code = 0x20; code < 0x7f; code += 1) {
    for (const path of [`/v3/a${String.fromCharCode(code)}b`, `/v3/a?b=c?d${String.fromCharCode(code)}e`]) {
      const { client, sent } = answering(() => ({ body: '{}' }));
      const error = await client.call('GET', path).then(
        () => undefined,
        ({ field }) => field,
      );
      if (error === undefined) assert.equal(sent[0].url, `https://api.mch.weixin.qq.com${path}`);
      else assert.deepEqual([error, sent.length], ['path', 0], path);
      refused += Number(error !== undefined);
    }
  }
  assert.ok(refused > 5 && refused < 40, `${refused} refused`);
});

test('any other call returns each success that WeChat signed, and a GET has no body', async () => {
  for (const [status, body] of [
    [200, '{"a":1}'],
    [202, '{"a":1}'],
    [204, ''],
  ]) {
    const { client } = answering(() => ({ status, body }));
    const answer = await client.call('POST', '/v3/a', { b: 1 });
    assert.deepEqual(answer, { status, body: body === '' ? undefined : { a: 1 } });
  }
  const { client, sent } = answering(() => ({ body: '{}' }));
  assert.equal((await errorOf(client.call('GET', '/v3/a', { b: 1 }))).field, 'body');
  assert.equal(sent.length, 0);
});

test('a body is checked before it is sent, and the error names the member', async () => {
  for (const [params, field, words] of [
    [order('bad-01', { amount: { total: 1.5 } }), 'amount.total', /1.00 yuan is 100/],
    [order('bad-01', { amount: { total: '100' } }), 'amount.total', /is text/],
    [order('bad-01', { amount: null }), 'amount', /null/],
    [order('bad-01', { description: '茶😀' }), 'description', /BMP/],
    [order('bad-01', { description: 'x'.repeat(128) }), 'description', /128 characters; at most 127/],
    [order('bad-01', { payer: {} }), 'payer.openid', /is missing/],
    [order('bad-01', { outTradeNo: '1' }), 'outTradeNo', /did you mean out_trade_no/],
    [order('a@1234'), 'out_trade_no', /6 to 32 characters out of 0-9 A-Z a-z _ - \| \*$/],
    [order('bad-01', { time_expire: '2026-02-29T10:00:00Z' }), 'time_expire', /2018-06-08T10:34:56/],
    [order('bad-01', { time_expire: new Date(Number.NaN) }), 'time_expire', /null/],
    [order('bad-01', { limit_pay: ['nocredit'] }), 'limit_pay[0]', /no_balance, no_credit, no_debit, balance_only/],
    [order('bad-01', { total_fee: 1 }), 'total_fee', /in APIv3 it is amount\.total/],
    [order('bad-01', { openid: 'o' }), 'openid', /in APIv3 it is payer\.openid/],
    [order('short'), 'out_trade_no', /has 5 characters; a new order needs 6 to 32/],
    [order('bad-01', { mchid: '1' }), 'mchid', /leave it out/],
    [order(12345678), 'out_trade_no', /pass it as text/],
    [order('bad-01', { time_expire: '20240805' }), 'time_expire', /2018-06-08T10:34:56/],
  ]) {
    const error = await errorOf(pay.jsapiOrder(params));
    assert.deepEqual([error.code, error.outcome, error.field], ['ERR_PARAM', 'not-sent', field], error.message);
    assert.match(error.message, words);
  }
});

test('an order with a Date expires at that moment', async () => {
  const { prepay_id } = await pay.jsapiOrder(order('date-1', { time_expire: new Date(clock.now() + 3_600_000) }));
  assert.ok(prepay_id);
});

/** A client whose fetch answers with this body, signed by hand, and the requests that it sent. */
function answering(reply, more = {}) {
  const sent = [];
  const fetch = async (url, init) => {
    sent.push({ url: String(url), ...init });
    const { status = 200, body = '', headers = signedHeaders(body) } = await reply(sent.length);
    return new Response(status === 204 ? null : body, { status, headers });
  };
  return { client: new WechatPay({ ...options, fetch, ...more }), sent };
}

test('a success that WeChat has not signed is an error of unknown outcome', async () => {
  const body = '{"prepay_id":"wx1"}';
  for (const [name, headers] of Object.entries({
    unsigned: {},
    stranger: signedHeaders(body, { by: stranger }),
    old: signedHeaders(body, { seconds: options.nowMs() / 1000 - 301 }),
  })) {
    const { client } = answering(() => ({ body, headers }));
    const error = await errorOf(client.jsapiOrder(order('unsigned-1')));
    assert.deepEqual([error.code, error.outcome, error.status], ['ERR_SIGNATURE', 'unknown', 200], name);
    assert.match(error.message, /query before anything else$/, name);
  }
});

test('whether money may have moved depends on the status and on the call', async () => {
  const refund = { out_trade_no: 'a-1234', out_refund_no: 'r', amount: { refund: 1, total: 1, currency: 'CNY' } };
  const calls = { order: (pay) => pay.jsapiOrder(order('a-1234')), refund: (pay) => pay.refund(refund) };
  const table = [
    [400, 'rejected', 'rejected'],
    [401, 'rejected', 'rejected'],
    [403, 'rejected', 'rejected'],
    [404, 'rejected', 'rejected'],
    [429, 'rejected', 'unknown'],
    [500, 'unknown', 'unknown'],
    [502, 'unknown', 'unknown'],
    [202, 'unknown', 'unknown'],
  ];
  for (const [status, ofOrder, ofRefund] of table) {
    for (const [name, expected] of Object.entries({ order: ofOrder, refund: ofRefund })) {
      const body = JSON.stringify({ code: 'SOME_NEW_CODE', message: '原因', detail: { field: '/amount', issue: 'x' } });
      const { client } = answering(() => ({ status, body, headers: { 'Request-ID': '08F5-0' } }), { retries: 0 });
      const error = await errorOf(calls[name](client));
      assert.deepEqual(
        [error.code, error.outcome, error.status],
        ['ERR_FAILED', expected, status],
        `${name} ${status}`,
      );
      assert.deepEqual([error.err_code, error.err_code_des, error.request_id], ['SOME_NEW_CODE', '原因', '08F5-0']);
      assert.deepEqual(error.detail, { field: '/amount', issue: 'x' });
    }
  }
});

test('after a 5xx the backup host gets the same body, signed anew', async () => {
  const body = '{"prepay_id":"wx1"}';
  const busy = { status: 500, body: '{"code":"SYSTEM_ERROR","message":"系统异常"}', headers: {} };
  const { client, sent } = answering((count) => (count === 1 ? busy : { body }));
  assert.equal((await client.jsapiOrder(order('again-1'))).prepay_id, 'wx1');
  const [first, second] = sent;
  assert.deepEqual(
    [new URL(first.url).host, new URL(second.url).host],
    ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'],
  );
  assert.equal(first.body, second.body);
  assert.notEqual(first.headers.authorization, second.headers.authorization);
});

test('an integer that JavaScript cannot keep is text, wherever it is, and every other number stays one', async () => {
  const body =
    '{"id":9007199254740993,"safe":9007199254740991,"list":[-9007199254740993, 1],"text":"x: 12345678901234567890","n":1.5e3}';
  const { client } = answering(() => ({ body }));
  assert.deepEqual((await client.call('GET', '/v3/a')).body, {
    ...{ id: '9007199254740993', safe: 9007199254740991, list: ['-9007199254740993', 1] },
    ...{ text: 'x: 12345678901234567890', n: 1500 },
  });
});

test('an answer that repeats our own Authorization header shows its signature nowhere', async () => {
  for (const status of [400, 502]) {
    const reports = [];
    const { client, sent } = answering(
      () => {
        const said = sent.at(-1).headers.authorization;
        const signature = /signature="(.*?)"/.exec(said)[1];
        const json = JSON.stringify({ code: 'X', message: said, detail: { header: said, own: signature } });
        return { status, body: status === 400 ? json : `<html>${said}`, headers: {} };
      },
      { retries: 0, onExchange: (report) => void reports.push(report) },
    );
    const error = await errorOf(client.jsapiOrder(order('echo-01')));
    const signature = /signature="(.*?)"/.exec(sent[0].headers.authorization)[1];
    for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), inspect(reports, { depth: 9 })]) {
      for (let at = 0; at + 12 <= signature.length; at += 12)
        assert.ok(!text.includes(signature.slice(at, at + 12)), `${status}: ${text}`);
    }
    assert.equal(reports.length, 1);
  }
});

test('each error about an answer has its status and its Request-ID', async () => {
  const answers = {
    unsigned: { body: '{"prepay_id":"wx1"}', headers: {} },
    'without a member': { body: '{}', headers: signedHeaders('{}') },
    'no JSON': { body: '{', headers: signedHeaders('{') },
  };
  for (const [name, { body, headers }] of Object.entries(answers)) {
    const { client } = answering(() => ({ body, headers: { ...headers, 'Request-ID': '08F5-0' } }));
    const error = await errorOf(client.jsapiOrder(order('kept-01')));
    assert.deepEqual([error.status, error.request_id, error.outcome], [200, '08F5-0', 'unknown'], name);
  }
  const { client } = answering(() => ({ body: '{}', headers: {} }));
  assert.ok(
    !Object.hasOwn(await errorOf(client.jsapiOrder(order('kept-02'))), 'request_id'),
    'an absent one is not set',
  );
});

test('parameters with a foreign toJSON are refused as parameters, and nothing is sent', async () => {
  const { client, sent } = answering(() => ({ body: '{}' }));
  for (const value of [{ toJSON() {} }, { toJSON: () => 'text' }, { toJSON: () => 5 }, [], new Map()]) {
    const error = await errorOf(client.orderQuery(value));
    assert.deepEqual([error.code, error.outcome], ['ERR_PARAM', 'not-sent']);
  }
  assert.equal((await errorOf(client.call('POST', '/v3/a', { toJSON() {} }))).field, 'body');
  assert.equal(sent.length, 0);
});

test('the body of any other call has no null and no text outside the BMP', async () => {
  const { client, sent } = answering(() => ({ body: '{}' }));
  for (const [body, field, words] of [
    [{ a: { b: [1, null] } }, 'a.b[1]', /null/],
    [{ a: '😀' }, 'a', /BMP/],
    [[], 'body', /object/],
  ]) {
    const error = await errorOf(client.call('POST', '/v3/a', body));
    assert.deepEqual([error.code, error.outcome, error.field], ['ERR_PARAM', 'not-sent', field]);
    assert.match(error.message, words);
  }
  assert.equal(sent.length, 0);
  await client.call('POST', '/v3/a', { name: '茶', list: [{ n: 1.5 }], empty: '' });
  assert.equal(sent[0].body, '{"name":"茶","list":[{"n":1.5}],"empty":""}');
});

test('a close that WeChat signed with any body is done', async () => {
  for (const [status, body] of [
    [204, ''],
    [200, ''],
    [200, '{}'],
    [200, 'OK'],
    [200, '<html>'],
  ]) {
    const { client } = answering(() => ({ status, body }));
    assert.equal(await client.closeOrder({ out_trade_no: 'close-01' }), undefined, body);
  }
});

test('a DELETE with a body arrives whole, and the next call of the connection too', async (t) => {
  const seen = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push(`${request.method} ${Buffer.concat(chunks)}`);
    response.writeHead(204, signedHeaders('')).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.closeAllConnections() ?? server.close());
  const client = new WechatPay({ ...options, baseUrls: [`http://127.0.0.1:${server.address().port}`] });
  for (const method of ['DELETE', 'PATCH', 'PUT', 'POST']) await client.call(method, '/v3/a', { method });
  assert.deepEqual(
    seen,
    ['DELETE', 'PATCH', 'PUT', 'POST'].map((method) => `${method} {"method":"${method}"}`),
  );
});

test('a time-out, an abort and an answer that is too large have the outcome unknown, as in APIv2', async () => {
  const never = () => new Promise(() => {});
  const { client: slow } = answering(never, { timeoutMs: 20, retries: 0 });
  const late = await errorOf(slow.jsapiOrder(order('late-01')));
  assert.deepEqual([late.code, late.outcome], ['ERR_TIMEOUT', 'unknown']);
  const { client: waiting } = answering(never, { retries: 0 });
  const aborted = await errorOf(waiting.jsapiOrder(order('abort-01'), { signal: AbortSignal.timeout(10) }));
  assert.equal(aborted.outcome, 'unknown');
  const { client: flooded } = answering(() => ({ body: ' '.repeat(1024 ** 2 + 1) }), { retries: 0 });
  const large = await errorOf(flooded.jsapiOrder(order('large-01')));
  assert.deepEqual([large.code, large.outcome], ['ERR_HTTP', 'unknown']);
});

test('no key is in an error, a print or a report of a client', async () => {
  const reports = [];
  const { client } = answering(() => ({ status: 400, body: `{"code":"X","message":"${API_V3_KEY}"}`, headers: {} }), {
    onExchange: (report) => void reports.push(report),
  });
  const error = await errorOf(client.jsapiOrder(order('print-1')));
  const line = options.privateKey.split('\n')[3];
  for (const text of [
    inspect(error),
    inspect(client, { depth: 9, showHidden: true }),
    JSON.stringify(client),
    inspect(reports),
  ]) {
    assert.ok(!text.includes(line), 'the private key');
    assert.ok(!text.includes(API_V3_KEY), 'the APIv3 key');
  }
  assert.equal(reports.length, 1);
});

test('a key or an option that cannot work is named before the first call', () => {
  const { privateKey } = options;
  for (const [change, field, words] of [
    [{ apiV3Key: 'x'.repeat(31) }, 'apiV3Key', /has 31 bytes/],
    [{ apiV3Key: undefined }, 'apiV3Key', /is missing/],
    [{ privateKey: undefined }, 'privateKey', /is missing/],
    [{ privateKey: './apiclient_key.pem' }, 'privateKey', /is a path/],
    [{ serial: undefined }, 'certificate', /is missing/],
    [{ wechatpayKeys: undefined }, 'wechatpayKeys', /PUB_KEY_ID_/],
    [{ wechatpayKeys: {} }, 'wechatpayKeys', /is empty/],
    [{ wechatpayKeys: { PUB_KEY_ID_1: privateKey } }, 'wechatpayKeys', /private key/],
    [{ wechatpayKeys: { PUB_KEY_ID_1: 'x' } }, 'wechatpayKeys', /PUB_KEY_ID_1: has no BEGIN line/],
    [{ wechatpayKeys: { nonsense: 'x' } }, 'wechatpayKeys', /nonsense/],
    [{ mchid: 1900009191 }, 'mchid', /give it as text/],
    [{ mchid: '19-1' }, 'mchid', /1 to 32 digits/],
    [{ mchid: undefined, mch_id: '1' }, 'mch_id', /in APIv3 it is mchid/],
    [{ appid: '' }, 'appid', /is missing/],
  ])
    assert.throws(
      () => new WechatPay({ ...options, ...change }),
      ({ code, field: named, message }) => code === 'ERR_CONFIG' && named === field && words.test(message),
      `${field} ${words}`,
    );
  assert.ok(new WechatPay({ ...options, privateKey: privateKey.replaceAll('\n', '\\n') }));
});
