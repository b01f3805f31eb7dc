// The calls, notices and tools of the gateway's page in headless Chromium.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { replyNotify, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { chromium } from 'playwright-core';

const SHOP = { appid: 'wx8888888888888888', mch_id: '1900009191', key: '0a1B2c3D4e5F60718293A4b5C6d7E8f9' };
const MERCHANT = { ...SHOP, secret: 'app-secret-of-the-page', apiV3Key: 'PageV3key0123456789abcdefghijklm' };
const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const DAY_MS = 86_400_000;
const gateway = createGateway({ merchants: [MERCHANT], refundDelayMs: 1 });
let isOpen = true;
const shop = createServer((_, response) => response.end(replyNotify(isOpen ? undefined : 'closed')));
let [url, v3, browser, page, client] = [];
const problems = [];

before(async () => {
  await new Promise((resolve) => shop.listen(0, '127.0.0.1', resolve));
  ({ url } = await gateway.listen());
  client = new WechatPay({ ...SHOP, secret: MERCHANT.secret, baseUrls: [url], loginUrl: url });
  v3 = await gateway.client(SHOP.mch_id, { api: 'v3' });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage({ locale: 'en-US' });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
});

after(async () => {
  await browser?.close();
  await gateway.close();
  shop.close();
  shop.closeAllConnections();
  assert.deepEqual(problems, []);
});

const place = (out_trade_no) =>
  client.pay({
    ...{ out_trade_no, body: '茶', total_fee: 8850, openid, spbill_create_ip: '127.0.0.1' },
    notify_url: `http://127.0.0.1:${shop.address().port}/notify`,
  });
const row = (table, ...texts) =>
  texts.reduce((rows, hasText) => rows.filter({ hasText }), page.locator(`#${table} tbody tr:not(.detail)`));

/** Opens the row below an item. Returns its texts by their titles, and the whole text. */
async function open(table, ...texts) {
  const show = row(table, ...texts)
    .first()
    .getByRole('button')
    .last();
  await show.click();
  const id = await row(table, ...texts)
    .first()
    .getAttribute('data-key');
  const detail = page.locator(`#${table === 'calls' ? 'call' : 'notice'}-${id}`);
  await detail.locator('pre').first().waitFor();
  const blocks = await detail
    .locator('.text')
    .evaluateAll((all) =>
      all.map((one) => [one.querySelector('h3').textContent, one.querySelector('pre').textContent]),
    );
  return { ...Object.fromEntries(blocks), whole: await detail.textContent() };
}

async function checkNoSecret(...texts) {
  const state = await (await fetch(`${url}/gateway/state`)).text();
  for (const secret of [MERCHANT.key, MERCHANT.apiV3Key, MERCHANT.secret, v3.privateKey])
    for (const text of [...texts, state, await page.content()])
      assert.equal(text.toLowerCase().includes(secret.toLowerCase()), false);
}

