// The server of the example mini program: one order for many taps, foreign questions, forgeries, and its command.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGateway } from 'paysign/testing';
import { otherShop } from './gateway-support.mjs';
import { appid, asker, buy, closeAll, mch_id, OPENID, open, states } from './miniprogram-story.mjs';

const folder = fileURLToPath(new URL('../../js/examples/miniprogram/', import.meta.url));

afterEach(closeAll);

for (const api of ['v2', 'v3']) {
  test(`a forged notice pays no order, by API${api}`, async () => {
    const story = await open(api);
    const ask = await asker(story);
    const { out_trade_no } = (await ask('/orders', { goods: 'tea' })).body;
    assert.equal((await story.gateway.forgeNotice({ out_trade_no })).accepted, false);
    assert.equal((await ask(`/orders/${out_trade_no}`)).body.state, 'NOTPAY');
    assert.equal(story.refusals.length, 1);
  });

  test(`after their notices a payment and a refund are known without a query, by API${api}`, async () => {
    const { ask, gateway, out_trade_no, place } = await placed(api);
    await gateway.payOrder({ out_trade_no });
    await gateway.idle();
    const { failNext } = gateway;
    failNext({ kind: 'reset' });
    assert.equal((await ask(place)).body.state, 'SUCCESS');
    await ask('/login', { code: '0' });
    assert.equal((await ask(`${place}/refund`, {})).status, 200, 'the failure met the log-in, not a query');
    await gateway.idle();
    await gateway.close();
    assert.equal((await ask(place)).body.state, 'REFUND');
  });

  test(`an order whose placing failed is unpaid, and is placed by the next attempt, by API${api}`, async () => {
    const story = await open(api);
    const ask = await asker(story);
    story.gateway.failNext({ kind: 'refused', return_msg: 'busy', times: 1 });
    assert.equal((await ask('/orders', { goods: 'tea' })).status, 502);
    assert.deepEqual(states(story.gateway), []);
    const again = await ask('/orders', { goods: 'tea' });
    assert.equal(again.status, 200, story.refusals.join());
    assert.deepEqual([again.body.state, states(story.gateway)], ['NOTPAY', ['NOTPAY']]);
  });

  test(`a notice that comes after the refund changes nothing, by API${api}`, async () => {
    const story = await placed(api, { notices: false });
    const { ask, gateway, out_trade_no, place } = story;
    await gateway.payOrder({ out_trade_no });
    assert.equal((await ask(`${place}/refund`, {})).body.state, 'REFUNDING');
    assert.equal((await ask(place)).body.state, 'REFUND');
    story.notices = true;
    await gateway.resendNotice({ out_trade_no });
    assert.deepEqual(story.refusals, []);
    assert.equal((await ask(place)).body.state, 'REFUND');
  });
}

/** A story with an order of tea: the calls of its server by hand, and where the order is there. */
async function placed(api, options) {
  const story = await open(api, options);
  const ask = await asker(story);
  const { out_trade_no } = (await ask('/orders', { goods: 'tea' })).body;
  return Object.assign(story, { ask, out_trade_no, place: `/orders/${out_trade_no}` });
}

test('two requests at once are one order too, and goods that were shown as paid are ordered anew', async () => {
  const story = await open('v2');
  const ask = await asker(story);
  const answers = await Promise.all([ask('/orders', { goods: 'tea' }), ask('/orders', { goods: 'tea' })]);
  assert.equal(new Set(answers.map(({ body }) => body.out_trade_no)).size, 1);
  assert.equal(story.gateway.orders().length, 1);
  const first = await buy(story);
  assert.equal(first.out_trade_no, answers[0].body.out_trade_no);
  story.phone.wx.navigateBack();
  const second = await buy(story);
  assert.notEqual(second.out_trade_no, first.out_trade_no);
  assert.deepEqual(states(story.gateway), ['SUCCESS', 'SUCCESS']);
});

test('the phone sees neither openid nor key, and its amounts and payers are not taken', async () => {
  const story = await open('v2');
  const ask = await asker(story);
  const { body } = await ask('/orders', { goods: 'cake', total_fee: 1, openid: 'somebody-else' });
  assert.deepEqual(Object.keys(body), ['out_trade_no', 'title', 'total_fee', 'state', 'payment']);
  assert.equal(body.total_fee, 1250);
  assert.equal(story.gateway.orders()[0].total_fee, 1250);
  const paid = await story.gateway.pay({ appId: appid, openid: OPENID, ...body.payment });
  assert.equal(paid.errMsg, 'requestPayment:ok');
  assert.ok(!JSON.stringify(body).includes(OPENID));
});

