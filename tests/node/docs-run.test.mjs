// The blocks of the README and of js/docs that need the package alone: each runs against the gateway.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { fen, notifyRouter, WechatPay as WechatPayV2, WxPayError } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { functionsOf, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}/target/paysign/docs-run-${process.pid}`;
const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32) };
const { appid, mch_id } = SHOP;
const DAY_MS = 86_400_000;
/** Noon of 5 January 2026 in Beijing, whose bill the pages read. */
const clock = createManualClock(Date.UTC(2026, 0, 5, 4));
const notify_url = 'http://127.0.0.1:9/';
/** The notices, as the gateway posts them. */
const letters = [];
let gateway;
let options;
let pay;

before(async () => {
  mkdirSync(folder, { recursive: true });
  const keep = async (_url, { headers, body }) => letters.push({ headers, body }) && new Response();
  gateway = createGateway({ merchants: [SHOP], clock, retryDelaysMs: [], fetch: keep });
  options = { ...(await gateway.client(mch_id, { api: 'v3' })), nowMs: () => clock.now() };
  pay = new WechatPay(options);
});
after(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a module, and returns its path. */
function placed(name, text) {
  const path = `${folder}/${name}`;
  writeFileSync(path, text);
  return path;
}

const imported = (name, text) => import(pathToFileURL(placed(name, text)).href);

/** Places and pays an order, and refunds a part of it. */
async function sold(out_trade_no, total, refund) {
  const order = { description: '=tea', out_trade_no, amount: { total }, payer: { openid: 'o1' }, notify_url };
  const payment = await pay.pay(order);
  assert.equal((await gateway.pay({ appId: appid, ...payment })).errMsg, 'requestPayment:ok');
  await gateway.idle();
  if (refund === undefined) return;
  const amount = { refund, total, currency: 'CNY' };
  await pay.refund({ out_trade_no, out_refund_no: `R-${out_trade_no}`, amount });
  await clock.advance(1000);
}

test('the file of the README orders, refunds and reads the bill, and ends by itself', async () => {
  const blocks = readPage('../../README.md').blocks;
  const at = blocks.findIndex((code) => code.includes("from 'paysign/testing'"));
  const file = placed('whole.mjs', blocks[at] + blocks[at + 1]);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
  assert.deepEqual(stdout.trim().split('\n'), [
    "{ errMsg: 'requestPayment:ok' }",
    'SUCCESS',
    'tea-000001 SUCCESS 8800 0',
    'tea-000001 REFUND 0 300',
    '[]',
  ]);
});

test('the file of the README is strict TypeScript without a change', () => {
  const blocks = readPage('../../README.md').blocks;
  const at = blocks.findIndex((code) => code.includes("from 'paysign/testing'"));
  const check = (name, text) => {
    const strict = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
    const node = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--ignoreConfig'];
    const tsc = `${root}/node_modules/typescript/bin/tsc`;
    execFileSync(process.execPath, [tsc, ...strict, ...node, placed(name, text)], { cwd: root, encoding: 'utf8' });
  };
  check('whole.mts', blocks[at] + blocks[at + 1]);
  assert.throws(() => check('wrong.mts', (blocks[at] + blocks[at + 1]).replace('refund: 300', "refund: '300'")));
});

test('the lines of the README about merchants, keys and the proxy make a router and clients', async () => {
  const { blocks } = readPage('../../README.md');
  const keys = blocks.find((code) => code.includes('notifyRouter('));
  const proxy = blocks.find((code) => code.includes('onExchange'));
  const v2 = await gateway.client(mch_id);
  const scope = {
    ...{ notifyRouter, WechatPay, payA: pay, payB: new WechatPayV2(v2), merchant: options },
    ...{
      findOrder() {},
      onPaid() {},
      onRefund() {},
      newKey: 'n'.repeat(32),
      oldKey: SHOP.apiV3Key,
      log: { info() {} },
    },
  };
  const codes = [`{\n${keys}return { router, rotating };\n}`, `{\n${proxy}return pay;\n}`];
  const [ofKeys, ofProxy] = await functionsOf(codes, Object.keys(scope));
  const { router, rotating } = await ofKeys(scope);
  assert.equal((await router(new Request(notify_url, { method: 'POST', body: '<xml/>' }))).status, 200);
  await sold('rotated-01', 100);
  assert.equal((await rotating.openNotify(letters.at(-1))).out_trade_no, 'rotated-01');
  assert.equal((await ofProxy(scope)).mchid, mch_id);
});

test('the bill of the page is read and compared with the books of the shop', async () => {
  const [read, compare] = readPage('bills.md').blocks;
  const { compare: differing } = await imported('compare.mjs', `import { fen } from 'paysign';\n${compare}`);
  await sold('bill-0001', 8800, 300);
  await sold('bill-0002', 100);
  await clock.advance(2 * DAY_MS);
  const saved = [];
  const printed = [];
  const scope = { pay, fen, save: async (...row) => saved.push(row), console: { log: (...of) => printed.push(...of) } };
  const [run] = await functionsOf([`{\n${read}}`], Object.keys(scope));
  await run(scope);
  assert.deepEqual(
    saved.filter(([number]) => number.startsWith('bill-')),
    [
      ['bill-0001', 'SUCCESS', 8800, 0],
      ['bill-0001', 'REFUND', 0, 300],
      ['bill-0002', 'SUCCESS', 100, 0],
    ],
  );
  const [summary, differences, uncompared] = printed;
  assert.deepEqual([differences, uncompared], [[], []]);
  assert.ok('总交易单数' in summary);
  const books = new Map(gateway.orders().map((one) => [one.out_trade_no, Number(one.total_fee)]));
  for (const one of gateway.refunds()) books.set(one.out_refund_no, Number(one.refund_fee));
  assert.deepEqual(await differing(await pay.tradeBill({ bill_date: '2026-01-05' }), books), []);
  books.set('bill-0002', 99).set('never-paid', 1);
  assert.deepEqual(await differing(await pay.tradeBill({ bill_date: '2026-01-05' }), books), [
    'bill-0002',
    'never-paid',
  ]);
});

test('the columns that the page names are columns of a bill', async () => {
  const bill = await pay.tradeBill({ bill_date: '2026-01-05' });
  for await (const _row of bill);
  const { rows } = readPage('bills.md').tables[0];
  const named = rows.flatMap(([cell]) => [...cell.matchAll(/`(.*?)`/g)].map(([, name]) => name));
  assert.ok(named.length >= 8);
  assert.deepEqual(
    named.filter((name) => !bill.columns.includes(name)),
    [],
  );
});

test('the command of the page prints CSV whose cells no spreadsheet calculates', async () => {
  const [line] = readFileSync(`${root}/js/docs/bills.md`, 'utf8').match(/(?<=```sh\n)npx paysign .*/);
  const v2 = new WechatPayV2(await gateway.client(mch_id));
  const lines = [];
  const bill = await v2.downloadBill({ bill_date: '20260105' });
  for await (const row of bill)
    lines.push(
      Object.values(row)
        .map((cell) => `\`${cell}`)
        .join(','),
    );
  const summary = [
    Object.keys(bill.summary).join(','),
    Object.values(bill.summary)
      .map((cell) => `\`${cell}`)
      .join(','),
  ];
  placed('bill.csv', [bill.columns.join(','), ...lines, ...summary].join('\r\n'));
  const args = line.split(' ').slice(2);
  const printed = execFileSync(process.execPath, [`${root}/pkg/cli.cjs`, ...args], { cwd: folder, encoding: 'utf8' });
  assert.match(printed, /'=tea/);
});

test('the refund of the page says accepted, refused, not sent, or ask again', async () => {
  const [code] = readPage('errors.md').blocks;
  const { refund } = await imported('refund.mjs', code);
  await sold('error-0001', 500);
  const one = { out_trade_no: 'error-0001', out_refund_no: 'E1', amount: { refund: 1, total: 500, currency: 'CNY' } };
  const path = '/v3/refund/domestic/refunds';
  gateway.failNext({ path, kind: 'reset', when: 'after' });
  const once = new WechatPay({ ...options, retries: 0 });
  assert.equal(await refund(once, one), 'ask again');
  assert.equal(await refund(once, one), 'accepted');
  const tooMuch = { ...one, out_refund_no: 'E2', amount: { ...one.amount, refund: 500 } };
  assert.equal(await refund(pay, tooMuch), 'refused');
  assert.equal(await refund(pay, { ...one, out_refund_no: '' }), 'not sent');
  assert.equal(gateway.refunds().filter(({ out_trade_no }) => out_trade_no === 'error-0001').length, 1);
  const another = { refund: () => Promise.reject(new RangeError('x')) };
  await assert.rejects(refund(another, one), RangeError);
});

test('every code of an error that the page names is one of the package', async () => {
  const page = readPage('errors.md');
  const types = readFileSync(`${root}/pkg/types/errors.d.ts`, 'utf8');
  const core = readFileSync(`${root}/pkg/types/generated/constants.d.ts`, 'utf8');
  const named = new Set(page.text.match(/ERR_[A-Z]+/g));
  assert.ok(named.size >= 10);
  for (const code of named) assert.ok((types + core).includes(`'${code}'`), code);
});

test('the router of the page finds the merchant, and the clients of its changes of keys accept both keys', async () => {
  const [router, v2, v3] = readPage('merchants-and-keys.md').blocks;
  const merchantV2 = await gateway.client(mch_id);
  const payV2 = new WechatPayV2(merchantV2);
  const order = {
    body: 'b',
    out_trade_no: 'router-01',
    total_fee: 7,
    spbill_create_ip: '::1',
    openid: 'o',
    notify_url,
  };
  await gateway.pay({ appId: appid, ...(await payV2.pay(order)) });
  await gateway.idle();
  const { body } = letters.at(-1);
  const asked = [];
  const paid = [];
  globalThis.page = {
    loadClient: async (id) => asked.push(id) && payV2,
    orders: { find: () => ({ mch_id, out_trade_no: 'router-01', total_fee: 7 }), markPaid: (...of) => paid.push(of) },
  };
  const { notify } = await imported('router.mjs', `const { loadClient, orders } = globalThis.page;\n${router}`);
  const answer = await notify(new Request(notify_url, { method: 'POST', body }));
  assert.match(await answer.text(), /SUCCESS/);
  assert.deepEqual([asked, paid.map(([id, number]) => [id, number])], [[mch_id], [[mch_id, 'router-01']]]);

  const keys = { newKey: 'n'.repeat(32), oldKey: SHOP.key };
  const scope = { ...keys, WechatPay: WechatPayV2, merchant: merchantV2 };
  const [ofV2] = await functionsOf([`{\n${v2}return { accepting, later };\n}`], Object.keys(scope));
  const { accepting, later } = await ofV2(scope);
  assert.equal(accepting.openNotify(body).out_trade_no, 'router-01');
  assert.throws(() => later.openNotify(body), { code: 'ERR_SIGNATURE' });

  await sold('router-02', 100);
  const letter = letters.at(-1);
  const [[id, pem]] = Object.entries(options.wechatpayKeys);
  const { wechatpayKeys, ...merchant } = options;
  const isOf = { newKey: 'n'.repeat(32), oldKey: SHOP.apiV3Key, id, pem };
  const scopeV3 = { ...isOf, WechatPay, merchant };
  const whole = v3.replace('...merchant, apiV3Key', '...merchant, wechatpayKeys: { [id]: pem }, apiV3Key');
  const [ofV3] = await functionsOf([`{\n${whole}return [accepting, moving];\n}`], Object.keys(scopeV3));
  for (const client of await ofV3(scopeV3)) assert.equal((await client.openNotify(letter)).out_trade_no, 'router-02');
});

test('a client of the page without a proxy ignores the environment, and one with a proxy calls it', async (t) => {
  const [code] = readPage('proxies-and-logs.md').blocks;
  const seen = [];
  const proxy = createServer().on('connect', (request, socket) => {
    seen.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const here = `http://127.0.0.1:${proxy.address().port}`;
  const scope = {
    WechatPay,
    merchant: { ...options, baseUrls: ['https://api.example.test'], retries: 0, timeoutMs: 5000 },
  };
  const local = code.replace('http://user:password@proxy.example.com:8080', here);
  assert.ok(local.includes(here));
  const [run] = await functionsOf([`{\n${local}return { pay, direct };\n}`], Object.keys(scope));
  process.env.HTTPS_PROXY = here;
  try {
    const { pay: through, direct } = await run(scope);
    await assert.rejects(direct.orderQuery({ out_trade_no: 'proxy-0001' }), { outcome: 'not-sent' });
    assert.deepEqual(seen, []);
    await assert.rejects(through.orderQuery({ out_trade_no: 'proxy-0001' }), WxPayError);
    assert.deepEqual(seen, ['api.example.test:443']);
  } finally {
    delete process.env.HTTPS_PROXY;
  }
});

test('the lines of the page for other hosts load the modules and sign', async (t) => {
  const [code] = readPage('runtimes.md').blocks;
  const printed = [];
  // A page loads the modules from its server.
  const asPage = async (url) =>
    new Response(readFileSync(new URL(url)), { headers: { 'content-type': 'application/wasm' } });
  const { fetch } = globalThis;
  t.after(() => Object.assign(globalThis, { fetch }));
  Object.assign(globalThis, { fetch: asPage });
  globalThis.page = { key: '192006250b4c09247ec02edce69f6a2d', console: { log: (text) => printed.push(text) } };
  await imported('runtimes.mjs', `const { key, console } = globalThis.page;\n${code}`);
  assert.match(printed[0], /^[0-9A-F]{32}$/);
});
