// R9, R10, R12: accepted options, the influence of environment and polluted prototypes, and masked texts.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WechatPay } from 'paysign';
import { shop } from './gateway-support.mjs';

/** Runs code in a process of its own; returns what it prints. */
function printed(code, { env = {}, type = 'module' } = {}) {
  const child = spawnSync(process.execPath, [`--input-type=${type}`, '-e', code], {
    cwd: new URL('../../', import.meta.url),
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
  });
  assert.equal(child.status, 0, child.stderr);
  return child.stdout.trim();
}

test('plain http is taken for this machine, and for others only where it is allowed by name', () => {
  const own = ['localhost', 'shop.localhost', '127.0.0.1:8080', '127.9.9.9', '[::1]:80', '127.1', '2130706433'];
  const others = [
    'api.mch.weixin.qq.com',
    '10.0.0.1',
    'gateway:8080',
    'localhost.example.com',
    '127.0.0.1.example',
    '[::2]',
    '0.0.0.0',
    '[::ffff:8.8.8.8]',
  ];
  const make = (options) => () => new WechatPay({ ...shop, ...options });
  for (const host of own) assert.doesNotThrow(make({ baseUrls: [`http://${host}`], loginUrl: `http://${host}` }), host);
  for (const host of others) {
    assert.doesNotThrow(make({ baseUrls: [`https://${host}`] }), host);
    assert.throws(
      make({ baseUrls: ['https://a', `http://${host}`] }),
      { code: 'ERR_CONFIG', field: 'baseUrls', message: /allowHttp/ },
      host,
    );
    assert.throws(make({ loginUrl: `http://${host}` }), { code: 'ERR_CONFIG', field: 'loginUrl' }, host);
    assert.doesNotThrow(make({ baseUrls: [`http://${host}`], loginUrl: `http://${host}`, allowHttp: true }), host);
  }
  assert.throws(make({ allowHttp: 'yes' }), { code: 'ERR_CONFIG', field: 'allowHttp' });
});

