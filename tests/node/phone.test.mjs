// Input from the phone, which proves nothing: the second signature ignores it, and a success only triggers a query.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bridgePayment, jssdkPayment, requestPayment, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';
import { openShop } from '../../js/examples/shop/shop.mjs';
import { shop as merchant, signByHand, xmlByHand } from './gateway-support.mjs';
import { assertRefusedWords, post } from './notices-support.mjs';

const { appid, mch_id, key, secret } = merchant;
const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const queries = [];
const gateway = createGateway({
  merchants: [merchant],
  onEvent: ({ type, out_trade_no }) => type === 'query' && queries.push(out_trade_no),
});
let shop;
let token;
before(async () => {
  const { url } = await gateway.listen();
  const pay = new WechatPay({ appid, mch_id, key, secret, baseUrls: [url], loginUrl: url });
  shop = await openShop({ v2: pay });
  ({ token } = await ask('/login', { js_code: gateway.login({ appid, openid: OPENID }), api: 'v2' }));
});
after(async () => {
  await shop.close();
  await gateway.close();
});

/** The requests of the mini program to the shop's server. */
async function ask(path, body) {
  const response = await fetch(shop.address + path, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

const bookOf = (out_trade_no) => shop.books().orders.find((one) => one.out_trade_no === out_trade_no);

/** A notice that somebody with the five values, but without the key, may send. */
function phoneNotices({ out_trade_no, payment }) {
  const { transaction_id, time_end } = { transaction_id: '4200000001', time_end: '20240805173341' };
  const money = { cash_fee: '8800', total_fee: '8800', bank_type: 'OTHERS', fee_type: 'CNY', trade_type: 'JSAPI' };
  const said = { return_code: 'SUCCESS', result_code: 'SUCCESS', ...money, openid: OPENID, out_trade_no };
  const notice = { appid, mch_id, nonce_str: payment.nonceStr, ...said, transaction_id, time_end };
  const { paySign, ...signed } = payment;
  return [
    { appId: appid, ...signed, sign: paySign },
    { ...notice, appId: appid, ...signed, sign: paySign },
    { ...notice, ...payment, sign: paySign },
    { ...notice, sign: paySign },
    // The phone has every value of the notice but the key.
    { ...notice, sign: signByHand(notice, '', 'HMAC-SHA256') },
    { ...notice, sign: signByHand(notice, payment.package) },
  ].map(xmlByHand);
}

test('M8: the shop queries and books the answer, whatever result the phone reports', async () => {
  const order = await ask('/orders', { token, goods: 'tea', total_fee: 1, openid: 'another', state: 'SUCCESS' });
  const { out_trade_no, payment } = order;
  assert.equal(bookOf(out_trade_no).total_fee, 8800, 'the price is the shop’s');
  const lies = [
    { out_trade_no, errMsg: 'requestPayment:ok' },
    { out_trade_no, errMsg: 'requestPayment:ok', trade_state: 'SUCCESS', state: 'SUCCESS', total_fee: 8800 },
    { out_trade_no, result: payment },
  ];
  for (const lie of lies) {
    assert.deepEqual(
      await ask('/orders/query', lie),
      { out_trade_no, trade_state: 'NOTPAY', state: 'NOTPAY' },
      JSON.stringify(lie),
    );
  }
  for (const body of phoneNotices(order)) {
    assertRefusedWords((await post(`${shop.address}/wxpay/notify`, body)).text);
  }
  assert.deepEqual([bookOf(out_trade_no).state, queries], ['NOTPAY', lies.map(() => out_trade_no)]);
  assert.equal((await gateway.pay({ appId: appid, openid: OPENID, ...payment })).errMsg, 'requestPayment:ok');
  await gateway.idle();
  for (const says of ['requestPayment:ok', 'requestPayment:fail cancel']) {
    const { state } = await ask('/orders/query', { out_trade_no, errMsg: says });
    assert.deepEqual([state, bookOf(out_trade_no).timesPaid], ['SUCCESS', 1], says);
  }
  assert.equal(queries.length, lies.length + 2);
});

test('M8: the second signature contains what the server knows, and nothing else', () => {
  const prepay = { appId: appid, prepay_id: 'wx1', key, timeStamp: 1_490_840_662, nonceStr: 'n1' };
  const five = { timeStamp: '1490840662', nonceStr: 'n1', package: 'prepay_id=wx1', signType: 'MD5' };
  const paySign = signByHand({ appId: appid, ...five }, key);
  // A server passes this on if it spreads the body of a request over its options.
  const fromPhone = { package: 'prepay_id=wx2', paySign: 'A', total_fee: 1, openid: 'x', out_trade_no: 'b', sign: 'A' };
  assert.throws(() => requestPayment({ ...fromPhone, ...prepay }), { code: 'ERR_PARAM', field: 'package' });
  // An object of a class may have other members. They change nothing.
  const both = Object.assign(Object.create({}), fromPhone, prepay);
  assert.deepEqual(requestPayment(both), { ...five, paySign });
  assert.deepEqual(bridgePayment(both), { appId: appid, ...five, paySign });
  const { timeStamp, ...others } = five;
  assert.deepEqual(jssdkPayment(both), { timestamp: timeStamp, ...others, paySign });
  const pay = new WechatPay({ appid, mch_id, key });
  const mine = pay.requestPayment('wx1', fromPhone);
  assert.deepEqual(Object.keys(mine).sort(), Object.keys({ ...five, paySign }).sort());
  assert.equal(mine.package, 'prepay_id=wx1');
  for (const prepay_id of [undefined, null, '', 1, { prepay_id: 'wx1' }, 'wx1&appId=wx2', 'wx1=']) {
    assert.throws(() => pay.requestPayment(prepay_id), { code: 'ERR_PARAM', field: 'prepay_id' }, String(prepay_id));
  }
});
