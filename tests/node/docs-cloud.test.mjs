// The functions of js/docs/cloud-functions.md with the events of three clouds: SCF, Function Compute 3 and Lambda.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { memoryStore } from 'paysign';
import { createGateway } from 'paysign/testing';
import { readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}/target/paysign/docs-cloud-${process.pid}`;
const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32) };
const { appid, mch_id } = SHOP;
const PATH = '/wxpay/notify';
const letters = [];
const paid = [];
let gateway;
let cloud;
let handler;

before(async () => {
  const keep = async (_url, { headers, body }) => letters.push({ headers, body }) && new Response();
  gateway = createGateway({ merchants: [SHOP], fetch: keep });
  mkdirSync(folder, { recursive: true });
  const [event, code] = readPage('cloud-functions.md').blocks;
  writeFileSync(`${folder}/event.mjs`, event);
  globalThis.page = {
    options: await gateway.client(mch_id, { api: 'v3' }),
    findOrder: (out_trade_no) => ({ mch_id, out_trade_no, total_fee: 100 }),
    onPaid: ({ out_trade_no }) => void paid.push(out_trade_no),
    store: memoryStore(),
  };
  writeFileSync(
    `${folder}/main.mjs`,
    `const { options, findOrder, onPaid, store } = globalThis.page;\n${code}\nexport { pay };`,
  );
  cloud = await import(pathToFileURL(`${folder}/event.mjs`).href);
  handler = await import(pathToFileURL(`${folder}/main.mjs`).href);
});
after(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A notice of a new order, as WeChat posts it. */
async function noticeOf(out_trade_no) {
  const order = { description: '茶', out_trade_no, amount: { total: 100 }, payer: { openid: 'o1' } };
  const payment = await handler.pay.pay({ ...order, attach: '附加数据', notify_url: `http://127.0.0.1:9${PATH}` });
  assert.equal((await gateway.pay({ appId: appid, ...payment })).errMsg, 'requestPayment:ok');
  await gateway.idle();
  const { headers, body } = letters.at(-1);
  // What each gateway of a cloud adds.
  const more = {
    host: 'shop.example.com',
    'content-length': `${Buffer.byteLength(body)}`,
    'x-forwarded-for': '10.0.0.1',
  };
  return { headers: { ...Object.fromEntries(new Headers(headers)), ...more }, body };
}

/** The events of the clouds for one request. */
const EVENTS = {
  'SCF, API 网关': ({ headers, ...content }) => ({
    ...{ httpMethod: 'POST', path: PATH, queryString: {}, queryStringParameters: {}, pathParameters: {} },
    ...{ headers, headerParameters: {}, stageVariables: {}, ...content },
    requestContext: { httpMethod: 'POST', path: PATH, serviceId: 'service-1', stage: 'release' },
  }),
  'Aliyun FC 3, HTTP trigger': ({ headers, ...content }) =>
    Buffer.from(
      JSON.stringify({
        ...{ version: 'v1', rawPath: PATH, headers, queryParameters: {}, ...content },
        requestContext: { http: { method: 'POST', path: PATH, protocol: 'HTTP/1.1', sourceIp: '10.0.0.1' } },
      }),
    ),
  'Lambda, function URL': ({ headers, ...content }) => ({
    ...{ version: '2.0', rawPath: PATH, rawQueryString: '', headers, ...content },
    requestContext: { http: { method: 'POST', path: PATH } },
  }),
  'Lambda, REST API': ({ headers, ...content }) => ({
    ...{ httpMethod: 'POST', path: PATH, queryStringParameters: null, headers, multiValueHeaders: {}, ...content },
  }),
};

const BODIES = {
  text: (body) => ({ body, isBase64Encoded: false }),
  base64: (body) => ({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
};

let count = 0;
for (const [cloudName, eventOf] of Object.entries(EVENTS)) {
  for (const [kind, contentOf] of Object.entries(BODIES)) {
    test(`${cloudName}: a genuine notice with a ${kind} body is delivered, and a changed one is refused`, async () => {
      count += 1;
      const out_trade_no = `cloud-${String(count).padStart(4, '0')}`;
      const { headers, body } = await noticeOf(out_trade_no);
      const changed = body.replace('"summary":"', '"summary":"!');
      assert.notEqual(changed, body);
      const refused = await handler.main_handler(eventOf({ headers, ...contentOf(changed) }));
      assert.ok(refused.statusCode >= 400, JSON.stringify(refused));
      assert.ok(!paid.includes(out_trade_no));
      const answer = await handler.main_handler(eventOf({ headers, ...contentOf(body) }));
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.isBase64Encoded, false);
      assert.deepEqual(JSON.parse(answer.body), { code: 'SUCCESS' });
      assert.match(answer.headers['content-type'], /json/);
      assert.equal(paid.at(-1), out_trade_no);
    });
  }
}

test('a request has the method, the path, the query and the headers of its event', async () => {
  const headers = { 'Content-Type': 'text/plain', 'X-One': '1' };
  const events = [
    { httpMethod: 'PUT', path: '/a', queryString: { b: '1', c: '二' }, headers, body: '茶', isBase64Encoded: false },
    {
      ...{ rawPath: '/a', rawQueryString: 'b=1&c=%E4%BA%8C', headers, body: '6Iy2', isBase64Encoded: true },
      requestContext: { http: { method: 'PUT' } },
    },
  ];
  for (const event of events) {
    const request = cloud.requestOf(event);
    const { method, url } = request;
    assert.deepEqual([method, new URL(url).pathname, new URL(url).search], ['PUT', '/a', '?b=1&c=%E4%BA%8C']);
    assert.deepEqual([request.headers.get('x-one'), await request.text()], ['1', '茶']);
  }
});

test('a request without a body is a request too, and is refused as a notice', async () => {
  for (const httpMethod of ['GET', 'HEAD', 'POST']) {
    const { statusCode } = await handler.main_handler({ httpMethod, path: PATH, headers: {} });
    assert.ok(statusCode >= 400, `${httpMethod}: ${statusCode}`);
  }
});
