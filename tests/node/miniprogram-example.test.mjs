// The pages of the example mini program: their code against its server and the gateway, in both generations.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { buy, closeAll, mch_id, open, pages, states, tap } from './miniprogram-story.mjs';
import { until } from './notices-support.mjs';

const [ORDER, RESULT] = pages;

afterEach(closeAll);

for (const api of ['v2', 'v3']) {
  test(`a paid order is shown as paid, with the amount of the server, by API${api}`, async () => {
    const story = await open(api);
    const result = await buy(story);
    assert.deepEqual(
      [result.data.text, result.data.title, result.data.price, result.data.canRefund, result.data.canPay],
      ['支付成功', '示例商店-茶', '88.00', true, false],
    );
    const [order] = story.gateway.orders();
    assert.equal(order.total_fee, 8800);
    assert.equal(story.calls[0].signType, api === 'v3' ? 'RSA' : 'HMAC-SHA256');
    await story.gateway.idle();
    assert.equal(story.gateway.notices()[0].accepted, true, story.refusals.join());
    assert.deepEqual(story.phone.log.toasts, []);
  });

  test(`without any notice the query shows a paid order, by API${api}`, async () => {
    const story = await open(api, { notices: false });
    const result = await buy(story);
    assert.equal(result.data.text, '支付成功');
  });

  test(`a cancelled order stays unpaid, and is the same order when the payer tries again, by API${api}`, async () => {
    const story = await open(api);
    story.payer = 'cancels';
    const result = await buy(story);
    assert.deepEqual([result.data.text, result.data.canPay, result.data.canRefund], ['尚未支付', true, false]);
    assert.deepEqual(states(story.gateway), ['NOTPAY']);
    result.payAgain();
    story.payer = 'pays';
    const second = await buy(story);
    assert.equal(second.out_trade_no, result.out_trade_no);
    assert.equal(second.data.text, '支付成功');
    assert.deepEqual(states(story.gateway), ['SUCCESS']);
  });

  test(`a failed payment stays unpaid, and its reason is logged, by API${api}`, async () => {
    const story = await open(api);
    story.payer = 'fails';
    const result = await buy(story);
    assert.deepEqual([result.data.text, result.data.canPay], ['尚未支付', true]);
    assert.deepEqual(story.phone.log.errors, ['requestPayment:fail; 支付验证签名失败; err_code -1']);
  });

  test(`a paid order is shown as paid although the phone says cancelled, by API${api}`, async () => {
    for (const notices of [true, false]) {
      const story = await open(api, { notices });
      story.payer = 'paysAndSaysCancel';
      const result = await buy(story);
      assert.equal(result.data.text, '支付成功');
      assert.equal(result.data.canPay, false);
    }
  });

  test(`a phone that only says that it paid is not believed, by API${api}`, async () => {
    const story = await open(api);
    story.payer = 'lies';
    const result = await buy(story);
    assert.match(result.data.text, /正在确认支付结果/);
    assert.deepEqual([result.data.canPay, result.data.canRefund], [false, false]);
    const asked = story.phone.log.requests.filter(({ path }) => /^\/orders\/\d+$/.test(path));
    assert.equal(asked.length, 6);
    await result.refundNow();
    assert.deepEqual(story.phone.log.toasts, ['这笔订单不能退款']);
    await story.gateway.payOrder({ out_trade_no: result.out_trade_no });
    await result.onPullDownRefresh();
    assert.equal(result.data.text, '支付成功');
    assert.equal(story.phone.log.stops, 1);
  });

  test(`a refund is asked for once, and shown when it is done, by API${api}`, async () => {
    const story = await open(api);
    const result = await buy(story);
    story.phone.answerModals(false);
    await result.refund();
    assert.deepEqual(story.gateway.refunds(), []);
    story.phone.answerModals(true);
    await Promise.all([result.refund(), result.refund()]);
    await result.onPullDownRefresh();
    assert.deepEqual([result.data.text, result.data.canRefund], ['已退款', false]);
    assert.deepEqual(
      story.gateway.refunds().map(({ refund_fee, refund_status }) => [refund_fee, refund_status]),
      [[8800, 'SUCCESS']],
    );
    await story.gateway.idle();
    assert.ok(
      story.gateway.notices().every(({ accepted }) => accepted),
      story.refusals.join(),
    );
    await result.refundNow();
    assert.equal(story.gateway.refunds().length, 1, 'asked for once more');
  });

  test(`a refund whose answer was lost is the same refund when it is asked for again, by API${api}`, async () => {
    const story = await open(api, { notices: false });
    const result = await buy(story);
    const path = api === 'v3' ? '/v3/refund/domestic/refunds' : '/secapi/pay/refund';
    for (let times = 0; times < 3; times += 1) story.gateway.failNext({ path, kind: 'reset', when: 'after' });
    await result.refundNow();
    assert.deepEqual(story.phone.log.toasts, ['请稍后再试']);
    for (let tries = 0; result.data.text !== '已退款' && tries < 5; tries += 1) await result.refundNow();
    assert.equal(result.data.text, '已退款');
    assert.equal(story.gateway.refunds().length, 1);
  });
}

