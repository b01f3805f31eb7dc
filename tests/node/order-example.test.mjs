// The native example, js/examples/order.rs: it prepares and completes calls of every API, and the test sends them.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGateway, createManualClock } from 'paysign/testing';
import { ACCEPT, MINUTE_MS, readByHand, START_MS, shop, signByHand, vectors } from './gateway-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const IDS = { WX_APPID: shop.appid, WX_MCH_ID: shop.mch_id, WX_KEY: shop.key };
const GOODS = ['body=示例商店-茶', 'total_fee=8800', 'spbill_create_ip=::1'];
const CODE = 'auth_code=120061098828009406';
const REFUND = ['out_refund_no=r', 'total_fee=8800', 'refund_fee=800'];

before(() => execFileSync('cargo', ['build', '--quiet', '--locked', '--example', 'order'], { cwd: root }));

/** Runs the example; its output never shows the key. */
function run(args, { input = '', env } = {}) {
  const { status, stdout, stderr } = spawnSync(`${root}target/debug/examples/order`, args, {
    input,
    env: { ...process.env, ...IDS, ...env },
    encoding: 'utf8',
  });
  assert.equal(`${stdout}${stderr}`.includes(shop.key), false, args.join(' '));
  return { status, stdout, stderr };
}

/** The path and the body of a request. */
function prepare(api, fields, env) {
  const { status, stdout, stderr } = run(['prepare', api, ...fields], { env });
  assert.equal(status, 0, stderr);
  const end = stdout.indexOf('\n');
  return { path: stdout.slice(0, end), body: stdout.slice(end + 1), stderr };
}

/** Prepares, posts and completes; returns the fields of the answer. */
async function call(url, api, fields, env) {
  const { path, body } = prepare(api, fields, env);
  const response = await fetch(url + path, { method: 'POST', body });
  return complete(api, fields, await response.text(), env);
}

function complete(api, fields, input, env) {
  const { status, stdout, stderr } = run(['complete', api, ...fields], { input, env });
  return { status, stderr, fields: Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s))), stdout };
}

async function open(t, options) {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({ merchants: [shop], clock, fetch: async () => new Response(ACCEPT), ...options });
  t.after(() => gateway.close());
  return { gateway, clock, url: (await gateway.listen()).url };
}

test('a prepared request is the path and the XML, signed as the environment says', () => {
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    const env = { WX_SIGN_TYPE: signType };
    const { path, body, stderr } = prepare('orderQuery', ['out_trade_no=a'], env);
    const fields = readByHand(body);
    assert.deepEqual([path, fields.out_trade_no, fields.appid, stderr], ['/pay/orderquery', 'a', shop.appid, '']);
    assert.equal(fields.sign, signByHand(fields, shop.key, signType), signType);
  }
  const env = { WX_SUB_APPID: 'wxsub0000000000001', WX_SUB_MCH_ID: '1900000201' };
  assert.match(prepare('orderQuery', ['out_trade_no=a'], env).body, /<sub_mch_id>1900000201<\/sub_mch_id>/);
  assert.match(prepare('reverse', ['out_trade_no=a']).stderr, /needs the merchant's certificate/);
});

