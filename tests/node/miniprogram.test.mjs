// The phone's side: what each answer of a phone means, mistakes of a program, and the files.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { transformSync } from 'esbuild';
import { requestPayment } from 'paysign/miniprogram';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { otherShop } from './gateway-support.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const PARAMS = {
  timeStamp: '1414561699',
  nonceStr: '5K8264ILTKch16CQ2502SI8ZNMTM67VS',
  package: 'prepay_id=wx201410272009395522657a690389285100',
  signType: 'RSA',
  paySign: 'oR9d8PuhnIc+YZ8cBHFCwfgpaK9gd7vaRvkYD7rthRAZ/X+QBhcCYL21N7cHCTUxbQ==',
};

afterEach(() => {
  delete globalThis.wx;
});

/** What the promise resolves to if the phone acts so. */
function said(act) {
  globalThis.wx = { requestPayment: act };
  return requestPayment(PARAMS);
}

/** Every known form of `errMsg`, and the callback that a phone calls with it. */
const FORMS = {
  ok: [
    ['success', { errMsg: 'requestPayment:ok' }],
    ['success', { errMsg: 'requestPayment: ok' }],
    ['success', { errMsg: 'chooseWXPay:ok' }],
    ['success', { err_msg: 'get_brand_wcpay_request:ok' }],
    ['complete', { errMsg: 'requestPayment:ok' }],
  ],
  cancelled: [
    ['fail', { errMsg: 'requestPayment:fail cancel' }],
    ['fail', { errMsg: 'requestPayment:fail canceled' }],
    ['fail', { errMsg: 'requestPayment:fail cancelled' }],
    ['fail', { errMsg: 'requestPayment:fail:cancel' }],
    ['fail', { errMsg: 'requestPayment:fail (cancel)' }],
    ['fail', { errMsg: 'requestPayment:fail user cancel' }],
    ['fail', { errMsg: 'requestPayment:fail canceled by user' }],
    ['fail', { errMsg: 'requestPayment:fail 用户取消' }],
    ['fail', { errMsg: 'requestPayment:fail 用户取消支付' }],
    ['fail', { errMsg: 'requestPayment:fail 取消支付' }],
    ['fail', { errMsg: 'requestPayment:fail 支付已取消' }],
    ['fail', { errMsg: 'requestPayment:fail 用户已取消支付。' }],
    ['fail', { errMsg: 'requestPayment:fail', err_code: '-2', err_desc: '用户取消' }],
    ['fail', { errMsg: 'requestPayment:cancel' }],
    ['success', { errMsg: 'requestPayment:cancel' }],
    ['complete', { errMsg: 'requestPayment:cancel' }],
    ['complete', { errMsg: 'requestPayment:fail cancel' }],
    ['fail', { errMsg: 'chooseWXPay:cancel' }],
    ['fail', { err_msg: 'get_brand_wcpay_request:cancel' }],
    ['fail', 'requestPayment:fail cancel'],
    ['fail', new Error('用户取消支付')],
  ],
  failed: [
    ['fail', { errMsg: 'requestPayment:fail' }],
    ['fail', { errMsg: 'requestPayment:fail (支付验证签名失败)' }],
    ['fail', { errMsg: 'requestPayment:fail errors' }],
    ['fail', { errMsg: 'requestPayment:fail no permission' }],
    ['fail', { errMsg: 'requestPayment:fail', err_code: '-1', err_desc: '调用支付JSAPI缺少参数: total_fee' }],
    ['fail', { errMsg: 'requestPayment:fail the order is canceled by the merchant' }],
    ['fail', { errMsg: 'requestPayment:fail 订单已取消' }],
    ['fail', { errMsg: 'requestPayment:fail cancel failed' }],
    ['fail', { errMsg: 'get_brand_wcpay_request:fail' }],
    ['fail', { errMsg: 'requestPayment:ok' }],
    ['success', { errMsg: 'requestPayment:fail' }],
    ['success', { errMsg: 'requestPayment:okay' }],
    ['success', { errMsg: 'requestPayment:fail ok' }],
    ['success', undefined],
    ['success', {}],
    ['success', { errMsg: 0 }],
    ['fail', undefined],
    ['fail', null],
    ['fail', { errno: 104 }],
    ['fail', '支付失败'],
    ['complete', undefined],
    ['complete', { errMsg: 'requestPayment:fail' }],
  ],
};

for (const [status, forms] of Object.entries(FORMS))
  for (const [callback, answer] of forms)
    test(`${callback} with ${answer instanceof Error ? answer : JSON.stringify(answer)} is ${status}`, async () => {
      assert.equal((await said((options) => options[callback](answer))).status, status);
    });

