// Pictures of the pages, in `shots/`: the gateway's page, the same without an order, and the doctor's. `npm run shots`
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGateway } from 'paysign/testing';
import { chromium } from 'playwright-core';
import { MERCHANT, openLively } from './lively.mjs';
import { root, script } from './tools.mjs';

const FOLDER = join(root, 'shots');
const WIDTHS = [390, 1280];
const SCHEMES = /** @type {const} */ (['light', 'dark']);
const LANGUAGES = ['en-US', 'zh-CN'];

script(async () => {
  mkdirSync(FOLDER, { recursive: true });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const lively = await openLively().catch((error) => browser.close().then(() => Promise.reject(error)));
  const empty = createGateway({ merchants: [MERCHANT], seed: 'empty' });
  try {
    const { url: emptyUrl } = await empty.listen();
    for (const locale of LANGUAGES)
      for (const width of WIDTHS)
        for (const colorScheme of SCHEMES) {
          const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 844 } });
          const page = await context.newPage();
          const save = async (/** @type {string} */ name) => {
            const path = join(FOLDER, `${name}-${locale.slice(0, 2)}-${width}-${colorScheme}.png`);
            await page.screenshot({ path, fullPage: true });
            console.log(path);
          };
          await page.goto(lively.url);
          await page.waitForSelector('#calls tbody tr');
          // The newest wrong signature of each generation, and one notice.
          for (const words of ['timestamp-skew', 'key-case'])
            await page.locator('#calls tr', { hasText: words }).getByRole('button').last().click();
          await page.locator('#notices tr', { hasText: 'TEA-20261201-0003' }).getByRole('button').last().click();
          await page.waitForSelector('#notices .detail');
          await page.waitForFunction(() => document.querySelectorAll('#calls .detail').length === 2);
          await save('gateway');
          const menu = page.locator('#orders tr', { hasText: 'TEA-20261201-0003' }).getByRole('button').last();
          await menu.scrollIntoViewIfNeeded();
          await page.waitForTimeout(200);
          await menu.click();
          await page.screenshot({ path: join(FOLDER, `menu-${locale.slice(0, 2)}-${width}-${colorScheme}.png`) });
          await page.getByRole('menuitem').first().click();
          await page.screenshot({ path: join(FOLDER, `part-${locale.slice(0, 2)}-${width}-${colorScheme}.png`) });
          await page.goto(emptyUrl);
          await page.waitForSelector('#start:not([hidden])');
          await save('empty');
          await page.goto(`${emptyUrl}/doctor/`);
          await page.click('#example');
          await page.waitForSelector('#result:not([hidden])');
          await save('doctor');
          await context.close();
        }
  } finally {
    await browser.close();
    await empty.close();
    await lively.close();
  }
});
