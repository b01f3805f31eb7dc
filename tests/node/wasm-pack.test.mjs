// The output of `wasm-pack build`: in Node, in a page, through webpack, and as types of a strict program.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createGateway } from 'paysign/testing';
import { chromium } from 'playwright-core';
import { setUpBuild, setUpTests } from '../../js/scripts/setup.mjs';
import { readPage } from './docs-support.mjs';
import { vectors } from './gateway-support.mjs';
import { checkProviderV3, checkSealingV3, checkV3, SEALING } from './wasm-pack-checks-v3.mjs';
import { placeOrder, runEdges, runVectors } from './wasm-pack-flow.mjs';
import { placeOrderV3, runEdgesV3, runProviderV3, runSealingV3 } from './wasm-pack-flow-v3.mjs';

const TARGETS = ['nodejs', 'web', 'bundler'];
const FUNCTIONS = [
  'answerTextV3',
  'authorizationV3',
  'bridgePayment',
  'buildXml',
  'complete',
  'completeV3',
  'jssdkPayment',
  'nonce',
  'openNotify',
  'parseXml',
  'paymentTextV3',
  'prepare',
  'prepareV3',
  'replyNotify',
  'requestPayment',
  'requestTextV3',
  'sealV3',
  'sign',
  'signedText',
  'signedXml',
  'verify',
];
const MERCHANT = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  signType: 'HMAC-SHA256',
};
// As text, since a page takes an object without its own `__proto__`.
const VECTORS = JSON.stringify(
  Object.fromEntries(
    ['signing', 'request_payment', 'xml', 'notices', 'genuine_notice'].map((name) => [name, vectors(name)]),
  ),
);
const MEDIA = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };
/** The headers of a request that APIv3 reads. */
const PASSED = ['authorization', 'accept', 'content-type', 'user-agent'];
const root = fileURLToPath(new URL('../../', import.meta.url));
const out = join(root, 'target/wasm-pack');
const output = (target, name) => readFileSync(join(out, target, name), 'utf8');
const run = promisify(execFile);
/** @type {(() => unknown)[]} */
const opened = [];

before(async () => {
  const env = { ...process.env, ...(await setUpTests((await setUpBuild()).env)) };
  for (const target of TARGETS) {
    const folder = ['--target', target, '--out-dir', join(out, target)];
    await run('wasm-pack', ['build', '--mode', 'no-install', ...folder, root, '--', '--locked'], { env });
  }
});

after(async () => {
  for (const close of opened.reverse()) await close();
});