test('detail is the text of the phone with its reason and its codes, and empty if the phone said nothing', async () => {
  const detailOf = async (answer) => (await said(({ fail }) => fail(answer))).detail;
  assert.equal(await detailOf({ errMsg: 'requestPayment:fail cancel' }), 'requestPayment:fail cancel');
  assert.equal(
    await detailOf({ errMsg: 'requestPayment:fail', errCode: -1, errno: 0 }),
    'requestPayment:fail; errCode -1; errno 0',
  );
  assert.equal(
    await detailOf({ errMsg: 'requestPayment:fail', err_code: '-1', err_desc: '缺少参数' }),
    'requestPayment:fail; 缺少参数; err_code -1',
  );
  assert.equal(await detailOf('支付失败'), '支付失败');
  assert.equal(await detailOf(undefined), '');
  assert.deepEqual(await said(({ success }) => success({ errMsg: 'requestPayment:ok' })), {
    status: 'ok',
    detail: 'requestPayment:ok',
  });
});

test('the first answer counts, however often the phone calls back', async () => {
  const ok = { errMsg: 'requestPayment:ok' };
  const cancel = { errMsg: 'requestPayment:fail cancel' };
  const twice = await said(({ success, fail, complete }) => {
    success(ok);
    success(ok);
    fail(cancel);
    complete(cancel);
  });
  assert.equal(twice.status, 'ok');
  const refused = await said(({ success, fail, complete }) => {
    complete();
    fail(cancel);
    success(ok);
  });
  assert.equal(refused.status, 'cancelled');
});

test('a phone that throws, or that answers by a promise, is an answer too', async () => {
  const thrown = await said(() => {
    throw new Error('parameter error');
  });
  assert.deepEqual(thrown, { status: 'failed', detail: 'parameter error' });
  assert.equal((await said(async () => ({ errMsg: 'requestPayment:ok' }))).status, 'ok');
  assert.equal((await said(() => Promise.reject({ errMsg: 'requestPayment:fail cancel' }))).status, 'cancelled');
  const later = await said(async ({ success }) => {
    setImmediate(() => success({ errMsg: 'requestPayment:ok' }));
  });
  assert.equal(later.status, 'ok', 'an empty promise before the callback says nothing');
});

