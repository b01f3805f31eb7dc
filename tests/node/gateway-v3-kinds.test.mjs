// Orders of apps, browsers and QR codes at the gateway by APIv3, direct and for sub-merchants.

import assert from 'node:assert/strict';
import * as v2 from './gateway-support.mjs';
import { MINUTE_MS, otherShop, shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  bothShop,
  byNumber,
  call,
  decrypt,
  JSAPI,
  order,
  paymentFor,
  query,
  rsa,
  withGateway as withOwn,
} from './gateway-v3-support.mjs';

const SUB = '1900000201';
const SUB_APP = 'wxsub0000000000001';
const NUMBER = order().out_trade_no;
const provider = { ...bothShop, sub_merchants: [{ sub_mch_id: SUB, sub_appid: SUB_APP }] };
const SCENE = { payer_client_ip: '14.23.150.211', h5_info: { type: 'Wap', app_name: '王者荣耀' } };
const EXTRAS = { app: {}, native: {}, h5: { scene_info: SCENE } };

/** The notices are taken by a fetch, so that no server is needed. */
function withGateway(name, work) {
  const sent = [];
  const fetch = async (_url, { body }) => {
    sent.push(JSON.parse(body));
    return new Response(null, { status: 204 });
  };
  return withOwn(name, (side) => work({ ...side, sent }), { merchants: [provider, otherShop], fetch });
}

/** The body of an order of the kind. */
function body(kind, changes = {}) {
  const { payer: _, ...rest } = order();
  return { ...rest, ...EXTRAS[kind], ...changes };
}

/** The same order for the sub-merchant. */
function subBody(kind, changes = {}) {
  const { appid, mchid, ...rest } = body(kind);
  return { sp_appid: appid, sp_mchid: mchid, sub_mchid: SUB, ...rest, ...changes };
}

const direct = (kind) => `/v3/pay/transactions/${kind}`;
const partner = (kind) => `/v3/pay/partner/transactions/${kind}`;
const place = async (side, kind, changes) =>
  assertDone(side, await call(side, 'POST', direct(kind), body(kind, changes)));
const placeForSub = async (side, kind, changes) =>
  assertDone(side, await call(side, 'POST', partner(kind), subBody(kind, changes)));

/** What an app passes to WeChat's SDK; `changes` replace members before the signing. */
function inApp({ merchant }, prepayid, changes = {}) {
  const payment = {
    appid: merchant.appid,
    partnerid: merchant.mchid,
    prepayid,
    package: 'Sign=WXPay',
    noncestr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
    timestamp: '1490840662',
    ...changes,
  };
  const text = `${payment.appid}\n${payment.timestamp}\n${payment.noncestr}\n${payment.prepayid}\n`;
  return { sign: rsa(text, merchant.privateKey), ...payment };
}

withGateway('an order of each kind is placed, paid by hand, notified and queried with its trade_type', async (side) => {
  const { gateway, sent } = side;
  for (const [kind, trade_type, member, form] of [
    ['app', 'APP', 'prepay_id', /^wx\d{14}[0-9a-f]{20}$/],
    ['native', 'NATIVE', 'code_url', /^weixin:\/\/wxpay\/bizpayurl\?pr=\w{9}$/],
    [
      'h5',
      'MWEB',
      'h5_url',
      /^https:\/\/wx\.tenpay\.com\/cgi-bin\/mmpayweb-bin\/checkmweb\?prepay_id=wx\w{34}&package=\w{9}$/,
    ],
  ]) {
    for (const [out_trade_no, answer] of [
      [`${kind}-direct`, await place(side, kind, { out_trade_no: `${kind}-direct` })],
      [`${kind}-sub`, await placeForSub(side, kind, { out_trade_no: `${kind}-sub` })],
    ]) {
      assert.deepEqual(Object.keys(answer), [member]);
      assert.match(answer[member], form);
      assert.deepEqual(gateway.payOrder({ out_trade_no }), { errMsg: 'requestPayment:ok' });
      await gateway.idle();
      const told = decrypt(sent.at(-1));
      assert.deepEqual([told.out_trade_no, told.trade_type, told.trade_state], [out_trade_no, trade_type, 'SUCCESS']);
      const openid = out_trade_no.endsWith('sub') ? told.payer.sp_openid : told.payer.openid;
      assert.match(openid, /^o[\w-]{27}$/);
    }
    assert.equal((await query(side, `${kind}-direct`)).trade_type, trade_type);
  }
});