/** A gateway at an address, which also serves the files of a page. */
async function serve() {
  const gateway = createGateway({ merchants: [{ ...MERCHANT, secret: 'app-secret', apiV3Key: 'v3'.repeat(16) }] });
  const { privateKey, certificate, wechatpayKeys } = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
  const [, publicKey] = Object.entries(wechatpayKeys).find(([name]) => name.startsWith('PUB_KEY_ID_'));
  const { serialNumber: serial } = new X509Certificate(certificate);
  const side = { appid: MERCHANT.appid, mchid: MERCHANT.mch_id, serial, privateKey, publicKey };
  const server = createServer(async (request, response) => {
    const [path] = request.url.split('?');
    if (path === '/')
      return response.setHeader('content-type', 'text/html').end('<!doctype html><title>paysign</title>');
    if (/^\/(target\/wasm-pack|tests)\/[\w./-]+$/.test(path))
      return response
        .setHeader('content-type', MEDIA[path.split('.').pop()] ?? 'text/plain')
        .end(readFileSync(join(root, path)));
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = request.method === 'POST' ? Buffer.concat(parts) : undefined;
    const headers = PASSED.flatMap((name) => (request.headers[name] ? [[name, request.headers[name]]] : []));
    const { method, url } = request;
    const answer = await gateway.fetch(new Request(`http://gateway${url}`, { method, headers, body }));
    const signed = [...answer.headers].filter(([name]) => name.startsWith('wechatpay-'));
    response.writeHead(answer.status, Object.fromEntries(signed)).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(async () => {
    await gateway.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { gateway, origin: `http://127.0.0.1:${server.address().port}`, side };
}

/** Loads a module in a page of headless Chromium and runs there what runs in Node. `load` is a function's body that returns the module. */
async function inPage(load) {
  const { gateway, origin, side } = await serve();
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  opened.push(() => browser.close());
  const page = await browser.newPage();
  await page.goto(origin);
  const results = await page.evaluate(
    async ({ load, merchant, vectors, side, publicKey }) => {
      const flow = await import('/tests/node/wasm-pack-flow.mjs');
      const v3 = await import('/tests/node/wasm-pack-flow-v3.mjs');
      const paysign = await import(`data:text/javascript,${encodeURIComponent(load)}`).then((module) =>
        module.default(location.origin),
      );
      return {
        names: Object.keys(paysign).sort(),
        vectors: flow.runVectors(paysign, vectors),
        edges: await flow.runEdges(paysign),
        order: await flow.placeOrder(paysign, location.origin, merchant),
        orderV3: await v3.placeOrderV3(paysign, location.origin, side),
        edgesV3: await v3.runEdgesV3(paysign),
        sealingV3: await v3.runSealingV3(paysign, publicKey),
        providerV3: await v3.runProviderV3(paysign),
      };
    },
    { load, merchant: MERCHANT, vectors: VECTORS, side, publicKey: SEALING.public_key_pem },
  );
  return { ...results, gateway };
}

/** Checks the results, in any host. */
async function check({ vectors, edges, order, orderV3, edgesV3, sealingV3, providerV3, gateway }) {
  assert.deepEqual(vectors.failed, []);
  assert.ok(vectors.ran > 350, `${vectors.ran} cases`);
  assert.deepEqual(edges, {
    xml: '<xml><__proto__>a</__proto__><constructor>b</constructor></xml>',
    fields: [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
    prototype: null,
    signedText: 'a=1&b=2&c=true&g=茶&h=0',
    refused: {
      fraction: 'total_fee',
      large: 'total_fee',
      infinite: 'total_fee',
      list: 'detail',
      object: 'detail',
      nul: 'attach',
      half: 'attach',
      getter: 'attach',
      name: 'a b',
      map: 'params',
      date: 'params',
      array: 'params',
      none: 'params',
      text: 'params',
    },
    errors: [
      ['ERR_CONFIG', 'key', 'not-sent', true],
      ['ERR_PARAM', 'signType', 'not-sent', true],
      ['ERR_XML', undefined, 'unknown', true],
      ['ERR_XML', undefined, 'unknown', true],
      ['ERR_PARAM', 'api', 'not-sent', true],
      ['ERR_PARAM', 'expect', 'not-sent', true],
      ['ERR_CONFIG', 'key', 'not-sent', true],
    ],
    inherited: 'MD5',
    seconds: true,
    nonces: 100,
    reply: [
      '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>',
      '<xml><return_code><![CDATA[FAIL]]></return_code><return_msg>busy</return_msg></xml>',
    ],
  });
  const { payment, query, fields, changed } = order;
  assert.deepEqual([query.trade_state, query.out_trade_no], ['NOTPAY', '20150806125346']);
  assert.deepEqual([fields.trade_state, fields.appid], ['NOTPAY', MERCHANT.appid]);
  assert.deepEqual([changed.code, changed.err_code, changed.isError], ['ERR_FAILED', 'INVALID_REQUEST', true]);
  assert.ok(!('position' in changed) && changed.err_code_des.length > 0);
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
  assert.deepEqual(await gateway.pay({ appId: MERCHANT.appid, openid, ...payment }), { errMsg: 'requestPayment:ok' });
  checkV3({ orderV3, edgesV3, mchid: MERCHANT.mch_id });
  checkSealingV3(sealingV3);
  checkProviderV3(providerV3);
  assert.deepEqual(await gateway.pay({ openid, ...orderV3.payment }), { errMsg: 'requestPayment:ok' });
}

test('the output for Node has every function, fulfils the vectors, and places an order', async () => {
  const paysign = createRequire(import.meta.url)(join(out, 'nodejs/paysign.js'));
  assert.deepEqual(
    Object.keys(paysign)
      .filter((name) => !name.startsWith('__'))
      .sort(),
    FUNCTIONS,
  );
  const { gateway, origin, side } = await serve();
  await check({
    vectors: runVectors(paysign, VECTORS),
    edges: await runEdges(paysign),
    order: await placeOrder(paysign, origin, MERCHANT),
    orderV3: await placeOrderV3(paysign, origin, side),
    edgesV3: await runEdgesV3(paysign),
    sealingV3: await runSealingV3(paysign, SEALING.public_key_pem),
    providerV3: await runProviderV3(paysign),
    gateway,
  });
});

test('the output for the web does the same in a page', async () => {
  const load = `export default async (origin) => {
    const module = await import(origin + '/target/wasm-pack/web/paysign.js');
    await module.default();
    return module;
  }`;
  const results = await inPage(load);
  assert.deepEqual(results.names, [...FUNCTIONS, 'default', 'initSync'].sort());
  await check(results);
});

test('the lines of js/docs/rust.md place an order with the output for Node', async () => {
  const { gateway, origin: host } = await serve();
  const { appid, mch_id, key } = MERCHANT;
  const ids = { out_trade_no: 'rust-page-1', openid: 'o1', notify_url: 'http://127.0.0.1:9/' };
  const order = { body: 'tea', total_fee: 1, trade_type: 'JSAPI', spbill_create_ip: '::1', ...ids };
  globalThis.page = { appid, mch_id, key, host, order };
  const [code] = readPage('rust.md').blocks;
  const lines = code
    .replace('./pkg/paysign.js', pathToFileURL(join(out, 'nodejs/paysign.js')).href)
    .replace(/^await init\(\);.*\n/m, '');
  const file = join(out, 'rust-page.mjs');
  writeFileSync(file, `const { appid, mch_id, key, host, order } = globalThis.page;\n${lines}export { payment };\n`);
  const { payment } = await import(pathToFileURL(file).href);
  assert.deepEqual(await gateway.pay({ appId: appid, openid: 'o1', ...payment }), { errMsg: 'requestPayment:ok' });
});

test('the output for bundlers does the same in a page, through webpack', async () => {
  // The webpack that Next.js has in itself.
  const require = createRequire(join(root, 'tests/node/frameworks/'));
  const { webpack } = require('next/dist/compiled/webpack/bundle5')();
  const stats = await promisify(webpack)({
    mode: 'production',
    entry: join(out, 'bundler/paysign.js'),
    experiments: { asyncWebAssembly: true, outputModule: true },
    optimization: { minimize: false },
    output: { path: join(out, 'webpack'), filename: 'main.mjs', library: { type: 'module' } },
  });
  assert.deepEqual(stats.toJson().errors, []);
  const results = await inPage("export default (origin) => import(origin + '/target/wasm-pack/webpack/main.mjs')");
  assert.deepEqual(results.names, FUNCTIONS);
  await check(results);
});

test('no key is left in the memory of the module, however the calls end', async () => {
  const paysign = await import(pathToFileURL(join(out, 'web/paysign.js')).href);
  const { memory } = paysign.initSync({ module: readFileSync(join(out, 'web/paysign_bg.wasm')) });
  const { appid, key } = MERCHANT;
  const request = paysign.prepare('orderQuery', MERCHANT, { out_trade_no: '1' });
  paysign.sign({ a: '茶'.repeat(1000) }, key, 'HMAC-SHA256');
  paysign.verify({ a: 1, sign: 'A' }, key);
  paysign.signedXml({ a: 1 }, key);
  paysign.requestPayment({ appId: appid, prepay_id: 'wx2', key });
  const refused = [
    () => paysign.complete('orderQuery', MERCHANT, request, paysign.replyNotify('busy')),
    () => paysign.openNotify('<xml><sign>A</sign></xml>', { key }),
    () => paysign.sign({ a: 1 }, `${key}密`),
    () => paysign.prepare('orderQuery', MERCHANT, {}),
  ];
  for (const call of refused) assert.throws(call, { name: 'WxPayError' });
  const bytes = Buffer.from(memory.buffer);
  assert.ok(bytes.includes('ERR_PARAM'));
  for (let at = 0; at <= key.length - 8; at += 8) assert.ok(!bytes.includes(key.slice(at, at + 8)), `from ${at}`);
});

test("a user's strict program compiles against the types of each output", async () => {
  const projects = join(out, 'types');
  mkdirSync(projects, { recursive: true });
  for (const target of TARGETS) {
    const project = join(projects, `${target}.json`);
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2024', 'dom'],
      module: 'nodenext',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      paths: { 'wasm-pack-output': [`../${target}/paysign.d.ts`] },
    };
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['../../../tests/node/wasm-pack-program.ts'] }));
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]).catch(({ stdout }) =>
      assert.fail(`${target}: ${stdout}`),
    );
  }
});