test('a published key is refused at hosts of others, for every merchant but its own', () => {
  const keys = ['0123456789abcdef0123456789ABCDEF', '192006250b4c09247ec02edce69f6a2d'];
  const real = { appid: 'wx1234567890abcdef', mch_id: '1600000001' };
  for (const key of keys) {
    for (const options of [
      { key },
      { key: ['x'.repeat(32), key] },
      { key, baseUrls: ['http://127.0.0.1', 'https://a'] },
    ]) {
      const error = { code: 'ERR_CONFIG', field: 'key' };
      assert.throws(
        () => new WechatPay({ ...real, ...options }),
        (thrown) => {
          assert.ok(!thrown.message.includes(key), Object.keys(options).join());
          return thrown.code === error.code && thrown.field === error.field;
        },
        Object.keys(options).join(),
      );
    }
    assert.doesNotThrow(() => new WechatPay({ ...real, key, baseUrls: ['http://127.0.0.1:8080'] }), key);
  }
  assert.doesNotThrow(() => new WechatPay({ appid: 'wx8888888888888888', mch_id: '1900000109', key: keys[0] }));
  assert.doesNotThrow(() => new WechatPay({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', key: keys[1] }));
  for (const swapped of [
    { appid: 'wx8888888888888888', mch_id: '1900000109', key: keys[1] },
    { appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', key: keys[0] },
  ])
    assert.throws(() => new WechatPay(swapped), { code: 'ERR_CONFIG', field: 'key' }, swapped.appid);
});

test('a member of Object.prototype is not an option, neither before nor after the package is loaded', () => {
  const use = `
    const seen = [];
    const shop = ${JSON.stringify(shop)};
    const fetch = async (url, init) => { seen.push(String(url), init.body); return new Response(''); };
    const pay = new P.WechatPay({ ...shop, fetch, retries: 0 });
    const ended = (call) => call.then(() => 'done', (e) => e.code);
    const options = { fetch, retries: 0 };
    const work = async () => {
      await ended(pay.orderQuery({ out_trade_no: '1' }));
      await ended(pay.pay({ body: 'b', out_trade_no: '1', total_fee: 1, openid: 'o', notify_url: 'https://a/n', spbill_create_ip: '127.0.0.1' }));
      await ended(new P.WechatPay({ ...shop, ...options }).refundQuery({ out_trade_no: '1' }));
      const fields = { appid: shop.appid, bank_type: 'B', cash_fee: '1', mch_id: shop.mch_id, nonce_str: 'n', openid: 'o', out_trade_no: '1', result_code: 'SUCCESS', return_code: 'SUCCESS', time_end: '20240903131540', total_fee: '1', trade_type: 'JSAPI', transaction_id: '4' };
      const body = P.signedXml(fields, shop.key, 'HMAC-SHA256');
      const notice = P.openNotify(body, { key: shop.key, signType: ['MD5', 'HMAC-SHA256'] });
      const heard = [];
      const handler = pay.notifyHandler({ onPaid: (n) => void heard.push(n.out_trade_no), onRejected: (e) => heard.push(e.code) });
      const answer = await (await handler(new Request('http://a/', { method: 'POST', body }))).text();
      const payment = P.requestPayment({ appId: shop.appid, prepay_id: 'wx1', key: shop.key });
      return JSON.stringify([pay.signType, seen.map((text) => String(text).replace(/<(nonce_str|sign)>.*?<\\/\\1>/g, '')), notice.paid, heard, /SUCCESS/.test(answer), payment.signType]);
    };`;
  const pollute = `
    Object.assign(Object.prototype, { signType: 'MD5', store: { claim: async () => 'done', done() {}, release() {} }, sub_mch_id: '1', sub_appid: 'wx9',
      baseUrls: ['https://evil.example'], loginUrl: 'https://evil.example', timeoutMs: 1, retries: 9, fetch: () => { throw new Error('polluted'); },
      findOrder: () => undefined, maxAgeMs: 1, allowHttp: true, expect: { total_fee: 7 }, trade_type: 'NATIVE', notify_url: 'https://evil.example', detail: { a: 1 },
      timeStamp: 1, nonceStr: 'x', appid: 'wx9', enumerable: true });`;
  const load = "const P = require('paysign');";
  const run = (code) => printed(`${code} work().then((text) => console.log(text));`, { type: 'commonjs' });
  const clean = run(`${load}${use}`);
  assert.match(clean, /"HMAC-SHA256"/);
  assert.equal(run(`${load}${use}${pollute}`), clean, 'after loading');
  assert.equal(run(`${pollute}${load}${use}`), clean, 'before loading');
  for (const entry of ['paysign', 'paysign/testing', 'paysign/express', 'paysign/koa', 'paysign/fastify'])
    assert.equal(
      printed(`Object.prototype.polluted = 1; console.log(typeof require('${entry}'))`, { type: 'commonjs' }),
      'object',
      entry,
    );
});

test('options may be members of a class, whose getters and methods are taken', async () => {
  class Settings {
    appid = shop.appid;
    mch_id = shop.mch_id;
    get key() {
      return shop.key;
    }
    get unrelated() {
      throw new Error('never asked');
    }
  }
  class Listeners {
    onPaid() {}
  }
  const pay = new WechatPay(new Settings());
  assert.equal(pay.mch_id, shop.mch_id);
  assert.equal(typeof pay.notifyHandler(new Listeners()).answer, 'function');
});

/** A request of ours, as the server saw it. */
async function repeated(call, answer, options = {}) {
  const reports = [];
  let body = '';
  const fetch = async (_url, init) => {
    body = init.body;
    return answer(body);
  };
  const pay = new WechatPay({
    ...shop,
    fetch,
    certFetch: fetch,
    retries: 0,
    onExchange: (report) => void reports.push(report),
    ...options,
  });
  const error = await call(pay).then(
    () => undefined,
    (thrown) => thrown,
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    body,
    error,
    text: [inspect(error, { depth: 9 }), JSON.stringify(error), inspect(reports, { depth: 9 })].join('\n'),
  };
}

test('a server that repeats our request puts no signature, key or pay code into an error or a report', async () => {
  const code = '130123456789012345';
  const person = { user_type: 'IDCARD', user_creid: '110101199001011234', user_truename: '张三丰' };
  const order = { body: 'b', out_trade_no: '1', total_fee: 1, spbill_create_ip: '127.0.0.1' };
  const calls = {
    orderQuery: (pay) => pay.orderQuery({ out_trade_no: '1' }),
    micropay: (pay) => pay.micropay({ ...order, auth_code: code }),
    unifiedOrder: (pay) =>
      pay.unifiedOrder({ ...order, ...person, openid: 'o', trade_type: 'JSAPI', notify_url: 'https://a/n' }),
    refund: (pay) => pay.refund({ out_trade_no: '1', out_refund_no: 'r', total_fee: 1, refund_fee: 1 }),
    bill: async (pay) => {
      for await (const _row of await pay.downloadBill({ bill_date: '20240805' }));
    },
    comments: (pay) => pay.batchQueryComment({ begin_time: '20240805000000', end_time: '20240806000000', offset: 0 }),
  };
  const value = (body, name) => new RegExp(`<${name}>([^<]+)`).exec(body)?.[1];
  const cdata = (text) => text.replace(/<!\[CDATA\[|\]\]>/g, '').replace(/[<>]/g, ' ');
  const answers = {
    'in return_msg': (body) =>
      `<xml><return_code>FAIL</return_code><return_msg>bad sign ${value(body, 'sign')} ${shop.key}</return_msg></xml>`,
    'in return_msg, in lower case': (body) =>
      `<xml><return_code>FAIL</return_code><return_msg>${value(body, 'sign').toLowerCase()}</return_msg></xml>`,
    'the whole request': (body) => `<xml><return_code>FAIL</return_code><return_msg>${cdata(body)}</return_msg></xml>`,
    'as the name of an element': (body) =>
      `<xml><return_code>FAIL</return_code><_${value(body, 'sign').slice(0, 60)}>1</_${value(body, 'sign').slice(0, 60)}></xml>`,
    'in error_code': (body) =>
      `<xml><return_code>FAIL</return_code><return_msg>x</return_msg><error_code>${value(body, 'sign')}</error_code></xml>`,
    'as it is': (body) => body,
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const [where, answer] of Object.entries(answers)) {
      const { body, error, text } = await repeated(call, (sent) => new Response(answer(sent)));
      assert.equal(error?.name, 'WxPayError', `${name} ${where}`);
      const signature = value(body, 'sign');
      const secrets = [signature, signature.toLowerCase(), shop.key, code, person.user_creid, person.user_truename];
      for (const secret of secrets) assert.ok(!text.includes(secret), `${name} ${where}: ${secret}\n${text}`);
    }
  }
});

test('the code of a failed fetch is repeated only where it is a code', async () => {
  const { error, text, body } = await repeated(
    (pay) => pay.orderQuery({ out_trade_no: '1' }),
    (sent) => Promise.reject(Object.assign(new Error('x'), { code: `E ${sent}` })),
  );
  assert.equal(error.code, 'ERR_NETWORK');
  assert.ok(!text.includes(/<sign>(\w+)/.exec(body)[1]));
  assert.match(error.message, /no reason given/);
});

test("the key of the sandbox and the merchant's key stay in no memory of wasm, whatever a body is", () => {
  const found = printed(
    `
    const memories = [];
    const Real = WebAssembly.Instance;
    WebAssembly.Instance = function (...given) { const made = new Real(...given); memories.push(made.exports.memory); return made; };
    const P = require('paysign');
    const shop = ${JSON.stringify(shop)}, SANDBOX = 'sandbox0sandbox0sandbox0sandbox0';
    const left = (key) => memories.filter((memory) => Buffer.from(memory.buffer).includes(key)).length;
    const answer = '<xml><return_code>SUCCESS</return_code><return_msg>ok</return_msg><mch_id>' + shop.mch_id + '</mch_id><sandbox_signkey>' + SANDBOX + '</sandbox_signkey></xml>';
    (async () => {
      const pay = new P.WechatPay({ ...shop, fetch: async () => new Response(answer), retries: 0 });
      const { sandbox_signkey } = await pay.sandboxSignKey();
      const lines = [sandbox_signkey === SANDBOX, left(SANDBOX), left(shop.key)];
      const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
      const view = new Uint8Array(buffer, 32, 16), tracking = new Uint8Array(buffer, 32);
      buffer.resize(16);
      for (const body of [view, tracking]) { try { P.openNotify(body, { key: shop.key }); } catch (error) { lines.push(error.code); } }
      console.log([...lines, left(shop.key)].join());
    })();`,
    { type: 'commonjs' },
  );
  assert.equal(found, 'true,0,0,ERR_XML,ERR_XML,0');
});

test('a secret that an excerpt cuts off is masked as far as it is there', async () => {
  const code = '130123456789012345';
  const order = { body: 'b', out_trade_no: '1', total_fee: 1, spbill_create_ip: '127.0.0.1', auth_code: code };
  for (let before = 120; before <= 200; before += 1) {
    const answer = (secret) =>
      `<xml><return_code>FAIL</return_code><return_msg>${'x'.repeat(before)}${secret}</return_msg></xml>`;
    const one = await repeated(
      (pay) => pay.micropay(order),
      (sent) => new Response(answer(/<sign>(\w+)/.exec(sent)[1])),
    );
    const [, signature] = /<sign>(\w+)/.exec(one.body);
    assert.ok(!one.text.includes(signature.slice(0, 8)), `${before}: ${one.error.message}`);
    const other = await repeated(
      (pay) => pay.micropay(order),
      () => new Response(answer(code)),
    );
    assert.ok(!other.text.includes(code.slice(0, 8)), `${before}: ${other.error.message}`);
  }
});

test("a person's name is masked in every form that XML has for it", async () => {
  const order = {
    body: 'b',
    out_trade_no: '1',
    total_fee: 1,
    spbill_create_ip: '127.0.0.1',
    openid: 'o',
    trade_type: 'JSAPI',
  };
  for (const user_truename of ['A & B <C>', 'x]y>z', '王', 'O\'Neil "Q"']) {
    const { text } = await repeated(
      (pay) => pay.unifiedOrder({ ...order, notify_url: 'https://a/n', user_truename, user_creid: '123456' }),
      () =>
        new Response(
          `<xml><return_code>FAIL</return_code><return_msg><![CDATA[no ${user_truename}]]></return_msg></xml>`,
        ),
    );
    assert.ok(!text.includes(user_truename), text);
  }
});

test('descriptors and trust are not inherited from a polluted Object.prototype', () => {
  for (const name of ['value', 'writable', 'configurable']) {
    // Node's own modules cannot be loaded either then, so they are there before.
    const code = `for (const own of ['stream', 'stream/web', 'fs', 'path', 'http', 'console']) require(own);
      Object.defineProperty(Object.prototype, '${name}', { value: 1, enumerable: true, configurable: true, writable: true });
      const P = require('paysign'); delete Object.prototype['${name}']; console.log(typeof P.sign);`;
    assert.equal(printed(code, { type: 'commonjs' }), 'function', name);
  }
  const code = `
    const P = require('paysign');
    Object.prototype.start = 5;
    (async () => {
      const fetch = async () => { delete Object.prototype.start; const answer = new Response('x'); Object.prototype.start = 5; return answer; };
      const pay = new P.WechatPay({ ...${JSON.stringify(shop)}, fetch, retries: 0 });
      try { for await (const row of await pay.downloadBill({ bill_date: '20240805' })); } catch (error) { console.log(error.name); }
      delete Object.prototype.start;
    })();`;
  assert.equal(printed(code, { type: 'commonjs' }), 'WxPayError');
});
