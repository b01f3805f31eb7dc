// A scenario for each call about orders of APIv3: a round trip, bad input, and the failures that WeChat documents.
import assert from 'node:assert/strict';
import {
  assertRefused,
  errorOf,
  heardOf,
  OPENID,
  OTHER_SUB,
  ok,
  PROVIDER,
  payCode,
  SUB,
  SUB_APP,
} from './v3-gateway-support.mjs';

const H5 = {
  payer: undefined,
  scene_info: { payer_client_ip: '14.23.150.211', h5_info: { type: 'Wap', app_url: 'https://shop.example' } },
};

/** Members that every order checks, as [changes, field]. */
const BAD_ORDERS = [
  [{ out_trade_no: 'short' }, 'out_trade_no'],
  [{ amount: { total: 1.5 } }, 'amount.total'],
  [{ amount: { total: 0 } }, 'amount.total'],
  [{ amount: { total: '100' } }, 'amount.total'],
  [{ description: '茶'.repeat(128) }, 'description'],
  [{ description: '😀' }, 'description'],
  [{ attach: null }, 'attach'],
  [{ notify_url: 'https://shop.example/n?x=1' }, 'notify_url'],
  [{ time_expire: 'tomorrow' }, 'time_expire'],
  [{ limit_pay: ['no_money'] }, 'limit_pay[0]'],
  [{ outTradeNo: 'x' }, 'outTradeNo'],
];

const wrongOrders = (call, more = {}) =>
  function* (at) {
    for (const [changes, field] of BAD_ORDERS) yield [call(at, at.order(at.number(), { ...more, ...changes })), field];
    if (!at.isDirect && at.of.sub_mchid === undefined)
      yield [call(at, at.order(at.number(), { ...more, sub_mchid: OTHER_SUB })), 'sub_mchid'];
    if (at.of.sub_mchid !== undefined)
      for (const sub_mchid of [1900013511, '', {}, '1900 13511', PROVIDER.mch_id, undefined])
        yield [call(at, at.order(at.number(), { ...more, sub_mchid })), 'sub_mchid'];
  };

/** An order that cannot be placed again. `ended` are its states, `call` places it. */
const refusedOrders =
  (call, more = {}) =>
  async (at) => {
    const { client, gateway, of } = at;
    const placed = at.number();
    await call(at, at.order(placed, more));
    const other = await assertRefused(
      call(at, at.order(placed, { ...more, amount: { total: 7 } })),
      'INVALID_REQUEST',
      400,
    );
    assert.match(other.message, /used with other parameters/);
    assert.deepEqual(gateway.payOrder({ out_trade_no: placed }), ok);
    await assertRefused(call(at, at.order(placed, more)), 'ORDER_PAID', 400);
    const closed = at.number();
    await call(at, at.order(closed, more));
    await client.closeOrder({ out_trade_no: closed, ...of });
    await assertRefused(call(at, at.order(closed, more)), 'ORDER_CLOSED', 400);
    if (of.sub_mchid === undefined) return;
    await assertRefused(call(at, at.order(at.number(), { ...more, sub_mchid: '1900099999' })), 'NO_AUTH', 403);
    // A number is unique for the provider, whichever sub-merchant it is for.
    const ofOther = { payer: { sp_openid: OPENID }, ...more, sub_mchid: OTHER_SUB, sub_appid: undefined };
    if (more.payer === undefined && call === jsapi)
      await assertRefused(call(at, at.order(placed, ofOther)), 'OUT_TRADE_NO_USED', 403);
  };

const jsapi = (at, order) => at.client.jsapiOrder(order);

/** The state of an order, by either number. */
async function stateOf({ client, of, ids }, out_trade_no) {
  const order = await client.orderQuery({ out_trade_no, ...of });
  for (const [name, id] of Object.entries(ids)) assert.equal(order[name], id, name);
  if (order.transaction_id === undefined) return order;
  assert.deepEqual(await client.orderQuery({ transaction_id: order.transaction_id, ...of }), order);
  return order;
}

const codeOrder = (at, out_trade_no, kind, more = {}) => ({
  ...{ description: '茶', out_trade_no, amount: { total: 100 }, payer: { auth_code: payCode(kind) } },
  scene_info: { store_info: { id: 'store-1' } },
  ...at.by,
  ...more,
});

