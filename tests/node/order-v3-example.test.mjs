// The native example of APIv3, js/examples/order_v3.rs: it signs and judges, curl sends, and the gateway answers.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGateway } from 'paysign/testing';
import { shop } from './gateway-support.mjs';
import { API_V3_KEY, bothShop } from './gateway-v3-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ORDER = {
  description: '示例商店-"茶"\\',
  out_trade_no: 'a-1|b*c',
  notify_url: 'http://127.0.0.1:9/notify',
  amount: { total: 88 },
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
};
const QUERY = { out_trade_no: ORDER.out_trade_no };
const folder = mkdtempSync(join(tmpdir(), 'paysign-order-v3-'));
let gateway;
let env;
/** Texts that no output may show. */
let secrets;

before(async () => {
  const build = ['build', '--quiet', '--locked', '--example', 'order_v3', '--features', 'aws-lc'];
  execFileSync('cargo', build, { cwd: root });
  gateway = createGateway({ merchants: [bothShop] });
  const { privateKey, certificate, wechatpayKeys } = await gateway.client(shop.mch_id, { api: 'v3' });
  const id = Object.keys(wechatpayKeys).find((name) => name.startsWith('PUB_KEY_ID_'));
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  env = {
    WX_APPID: shop.appid,
    WX_MCHID: shop.mch_id,
    WX_KEY_FILE: file('key.pem', privateKey),
    WX_CERT_FILE: file('cert.pem', certificate),
    WX_PUB_KEY_ID: id,
    WX_PUB_KEY_FILE: file('pub.pem', wechatpayKeys[id]),
    WX_HOST: (await gateway.listen()).url,
  };
  secrets = [API_V3_KEY, ...privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'))];
});

after(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

/** Runs the example; its output never shows a key. */
function run(args, { input = '', ...more } = {}) {
  const { status, stdout, stderr } = spawnSync(`${root}target/debug/examples/order_v3`, args, {
    input,
    env: { ...process.env, ...env, ...more.env },
    encoding: 'utf8',
  });
  for (const secret of secrets) assert.ok(!`${stdout}${stderr}`.includes(secret), args.join(' '));
  return { status, stdout, stderr };
}

/** What curl writes for a prepared request. The gateway is in this process, so curl runs beside it. */
async function send(config) {
  return new Promise((resolve, reject) => {
    const curl = execFile('curl', ['-sS', '-i', '--config', '-'], (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    curl.stdin.end(config);
  });
}

/** Prepares, sends and completes a call. */
async function call(api, params, change = (answer) => answer) {
  const text = JSON.stringify(params);
  const prepared = run(['prepare', api, text]);
  assert.equal(prepared.status, 0, prepared.stderr);
  return run(['complete', api, text], { input: change(await send(prepared.stdout)) });
}

test('an order is placed, signed again, paid, queried and refunded, and another one is closed', async () => {
  const placed = await call('jsapiOrder', ORDER);
  assert.equal(placed.status, 0, placed.stderr);
  const { prepay_id } = JSON.parse(placed.stdout);
  const pay = run(['pay', prepay_id]);
  const payment = Object.fromEntries(
    pay.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
  const { openid } = ORDER.payer;
  assert.deepEqual(await gateway.pay({ appId: shop.appid, openid, ...payment }), { errMsg: 'requestPayment:ok' });
  const queried = JSON.parse((await call('orderQuery', QUERY)).stdout);
  assert.deepEqual([queried.trade_state, queried.out_trade_no], ['SUCCESS', ORDER.out_trade_no]);
  const amount = { refund: 40, total: 88, currency: 'CNY' };
  const refunded = await call('refund', { ...QUERY, out_refund_no: 'r1', amount });
  assert.equal(refunded.status, 0, refunded.stderr);
  assert.equal(JSON.parse((await call('refundQuery', { out_refund_no: 'r1' })).stdout).amount.refund, 40);
  const payer = { openid: ORDER.payer.openid, identity: { type: 'IDCARD', number: '110', name: '张三' } };
  assert.equal((await call('jsapiOrder', { ...ORDER, out_trade_no: 'named1', payer })).status, 0);
  assert.deepEqual(Object.values(gateway.calls().at(-1).secrets), ['110', '张三']);
  assert.equal((await call('jsapiOrder', { ...ORDER, out_trade_no: 'other1' })).status, 0);
  assert.deepEqual(await call('closeOrder', { out_trade_no: 'other1' }), { status: 0, stdout: '{}\n', stderr: '' });
});

test('each end has its status: not sent, refused, unknown; and the reason is printed', async () => {
  const query = JSON.stringify(QUERY);
  const good = await send(run(['prepare', 'orderQuery', query]).stdout);
  const complete = (input, more) => run(['complete', 'orderQuery', query], { input, ...more });
  const none = { WX_PUB_KEY_FILE: '' };
  for (const [{ status, stdout, stderr }, expected, said] of [
    [run([]), 2, /^usage: .*\nAPI: jsapiOrder, .*orderQuery, .*refundQuery, /],
    [run(['prepare', 'shortUrl', '{}']), 2, /^usage/],
    [run(['prepare', 'orderQuery', '{}']), 2, /^ERR_PARAM \(not-sent\): out_trade_no/],
    [run(['prepare', 'orderQuery', query], { env: { WX_MCHID: '1900000999' } }), 2, /^ERR_CONFIG .*another merchant/],
    [run(['prepare', 'orderQuery', query], { env: { WX_KEY_FILE: 'absent' } }), 2, /^WX_KEY_FILE: /],
    [
      run(['prepare', 'orderQuery', query], { env: { WX_KEY_FILE: env.WX_PUB_KEY_FILE } }),
      2,
      /^ERR_CONFIG .*privateKey/,
    ],
    [run(['prepare', 'orderQuery', query], { env: none }), 2, /^WX_PUB_KEY_FILE/],
    [
      await call('orderQuery', { out_trade_no: 'absent1' }),
      3,
      /^ERR_FAILED \(rejected\): orderQuery: ORDER_?NOT_?EXIST/,
    ],
    [complete(good.replace('"total":88', '"total":89')), 4, /^ERR_SIGNATURE \(unknown\).*query before anything else/],
    [complete(good.replace(/^wechatpay-signature: .*\r\n/im, '')), 4, /^ERR_SIGNATURE \(unknown\)/],
    [complete(good, { env: none }), 4, /^WX_PUB_KEY_FILE/],
    [complete(''), 4, /no headers/],
    [complete('HTTP/1.1 502 Bad Gateway\r\n\r\n<html>'), 4, /^ERR_HTTP \(unknown\).*502/],
  ]) {
    assert.deepEqual([status, stdout], [expected, ''], stderr);
    assert.match(stderr, said, `status ${expected}`);
  }
  assert.equal(complete(`HTTP/1.1 100 Continue\r\n\r\n${good}`).status, 0);
});
