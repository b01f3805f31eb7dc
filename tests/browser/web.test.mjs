// The web entry in a real page in headless Chromium: init, vectors, an order against the gateway, and a trap.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGateway } from 'paysign/testing';
import { openPage } from './page-support.mjs';

const MERCHANT = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  secret: 'app-secret',
};
const gateway = createGateway({ merchants: [MERCHANT] });
let [opened, page] = [];

before(async () => {
  opened = await openPage(gateway);
  page = opened.page;
});

after(() => opened?.close());

test('before init a call says what to do, and after init it works', async () => {
  const [early, sign] = await page.evaluate(async () => {
    const paysign = await import('/pkg/web.mjs');
    globalThis.paysign = paysign;
    const key = '192006250b4c09247ec02edce69f6a2d';
    const params = {
      appid: 'wxd930ea5d5a258f4f',
      mch_id: '10000100',
      device_info: '1000',
      body: 'test',
      nonce_str: 'ibuaiVcKdpRxkhJA',
    };
    let error;
    try {
      paysign.sign(params, key);
    } catch (thrown) {
      error = thrown.toJSON();
    }
    await Promise.all([paysign.init(), paysign.init()]);
    return [error, paysign.sign(params, key)];
  });
  assert.equal(early.code, 'ERR_CONFIG');
  assert.match(early.message, /await init\(\)/);
  assert.equal(sign, '9A0A8659F005D6984697E2CA0A9CF3B7');
});

test('every vector passes in the page', async () => {
  const { ran, failed } = await page.evaluate(async () => {
    const { cases } = await import('/tests/vectors/suite.mjs');
    const vectors = {};
    for (const name of ['signing', 'request_payment', 'xml', 'notices', 'genuine_notice'])
      vectors[name] = await (await fetch(`/tests/vectors/${name}.json`)).json();
    const equal = (actual, expected, what = '') => {
      const sorted = (value) =>
        JSON.stringify(value, (_, v) =>
          v && typeof v === 'object' && !Array.isArray(v) ? Object.entries(v).sort() : v,
        );
      if (sorted(actual) !== sorted(expected)) throw new Error(`${what} ${sorted(actual)} is not ${sorted(expected)}`);
    };
    const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const failed = [];
    const list = cases(globalThis.paysign, vectors, { equal, bytes });
    for (const [name, run] of list) {
      try {
        run();
      } catch (error) {
        failed.push(`${name}: ${error.message}`);
      }
    }
    return { ran: list.length, failed };
  });
  assert.deepEqual(failed, []);
  assert.ok(ran > 100, `${ran} cases`);
});

test('the client orders, signs again and queries from the page', async () => {
  const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
  const js_code = gateway.login({ appid: MERCHANT.appid, openid });
  const { payment, state, leaked } = await page.evaluate(
    async ({ merchant, js_code }) => {
      const { origin } = location;
      const pay = new globalThis.paysign.WechatPay({ ...merchant, baseUrls: [origin], loginUrl: origin });
      const { openid } = await pay.code2Session(js_code);
      const order = {
        body: '示例商店-茶',
        out_trade_no: '20150806125346',
        total_fee: 8800,
        spbill_create_ip: '::1',
        notify_url: 'http://127.0.0.1:9/',
      };
      const payment = await pay.pay({ ...order, openid });
      const { trade_state } = await pay.orderQuery({ out_trade_no: order.out_trade_no });
      return { payment, state: trade_state, leaked: JSON.stringify(pay).includes(merchant.key) };
    },
    { merchant: MERCHANT, js_code },
  );
  assert.deepEqual([state, leaked], ['NOTPAY', false]);
  assert.deepEqual(await gateway.pay({ appId: MERCHANT.appid, openid, ...payment }), { errMsg: 'requestPayment:ok' });
});

test('without calls.wasm only the calls fail, with an error that names it; the next init looks for it again', async () => {
  const lacking = await page.context().browser().newPage();
  try {
    await lacking.route('**/calls.wasm', (route) => route.fulfill({ status: 404 }));
    await lacking.goto(page.url());
    const said = await lacking.evaluate(async (merchant) => {
      const { init, sign, WechatPay } = await import('/pkg/web.mjs');
      const given = await init(undefined, '/pkg/calls.wasm').catch((error) => error.message);
      await init();
      const made = () => {
        try {
          return new WechatPay(merchant).mch_id;
        } catch ({ code, message }) {
          return `${code} ${message}`;
        }
      };
      const lacking = made();
      await init(undefined, await fetch('/pkg/calls.wasm?').then((answer) => answer.arrayBuffer()));
      return [given, sign({ a: '1' }, merchant.key).length, lacking, made()];
    }, MERCHANT);
    assert.match(said[0], /HTTP status 404/);
    assert.equal(said[1], 32);
    assert.match(said[2], /^ERR_CONFIG calls\.wasm .* second argument/);
    assert.equal(said[3], MERCHANT.mch_id);
  } finally {
    await lacking.close();
  }
});