test('every API of the vectors can be prepared, and the usage names them all', () => {
  const { calls } = vectors('calls');
  assert.ok(calls.length >= 13, `${calls.length} APIs`);
  for (const { api, path, certificate, request } of calls) {
    const fields = Object.entries(request).map(([name, value]) => `${name}=${value}`);
    const prepared = prepare(api, fields);
    assert.equal(prepared.path, path, api);
    assert.equal(/needs the merchant's certificate/.test(prepared.stderr), certificate, `${api}: ${prepared.stderr}`);
  }
  const [, named] = /\nAPI: (.*)/.exec(run([]).stderr);
  assert.deepEqual(
    named.split(', '),
    calls.map(({ api }) => api),
  );
});

// The calls of a day are written by hand: each needs the gateway's books of the earlier ones.
test('a till’s day in Rust: pay by code, query, refund, query the refund, reverse, and the bill', async (t) => {
  const { gateway, clock, url } = await open(t);
  const paid = await call(url, 'micropay', [...GOODS, CODE, 'out_trade_no=a']);
  assert.deepEqual([paid.status, paid.fields.trade_type, paid.fields.sign], [0, 'MICROPAY', undefined]);
  assert.equal((await call(url, 'orderQuery', ['out_trade_no=a'])).fields.trade_state, 'SUCCESS');
  const { transaction_id } = paid.fields;
  assert.equal((await call(url, 'refund', [...REFUND, `transaction_id=${transaction_id}`])).fields.refund_fee, '800');
  await clock.advance(MINUTE_MS);
  assert.equal((await call(url, 'refundQuery', ['out_refund_no=r'])).fields.refund_status_0, 'SUCCESS');
  assert.equal((await call(url, 'refundQueryV2', ['out_refund_no=r'])).fields.refund_count, '1');
  await call(url, 'micropay', [...GOODS, CODE, 'out_trade_no=b']);
  await clock.advance(MINUTE_MS);
  assert.equal((await call(url, 'reverse', ['out_trade_no=b'])).fields.recall, 'N');
  const ordered = await call(url, 'unifiedOrder', [
    ...GOODS,
    'out_trade_no=c',
    'trade_type=JSAPI',
    'openid=o',
    'notify_url=https://shop.example/n',
  ]);
  assert.match(ordered.fields.prepay_id, /^wx/);
  await clock.advance(6 * MINUTE_MS);
  assert.equal((await call(url, 'closeOrder', ['out_trade_no=c'])).status, 0);
  const states = gateway.orders().map((order) => order.trade_state);
  assert.deepEqual(states, ['REFUND', 'REVOKED', 'CLOSED']);
  gateway.comment({ transaction_id, stars: 5, comment: '赞' });
  await clock.advance(24 * 60 * MINUTE_MS);
  const bill = await call(url, 'downloadBill', ['bill_date=20240805']);
  assert.deepEqual([bill.status, bill.fields.总交易单数], [0, '4']);
  assert.match(bill.stdout, /\ta\t/);
  const flow = await call(url, 'downloadFundFlow', ['bill_date=20240805', 'account_type=Basic']);
  assert.match(flow.fields.资金流水总笔数, /^\d+\.0$/);
  const hours = ['begin_time=20240805000000', 'end_time=20240806000000', 'offset=0'];
  const { stdout } = await call(url, 'batchQueryComment', hours);
  assert.equal(stdout, `${transaction_id} 5 赞\noffset=1\n`);
  const key = await call(url, 'sandboxSignKey', []);
  assert.match(key.fields.sandbox_signkey, /^\w{32}$/);
  const report = ['interface_url=https://api.mch.weixin.qq.com/', 'user_ip=::1', 'execute_time_=1'];
  const reported = await call(url, 'report', [...report, 'return_code=SUCCESS', 'result_code=SUCCESS']);
  assert.equal(reported.fields.result_code, 'SUCCESS');
});

test('a refund is sent with the certificate, and refused without it', async (t) => {
  const { gateway } = await open(t);
  const { url, port } = await gateway.listen({ tls: true });
  const { ca, merchants } = await gateway.certificates();
  const [{ cert, key }] = merchants;
  const post = async (path, body, identity) => {
    const sent = httpsRequest(`https://127.0.0.1:${port}${path}`, { method: 'POST', ca, agent: false, ...identity });
    sent.end(body);
    const [response] = await once(sent, 'response');
    return (await response.setEncoding('utf8').toArray()).join('');
  };
  assert.match(url, /^https/);
  const pay = prepare('micropay', [...GOODS, CODE, 'out_trade_no=a']);
  assert.equal(complete('micropay', ['out_trade_no=a', ...GOODS, CODE], await post(pay.path, pay.body)).status, 0);
  const fields = [...REFUND, 'out_trade_no=a'];
  const { path, body } = prepare('refund', fields);
  const refused = complete('refund', fields, await post(path, body));
  assert.deepEqual([refused.status, /ERR_REFUSED \(rejected\).*证书/.test(refused.stderr)], [3, true], refused.stderr);
  assert.equal(complete('refund', fields, await post(path, body, { cert, key })).status, 0);
  assert.equal(gateway.refunds().length, 1);
});

test('each end has its status: not sent, refused, unknown; and the reason is printed', async (t) => {
  const { gateway, url } = await open(t);
  const query = ['out_trade_no=a'];
  const ends = [
    [run(['prepare', 'orderQuery']), 2, /^ERR_PARAM \(not-sent\): transaction_id/],
    [run(['prepare', 'orderQuery', 'out_trade_no=ä']), 2, /^ERR_PARAM \(not-sent\): out_trade_no/],
    [run(['prepare', 'orderQuery', ...query], { env: { WX_KEY: 'short' } }), 2, /^ERR_CONFIG \(not-sent\): key/],
    [run(['prepare', 'orderQuery', ...query], { env: { WX_SIGN_TYPE: 'SHA1' } }), 2, /^WX_SIGN_TYPE/],
    [await call(url, 'orderQuery', query), 3, /^ERR_FAILED \(rejected\): ORDERNOTEXIST/],
    [complete('orderQuery', query, '<html>502</html>'), 4, /^ERR_XML \(unknown\)/],
    [complete('orderQuery', query, ''), 4, /^ERR_XML \(unknown\)/],
    [complete('downloadBill', ['bill_date=20240805'], ''), 4, /^ERR_BILL \(unknown\)/],
    [run(['prepare', 'orderQuery', 'out_trade_no']), 2, /^usage: .*\nAPI: unifiedOrder, /],
    [run(['prepare', 'shortUrl']), 2, /^usage/],
    [run(['send', 'orderQuery', ...query]), 2, /^usage/],
    [run([]), 2, /^usage/],
  ];
  gateway.failNext({ kind: 'err_code', err_code: 'SYSTEMERROR' });
  ends.push([await call(url, 'orderQuery', query), 4, /^ERR_FAILED \(unknown\): SYSTEMERROR.*before anything else/]);
  await call(url, 'micropay', [...GOODS, CODE, 'out_trade_no=a']);
  gateway.failNext({ kind: 'members', members: { out_trade_no: 'b' } });
  ends.push([await call(url, 'orderQuery', query), 4, /^ERR_MISMATCH \(unknown\): out_trade_no/]);
  gateway.failNext({ kind: 'members', signature: 'wrong' });
  ends.push([await call(url, 'orderQuery', query), 4, /^ERR_SIGNATURE \(unknown\)/]);
  for (const [{ status, stderr, stdout }, expected, said] of ends) {
    assert.deepEqual([status, stdout], [expected, ''], stderr);
    assert.match(stderr, said, `status ${expected}`);
  }
});
