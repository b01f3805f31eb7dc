// Real pages in headless Chromium call a listening gateway. A foreign origin is refused; an allowed origin works like a program.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { chromium } from 'playwright-core';
import { order, placeAndPay, readByHand, shop, signByHand, xmlByHand } from '../node/gateway-support.mjs';

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  /** Two host names, one of them allowed. The foreign one resolves to this machine, as in DNS rebinding. */
  '--host-resolver-rules=MAP *.example 127.0.0.1',
];
const pages = createServer((_, response) =>
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>a page</title>'),
);
const events = [];
let [gateway, server, browser, pagesPort] = [];

before(async () => {
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
  pagesPort = pages.address().port;
  const allowOrigins = [`http://harness.example:${pagesPort}`];
  gateway = createGateway({
    merchants: [shop],
    allowOrigins,
    refundDelayMs: 1,
    onEvent: (event) => events.push(event),
  });
  server = await gateway.listen();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
});

after(async () => {
  await browser?.close();
  await gateway?.close();
  pages.close();
  pages.closeAllConnections();
});

async function open(t, address) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(address);
  return page;
}

const signed = (fields) => {
  const all = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', ...fields };
  return xmlByHand({ ...all, sign: signByHand(all, shop.key) });
};
/** Signed with a public key: that of the test merchant, which is printed. */
const payment = (out_trade_no) =>
  signed({ body: 'x=x', out_trade_no, total_fee: '10', spbill_create_ip: '1.1.1.1', auth_code: '130000000000000000' });
const refund = (out_trade_no) =>
  signed({ out_trade_no, out_refund_no: `r-${out_trade_no}`, total_fee: '88', refund_fee: '88' });

test('a page of a foreign origin pays nothing, refunds nothing and reads nothing', async (t) => {
  await placeAndPay(gateway, { out_trade_no: 'mine' });
  const page = await open(t, `http://evil.example:${pagesPort}/`);
  const seen = await page.evaluate(
    async ({ url, payment, refund }) => {
      const settled = (promise) =>
        promise.then(
          async (answer) => (answer.type === 'opaque' ? 'opaque' : await answer.text()),
          () => 'blocked',
        );
      const post = (path, body, more) => settled(fetch(url + path, { method: 'POST', body, ...more }));
      const pay = JSON.stringify({ out_trade_no: 'mine' });
      const found = [
        await post('/pay/micropay', payment, { mode: 'no-cors' }),
        await post('/secapi/pay/refund', refund, { mode: 'no-cors' }),
        await post('/secapi/pay/refund', refund, { mode: 'no-cors', referrerPolicy: 'no-referrer' }),
        await post('/pay/micropay', payment),
        await post('/gateway/refund', pay, { headers: { 'content-type': 'application/json' } }),
        await settled(fetch(`${url}/gateway/state`)),
        await settled(fetch(`${url}/gateway/state`, { mode: 'no-cors' })),
      ];
      navigator.sendBeacon(`${url}/pay/micropay`, payment);
      const socket = new WebSocket(`${url.replace('http', 'ws')}/`);
      await new Promise((resolve) => socket.addEventListener('error', resolve));
      for (const tag of ['img', 'iframe', 'script']) {
        const element = document.createElement(tag);
        element.src = `${url}/?${tag}`;
        document.body.append(element);
      }
      // A form as text/plain sends XML unchanged.
      const form = document.createElement('form');
      form.method = 'post';
      form.enctype = 'text/plain';
      form.action = `${url}/pay/micropay`;
      const input = document.createElement('input');
      const middle = payment.indexOf('=');
      input.name = payment.slice(0, middle);
      input.value = payment.slice(middle + 1);
      form.append(input);
      document.body.append(form);
      form.submit();
      return found;
    },
    { url: server.url, payment: payment('stolen'), refund: refund('mine') },
  );
  assert.deepEqual(seen, ['opaque', 'opaque', 'opaque', 'blocked', 'blocked', 'blocked', 'opaque']);
  await page.getByText('a page of http://evil.example').waitFor({ state: 'attached' });
  assert.deepEqual(
    gateway.orders().map(({ out_trade_no, trade_state }) => [out_trade_no, trade_state]),
    [['mine', 'SUCCESS']],
  );
  assert.deepEqual(gateway.refunds(), []);
  assert.ok(events.some(({ type, reason }) => type === 'refused' && reason.includes('evil.example')));
});

test('a page whose own name resolves to the gateway sees a refusal, and so does a link from elsewhere', async (t) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  const answer = await page.goto(`http://evil.example:${server.port}/`);
  assert.equal(answer.status(), 403);
  await page.getByText('is not a name of this gateway; call 127.0.0.1').waitFor({ state: 'attached' });
  const read = await page.evaluate(() => fetch('/gateway/state').then((state) => state.text()));
  assert.match(read, /is not a name of this gateway/);

  await page.goto(`http://evil.example:${pagesPort}/`);
  await page.evaluate((url) => location.assign(url), server.url);
  await page.getByText('type the address yourself').waitFor({ state: 'attached' });
  assert.equal((await page.goto(`${server.url}/`)).status(), 200, 'a typed address');
});

test('a page of an allowed origin orders, pays by the page’s own actions, refunds and reads', async (t) => {
  const page = await open(t, `http://harness.example:${pagesPort}/`);
  const seen = await page.evaluate(
    async ({ url, placed, refund }) => {
      const post = async (path, type, body) =>
        (await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body })).text();
      return [
        await post('/pay/unifiedorder', 'text/xml', placed),
        await post('/gateway/pay', 'application/json', JSON.stringify({ out_trade_no: 'harness' })),
        await post('/secapi/pay/refund', 'text/xml', refund),
        await (await fetch(`${url}/gateway/state`)).text(),
      ];
    },
    { url: server.url, placed: signed(order({ out_trade_no: 'harness' })), refund: refund('harness') },
  );
  assert.match(readByHand(seen[0]).prepay_id, /^wx/);
  assert.deepEqual(JSON.parse(seen[1]), { errMsg: 'requestPayment:ok' });
  assert.equal(readByHand(seen[2]).result_code, 'SUCCESS');
  assert.equal(JSON.parse(seen[3]).orders[0].out_trade_no, 'harness');
});
