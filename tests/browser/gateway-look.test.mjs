// How the gateway's page looks and feels in headless Chromium: accessibility, narrow screens, the focus and the two languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { createGateway } from 'paysign/testing';
import { chromium } from 'playwright-core';
import { LONG, MERCHANT, openLively } from '../../js/scripts/lively.mjs';

let [lively, browser, context, page] = [];
const problems = [];

before(async () => {
  lively = await openLively();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  context = await browser.newContext({ locale: 'en-US', permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(lively.url);
  await page.waitForSelector('#calls tbody tr');
});

after(async () => {
  await browser?.close();
  await lively?.close();
});

const row = (table, words) => page.locator(`#${table} tbody tr:not(.detail)`, { hasText: words });
const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
/** Waits until the page has drawn a state that is newer than this moment. */
const redrawn = async () => {
  await page.waitForResponse((response) => response.url().endsWith('/gateway/state'));
  await page.waitForResponse((response) => response.url().endsWith('/gateway/state'));
};

async function openDetails() {
  for (const words of ['timestamp-skew', 'key-case']) await row('calls', words).getByRole('button').click();
  await row('notices', 'TEA-20261201-0003').first().getByRole('button').last().click();
  await page.waitForFunction(() => document.querySelectorAll('.detail .texts').length === 3);
}

async function check(what) {
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    [],
    what,
  );
}

test('no check of accessibility finds a fault, in light and dark, narrow and wide, in both languages', async () => {
  await openDetails();
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'])
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      for (const lang of ['en', 'zh-CN']) {
        await page.waitForSelector(`html[lang="${lang}"]`);
        await page.waitForFunction(() => document.querySelectorAll('.detail .texts').length === 3);
        await check(`${colorScheme} ${width} ${lang}`);
        await page.click('#lang');
      }
    }
});

test('the menu and the form of a refund have no fault either, and the keyboard opens and closes both', async () => {
  const more = row('orders', 'TEA-20261201-0003').getByRole('button', { name: 'More actions' });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('#menu:popover-open');
    await check(`menu ${colorScheme}`);
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Copy order number');
    await page.keyboard.press('Escape');
    assert.equal(await focused(), 'More actions TEA-20261201-0003');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#part[open]');
    await check(`part ${colorScheme}`);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#part:not([open])', { state: 'attached' });
    assert.equal(await focused(), 'More actions TEA-20261201-0003');
  }
});

test('nothing overflows at 390 px, and the buttons of one row have one line at each width', async () => {
  assert.ok([...LONG].length > 30);
  for (const _ of ['en', 'zh']) {
    for (const width of [390, 720, 900, 1100, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      const seen = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - innerWidth,
        inside: [...document.querySelectorAll('.scroll')].map((one) => one.scrollWidth - one.clientWidth),
        lines: [...document.querySelectorAll('td.act')].map(
          (cell) => new Set([...cell.children].map((button) => button.getBoundingClientRect().top)).size,
        ),
        heights: [...document.querySelectorAll('td.act button')].map((button) => button.offsetHeight),
      }));
      assert.ok(seen.overflow <= 0, `${width}: ${seen.overflow} px too wide`);
      assert.ok(Math.max(...seen.inside) <= 0, `${width}: a table is ${Math.max(...seen.inside)} px too wide`);
      assert.equal(Math.max(...seen.lines), 1, `${width}`);
      assert.ok(Math.max(...seen.heights) < 40, `${width}: a button has two lines`);
    }
    await page.click('#lang');
  }
});

test('the focus stays on its control after an action and a new state', async () => {
  await page.setViewportSize({ width: 1280, height: 844 });
  const refuse = row('orders', 'V3-20261201-0001').getByRole('button', { name: 'Refuse' });
  await refuse.focus();
  await page.keyboard.press('Enter');
  await page.getByText('The payer refused.').waitFor();
  // A new order moves the rows.
  const resend = row('notices', 'TEA-20261201-0001').getByRole('button', { name: 'Resend' });
  await redrawn();
  assert.equal(await focused(), 'Refuse V3-20261201-0001');
  await resend.focus();
  await page.keyboard.press('Enter');
  await page.getByText('The shop did not accept the notice.').waitFor();
  await redrawn();
  assert.equal(await focused(), 'Resend TEA-20261201-0001');
  const pay = row('orders', 'V3-20261201-0001').getByRole('button', { name: 'Pay' });
  await pay.focus();
  await page.keyboard.press('Enter');
  await row('orders', 'V3-20261201-0001').filter({ hasText: 'SUCCESS' }).waitFor();
  // Pay is gone, and the focus is in the same row.
  assert.equal(await focused(), 'Refund V3-20261201-0001');
});

