// A page in headless Chromium: it runs the program, and this process calls the gateway for it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
/** The gateway refuses what only a page sends. */
const OF_PAGES = /^(?:sec-|origin$|referer$|host$|connection$|content-length$)/;

/** Opens an address, and returns what its program saw. Calls of the gateway and of the phone go through this process. */
export async function seenAt(address, { url, phone }) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const said = [];
  try {
    const page = await browser.newPage();
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.route((asked) => [url, phone].some((place) => asked.href.startsWith(place)), passOn);
    await page.goto(address);
    // Vite may load the page again when it finds a new import.
    await page.waitForFunction(() => globalThis.seen !== undefined, undefined, { timeout: 30_000 });
    return JSON.parse(await page.evaluate(() => globalThis.seen));
  } catch (error) {
    throw new Error(`${error.stack}\nthe page said:\n${said.join('\n')}`);
  } finally {
    await browser.close();
  }
}

async function passOn(route) {
  const request = route.request();
  const kept = Object.entries(request.headers()).filter(([name]) => !OF_PAGES.test(name));
  const body = request.postDataBuffer() ?? undefined;
  const answer = await fetch(request.url(), { method: request.method(), headers: Object.fromEntries(kept), body });
  const headers = { ...Object.fromEntries(answer.headers), 'access-control-allow-origin': '*' };
  headers['access-control-expose-headers'] = '*';
  await route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
}

/** Serves a folder while `work` runs with its address. */
export async function servingFolder(folder, work) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://page');
    const path = pathname === '/' ? '/index.html' : pathname;
    try {
      const body = readFileSync(join(folder, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