withGateway('an order of an app is called up in the form of apps, which signs the bare prepay_id', async (side) => {
  const { gateway, merchant } = side;
  const { prepay_id } = await place(side, 'app');
  const good = inApp(side, prepay_id);
  const fails = async (payment, reason) => assert.match((await gateway.payInApp(payment)).errMsg, reason);
  await fails({ ...good, sign: rsa('something else', merchant.privateKey) }, /^requestPayment:fail 支付验证签名失败/);
  await fails({ ...good, noncestr: 'another' }, /支付验证签名失败/);
  const whole = paymentFor(merchant, prepay_id);
  await fails({ ...good, sign: whole.paySign }, /支付验证签名失败/);
  await fails(inApp(side, prepay_id, { appid: otherShop.appid }), /appId is not the appid of the order/);
  await fails(inApp(side, prepay_id, { partnerid: otherShop.mch_id }), /partnerid is not the merchant number/);
  await fails(inApp(side, prepay_id, { package: `prepay_id=${prepay_id}` }), /package must be Sign=WXPay/);
  await fails(inApp(side, prepay_id, { timestamp: '1490840662000' }), /timestamp must be 10 digits/);
  await fails(inApp(side, prepay_id, { noncestr: 'n'.repeat(33) }), /noncestr has more than 32/);
  await fails(inApp(side, 'wx1'), /no order has this prepay_id/);
  for (const name of Object.keys(good))
    await fails({ ...good, [name]: undefined }, new RegExp(`${name} must be a string`));
  await fails(undefined, /appid must be a string/);
  assert.deepEqual(await gateway.payInApp(good), { errMsg: 'requestPayment:ok' });
  await fails(good, /该订单已支付/);
});

withGateway('an app calls a sub-merchant’s order up with the number of that, by either AppID', async (side) => {
  const { gateway } = side;
  const asSub = { partnerid: SUB };
  const first = await placeForSub(side, 'app', { out_trade_no: 'without-app' });
  assert.match((await gateway.payInApp(inApp(side, first.prepay_id))).errMsg, /partnerid is not the merchant number/);
  assert.equal((await gateway.payInApp(inApp(side, first.prepay_id, asSub))).errMsg, 'requestPayment:ok');
  for (const appid of [shop.appid, SUB_APP]) {
    const { prepay_id } = await placeForSub(side, 'app', { sub_appid: SUB_APP, out_trade_no: `in-${appid}` });
    assert.equal((await gateway.payInApp(inApp(side, prepay_id, { ...asSub, appid }))).errMsg, 'requestPayment:ok');
  }
});

withGateway('an app pays an order of APIv2 with the signature of that', async (side) => {
  const { gateway } = side;
  const ofV2 = { trade_type: 'APP', openid: undefined };
  const prepayid = await v2.placeOrder(gateway, { ...ofV2, sub_mch_id: SUB });
  const { sign: _, ...members } = inApp(side, prepayid, { partnerid: SUB });
  const wrong = { ...members, sign: v2.signByHand({ ...members, prepayid: 'another' }, shop.key) };
  assert.match((await gateway.payInApp(wrong)).errMsg, /sign is not the signature of appid, noncestr/);
  const payment = { ...members, sign: v2.signByHand(members, shop.key) };
  assert.deepEqual(await gateway.payInApp(payment), { errMsg: 'requestPayment:ok' });
});

withGateway('a mini program cannot pay an order of an app, nor an app one of a mini program', async (side) => {
  const { gateway, merchant } = side;
  const { prepay_id } = await place(side, 'app');
  assert.match((await gateway.pay(paymentFor(merchant, prepay_id))).errMsg, /trade_type of the order is not JSAPI/);
  const mini = assertDone(side, await call(side, 'POST', JSAPI, order({ out_trade_no: 'mini-program' })));
  assert.match((await gateway.payInApp(inApp(side, mini.prepay_id))).errMsg, /trade_type of the order is not APP/);
});

