// The diagnosis of errors: what an operator asks for after a refused signature, and what no sender sees.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openNotify, WechatPay } from 'paysign';
import * as inline from 'paysign/inline';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';

const KEY = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';
const MERCHANT = { appid: 'wx8888888888888888', mch_id: '1900009191', key: KEY };
const BOTH = { ...MERCHANT, apiV3Key: API_V3_KEY };
const md5 = (text) => createHash('md5').update(text).digest('hex').toUpperCase();
const TEXT = 'appid=wx8888888888888888&body=a&mch_id=1900009191';
const notice = (sign) =>
  `<xml><appid>wx8888888888888888</appid><body>a</body><mch_id>1900009191</mch_id><sign>${sign}</sign></xml>`;

async function thrown(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a refused notice of APIv2 is explained when somebody asks, without a key and without the right signature', async () => {
  const right = md5(`${TEXT}&key=${KEY}`);
  const pay = new WechatPay({ ...MERCHANT, signType: ['HMAC-SHA256', 'MD5'] });
  for (const [sign, code] of [
    [right.toLowerCase(), 'lower-case'],
    [md5(TEXT), 'key-missing'],
    [md5('x'), 'unknown'],
  ]) {
    for (const open of [() => pay.openNotify(notice(sign)), () => openNotify(Buffer.from(notice(sign)), MERCHANT)]) {
      const error = await thrown(open);
      assert.equal(error.code, 'ERR_SIGNATURE');
      const diagnosis = await error.diagnose();
      assert.equal(diagnosis.causes[0].code, code);
      assert.equal(diagnosis.signedText, TEXT);
      for (const shown of [
        JSON.stringify(diagnosis),
        JSON.stringify(error),
        inspect(error, { depth: 9, showHidden: true }),
      ])
        assert.ok(!shown.includes(KEY) && !shown.includes(right), shown);
    }
  }
});

test('the handler passes the error with its diagnosis to onRejected, and the sender sees nothing of it', async () => {
  const rejected = [];
  const pay = new WechatPay(MERCHANT);
  const handler = pay.notifyHandler({
    onPaid() {},
    findOrder: () => undefined,
    onRejected: (error) => rejected.push(error),
  });
  const answer = await handler(new Request('http://shop.test/', { method: 'POST', body: notice(md5(TEXT)) }));
  const text = await answer.text();
  assert.equal((await rejected[0].diagnose()).causes[0].code, 'key-missing');
  assert.doesNotMatch(text, /key|missing|sign/i);
});

test('a notice of APIv3 that is refused is explained', async () => {
  const gateway = createGateway({ merchants: [BOTH] });
  try {
    const options = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
    const pay = new WechatPayV3(options);
    const headers = {
      'Wechatpay-Timestamp': `${Math.floor(Date.now() / 1000)}`,
      'Wechatpay-Nonce': 'n',
      'Wechatpay-Serial': 'PUB_KEY_ID_0000000000000000000000000001',
      'Wechatpay-Signature': Buffer.alloc(256, 7).toString('base64'),
    };
    const error = await thrown(() => pay.openNotify({ headers, body: '{"id":"1"}' }));
    assert.equal(error.code, 'ERR_SIGNATURE');
    const { causes } = await error.diagnose();
    assert.deepEqual([causes[0].code, causes[0].isCertain], ['public-key-missing', true]);
  } finally {
    await gateway.close();
  }
});

test('a request whose signature WeChat refuses is explained in both generations', async () => {
  const gateway = createGateway({ merchants: [BOTH] });
  try {
    const v2 = new WechatPay({ ...(await gateway.client(MERCHANT.mch_id)), key: 'k'.repeat(32) });
    const refused = await thrown(() => v2.orderQuery({ out_trade_no: '20150806125346' }));
    const own = await refused.diagnose();
    // The text is right for this key, so the key is not that of the merchant.
    assert.equal(own.isRight, true);
    assert.deepEqual([own.causes[0].code, own.causes[0].isCertain], ['unknown', false]);
    assert.match(own.causes[0].message, /the key is not the APIv2 key of this mch_id/);
    assert.match(own.signedText, /^appid=wx8888888888888888&mch_id=1900009191&nonce_str=/);
    const options = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
    const late = new WechatPayV3({ ...options, nowMs: () => Date.now() - 3_600_000 });
    const error = await thrown(() => late.orderQuery({ out_trade_no: '20150806125346' }));
    assert.equal(error.status, 401);
    assert.match(
      (await error.diagnose()).signedText,
      /^GET\n\/v3\/pay\/transactions\/out-trade-no\/20150806125346\?mchid=/,
    );
  } finally {
    await gateway.close();
  }
});

test("the gateway's page says why it refused a signature, in both generations", async () => {
  const gateway = createGateway({ merchants: [BOTH] });
  try {
    const { url } = await gateway.listen();
    const v2 = new WechatPay({ ...(await gateway.client(MERCHANT.mch_id)), key: KEY.toUpperCase() });
    await thrown(() => v2.orderQuery({ out_trade_no: '20150806125346' }));
    const options = await gateway.client(MERCHANT.mch_id, { api: 'v3' });
    const late = new WechatPayV3({ ...options, nowMs: () => Date.now() - 3_600_000 });
    await thrown(() => late.orderQuery({ out_trade_no: '20150806125346' }));
    const { calls } = await (await fetch(`${url}/gateway/state`)).json();
    const refused = calls.filter(({ mistake }) => mistake);
    assert.deepEqual(
      refused.map(({ method, path, mistake }) => `${method} ${path} ${mistake}`),
      [
        'GET /v3/pay/transactions/out-trade-no/20150806125346?mchid=1900009191 timestamp-skew',
        'POST /pay/orderquery key-case',
      ],
    );
    const post = (id) => ({
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ id }),
    });
    for (const { id } of refused) {
      const texts = await (await fetch(`${url}/gateway/call`, post(id))).json();
      assert.match(texts.wrong.signedText, /^GET\n\/v3\/|^appid=/);
      assert.ok(!JSON.stringify(texts).toLowerCase().includes(KEY));
    }
    assert.ok(!JSON.stringify(calls).toLowerCase().includes(KEY));
  } finally {
    await gateway.close();
  }
});

test('other errors and the build in one file have no diagnosis', async () => {
  const other = await thrown(() => openNotify('', MERCHANT));
  assert.equal(await other.diagnose(), undefined);
  const alone = await thrown(() => inline.openNotify(notice(md5(TEXT)), MERCHANT));
  assert.equal(alone.code, 'ERR_SIGNATURE');
  assert.equal(await alone.diagnose(), undefined);
});
