// Settling, pay codes, calls by path and encrypted texts of the APIv3 client against the gateway.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { START_MS } from './gateway-support.mjs';
import { combined } from './v3-gateway-money-table.mjs';
import {
  assertRefused,
  errorOf,
  OPENID,
  OTHER_SUB,
  ok,
  openWorld,
  PROVIDER,
  payCode,
  SHOP,
  SUB,
  SUB_APP,
  WAYS,
} from './v3-gateway-support.mjs';

const world = await openWorld(WAYS[6]);
after(() => world.close());
const { gateway, clock, sides, open } = world;
const SOON = { pausesMs: [0], missingMs: 0, reverseMs: 0 };

const scan = ({ client, by, number }, kind, out_trade_no = number()) => {
  const scene_info = { store_info: { out_id: 'store-1' } };
  const order = { description: '茶', out_trade_no, amount: { total: 100 }, payer: { auth_code: payCode(kind) } };
  return client.codepay({ ...order, scene_info, ...by }).then(
    () => out_trade_no,
    () => out_trade_no,
  );
};

for (const at of sides) {
  const settle = (number, options) => at.client.settle(number, { ...SOON, ...at.by, ...options });

  test(`an order is settled: paid, closed, missing: ${at.name}`, async () => {
    const { out_trade_no } = await at.paid();
    const paid = await settle(out_trade_no);
    assert.deepEqual([paid.state, paid.order.amount.total], ['paid', 100]);
    const unpaid = at.number();
    await at.client.jsapiOrder(at.order(unpaid));
    const closed = await settle(unpaid);
    assert.deepEqual([closed.state, closed.order.trade_state], ['closed', 'CLOSED']);
    assert.deepEqual(await settle('never-01'), { state: 'missing', order: undefined });
    // The payer is faster than the close: its refusal is no failure.
    const raced = at.number();
    await at.client.jsapiOrder(at.order(raced));
    const path = gateway
      .calls()
      .at(-1)
      .path.replace(/jsapi$/, 'out-trade-no/{out_trade_no}/close');
    gateway.failNext({ path, kind: 'err_code', err_code: 'ORDER_PAID', status: 400 });
    const waiting = settle(raced, { pausesMs: [20] });
    await new Promise((resolve) => setTimeout(resolve, 10));
    gateway.payOrder({ out_trade_no: raced });
    assert.equal((await waiting).state, 'paid');
  });

  test(`an unpaid order that WeChat will not close as one by code is reversed: ${at.name}`, async () => {
    const failed = await scan(at, 2);
    gateway.refuseOrder({ out_trade_no: failed });
    await clock.advance(16_000);
    const { state, order } = await settle(failed);
    assert.deepEqual([state, order.trade_state], ['closed', 'REVOKED']);
  });

  test(`a combined order is settled: paid, closed, missing: ${at.name}`, async () => {
    const payer = { combine_payer_info: { openid: OPENID } };
    const settleCombined = (number) => at.client.settleCombined(number, SOON);
    const [paid, unpaid] = [combined(at, payer), combined(at, payer)];
    for (const order of [paid, unpaid]) await at.client.combinedJsapiOrder(order);
    gateway.payOrder({ out_trade_no: paid.sub_orders[0].out_trade_no });
    const settled = await settleCombined(paid.combine_out_trade_no);
    assert.deepEqual([settled.state, settled.order.sub_orders.length], ['paid', paid.sub_orders.length]);
    const { state, order } = await settleCombined(unpaid.combine_out_trade_no);
    assert.deepEqual([state, order.trade_state], ['closed', 'CLOSED']);
    assert.deepEqual(await settleCombined('never-01'), { state: 'missing', order: undefined });
  });

  test(`a payment by code is settled: paid, reversed, or never made: ${at.name}`, async () => {
    const lost = await scan(at, 5);
    assert.equal((await settle(lost, { isPayCode: true })).state, 'paid');
    const slow = await scan(at, 2);
    const settled = settle(slow, { pausesMs: [5] });
    await clock.advance(16_000);
    // The password was right after five seconds.
    assert.equal((await settled).state, 'paid');
    const open = await scan(at, 2);
    gateway.refuseOrder({ out_trade_no: open });
    await clock.advance(16_000);
    const reversed = await settle(open, { isPayCode: true });
    assert.deepEqual([reversed.state, reversed.order.trade_state], ['closed', 'REVOKED']);
    assert.equal((await settle('never-02', { isPayCode: true })).state, 'missing');
  });

  test(`any other call is signed, encrypted for the named key, and verified: ${at.name}`, async () => {
    const { text, serial } = await at.client.encrypt('张三丰');
    const path = `/v3/refund/domestic/refunds/50300000000000000000000000000/apply-abnormal-refund`;
    const body = {
      ...{ out_refund_no: 'R1', type: 'USER_BANK_CARD', bank_type: 'ICBC_DEBIT', bank_account: text, real_name: text },
      ...(!at.isDirect && { sub_mchid: SUB }),
    };
    await assertRefused(at.client.call('POST', path, body, { wechatpaySerial: serial }), 'RESOURCE_NOT_EXISTS', 404);
    assert.deepEqual(gateway.calls().at(-1).secrets, { '/bank_account': '张三丰', '/real_name': '张三丰' });
    const plain = { ...body, real_name: '张三丰' };
    const refused = await assertRefused(
      at.client.call('POST', path, plain, { wechatpaySerial: serial }),
      'PARAM_ERROR',
      400,
    );
    assert.match(refused.message, /密文/);
    // The key of another serial cannot open it.
    const other = Object.keys(await gateway.wechatpayKeys(at.own.mch_id)).find((name) => name !== serial);
    await assertRefused(at.client.call('POST', path, body, { wechatpaySerial: other }), 'PARAM_ERROR', 400);
    const query = at.isDirect ? `?mchid=${SHOP.mch_id}` : `?sp_mchid=${PROVIDER.mch_id}&sub_mchid=${SUB}`;
    const { out_trade_no } = await at.paid();
    const kind = at.isDirect ? '' : '/partner';
    const { status, body: order } = await at.client.call(
      'GET',
      `/v3/pay${kind}/transactions/out-trade-no/${out_trade_no}${query}`,
    );
    assert.deepEqual([status, order.trade_state], [200, 'SUCCESS']);
    const strange = `/v3/pay${kind}/transactions/out-trade-no/${out_trade_no}${query}&x=1`;
    await assertRefused(at.client.call('GET', strange), 'PARAM_ERROR', 400);
  });
}