withGateway(
  'an h5_url is good for five minutes and a code_url for two hours, and the same call gets another',
  async (side) => {
    const { gateway, clock } = side;
    const { h5_url } = await place(side, 'h5', { out_trade_no: 'in-browser' });
    const { code_url } = await place(side, 'native', { out_trade_no: 'qr-code' });
    assert.equal((await place(side, 'h5', { out_trade_no: 'in-browser' })).h5_url, h5_url);
    await clock.advance(5 * MINUTE_MS);
    assert.match(gateway.payOrder({ out_trade_no: 'in-browser' }).errMsg, /h5_url is older than five minutes/);
    assert.notEqual((await place(side, 'h5', { out_trade_no: 'in-browser' })).h5_url, h5_url);
    assert.equal(gateway.payOrder({ out_trade_no: 'in-browser' }).errMsg, 'requestPayment:ok');
    assert.equal((await place(side, 'native', { out_trade_no: 'qr-code' })).code_url, code_url);
    await clock.advance(115 * MINUTE_MS);
    assert.match(gateway.payOrder({ out_trade_no: 'qr-code' }).errMsg, /prepay_id is older than two hours/);
    assert.notEqual((await place(side, 'native', { out_trade_no: 'qr-code' })).code_url, code_url);
  },
);

withGateway('the same number in another kind is another call', async (side) => {
  await place(side, 'app');
  assertRefused(await call(side, 'POST', direct('native'), body('native')), 400, 'INVALID_REQUEST', 268498688);
  assertRefused(await call(side, 'POST', JSAPI, order()), 400, 'INVALID_REQUEST', 268498688);
  assertRefused(
    await call(side, 'POST', direct('app'), body('app', { attach: 'x' })),
    400,
    'INVALID_REQUEST',
    268498688,
  );
  assert.equal((await query(side)).trade_state, 'NOTPAY');
  assertDone(side, await call(side, 'POST', `${byNumber(NUMBER).split('?')[0]}/close`, { mchid: shop.mch_id }), 204);
  assertRefused(await call(side, 'POST', direct('app'), body('app')), 400, 'ORDER_CLOSED', 268447914);
});

withGateway('each member of these orders has its rule, and a payer is no member', async (side) => {
  const h5 = (info) => ({ scene_info: { ...SCENE, h5_info: info } });
  const cases = [
    ['app', { payer: { openid: 'oPayer' } }, '/payer', 270924358],
    ['native', { payer: { openid: 'oPayer' } }, '/payer', 270924358],
    ['h5', { payer: { openid: 'oPayer' } }, '/payer', 270924358],
    ['app', { scene_info: SCENE }, '/scene_info/h5_info', 270924358],
    ['native', { notify_url: undefined }, '/notify_url'],
    ['native', { amount: { total: 0 } }, '/amount/total', 268435464],
    ['h5', { scene_info: undefined }, '/scene_info'],
    ['h5', { scene_info: { payer_client_ip: '::1' } }, '/scene_info/h5_info'],
    ['h5', { scene_info: { h5_info: SCENE.h5_info } }, '/scene_info/payer_client_ip'],
    ['h5', h5({}), '/scene_info/h5_info/type'],
    ['h5', h5({ type: 'Wap', app_name: 'n'.repeat(65) }), '/scene_info/h5_info/app_name', 268435464],
    ['h5', h5({ type: 'Wap', wap_url: 'x' }), '/scene_info/h5_info/wap_url', 270924358],
  ];
  for (const [kind, changes, field, inner = 268435461] of cases) {
    for (const [target, sent] of [
      [direct(kind), body(kind, changes)],
      [partner(kind), subBody(kind, changes)],
    ]) {
      const answer = await call(side, 'POST', target, sent);
      assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', inner).detail.field, field, JSON.stringify(changes));
    }
  }
  const bound = await call(side, 'POST', direct('native'), body('native', { appid: otherShop.appid }));
  assertRefused(bound, 400, 'APPID_MCHID_NOT_MATCH', 268445527);
  assert.deepEqual(side.gateway.orders(), []);
});

withGateway('a payer may refuse an order of a code, which can still be paid', async (side) => {
  const { gateway } = side;
  await place(side, 'native');
  assert.equal(gateway.refuseOrder({ out_trade_no: NUMBER }).errMsg, 'requestPayment:fail cancel');
  assert.equal(gateway.payOrder({ out_trade_no: NUMBER }).errMsg, 'requestPayment:ok');
});
