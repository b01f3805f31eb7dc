// The gateway's page in headless Chromium, beside a real shop. Its buttons work like a second phone; foreign pages cannot press them.
import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { openNotify, replyNotify, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { chromium } from 'playwright-core';

const SHOP = { appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', key: '192006250b4c09247ec02edce69f6a2d' };
const MERCHANT = { ...SHOP, secret: 'app-secret' };
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];
const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

const API_V3_KEY = 'pageV3key0123456789abcdefghijklm';
const gateway = createGateway({ merchants: [{ ...MERCHANT, apiV3Key: API_V3_KEY }], refundDelayMs: 10 });
/** The payments that the shop took, and whether it accepts notices: it verifies each, as a real one must. */
const shop = { paid: [], open: true };
const shopServer = createServer(async (request, response) => {
  try {
    if (!shop.open) throw new Error('closed');
    shop.paid.push(openNotify(await text(request), { ...SHOP, signType: 'HMAC-SHA256' }).out_trade_no);
    response.end(replyNotify());
  } catch {
    response.end(replyNotify('refused'));
  }
});
let [server, client, browser, page] = [];
const problems = [];

before(async () => {
  await new Promise((resolve) => shopServer.listen(0, '127.0.0.1', resolve));
  server = await gateway.listen();
  client = new WechatPay({ ...MERCHANT, baseUrls: [server.url], loginUrl: server.url });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
  page = await browser.newPage({ locale: 'en-US' });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('dialog', (dialog) => problems.push(dialog.message()));
  page.on(
    'request',
    (request) =>
      request.url().startsWith(server.url) || request.url().startsWith('data:') || problems.push(request.url()),
  );
  await page.goto(server.url);
});

after(async () => {
  await browser?.close();
  await gateway.close();
  shopServer.close();
  shopServer.closeAllConnections();
});

const place = (out_trade_no, changes) =>
  client.pay({
    body: '示例商店-茶',
    out_trade_no,
    total_fee: 8850,
    openid,
    spbill_create_ip: '127.0.0.1',
    notify_url: `http://127.0.0.1:${shopServer.address().port}/notify`,
    ...changes,
  });

/** The table row that contains a text; Playwright waits until it is there. */
const row = (table, ...texts) =>
  texts.reduce((rows, hasText) => rows.filter({ hasText }), page.locator(`#${table} tbody tr`));
const press = (rows, name) =>
  rows
    .getByRole('button', { name: new RegExp(`^${name} `) })
    .first()
    .click();
/** Opens the menu of an order and chooses an entry. */
async function choose(rows, entry) {
  await press(rows, 'More actions');
  await page.getByRole('menuitem', { name: entry }).click();
}
const shows = (rows, words) => rows.filter({ hasText: words }).first().waitFor({ timeout: 15_000 });

test('an order appears by itself, with its amount in yuan; a button pays it, and its notice is accepted', async () => {
  await place('page-paid');
  const order = row('orders', 'page-paid');
  await shows(order, 'Not paid');
  await shows(order, '¥88.50');
  await press(order, 'Pay');
  await shows(order, 'Paid');
  await shows(row('notices', 'page-paid'), 'Accepted');
  assert.deepEqual(shop.paid, ['page-paid']);
  assert.equal((await client.orderQuery({ out_trade_no: 'page-paid' })).trade_state, 'SUCCESS');
  assert.equal(await order.getByRole('button', { name: 'Pay' }).count(), 0, 'nobody pays twice');
});

test('a payer refuses, and the order stays to be paid', async () => {
  await place('page-refused');
  const order = row('orders', 'page-refused');
  await press(order, 'Refuse');
  await page.getByText('The payer refused.').waitFor();
  await shows(order, 'NOTPAY');
  assert.equal((await client.orderQuery({ out_trade_no: 'page-refused' })).trade_state, 'NOTPAY');
});

test('a forged notice of each kind is refused by the shop, which the page shows', async () => {
  await place('page-forged');
  for (const forgery of ['another key', 'changed amount', 'no signature']) {
    await choose(row('orders', 'page-forged'), `Forge a notice: ${forgery}`);
    await shows(row('notices', 'page-forged', forgery), 'Forged, refused');
  }
  assert.equal(shop.paid.includes('page-forged'), false);
  assert.equal((await client.orderQuery({ out_trade_no: 'page-forged' })).trade_state, 'NOTPAY');
});

test('a notice that the shop missed waits for its repeat, and is sent again by a button', async () => {
  shop.open = false;
  await place('page-missed');
  await press(row('orders', 'page-missed'), 'Pay');
  const notice = row('notices', 'page-missed');
  await shows(notice, 'Waiting');
  await shows(notice, 'return_code of the reply is not SUCCESS');
  await shows(notice, /in \d+ s/);
  shop.open = true;
  await press(notice, 'Resend');
  await shows(notice, 'Accepted');
  assert.equal(shop.paid.at(-1), 'page-missed');
});

test('a paid order is refunded by a button, whole, and its notice follows', async () => {
  await press(row('orders', 'page-paid'), 'Refund');
  await shows(row('refunds', 'page-paid'), 'Arrived');
  await shows(row('orders', 'page-paid'), '−¥88.50 refunded');
  const [{ out_refund_no, refund_fee }] = gateway.refunds();
  assert.equal(refund_fee, 8850);
  await shows(row('notices', out_refund_no), 'Accepted');
});

test('the page shows a code that logs somebody in', async () => {
  await page.locator('#openid').fill('oSomebodyElse');
  await page.getByRole('button', { name: 'Get js_code' }).click();
  await page.locator('#code', { hasText: /^[0-9a-f]{32}$/ }).waitFor();
  const session = await client.code2Session(await page.locator('#code').textContent());
  assert.equal(session.openid, 'oSomebodyElse');
});

test('input of a merchant or a shop is shown as text, and is never executed', async () => {
  const attack = `<script>alert(1)</script><img src=x onerror="alert(2)">"'&`;
  await place('page-attack', { body: attack, attach: attack, notify_url: 'http://127.0.0.1:9/<b>bold</b>' });
  const order = row('orders', 'page-attack');
  await shows(order, attack);
  await press(order, 'Pay');
  await shows(row('notices', 'page-attack', '/<b>bold</b>'), 'Waiting');
  assert.equal(await page.locator('main script, main img, main td b').count(), 0);
  assert.deepEqual(problems, [], 'no dialog, no error, no request elsewhere');
});

/** A request with headers of its own, which fetch would not send. */
function send(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(server.url + path, { method, headers }, async (response) =>
      resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }),
    );
    outgoing.on('error', reject).end(body);
  });
}