test('two taps at once are one order, and one payment', async () => {
  const story = await open('v3');
  const page = await story.phone.open(ORDER);
  await Promise.all([page.buy(tap('tea')), page.buy(tap('tea'))]);
  await story.phone.opening;
  assert.equal(story.gateway.orders().length, 1);
  assert.equal(story.calls.length, 1);
});

test('an order that was paid unseen is shown and not paid a second time', async () => {
  const story = await open('v3', { notices: false });
  story.payer = 'saysNothing';
  const page = await story.phone.open(ORDER);
  page.buy(tap('cake'));
  await until(() => story.calls.length === 1);
  assert.equal(page.data.isBusy, true);
  page.buy(tap('cake'));
  await page.onLoad();
  const orders = story.phone.log.requests.filter(({ path }) => path === '/orders');
  assert.equal(orders.length, 1, 'the button does nothing meanwhile');
  const { out_trade_no } = story.gateway.orders()[0];
  await story.gateway.payOrder({ out_trade_no });
  page.onShow();
  assert.deepEqual([page.data.isBusy, page.data.last], [false, out_trade_no]);
  story.payer = 'pays';
  const result = await buy(story, 'cake');
  assert.deepEqual([result.out_trade_no, result.data.text], [out_trade_no, '支付成功']);
  assert.equal(story.calls.length, 1, 'no second payment was opened');
});

test('the link to the last order shows its result', async () => {
  const story = await open('v3');
  await buy(story);
  story.phone.wx.navigateBack();
  story.phone.page.showLast();
  const result = await story.phone.opening;
  assert.equal(result.data.text, '支付成功');
});

test('a closed order is shown as closed, and the next tap orders anew', async () => {
  const story = await open('v3');
  story.payer = 'cancels';
  const { out_trade_no } = await buy(story);
  const { baseUrls, ...options } = await story.gateway.client(mch_id, { api: 'v3' });
  await new WechatPayV3({ ...options, baseUrls }).closeOrder({ out_trade_no });
  await story.phone.page.onPullDownRefresh();
  assert.equal(story.phone.page.data.text, '订单已关闭');
  story.phone.wx.navigateBack();
  story.payer = 'pays';
  const second = await buy(story);
  assert.notEqual(second.out_trade_no, out_trade_no);
  assert.equal(second.data.text, '支付成功');
});

test('a page logs in again when the server has forgotten the log-in', async () => {
  const story = await open('v3');
  const page = await story.phone.open(ORDER);
  const { request } = story.phone.wx;
  let isForgotten = true;
  story.phone.wx.request = (options) => {
    if (!isForgotten || !options.url.endsWith('/orders')) return request(options);
    isForgotten = false;
    return request({ ...options, header: { authorization: 'Bearer 0' } });
  };
  await page.buy(tap('tea'));
  assert.equal((await story.phone.opening).data.text, '支付成功');
  assert.equal(story.phone.log.requests.filter(({ path }) => path === '/login').length, 2);
});

test('a server that does not answer is said in words, and the button works again', async () => {
  const story = await open('v3');
  const page = await story.phone.open(ORDER);
  await story.server.close();
  await page.buy(tap('tea'));
  assert.deepEqual(story.phone.log.toasts, ['网络不通，请稍后再试']);
  assert.equal(page.data.isBusy, false);
});

test('each page has its four files, and its view names only data and functions that the page has', async () => {
  const { phone } = await open('v3');
  assert.deepEqual(phone.settings.pages, [ORDER, RESULT]);
  for (const path of phone.settings.pages) {
    const declared = phone.declared(path);
    const view = phone.read(`${path}.wxml`);
    const taps = [...view.matchAll(/bind\w+="([^"]*)"/g)].map(([, name]) => name);
    assert.ok(taps.length > 0, path);
    for (const name of taps) assert.equal(typeof declared[name], 'function', `${path}: ${name}`);
    const named = [...view.matchAll(/\{\{(\w+)[^}]*\}\}/g)].map(([, name]) => name).filter((name) => name !== 'item');
    assert.ok(named.length > 0, path);
    for (const name of named) assert.ok(Object.hasOwn(declared.data, name), `${path}: ${name}`);
    const opened = [...view.matchAll(/<(\w+)(?![^>]*\/>)[^>]*>/g)].map(([, tag]) => tag);
    const closed = [...view.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag);
    assert.deepEqual(opened.sort(), closed.sort(), path);
    JSON.parse(phone.read(`${path}.json`));
    const classes = [...phone.read(`${path}.wxss`).matchAll(/^\.(\w+)/gm)].map(([, name]) => name);
    for (const name of classes) assert.ok(view.includes(name) || /^[A-Z]+$/.test(name), `${path}: .${name}`);
  }
  const { appid: placeholder, packOptions } = JSON.parse(phone.read('project.config.json'));
  assert.equal(placeholder, 'touristappid');
  assert.ok(packOptions.ignore.some(({ value }) => value === 'server.mjs'));
  JSON.parse(phone.read('sitemap.json'));
});