test('a provider with a client of each sub-merchant, or with one of both, opens the notices of each', async () => {
  const [, fixed, each] = sides;
  for (const [sub_mchid, more] of [
    [SUB, {}],
    [OTHER_SUB, { payer: { sp_openid: OPENID }, sub_appid: undefined }],
  ]) {
    const out_trade_no = each.number();
    const order = each.order(out_trade_no, { sub_mchid, ...more });
    each.knows(out_trade_no, 100, sub_mchid);
    const payment = await each.client.pay(order);
    const appId = more.payer ? PROVIDER.appid : SUB_APP;
    assert.deepEqual(await gateway.pay({ appId, openid: OPENID, ...payment }), ok);
    await gateway.idle();
    assert.equal(world.heard.at(-1).notice.sub_mch_id, sub_mchid);
    assert.equal((await each.client.orderQuery({ out_trade_no, sub_mchid })).sub_mchid, sub_mchid);
  }
  const second = await open(PROVIDER.mch_id, { sub_mchid: OTHER_SUB }, { notify_url: 'http://127.0.0.1:9/none' });
  const out_trade_no = fixed.number();
  const order = { description: '茶', out_trade_no, amount: { total: 1 }, payer: { sp_openid: OPENID } };
  const payment = await second.pay(order);
  // It has no app of its own, so the payer is in the provider's.
  assert.deepEqual(await gateway.pay({ appId: PROVIDER.appid, openid: OPENID, ...payment }), ok);
  await assertRefused(fixed.client.orderQuery({ out_trade_no }), 'INVALID_REQUEST', 400);
  const foreign = await errorOf(second.jsapiOrder({ ...order, sub_mchid: SUB }));
  assert.deepEqual([foreign.code, foreign.field], ['ERR_PARAM', 'sub_mchid']);
  assert.equal((await errorOf(second.jsapiOrder({ ...order, payer: { sub_openid: OPENID } }))).field, 'sub_appid');
});