test('nobody sees or refunds the order of another payer, and without a log-in nobody orders', async () => {
  const story = await open('v3');
  const { out_trade_no } = await buy(story);
  story.openid = 'oAnotherPayer0000000000000000';
  const ask = await asker(story);
  assert.equal((await ask(`/orders/${out_trade_no}`)).status, 404);
  assert.equal((await ask(`/orders/${out_trade_no}/refund`, {})).status, 404);
  const strangers = [undefined, 'Bearer 0', 'Bearer undefined', 'Bearer __proto__'];
  for (const authorization of strangers) {
    const headers = authorization === undefined ? {} : { authorization };
    for (const [path, method] of [
      ['/orders', 'POST'],
      [`/orders/${out_trade_no}`, 'GET'],
      [`/orders/${out_trade_no}/refund`, 'POST'],
    ])
      assert.equal((await fetch(story.server.address + path, { method, headers })).status, 401, path);
  }
  assert.deepEqual(story.gateway.refunds(), []);
});

test('foreign questions are refused in words, and the server goes on', async () => {
  const story = await open('v3');
  const ask = await asker(story);
  for (const goods of ['toString', '__proto__', undefined, 1])
    assert.equal((await ask('/orders', { goods })).status, 400, String(goods));
  const post = (body, path) => fetch(story.server.address + path, { method: 'POST', body });
  assert.equal((await post('{', '/login')).status, 400);
  assert.equal((await post('null', '/login')).status, 502);
  assert.equal((await post('{"code":"0"}', '/login')).status, 502);
  for (const path of ['/', '/orders/1/', '//', '/login/', '/toString'])
    assert.ok([401, 404].includes((await post('{}', path)).status), path);
  assert.equal((await ask('/goods')).status, 200);
});

/** The settings of the merchant, as both READMEs name them. */
const SETTINGS = {
  async v2(gateway) {
    const { key, certificate } = await gateway.client(mch_id);
    return { WX_KEY: key, WX_CERTIFICATE: certificate.cert, WX_PRIVATE_KEY: certificate.key };
  },
  async v3(gateway) {
    const client = await gateway.client(mch_id, { api: 'v3' });
    const [[WX_PUB_KEY_ID, WX_PUB_KEY]] = Object.entries(client.wechatpayKeys);
    const { apiV3Key: WX_API_V3_KEY, certificate: WX_CERTIFICATE, privateKey: WX_PRIVATE_KEY } = client;
    return { WX_API_V3_KEY, WX_CERTIFICATE, WX_PRIVATE_KEY, WX_PUB_KEY_ID, WX_PUB_KEY };
  },
};

for (const api of ['v2', 'v3'])
  test(`the command starts the server with the settings that its page names, by API${api}`, async () => {
    const gateway = createGateway({ merchants: [{ ...otherShop, apiV3Key: 'v'.repeat(32) }] });
    await gateway.listen();
    const common = { WX_APPID: appid, WX_MCHID: mch_id, WX_SECRET: otherShop.secret };
    const settings = { ...common, NOTIFY_URL: 'https://shop.example.com/notify', ...(await SETTINGS[api](gateway)) };
    for (const page of ['README.md', 'README.zh-CN.md'])
      for (const name of Object.keys(settings))
        assert.ok(readFileSync(folder + page, 'utf8').includes(`${name}=`), name);
    const env = { ...process.env, ...settings, PORT: '0' };
    const child = spawn(process.execPath, [`${folder}server.mjs`, api], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
      const [, address, generation] = /^(http:\S+), by API(v\d)\n$/.exec(line);
      assert.equal(generation, api);
      const goods = await (await fetch(`${address}/goods`)).json();
      assert.deepEqual(
        goods.map(({ id, total_fee }) => [id, total_fee]),
        [
          ['tea', 8800],
          ['cake', 1250],
        ],
      );
    } finally {
      child.kill();
      await gateway.close();
    }
  });