test('without bills.wasm only bills fail, with an error that names it; the next init looks for it again', async () => {
  const lacking = await page.context().browser().newPage();
  try {
    await lacking.route('**/bills.wasm', (route) => route.fulfill({ status: 404 }));
    await lacking.goto(page.url());
    const said = await lacking.evaluate(async (merchant) => {
      const { init, parseBill, WechatPay } = await import('/pkg/web.mjs');
      await init();
      const read = () => {
        try {
          return parseBill('商户订单号,订单金额\n`1,`0.90\n总交易单数,订单总金额\n`1,`0.90').rows.length;
        } catch ({ code, message }) {
          return `${code} ${message}`;
        }
      };
      const lacking = read();
      const bytes = await fetch('/pkg/bills.wasm?').then((answer) => answer.arrayBuffer());
      await init(undefined, undefined, bytes);
      return [new WechatPay(merchant).mch_id, lacking, read()];
    }, MERCHANT);
    assert.equal(said[0], MERCHANT.mch_id);
    assert.match(said[1], /^ERR_CONFIG bills\.wasm .* third argument/);
    assert.equal(said[2], 1);
  } finally {
    await lacking.close();
  }
});

test('a module that comes while another load is under way is used', async () => {
  const lacking = await page.context().browser().newPage();
  try {
    await lacking.route('**/bills.wasm', (route) => route.fulfill({ status: 404 }));
    await lacking.goto(page.url());
    const rows = await lacking.evaluate(async () => {
      const { init, parseBill } = await import('/pkg/web.mjs');
      const bytes = await fetch('/pkg/bills.wasm?').then((answer) => answer.arrayBuffer());
      await Promise.all([init(), init(undefined, undefined, bytes)]);
      return parseBill('商户订单号,订单金额\n`1,`0.90\n总交易单数,订单总金额\n`1,`0.90').rows.length;
    });
    assert.equal(rows, 1);
  } finally {
    await lacking.close();
  }
});

test('the bytes of a module do, where the file has no address to begin with', async () => {
  const said = await page.evaluate(async (key) => {
    const [code, common, main, calls] = await Promise.all(
      ['web.mjs', 'web-common.mjs', 'paysign.wasm', 'calls.wasm'].map(async (name) =>
        (await fetch(`/pkg/${name}`)).arrayBuffer(),
      ),
    );
    const data = (text) => `data:text/javascript;base64,${btoa(text)}`;
    const text = (bytes) => new TextDecoder('latin1').decode(bytes);
    const address = data(text(code).replaceAll('./web-common.mjs', data(text(common))));
    const { init, sign, WechatPay } = await import(address);
    const none = await init().catch(({ message }) => message);
    await init(main);
    const made = () => new WechatPay({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', key }).mch_id;
    let lacking;
    try {
      made();
    } catch ({ code }) {
      lacking = code;
    }
    await init(undefined, calls);
    return [none, sign({ a: '1' }, key).length, lacking, made()];
  }, MERCHANT.key);
  assert.deepEqual(said, [
    'paysign.wasm cannot be found: this host has no address of the package; pass the module to init as its first argument',
    32,
    'ERR_CONFIG',
    '10000100',
  ]);
});

test('a stack that runs out inside a call does not spoil the next one', async () => {
  const sign = await page.evaluate(() => {
    const call = () => globalThis.paysign.sign({ a: 1 }, '192006250b4c09247ec02edce69f6a2d');
    const right = call();
    const deep = () => {
      call();
      deep();
    };
    for (let round = 0; round < 20; round += 1) {
      try {
        deep();
      } catch {
        // The depth at which it breaks differs from round to round; that it breaks is the point.
      }
      if (call() !== right) return 'another signature';
    }
    return 'the same signature';
  });
  assert.equal(sign, 'the same signature');
});