test('a phone that calls nothing back leaves the promise pending', async () => {
  let isSettled = false;
  said(() => {}).finally(() => {
    isSettled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSettled, false);
});

test('the phone receives what the server returned, unchanged', async () => {
  let received;
  await said((options) => {
    received = options;
    options.success({ errMsg: 'requestPayment:ok' });
  });
  const { success, fail, complete, ...params } = received;
  assert.deepEqual(params, PARAMS);
  for (const callback of [success, fail, complete]) assert.equal(typeof callback, 'function');
});

/** A mistake in the parameters, and the beginning of its message. */
const MISUSES = [
  [undefined, 'timeStamp: must be text of ten digits'],
  [null, 'timeStamp: must be'],
  ['prepay_id=wx1', 'timeStamp: must be'],
  [{ ...PARAMS, timeStamp: 1414561699 }, 'timeStamp: must be text of ten digits; pass what the server'],
  [{ ...PARAMS, timeStamp: '1414561699000' }, 'timeStamp: must be'],
  [{ ...PARAMS, timeStamp: undefined, timestamp: '1414561699' }, 'timeStamp: must be'],
  [{ ...PARAMS, nonceStr: '' }, 'nonceStr: must be text of 1 to 32 characters'],
  [{ ...PARAMS, package: 'wx201410272009395522657a690389285100' }, 'package: must be the text prepay_id= and the id'],
  [{ ...PARAMS, package: 'prepay_id=undefined' }, 'package: must be'],
  [{ ...PARAMS, signType: undefined }, 'signType: must be MD5, HMAC-SHA256 or RSA'],
  [{ ...PARAMS, signType: 'SHA256' }, 'signType: must be'],
  [{ ...PARAMS, paySign: '' }, 'paySign: must be text that is not empty'],
];

for (const [params, words] of MISUSES)
  test(`${words} is the error for ${JSON.stringify(params)}, and the phone is not called`, async () => {
    globalThis.wx = { requestPayment: () => assert.fail('the phone was called') };
    await assert.rejects(requestPayment(params), (error) => {
      assert.ok(error instanceof TypeError);
      assert.ok(error.message.startsWith(words), error.message);
      assert.match(error.message, /pass what the server's pay\(\) returned$/);
      return true;
    });
  });

test('without wx.requestPayment the error says where it belongs', async () => {
  for (const wx of [undefined, null, {}, { requestPayment: 'yes' }]) {
    globalThis.wx = wx;
    await assert.rejects(requestPayment(PARAMS), {
      name: 'TypeError',
      message: /^wx\.requestPayment is missing; call /,
    });
  }
  delete globalThis.wx;
  await assert.rejects(requestPayment(PARAMS), /^TypeError: wx\.requestPayment is missing/);
});

/** The files that a mini program may download, by their folder in the package. */
const FILES = ['miniprogram.mjs', 'miniprogram_dist/index.js', 'miniprogram_dist/miniprogram.js'];
const read = (name) => readFileSync(`${root}/pkg/${name}`, 'utf8');

test('the files are less than 3 kB together with their index, and import neither wasm nor Node', () => {
  assert.deepEqual(readdirSync(`${root}/pkg/miniprogram_dist`).sort(), ['index.js', 'miniprogram.js']);
  const size = (name) => statSync(`${root}/pkg/${name}`).size;
  const [imported, index, required] = FILES.map(size);
  assert.ok(imported < 3000 && index + required < 3000, `${imported} and ${index} + ${required} bytes`);
  for (const name of FILES)
    assert.doesNotMatch(read(name), /wasm|WebAssembly|node:|\bimport\b|process|Buffer|apiV3Key/i, name);
  assert.doesNotMatch(read('miniprogram.mjs') + read('miniprogram_dist/miniprogram.js'), /\brequire\b|https?:/);
});

test('the files have no syntax that is younger than ES2017', () => {
  const written = (code, target) => transformSync(code, { target }).code;
  assert.notEqual(written('a?.b', 'es2017'), written('a?.b', 'esnext'), 'the compiler sees such syntax');
  for (const name of FILES) assert.equal(written(read(name), 'es2017'), written(read(name), 'esnext'), name);
});

test('required and imported it has the one function, and as a copied file it works without the package', async () => {
  assert.deepEqual(Object.keys(require('paysign/miniprogram')), ['requestPayment']);
  assert.deepEqual(Object.keys(await import('paysign/miniprogram')), ['requestPayment']);
  // A mini program has no global of Node or of browsers.
  const wx = { requestPayment: ({ success }) => success({ errMsg: 'requestPayment:ok' }) };
  const module = { exports: {} };
  vm.runInNewContext(read('miniprogram_dist/miniprogram.js'), { module, exports: module.exports, wx });
  assert.equal((await module.exports.requestPayment(PARAMS)).status, 'ok');
});

test('the developer tool copies a folder in which the package is its phone side', () => {
  const { miniprogram } = require('paysign/package.json');
  assert.equal(miniprogram, 'miniprogram_dist');
  assert.equal(require(`${root}/pkg/${miniprogram}/index.js`), require(`${root}/pkg/${miniprogram}/miniprogram.js`));
  assert.equal(require(`${root}/pkg/${miniprogram}`).requestPayment, require('paysign/miniprogram').requestPayment);
});

for (const [file, heading] of [
  ['README.md', "The phone's side"],
  ['README.zh-CN.md', '手机端'],
])
  test(`the lines of ${file} about the phone pay an order, and believe the server alone`, async () => {
    const section = readFileSync(`${root}/${file}`, 'utf8').split(`\n## ${heading}\n`)[1].split('\n## ')[0];
    const [[, code]] = [...section.matchAll(/```js\n([\s\S]*?)```/g)];
    const { appid, mch_id } = otherShop;
    const gateway = createGateway({ merchants: [{ ...otherShop, apiV3Key: 'v'.repeat(32) }], retryDelaysMs: [] });
    await gateway.listen();
    try {
      const pay = new WechatPayV3(await gateway.client(mch_id, { api: 'v3' }));
      const out_trade_no = '20150806125346';
      const order = { description: 'tea', amount: { total: 1 }, notify_url: 'http://127.0.0.1:9/' };
      /** The program's own calls of its server. */
      const ask = async (path) => {
        if (path === '/orders')
          return { out_trade_no, payment: await pay.pay({ ...order, out_trade_no, payer: { openid: 'o1' } }) };
        assert.equal(path, `/orders/${out_trade_no}`);
        return { state: (await pay.orderQuery({ out_trade_no })).trade_state };
      };
      for (const [act, state] of [
        [async ({ fail }) => fail({ errMsg: 'requestPayment:fail cancel' }), 'NOTPAY'],
        [
          async ({ fail, success, complete, ...payment }) => {
            await gateway.pay({ appId: appid, ...payment });
            fail({ errMsg: 'requestPayment:fail cancel' });
          },
          'SUCCESS',
        ],
      ]) {
        const shown = [];
        const scope = { ask, show: (text) => shown.push(text), require, wx: { requestPayment: act } };
        globalThis.wx = scope.wx;
        const run = new Function(...Object.keys(scope), `return (async () => {\n${code}\nreturn buy();\n})();`);
        await run(...Object.values(scope));
        assert.deepEqual(shown, [state]);
      }
    } finally {
      await gateway.close();
    }
  });