test('the payer of either mini program can pay, and an appId of another one cannot', async () => {
  const [direct, fixed] = sides;
  const pays = async (at, payer, appId) => {
    const { prepay_id } = await at.client.jsapiOrder(at.order(at.number(), { payer }));
    return (await gateway.pay({ appId, ...(await at.client.requestPayment(prepay_id, appId)) })).errMsg;
  };
  assert.equal(await pays(direct, { openid: OPENID }, SHOP.appid), ok.errMsg);
  assert.equal(await pays(fixed, { sub_openid: OPENID }, SUB_APP), ok.errMsg);
  assert.equal(await pays(fixed, { sp_openid: OPENID }, PROVIDER.appid), ok.errMsg);
  assert.match(await pays(fixed, { sub_openid: OPENID }, PROVIDER.appid), /appId/);
  assert.match(await pays(direct, { openid: OPENID }, SUB_APP), /appId/);
  const { prepay_id } = await fixed.client.jsapiOrder(fixed.order(fixed.number()));
  const signed = await fixed.client.requestPayment(prepay_id, PROVIDER.appid);
  assert.match((await gateway.pay({ appId: SUB_APP, ...signed })).errMsg, /paySign/);
  for (const bad of ['prepay_id=1', '', undefined, 5, 'a b']) {
    assert.equal((await errorOf(fixed.client.requestPayment(bad))).field, 'prepay_id');
    assert.equal((await errorOf(fixed.client.appPayment(bad))).field, 'prepay_id');
  }
  assert.equal((await errorOf(fixed.client.appPayment('wx1', { partnerid: 5 }))).field, 'partnerid');
});

test('a merchant without pay codes gets NO_AUTH for both calls', async () => {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({ merchants: [{ ...SHOP, codepay: false }], clock });
  const pay = new WechatPay({ ...(await gateway.client(SHOP.mch_id, { api: 'v3' })), nowMs: () => clock.now() });
  const scene_info = { store_info: { id: 'store-1' } };
  const order = { description: '茶', out_trade_no: 'order-1', amount: { total: 1 }, payer: { auth_code: payCode(1) } };
  await assertRefused(pay.codepay({ ...order, scene_info }), 'NO_AUTH', 403);
  const error = await assertRefused(pay.reverse({ out_trade_no: 'order-1' }), 'NO_AUTH', 403);
  assert.match(error.message, /apply for it/);
  await gateway.close();
});

test('no error and no report shows a card, a name, or the code of a payer, whatever WeChat repeats', async () => {
  const reports = [];
  const changes = { onExchange: (report) => void reports.push(report), notify_url: 'http://127.0.0.1:9/none' };
  const pay = await open(SHOP.mch_id, {}, changes);
  const secrets = [payCode(1), '6222020200112345678', '张三丰'];
  const [auth_code, bank_account, real_name] = secrets;
  const card = { type: 'USER_BANK_CARD', bank_type: 'ICBC_DEBIT', bank_account, real_name };
  const scene_info = { store_info: { id: 'store-1' } };
  const order = { description: '茶', out_trade_no: 'secret-1', amount: { total: 1 }, payer: { auth_code } };
  const said = secrets.join(' ');
  for (const fault of [
    { kind: 'err_code', err_code: 'X', err_code_des: said, status: 400 },
    { kind: 'page', status: 400, body: said },
    { kind: 'page', status: 200, body: said },
  ]) {
    for (const [path, call, own] of [
      ['/v3/pay/transactions/codepay', () => pay.codepay({ ...order, scene_info }), [auth_code]],
      [
        '/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund',
        () => pay.abnormalRefund({ refund_id: '503', out_refund_no: 'R', ...card }),
        [bank_account, real_name],
      ],
    ]) {
      gateway.failNext({ path, ...fault });
      const error = await errorOf(call());
      const seen = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify([error, reports.at(-1)])].join();
      for (const secret of own) assert.ok(!seen.includes(secret), `${path} ${fault.kind}: ${seen}`);
    }
  }
  assert.equal(reports.filter(({ path }) => path !== '/v3/certificates').length, 6);
});