export const ORDERS = {
  jsapiOrder: {
    async round(at) {
      const { client, gateway } = at;
      const [own, routed] = [at.number(), at.number()];
      for (const [out_trade_no, more] of [
        [own, { attach: '门店=南山', goods_tag: 'tag', time_expire: new Date(at.clock.now() + 3_600_000) }],
        [routed, { notify_url: at.router }],
      ]) {
        const payment = await client.pay(at.order(out_trade_no, more));
        assert.deepEqual(await gateway.pay({ appId: at.appId, openid: OPENID, ...payment }), ok);
        const order = await stateOf(at, out_trade_no);
        assert.deepEqual([order.trade_state, order.trade_type, order.attach], ['SUCCESS', 'JSAPI', more.attach]);
      }
      assert.deepEqual(await heardOf(at, own, routed), [
        [at.name, 'paid', own],
        ['router', 'paid', routed],
      ]);
      if (at.isDirect) return;
      // The payer of the provider's own mini program pays there.
      const inOwn = at.number();
      const payment = await client.pay(at.order(inOwn, { payer: { sp_openid: OPENID } }));
      assert.deepEqual(await gateway.pay({ appId: PROVIDER.appid, openid: OPENID, ...payment }), ok);
      const { prepay_id } = await client.jsapiOrder(at.order(at.number(), { payer: { sp_openid: OPENID } }));
      const signed = await client.requestPayment(prepay_id, PROVIDER.appid);
      assert.deepEqual(await gateway.pay({ appId: PROVIDER.appid, ...signed }), ok);
      assert.deepEqual(await heardOf(at, inOwn), [[at.name, 'paid', inOwn]]);
    },
    *bad(at) {
      yield* wrongOrders(jsapi)(at);
      yield [jsapi(at, at.order(at.number(), { payer: {} })), at.isDirect ? 'payer.openid' : 'payer.sub_openid'];
    },
    refused: refusedOrders(jsapi),
  },
  appOrder: {
    async round(at) {
      const { client, gateway } = at;
      const out_trade_no = at.number();
      const { prepay_id } = await client.appOrder(at.order(out_trade_no, { payer: undefined }));
      const payment = await client.appPayment(prepay_id, at.inApp);
      assert.deepEqual(await gateway.payInApp(payment), ok);
      assert.equal((await stateOf(at, out_trade_no)).trade_type, 'APP');
      assert.deepEqual(await heardOf(at, out_trade_no), [[at.name, 'paid', out_trade_no]]);
    },
    bad: wrongOrders((at, order) => at.client.appOrder(order), { payer: undefined }),
    refused: refusedOrders((at, order) => at.client.appOrder(order), { payer: undefined }),
  },
  h5Order: {
    async round(at) {
      const out_trade_no = at.number();
      const { h5_url } = await at.client.h5Order(at.order(out_trade_no, H5));
      assert.match(h5_url, /^https:\/\//);
      assert.deepEqual(at.gateway.payOrder({ out_trade_no }), ok);
      assert.equal((await stateOf(at, out_trade_no)).trade_type, 'MWEB');
      assert.deepEqual(await heardOf(at, out_trade_no), [[at.name, 'paid', out_trade_no]]);
    },
    *bad(at) {
      yield* wrongOrders((at, order) => at.client.h5Order(order), H5)(at);
      yield [at.client.h5Order(at.order(at.number(), { payer: undefined })), 'scene_info'];
    },
    refused: refusedOrders((at, order) => at.client.h5Order(order), H5),
  },
  nativeOrder: {
    async round(at) {
      const out_trade_no = at.number();
      const { code_url } = await at.client.nativeOrder(at.order(out_trade_no, { payer: undefined }));
      assert.match(code_url, /^weixin:\/\//);
      assert.deepEqual(at.gateway.payOrder({ out_trade_no }), ok);
      assert.equal((await stateOf(at, out_trade_no)).trade_type, 'NATIVE');
      assert.deepEqual(await heardOf(at, out_trade_no), [[at.name, 'paid', out_trade_no]]);
    },
    bad: wrongOrders((at, order) => at.client.nativeOrder(order), { payer: undefined }),
    refused: refusedOrders((at, order) => at.client.nativeOrder(order), { payer: undefined }),
  },
  orderQuery: {
    async round(at) {
      const out_trade_no = at.number('a|b*c');
      await at.client.jsapiOrder(at.order(out_trade_no));
      const order = await stateOf(at, out_trade_no);
      assert.deepEqual(
        [order.out_trade_no, order.trade_state, order.transaction_id],
        [out_trade_no, 'NOTPAY', undefined],
      );
    },
    *bad({ client, of }) {
      yield [client.orderQuery({ ...of }), 'out_trade_no'];
      yield [client.orderQuery({ out_trade_no: 1234567, ...of }), 'out_trade_no'];
      yield [client.orderQuery({ transaction_id: '../../certificates', ...of }), 'transaction_id'];
      yield [client.orderQuery({ out_trade_no: 'order-1', appid: 'wx1', ...of }), 'appid'];
    },
    async refused(at) {
      const { client, of } = at;
      await assertRefused(client.orderQuery({ out_trade_no: 'never-1', ...of }), 'ORDER_NOT_EXIST', 404);
      await assertRefused(
        client.orderQuery({ transaction_id: '4200000000202408050000000000', ...of }),
        'ORDER_NOT_EXIST',
        404,
      );
      if (of.sub_mchid === undefined) return;
      const { out_trade_no } = await at.paid();
      const ofOther = { out_trade_no, sub_mchid: OTHER_SUB };
      await assertRefused(client.orderQuery(ofOther), 'INVALID_REQUEST', 400);
      // Without a sub-merchant it would be the call of a merchant for himself.
      await assertRefused(client.orderQuery({ out_trade_no }), 'ORDER_NOT_EXIST', 404);
    },
  },
  closeOrder: {
    async round(at) {
      const { client, gateway, of } = at;
      const out_trade_no = at.number();
      const payment = await client.pay(at.order(out_trade_no));
      assert.equal(await client.closeOrder({ out_trade_no, ...of }), undefined);
      assert.equal(await client.closeOrder({ out_trade_no, ...of }), undefined);
      assert.equal((await stateOf(at, out_trade_no)).trade_state, 'CLOSED');
      assert.match((await gateway.pay({ appId: at.appId, ...payment })).errMsg, /^requestPayment:fail/);
    },
    *bad({ client, of }) {
      yield [client.closeOrder({ ...of }), 'out_trade_no'];
      yield [client.closeOrder({ out_trade_no: 'order 1', ...of }), 'out_trade_no'];
    },
    async refused(at) {
      const { client, of } = at;
      const { out_trade_no } = await at.paid();
      await assertRefused(client.closeOrder({ out_trade_no, ...of }), 'ORDER_PAID', 400);
      await assertRefused(client.closeOrder({ out_trade_no: 'never-1', ...of }), 'INVALID_REQUEST', 400);
      const byCode = at.number();
      await client.codepay(codeOrder(at, byCode, 2));
      const error = await assertRefused(client.closeOrder({ out_trade_no: byCode, ...of }), 'INVALID_REQUEST', 400);
      assert.match(error.message, /not closed but reversed/);
    },
  },
  codepay: {
    async round(at) {
      const { client, clock } = at;
      const [paid, slow, failed] = [at.number(), at.number(), at.number()];
      const order = await client.codepay(codeOrder(at, paid, 1));
      assert.deepEqual([order.trade_state, order.trade_type], ['SUCCESS', 'MICROPAY']);
      for (const [number, kind, end] of [
        [slow, 2, 'SUCCESS'],
        [failed, 3, 'PAYERROR'],
      ]) {
        assert.equal((await client.codepay(codeOrder(at, number, kind))).trade_state, 'USERPAYING');
        assert.equal((await stateOf(at, number)).trade_state, 'USERPAYING');
        await clock.advance(5000);
        assert.equal((await stateOf(at, number)).trade_state, end);
      }
      assert.deepEqual(await heardOf(at, paid, slow, failed), [], 'pay codes have no notice');
    },
    *bad(at) {
      for (const [changes, field] of [
        [{ payer: { auth_code: '123' } }, 'payer.auth_code'],
        [{ payer: { auth_code: `99${'0'.repeat(16)}` } }, 'payer.auth_code'],
        [{ scene_info: undefined }, 'scene_info'],
        [{ amount: { total: -1 } }, 'amount.total'],
        [{ notify_url: 'https://shop.example/n' }, 'notify_url'],
      ])
        yield [at.client.codepay(codeOrder(at, at.number(), 1, changes)), field];
    },
    async refused(at) {
      const { client } = at;
      const number = at.number();
      await assertRefused(client.codepay(codeOrder(at, number, 4)), 'NOT_ENOUGH', 403);
      const lost = at.number();
      await assertRefused(client.codepay(codeOrder(at, lost, 5)), 'SYSTEM_ERROR', 500, 'unknown');
      assert.equal((await stateOf(at, lost)).trade_state, 'SUCCESS', 'the money was taken all the same');
      await assertRefused(client.codepay(codeOrder(at, lost, 1)), 'ORDER_PAID', 400);
    },
  },
  reverse: {
    async round(at) {
      const { client, clock, by } = at;
      const [paid, slow] = [at.number(), at.number()];
      await client.codepay(codeOrder(at, paid, 1));
      await client.codepay(codeOrder(at, slow, 2));
      await assertRefused(client.reverse({ out_trade_no: paid, ...by }), 'SYSTEM_ERROR', 500, 'unknown');
      await clock.advance(16_000);
      for (const out_trade_no of [paid, slow, paid]) {
        assert.equal((await client.reverse({ out_trade_no, ...by })).out_trade_no, out_trade_no);
        assert.equal((await stateOf(at, out_trade_no)).trade_state, 'REVOKED');
      }
    },
    *bad({ client, by }) {
      yield [client.reverse({ ...by }), 'out_trade_no'];
      yield [client.reverse({ out_trade_no: 'x'.repeat(33), ...by }), 'out_trade_no'];
      if (by.sub_appid !== undefined)
        yield [client.reverse({ out_trade_no: 'order-1', sub_appid: SUB_APP }), 'sub_mchid'];
    },
    async refused(at) {
      const { client, by } = at;
      await assertRefused(client.reverse({ out_trade_no: 'never-1', ...by }), 'ORDER_NOT_EXIST', 404);
      const { out_trade_no } = await at.paid();
      await assertRefused(client.reverse({ out_trade_no, ...by }), 'TRADE_ERROR', 403);
      if (by.sub_appid === undefined) return;
      const error = await errorOf(client.reverse({ out_trade_no, sub_mchid: SUB, sub_appid: 'wxsub0000000000002' }));
      assert.equal(error.err_code, 'APPID_MCHID_NOT_MATCH');
    },
  },
};