test('a call of APIv2 shows its request and its answer', async () => {
  await place('CALL-2');
  const seen = await open('calls', 'POST /pay/unifiedorder');
  assert.match(seen.Request, /^POST \/pay\/unifiedorder\n[\s\S]*<out_trade_no>(<!\[CDATA\[)?CALL-2/);
  assert.match(seen.Answer, /^200\n[\s\S]*<prepay_id><!\[CDATA\[wx/);
  await checkNoSecret(seen.whole);
});

test('a wrong signature of APIv2 shows its cause, and the text that WeChat would have signed', async () => {
  const wrong = new WechatPay({ ...SHOP, key: SHOP.key.toLowerCase(), baseUrls: [url] });
  await assert.rejects(wrong.orderQuery({ out_trade_no: 'CALL-2' }));
  await row('calls', '签名错误', 'Wrong signature: key-case').waitFor();
  const seen = await open('calls', 'key-case');
  const signed = seen['Text that WeChat would have signed, then &key= and the key'];
  assert.match(signed, /^appid=wx8888888888888888&mch_id=1900009191&nonce_str=\w+&out_trade_no=CALL-2/);
  assert.match(seen.whole, /The key was in lower case/);
  // The text is right: with the sent key it has the sent signature.
  const key = SHOP.key.toLowerCase();
  const hash = createHmac('sha256', key).update(`${signed}&key=${key}`).digest('hex').toUpperCase();
  assert.equal(/<sign>(?:<!\[CDATA\[)?(\w+)/.exec(seen.Request)[1], hash);
  await checkNoSecret(seen.whole);
});

test('a wrong signature of APIv3 shows the same, and a call that is refused its answer', async () => {
  const late = new WechatPayV3({ ...v3, nowMs: () => Date.now() - 3_600_000 });
  await assert.rejects(late.orderQuery({ out_trade_no: 'CALL-3' }));
  const seen = await open('calls', 'timestamp-skew');
  const signed = seen['Text that WeChat would have signed'];
  assert.match(signed, /^GET\n\/v3\/pay\/transactions\/out-trade-no\/CALL-3\?mchid=1900009191\n\d{10}\n\w+\n\n$/);
  assert.match(seen.Request, /authorization: WECHATPAY2-SHA256-RSA2048 mchid="1900009191"/);
  assert.match(seen.Answer, /^401\n[\s\S]*"code": "SIGN_ERROR"/);
  await assert.rejects(new WechatPayV3(v3).orderQuery({ out_trade_no: 'CALL-3' }));
  const refused = await open('calls', '404 ORDER_NOT_EXIST');
  assert.match(refused.Answer, /"code": "ORDER_NOT_EXIST"/);
  await checkNoSecret(seen.whole, refused.whole);
});

test('the log-in and the sandbox key are shown without AppSecret, session_key and key', async () => {
  const session = await client.code2Session(gateway.login({ appid: SHOP.appid, openid }));
  const query = new URLSearchParams({ grant_type: 'client_credential', appid: SHOP.appid, secret: MERCHANT.secret });
  const { access_token } = await (await fetch(`${url}/cgi-bin/token?${query}`)).json();
  const { sandbox_signkey } = await client.sandboxSignKey();
  const login = await open('calls', 'GET /sns/jscode2session');
  assert.match(login.Request, /secret=\*\*\*/);
  assert.match(login.Answer, /"session_key": "\*\*\*"/);
  const sandbox = await open('calls', 'getsignkey');
  assert.match(sandbox.Answer, /<sandbox_signkey>\*\*\*<\/sandbox_signkey>/);
  const token = await open('calls', 'GET /cgi-bin/token');
  assert.match(token.Answer, /"access_token": "\*\*\*"/);
  const shown = login.whole + sandbox.whole + token.whole + (await page.content());
  for (const secret of [session.session_key, sandbox_signkey, access_token])
    assert.equal(shown.includes(secret), false);
  await checkNoSecret(login.whole, sandbox.whole);
});

test('a notice of each generation shows its body, and that of APIv3 its signature', async () => {
  gateway.payOrder({ out_trade_no: 'CALL-2' });
  const pay = new WechatPayV3(v3);
  const notify_url = `http://127.0.0.1:${shop.address().port}/v3`;
  await pay.pay({ out_trade_no: 'CALL-4', description: '茶', amount: { total: 100 }, payer: { openid }, notify_url });
  gateway.payOrder({ out_trade_no: 'CALL-4' });
  await gateway.idle();
  const v2 = await open('notices', 'CALL-2');
  assert.match(v2['Body of the notice'], /<out_trade_no><!\[CDATA\[CALL-2/);
  assert.match(v2['Last reply of the shop'], /SUCCESS/);
  const three = await open('notices', 'CALL-4');
  assert.match(three['Body of the notice'], /"original_type": "transaction"/);
  assert.match(three['Headers of the last attempt'], /^wechatpay-signature: \S{300,}$/im);
});

test('a part of an order is refunded from its menu, and too much is not', async () => {
  const order = row('orders', 'CALL-2');
  await order.filter({ hasText: 'SUCCESS' }).waitFor();
  await order.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Refund a part…' }).click();
  for (const amount of ['88.51', '0', 'x', '1.234', '']) {
    await page.fill('#part-amount', amount);
    await page.keyboard.press('Enter');
    await page.getByText('Enter yuan such as 12.50, at most ¥88.50.').waitFor();
  }
  await page.fill('#part-amount', '12.34');
  await page.keyboard.press('Enter');
  await order.filter({ hasText: '−¥12.34 refunded' }).waitFor();
  assert.deepEqual(
    gateway.refunds().map(({ refund_fee }) => refund_fee),
    [1234],
  );
});

test('a fault is switched on and off', async () => {
  const fault = page.getByLabel('Reset, not done');
  await fault.selectOption('100 %');
  await page.locator('#faults-count', { hasText: '1' }).waitFor();
  await assert.rejects(client.orderQuery({ out_trade_no: 'CALL-2' }));
  await row('calls', 'no answer').first().waitFor();
  const half = page.getByLabel('Half an answer');
  await half.selectOption('50 %');
  await page.getByText('must add up to 1 at most').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-fault="cut"]').value === '0');
  await fault.selectOption('off');
  await page.locator('#faults-count', { hasText: '0' }).waitFor();
  assert.equal((await client.orderQuery({ out_trade_no: 'CALL-2' })).trade_state, 'REFUND');
});

test('the clock is turned forward: notices repeat, the bill is made, and signatures stay valid', async () => {
  isOpen = false;
  await place('CALL-5');
  gateway.payOrder({ out_trade_no: 'CALL-5' });
  await gateway.idle();
  const attempts = () => gateway.notices().find(({ out_trade_no }) => out_trade_no === 'CALL-5').attempts.length;
  assert.equal(attempts(), 1);
  await page.getByRole('button', { name: '+1 min' }).click();
  await page.getByText('The clock is turned.').waitFor();
  // WeChat repeats after 15, 15 and 30 seconds.
  assert.equal(attempts(), 4);
  isOpen = true;
  const day = new Date(Date.now() + DAY_MS / 3).toISOString().slice(0, 10);
  await page.fill('#bill-day', day);
  await page.getByRole('button', { name: 'Fetch bill' }).click();
  await page.getByText('Not done: bill:fail').waitFor();
  await page.getByRole('button', { name: 'Tomorrow, 10:00' }).click();
  await page.locator('#clock-now', { hasText: / 10:0\d:/ }).waitFor();
  await page.getByRole('button', { name: 'Fetch bill' }).click();
  const bill = page.locator('#bill-text pre');
  await bill.waitFor();
  assert.match(await bill.textContent(), /CALL-2[\s\S]*CALL-5/);
  assert.equal((await new WechatPayV3(v3).orderQuery({ out_trade_no: 'CALL-4' })).trade_state, 'SUCCESS');
  const post = (ms) =>
    fetch(`${url}/gateway/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ms }),
    });
  for (const ms of [-1, 0, 1.5, 'x', 500 * DAY_MS]) assert.equal((await post(ms)).status, 400, `${ms}`);
});