test('the types have no any, a sentence for each function and member, and the names of all calls', () => {
  const methods = readFileSync(join(root, 'js/src/generated/api-v3.ts'), 'utf8');
  const declaredV3 = [...methods.matchAll(/\bthis\[declaredCalls\]\.\w+\('(\w+)', /g)].map(([, name]) => name);
  const modules = /^apis! \{([^}]*)\}/m.exec(readFileSync(join(root, 'src/v3/api.rs'), 'utf8'))[1];
  assert.equal(declaredV3.length, modules.trim().split(/\s+/).length);
  for (const target of TARGETS) {
    const types = output(target, 'paysign.d.ts');
    // The raw exports of the module, which wasm-bindgen writes for the web and users do not call.
    const documented = types.replace(/^export interface InitOutput \{[^}]*\}$/m, '');
    assert.doesNotMatch(documented.replaceAll(/\/\*[\s\S]*?\*\//g, ''), /\bany\b/, target);
    const lines = documented.split(/^export (?:type InitInput|default)/m)[0].split('\n');
    const bare = lines.filter(
      (line, at) => /^(?:export|\s+\w+\??:|\s+\[name: string\])/.test(line) && !lines[at - 1].trim().endsWith('*/'),
    );
    assert.deepEqual(bare, [], target);
    const functions = [...types.matchAll(/^export function (\w+)\(/gm)].map(([, name]) => name);
    assert.deepEqual(functions.filter((name) => name !== 'initSync').sort(), FUNCTIONS, target);
    const namesOf = (union) => {
      const [, names] = new RegExp(`^export type ${union} =([^;]*);$`, 'm').exec(types);
      return [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name);
    };
    const declared = vectors('calls').calls.map(({ api }) => api);
    assert.deepEqual(namesOf('ApiName').sort(), declared.sort(), target);
    assert.deepEqual(namesOf('ApiNameV3'), declaredV3, target);
  }
});