/** The texts of the page that are its own: all but names, numbers, goods and what WeChat says. */
const ownTexts = (more = '') =>
  page.evaluate((more) => {
    const foreign =
      'pre, option:not([data-text]), .mono, .code, .number .sub, #seed-text, .badge, #lang, time, #code, .merchant';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (node.parentElement.closest(`${foreign}, script${more}`) === null) texts.push(node.textContent.trim());
    const badges = [...document.querySelectorAll('#orders .badge, #notices .badge, #refunds .badge')];
    const labels = [...document.querySelectorAll('[aria-label]:not(#lang)')].map((one) =>
      one.getAttribute('aria-label'),
    );
    return [...texts, ...badges.map((one) => one.textContent), ...labels].filter((one) => one !== '');
  }, more);

test('the switch changes every text, and the browser keeps the choice', async () => {
  const chinese = /[\u4e00-\u9fff]/;
  // The advice names a menu of WeChat's in Chinese.
  const english = await ownTexts(', .why');
  assert.ok(english.length > 100);
  assert.deepEqual(
    english.filter((one) => chinese.test(one)),
    [],
    'Chinese in the English page',
  );
  await page.click('#lang');
  await page.waitForSelector('html[lang="zh-CN"]');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.detail h3')].every((one) => /[\u4e00-\u9fff]/.test(one.textContent)),
  );
  const left = (await ownTexts()).filter((one) => !chinese.test(one));
  // Names and figures are the same in both.
  const same = /^(?:paysign gateway|APIv[23](?: · \d+)?|AppID|openid|…|[\d.:¥−+%* -]+|\d+ SUCCESS)$/;
  assert.deepEqual(
    left.filter((one) => !same.test(one)),
    [],
    'English in the Chinese page',
  );
  await page.reload();
  await page.waitForSelector('html[lang="zh-CN"] #orders tbody tr');
  assert.equal(await page.textContent('#orders-title span'), '订单');
  await page.click('#lang');
  await page.waitForSelector('html[lang="en"]');
});

test('the first language is that of the browser', async () => {
  const other = await browser.newPage({ locale: 'zh-CN' });
  await other.goto(lively.url);
  await other.waitForSelector('html[lang="zh-CN"] #orders tbody tr');
  await other.close();
});

test('the empty page shows the lines of a client in both generations, without a key, and copies them', async () => {
  const gateway = createGateway({ merchants: [MERCHANT, { ...MERCHANT, mch_id: '1900000110', key: undefined }] });
  try {
    const { url } = await gateway.listen();
    await page.goto(url);
    await page.waitForSelector('#start:not([hidden])');
    const lines = await page.locator('#start pre').allTextContents();
    const where = `secret, baseUrls: ['${url}'], loginUrl: '${url}' });`;
    assert.equal(lines.length, 3);
    assert.ok(
      lines[0].endsWith(`new WechatPay({ appid: '${MERCHANT.appid}', mch_id: '1900000109', key, ${where}`),
      lines[0],
    );
    assert.match(lines[1], /from 'paysign\/v3';[\s\S]*privateKey, certificate, apiV3Key, wechatpayKeys, secret/);
    assert.match(lines[2], /from 'paysign\/v3';[\s\S]*mchid: '1900000110'/);
    await page.locator('#start').getByRole('button').first().click();
    await page.getByText('Copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), lines[0]);
    await page.click('#seed');
    await page.waitForFunction(async (seed) => (await navigator.clipboard.readText()) === seed, gateway.seed);
    for (const secret of [MERCHANT.key, MERCHANT.apiV3Key, MERCHANT.secret])
      assert.equal((await page.content()).includes(secret), false);
    await page.evaluate(axe.source);
    await check('the empty page');
  } finally {
    await gateway.close();
  }
  assert.deepEqual(problems, []);
});