test('a page elsewhere presses no button: neither by a form, nor by JSON, nor from another port', async () => {
  await place('page-stolen');
  const strange = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>x</title>'),
  );
  await new Promise((resolve) => strange.listen(0, '127.0.0.1', resolve));
  const elsewhere = await browser.newPage();
  try {
    await elsewhere.goto(`http://127.0.0.1:${strange.address().port}/`);
    const tried = await elsewhere.evaluate(async (url) => {
      const body = JSON.stringify({ out_trade_no: 'page-stolen' });
      const attempts = [
        { mode: 'no-cors', body },
        { mode: 'no-cors', body: new URLSearchParams({ out_trade_no: 'page-stolen' }) },
        { headers: { 'content-type': 'application/json' }, body },
      ];
      const seen = [];
      for (const attempt of attempts) {
        seen.push(
          await fetch(`${url}/gateway/pay`, { method: 'POST', ...attempt }).then(
            ({ type }) => type,
            () => 'blocked',
          ),
        );
      }
      seen.push(
        await fetch(`${url}/gateway/state`).then(
          ({ type }) => type,
          () => 'blocked',
        ),
      );
      return seen;
    }, server.url);
    assert.deepEqual(tried, ['opaque', 'opaque', 'blocked', 'blocked']);
  } finally {
    await elsewhere.close();
    strange.close();
    strange.closeAllConnections();
  }
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ out_trade_no: 'page-stolen' });
  for (const headers of [
    { ...json, origin: 'https://shop.example' },
    { ...json, origin: 'null' },
    { ...json, origin: server.url.replace('http:', 'https:') },
    { 'content-type': 'text/plain' },
    { origin: server.url },
  ]) {
    assert.equal((await send('POST', '/gateway/pay', headers, body)).status, 403, JSON.stringify(headers));
  }
  assert.equal((await client.orderQuery({ out_trade_no: 'page-stolen' })).trade_state, 'NOTPAY');
  const paid = await send('POST', '/gateway/pay', json, body);
  assert.deepEqual(
    [paid.status, JSON.parse(paid.body)],
    [200, { errMsg: 'requestPayment:ok' }],
    'a program of this machine',
  );
});

