// A page in headless Chromium, with the package, the vectors and a gateway at one origin.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm', json: 'application/json' };
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Serves the origin and opens a page there. `close` ends all of it. */
export async function openPage(gateway) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://page').pathname;
    if (path === '/')
      return response.setHeader('content-type', 'text/html').end('<!doctype html><title>paysign</title>');
    if (/^\/(pkg|tests\/vectors)\/[\w./-]+$/.test(path)) {
      return response
        .setHeader('content-type', TYPES[path.split('.').pop()] ?? 'text/plain')
        .end(readFileSync(`${root}${path}`));
    }
    const parts = [];
    for await (const part of request) parts.push(part);
    const { method, headers } = request;
    // The gateway refuses what only a page sends: this server is the client.
    const kept = Object.entries(headers).filter(([name]) => !/^(sec-|connection$|host$|origin$|referer$)/.test(name));
    const body = method === 'POST' ? Buffer.concat(parts) : undefined;
    const asked = new Request(`http://gateway${request.url}`, { method, headers: Object.fromEntries(kept), body });
    const answer = await gateway.fetch(asked);
    response.writeHead(answer.status, [...answer.headers].flat()).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
  const page = await browser.newPage();
  const address = `http://127.0.0.1:${server.address().port}`;
  await page.goto(address);
  return {
    page,
    address,
    async close() {
      await browser.close();
      await gateway.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
