// The doctor's page in headless Chromium: what it explains, who can use it, and that nothing leaves it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { createGateway } from 'paysign/testing';
import { authorization } from 'paysign/v3';
import { chromium } from 'playwright-core';

const MERCHANT = { appid: 'wx8888888888888888', mch_id: '1900009191', key: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' };
const gateway = createGateway({ merchants: [{ ...MERCHANT, apiV3Key: '0123456789abcdef0123456789ABCDEF' }] });
const [requests, answered] = [[], []];
const problems = [];
let [browser, page, url] = [];

before(async () => {
  ({ url } = await gateway.listen());
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage({ locale: 'en-US' });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => requests.push(request.url()));
  page.on('response', (response) => answered.push(response.url()));
  await page.goto(`${url}/doctor/`);
  await page.waitForSelector('html[lang="en"] h1:has-text("signature")');
});

after(async () => {
  await browser?.close();
  await gateway.close();
});

const md5 = (text) => createHash('md5').update(text).digest('hex').toUpperCase();
const query = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

async function explained(message, members = {}) {
  await page.click('#clear');
  await page.fill('#message', message);
  await page.evaluate(() => {
    document.querySelector('details').open = true;
  });
  for (const [id, value] of Object.entries(members)) await page.fill(`#${id}`, value);
  await page.click('button.main');
  await page.waitForFunction(
    () => !document.querySelector('#result').hidden || document.querySelector('#fault').textContent,
  );
  return page.evaluate(() => ({
    fault: document.querySelector('#fault').textContent,
    verdict: document.querySelector('#verdict').textContent,
    codes: [...document.querySelectorAll('#causes code')].map((code) => code.textContent),
    signed: document.querySelector('#signed').textContent,
    focus: document.activeElement.id,
  }));
}

test('a message of APIv2 is explained, with its parts in colours and the focus on the verdict', async () => {
  const fields = { appid: 'wx1', body: '茶', mch_id: '1' };
  const message = `<xml><body>茶</body><appid>wx1</appid><mch_id>1</mch_id><sign>${md5(query(fields))}</sign></xml>`;
  const seen = await explained(message, { key: MERCHANT.key });
  assert.deepEqual(seen, {
    ...{ fault: '', verdict: 'The signature is wrong.', codes: ['key-missing'] },
    ...{ signed: query(fields), focus: 'verdict' },
  });
  assert.deepEqual(await page.$$eval('#signed .name', (names) => names.map(({ textContent }) => textContent)), [
    'appid',
    'body',
    'mch_id',
  ]);
  assert.equal((await explained(message)).fault, 'Enter the APIv2 key.');
});

test('a request of APIv3 is explained from an HTTP dump and from a HAR file', async () => {
  const { privateKey, certificate, mchid } = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
  const path = '/v3/pay/transactions/out-trade-no/20150806125346';
  const request = { method: 'GET', url: path, body: '', mchid, serial: '7A', privateKey };
  const header = await authorization(request);
  const dump = `GET ${path}?mchid=${mchid} HTTP/1.1\nHost: api.mch.weixin.qq.com\nAuthorization: ${header}\n\n`;
  const har = JSON.stringify({
    log: {
      entries: [
        { request: { method: 'GET', url: 'https://shop.test/', headers: [] }, response: { status: 200, headers: [] } },
        {
          request: {
            ...{ method: 'GET', url: `https://api.mch.weixin.qq.com${path}?mchid=${mchid}` },
            headers: [{ name: 'authorization', value: header }],
          },
          response: { status: 401, headers: [], content: { text: '{}' } },
        },
      ],
    },
  });
  for (const pasted of [dump, har]) {
    const { codes } = await explained(pasted, { certificate, 'private-key': privateKey });
    // The serial 7A is not that of the certificate either.
    assert.equal(codes[0], 'query-missing + serial-mismatch');
  }
});

test('the example, the languages and the whole page work by the keyboard alone', async () => {
  await page.click('#clear');
  const reach = async (selector) => {
    for (let step = 0; step < 40; step += 1) {
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} is not reached by Tab`);
  };
  await reach('#example');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#result:not([hidden])');
  assert.equal(await page.textContent('#causes code'), 'html-escaped');
  await reach('#languages button:nth-child(2)');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('#code'), /hmac\.new\(key\.encode\(\)/);
  await page.focus('#lang');
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[lang="zh-CN"]');
  assert.equal(await page.textContent('#verdict'), '签名错误。');
  assert.match(await page.textContent('#causes'), /签名前对值做了 XML 转义/);
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[lang="en"]');
});

test('no check of accessibility finds a fault, in light and dark, narrow and wide, in both languages', async () => {
  await page.click('#example');
  await page.waitForSelector('#result:not([hidden])');
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      for (const _ of ['en', 'zh']) {
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
          [],
          `${colorScheme} ${width}`,
        );
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${colorScheme} ${width}: ${overflow} px too wide`);
        await page.click('#lang');
      }
    }
  }
});

test('no request leaves the page, and its policy forbids connections', async () => {
  const paths = requests.map((address) => new URL(address));
  assert.ok(paths.length >= 6);
  for (const { origin, protocol } of paths) assert.ok(origin === url || protocol === 'data:', origin);
  const before = answered.length;
  const outcome = await page.evaluate(() =>
    Promise.all([
      fetch('/doctor/').then(
        () => 'fetched',
        () => 'forbidden',
      ),
      new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('loaded');
        image.onerror = () => resolve('forbidden');
        image.src = '/leak.png';
      }),
    ]),
  );
  assert.deepEqual(outcome, ['forbidden', 'forbidden']);
  // A forbidden request is announced, and not sent.
  assert.equal(answered.length, before);
  const policy = await page.getAttribute('meta[http-equiv="content-security-policy"]', 'content');
  assert.match(policy, /connect-src 'none'/);
  assert.deepEqual(
    problems.filter((problem) => !/Content Security Policy/.test(problem)),
    [],
  );
});