test('a name that was made to lead here sees neither the page nor WeChat Pay', async () => {
  for (const host of [
    'evil.example',
    `evil.example:${server.port}`,
    '127.0.0.1:1',
    `127.0.0.1.evil.example:${server.port}`,
  ]) {
    for (const path of ['/', '/gateway/state']) {
      assert.equal((await send('GET', path, { host })).status, 403, `${host}${path}`);
    }
    const pay = await send('POST', '/gateway/pay', { host, 'content-type': 'application/json' }, '{}');
    assert.equal(pay.status, 403, host);
    assert.equal((await send('POST', '/pay/orderquery', { host }, '<xml/>')).status, 403);
  }
  assert.equal((await send('GET', '/', { host: `localhost:${server.port}` })).status, 200);
});

test('the page makes a code for a phone number, and the number of it can be read', async () => {
  await page.getByRole('button', { name: 'Get phone code' }).click();
  const code = page.locator('#code').filter({ hasText: /^[0-9a-f]{64}$/ });
  assert.equal((await client.getPhoneNumber(await code.textContent())).purePhoneNumber, '13800138000');
});

test('an order shows its generation and phase, and a call of APIv3 its status and code', async () => {
  gateway.keyPhase(MERCHANT.mch_id, 'switching');
  const v3 = new WechatPayV3(await gateway.client(MERCHANT.mch_id, { api: 'v3' }));
  const notify_url = `http://127.0.0.1:${shopServer.address().port}/v3`;
  const placed = { description: '茶', amount: { total: 8850 }, payer: { openid }, notify_url };
  await v3.pay({ ...placed, out_trade_no: 'BY-V3-1' });
  await place('BY-V2-1');
  await shows(row('orders', 'BY-V3-1'), 'APIv3 · switching');
  await shows(row('orders', 'BY-V2-1'), 'APIv2');
  await shows(row('calls', 'POST /v3/pay/transactions/jsapi'), '200');
  await assert.rejects(v3.orderQuery({ out_trade_no: 'NOBODY-HAS-IT' }));
  await shows(row('calls', 'NOBODY-HAS-IT'), '404 ORDER_NOT_EXIST');
  gateway.payOrder({ out_trade_no: 'BY-V3-1' });
  const { out_refund_no } = gateway.refundOrder({ out_trade_no: 'BY-V3-1' });
  gateway.failRefund({ out_trade_no: 'BY-V3-1', out_refund_no });
  await shows(row('refunds', out_refund_no), 'Abnormal');
});

test('the page is one document that allows nothing from elsewhere, and contains no key', async () => {
  const { headers, body } = await send('GET', '/', {});
  const policy = headers['content-security-policy'];
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.doesNotMatch(body, /https?:/);
  const state = await send('GET', '/gateway/state', {});
  for (const secret of [MERCHANT.key, MERCHANT.secret, API_V3_KEY])
    assert.equal((body + state.body).includes(secret), false);
  const answer = async (method, path, sent) =>
    (await send(method, path, { 'content-type': 'application/json' }, sent)).status;
  assert.deepEqual(
    [
      await answer('POST', '/gateway/nothing', '{}'),
      await answer('POST', '/gateway/constructor', '{}'),
      await answer('POST', '/gateway/pay', '['),
      await answer('POST', '/gateway/pay', 'null'),
      await answer('POST', '/gateway/pay', '{}'),
      await answer('POST', '/gateway/forge', '{"out_trade_no":"page-paid","forgery":"x"}'),
      await answer('GET', '/gateway/pay'),
    ],
    [404, 404, 400, 400, 400, 400, 405],
  );
  assert.equal((await gateway.fetch(new Request('http://127.0.0.1/'))).status, 404, 'only a server has a page');
});
