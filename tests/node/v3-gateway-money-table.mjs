// A scenario for each call of APIv3 about refunds, bills, certificates and combined orders.
import assert from 'node:assert/strict';
import {
  assertRefused,
  dayOf,
  errorOf,
  heardOf,
  OPENID,
  OTHER_SUB,
  ok,
  overnight,
  PROVIDER,
  rowsOf,
  SECOND,
  SHOP,
  SUB,
  SUB_APP,
} from './v3-gateway-support.mjs';

/** A refund of 40 of 100 fen. */
const refundOf = (at, out_trade_no, out_refund_no, more = {}) => ({
  ...{ out_trade_no, out_refund_no, amount: { refund: 40, total: 100, currency: 'CNY' } },
  ...at.of,
  ...more,
});

/** A refund that the payer's bank sent back, so that its status is ABNORMAL. */
async function abnormal(at) {
  const { out_trade_no } = await at.paid();
  const out_refund_no = at.number('R');
  const { refund_id } = await at.client.refund(refundOf(at, out_trade_no, out_refund_no));
  assert.deepEqual(at.gateway.failRefund({ out_trade_no, out_refund_no }), { errMsg: 'failRefund:ok', out_refund_no });
  return { refund_id, out_refund_no };
}

export const CARD = {
  type: 'USER_BANK_CARD',
  bank_type: 'ICBC_DEBIT',
  bank_account: '6222020200112345678',
  real_name: '张三丰',
};

const REFUNDS = {
  refund: {
    async round(at) {
      const { client, clock, of } = at;
      const { out_trade_no, transaction_id } = await at.paid();
      const [first, second] = [at.number('R|*@'), at.number('R')];
      const refund = refundOf(at, out_trade_no, first, { reason: '商品已售完' });
      const taken = await client.refund(refund);
      assert.deepEqual([taken.status, taken.amount.refund, taken.transaction_id], ['PROCESSING', 40, transaction_id]);
      assert.equal((await client.refund(refund)).refund_id, taken.refund_id, 'a repeated call is the same refund');
      const byOther = { transaction_id, out_trade_no: undefined, notify_url: at.router };
      await clock.advance(60_000);
      await client.refund(refundOf(at, undefined, second, byOther));
      await clock.advance(60_000);
      assert.deepEqual(await heardOf(at, first, second), [
        [at.name, 'refund', first],
        ['router', 'refund', second],
      ]);
      const { status, success_time } = await client.refundQuery({ out_refund_no: first, ...of });
      assert.deepEqual([status, typeof success_time], ['SUCCESS', 'string']);
      assert.equal((await client.orderQuery({ out_trade_no, ...of })).trade_state, 'REFUND');
    },
    *bad(at) {
      for (const [more, field] of [
        [{ amount: { refund: 0, total: 100, currency: 'CNY' } }, 'amount.refund'],
        [{ amount: { refund: 1, total: 100 } }, 'amount.currency'],
        [{ out_trade_no: undefined }, 'out_trade_no'],
        [{ out_refund_no: 'x'.repeat(65) }, 'out_refund_no'],
        [{ reason: '茶'.repeat(81) }, 'reason'],
        [{ refund_fee: 1 }, 'refund_fee'],
      ])
        yield [at.client.refund(refundOf(at, 'order-1', 'R1', more)), field];
    },
    async refused(at) {
      const { client } = at;
      const { out_trade_no } = await at.paid();
      const more = (refund, total = 100) => ({ amount: { refund, total, currency: 'CNY' } });
      await assertRefused(client.refund(refundOf(at, 'never-1', 'R1')), 'RESOURCE_NOT_EXISTS', 404);
      await assertRefused(
        client.refund(refundOf(at, out_trade_no, at.number('R'), more(7, 99))),
        'INVALID_REQUEST',
        400,
      );
      await assertRefused(client.refund(refundOf(at, out_trade_no, at.number('R'), more(101))), 'PARAM_ERROR', 400);
      const used = at.number('R');
      await client.refund(refundOf(at, out_trade_no, used));
      await assertRefused(client.refund(refundOf(at, out_trade_no, used, more(50))), 'INVALID_REQUEST', 400);
      await assertRefused(client.refund(refundOf(at, out_trade_no, at.number('R'), more(61))), 'INVALID_REQUEST', 400);
      const unpaid = at.number();
      await client.jsapiOrder(at.order(unpaid));
      await assertRefused(client.refund(refundOf(at, unpaid, at.number('R'))), 'INVALID_REQUEST', 400);
      if (at.of.sub_mchid === undefined) return;
      const ofOther = { sub_mchid: OTHER_SUB };
      await assertRefused(client.refund(refundOf(at, out_trade_no, at.number('R'), ofOther)), 'INVALID_REQUEST', 400);
      const ofNobody = { out_trade_no, out_refund_no: 'R1', amount: { refund: 1, total: 100, currency: 'CNY' } };
      assert.match((await errorOf(client.refund(ofNobody))).message, /sub_mchid/);
    },
  },
  refundQuery: {
    async round(at) {
      const { out_trade_no } = await at.paid();
      const out_refund_no = at.number('R|*@');
      const { refund_id } = await at.client.refund(refundOf(at, out_trade_no, out_refund_no));
      const asked = await at.client.refundQuery({ out_refund_no, ...at.of });
      assert.deepEqual([asked.refund_id, asked.out_trade_no, asked.amount.total], [refund_id, out_trade_no, 100]);
    },
    *bad({ client, of }) {
      yield [client.refundQuery({ ...of }), 'out_refund_no'];
      yield [client.refundQuery({ out_refund_no: 'R 1', ...of }), 'out_refund_no'];
      yield [client.refundQuery({ out_refund_no: 'R1', out_trade_no: 'x', ...of }), 'out_trade_no'];
    },
    async refused({ client, of }) {
      await assertRefused(client.refundQuery({ out_refund_no: 'never', ...of }), 'RESOURCE_NOT_EXISTS', 404);
      if (of.sub_mchid === undefined) return;
      await assertRefused(client.refundQuery({ out_refund_no: 'never' }), 'PARAM_ERROR', 400);
    },
  },
  abnormalRefund: {
    async round(at) {
      const { client, gateway, of } = at;
      const { refund_id, out_refund_no } = await abnormal(at);
      assert.equal((await client.refundQuery({ out_refund_no, ...of })).status, 'ABNORMAL');
      const again = await client.abnormalRefund({ refund_id, out_refund_no, ...CARD, ...of });
      assert.deepEqual([again.status, again.channel], ['PROCESSING', 'OTHER_BANKCARD']);
      assert.match(again.user_received_account, /5678$/);
      const { secrets, status } = gateway.calls().at(-1);
      const { bank_account, real_name } = CARD;
      assert.deepEqual([status, secrets], [200, { '/bank_account': bank_account, '/real_name': real_name }]);
      const other = await abnormal(at);
      await client.abnormalRefund({ ...other, type: 'MERCHANT_BANK_CARD', ...of });
      assert.equal(gateway.calls().at(-1).secrets, undefined);
      // The notices say first that it failed, and then that it succeeded.
      await at.clock.advance(60_000);
      const heard = await heardOf(at, out_refund_no);
      assert.deepEqual(heard, Array(2).fill([at.name, 'refund', out_refund_no]));
    },
    *bad({ client, of }) {
      const right = { refund_id: '50300000000000000000000000000', out_refund_no: 'R1', ...CARD, ...of };
      for (const [more, field] of [
        [{ refund_id: '../x' }, 'refund_id'],
        [{ type: 'CARD' }, 'type'],
        [{ bank_account: undefined }, 'bank_account'],
        [{ real_name: '名'.repeat(72) }, 'real_name'],
        [{ real_name: 5 }, 'real_name'],
      ])
        yield [client.abnormalRefund({ ...right, ...more }), field];
    },
    async refused(at) {
      const { client, of } = at;
      const right = { refund_id: '50300000000000000000000000000', out_refund_no: 'R1', ...CARD, ...of };
      await assertRefused(client.abnormalRefund(right), 'RESOURCE_NOT_EXISTS', 404);
      const { refund_id } = await abnormal(at);
      await assertRefused(client.abnormalRefund({ ...right, refund_id }), 'INVALID_REQUEST', 400);
    },
  },
};

/** A bill of one day. `more` are the members that it needs besides the day. */
const billOf = (call, more = {}) => ({
  async round(at) {
    const { out_trade_no, transaction_id } = await at.paid();
    const bill_date = await overnight(at);
    for (const tar_type of [undefined, 'GZIP']) {
      const bill = await call(at.client, { bill_date, tar_type, ...more(at) });
      const rows = await rowsOf(bill);
      assert.ok(
        rows.some((row) => Object.values(row).includes(transaction_id) || Object.values(row).includes(out_trade_no)),
        JSON.stringify(rows),
      );
      assert.deepEqual(bill.differences, []);
    }
  },
  *bad(at) {
    for (const [changes, field] of [
      [{ bill_date: '20240805' }, 'bill_date'],
      [{ bill_date: '2024-02-30' }, 'bill_date'],
      [{ bill_date: undefined }, 'bill_date'],
      [{ tar_type: 'ZIP' }, 'tar_type'],
    ])
      yield [call(at.client, { bill_date: '2024-08-05', ...more(at), ...changes }), field];
  },
  async refused(at) {
    const early = { bill_date: dayOf(at.clock), ...more(at) };
    await assertRefused(call(at.client, early), 'STATEMENT_CREATING', 400);
    await assertRefused(call(at.client, { ...early, bill_date: '2020-01-01' }), 'PARAM_ERROR', 400);
  },
});

const BILLS = {
  tradeBill: billOf(
    (client, params) => client.tradeBill(params),
    ({ of }) => of,
  ),
  fundFlowBill: billOf(
    (client, params) => client.fundFlowBill(params),
    () => ({}),
  ),
  subMerchantFundFlowBill: {
    ...billOf(
      (client, params) => client.subMerchantFundFlowBill(params),
      ({ of }) => ({ account_type: 'BASIC', ...of }),
    ),
    only: 'provider',
  },
};

const CERTIFICATES = {
  certificates: {
    async round({ client, gateway, own }) {
      const pinned = await gateway.wechatpayKeys(own.mch_id);
      const certificates = Object.entries(pinned).filter(([serial]) => !serial.startsWith('PUB_KEY_ID_'));
      if (certificates.length === 0) return assertRefused(client.certificates(), 'RESOURCE_NOT_EXISTS', 404);
      const fetched = await client.certificates({ algorithm_type: 'RSA' });
      assert.deepEqual(
        fetched.map(({ serial_no, pem }) => [serial_no, pem]),
        certificates,
      );
      for (const { effective_time, expire_time } of fetched)
        assert.ok(Date.parse(effective_time) < Date.parse(expire_time));
    },
    *bad({ client }) {
      yield [client.certificates({ algorithm_type: 'SM2' }), 'algorithm_type'];
    },
    refused: async ({ open, own, clock }) => {
      const late = await open(own.mch_id, {}, { nowMs: () => clock.now() - 301_000 });
      await assertRefused(late.certificates(), 'SIGN_ERROR', 401);
    },
  },
};

/** Two orders that are paid together: of two merchants, or of two sub-merchants of a provider. */
export function combined(at, more = {}) {
  const combine_out_trade_no = at.number('whole');
  const numbers = [at.number('part'), at.number('part')];
  const part = (out_trade_no, total_amount, ids) => ({
    ...{ out_trade_no, description: '茶', attach: `of ${out_trade_no}`, amount: { total_amount, currency: 'CNY' } },
    ...ids,
  });
  const [first, second] = at.isDirect
    ? [{ mchid: SHOP.mch_id }, { mchid: SECOND.mch_id }]
    : [
        { mchid: PROVIDER.mch_id, sub_mchid: SUB, sub_appid: SUB_APP },
        { mchid: PROVIDER.mch_id, sub_mchid: OTHER_SUB },
      ];
  at.knows(combine_out_trade_no, 30, null);
  return {
    ...{ combine_out_trade_no, sub_orders: [part(numbers[0], 10, first), part(numbers[1], 20, second)] },
    ...more,
  };
}

const closing = ({ combine_out_trade_no, sub_orders }) => ({
  combine_out_trade_no,
  sub_orders: sub_orders.map(({ mchid, out_trade_no, sub_mchid, sub_appid }) => ({
    ...{ mchid, out_trade_no },
    ...(sub_mchid && { sub_mchid }),
    ...(sub_appid && { sub_appid }),
  })),
});

/** Combined orders of one kind. `pay` pays the answer. */
const combinedOf = (name, pay, more = {}) => ({
  async round(at) {
    for (const notify_url of [undefined, at.router]) {
      const order = combined(at, { ...more, notify_url });
      const { combine_out_trade_no, sub_orders } = order;
      assert.deepEqual(await pay(at, await at.client[name](order), combine_out_trade_no, sub_orders), ok);
      const place = notify_url === undefined ? at.name : 'router';
      assert.deepEqual(await heardOf(at, combine_out_trade_no), [[place, 'combined', combine_out_trade_no]]);
      const { sub_orders: asked } = await at.client.combinedOrderQuery({ combine_out_trade_no });
      assert.deepEqual(
        asked.map(({ out_trade_no, trade_state, amount }) => [out_trade_no, trade_state, amount.total_amount]),
        sub_orders.map(({ out_trade_no, amount }) => [out_trade_no, 'SUCCESS', amount.total_amount]),
      );
    }
  },
  *bad(at) {
    const right = combined(at, more);
    const [one, two] = right.sub_orders;
    for (const [changes, field] of [
      [{ combine_out_trade_no: 'short' }, 'combine_out_trade_no'],
      [{ sub_orders: [] }, 'sub_orders'],
      [{ sub_orders: undefined }, 'sub_orders'],
      [{ sub_orders: [one, { ...two, attach: undefined }] }, 'sub_orders[1].attach'],
      [{ sub_orders: [one, { ...two, amount: { total: 1, currency: 'CNY' } }] }, 'sub_orders[1].amount.total'],
      [{ combine_mchid: '1' }, 'combine_mchid'],
    ])
      yield [at.client[name]({ ...right, ...changes }), field];
  },
  async refused(at) {
    const order = combined(at, more);
    await at.client[name](order);
    const [one, two] = order.sub_orders;
    const changed = { ...order, sub_orders: [one, { ...two, amount: { total_amount: 21, currency: 'CNY' } }] };
    await assertRefused(at.client[name](changed), 'INVALID_REQUEST', 400);
    await at.client.closeCombinedOrder(closing(order));
    await assertRefused(at.client[name](order), 'ORDER_CLOSED', 400);
    const used = { ...combined(at, more), sub_orders: order.sub_orders };
    await assertRefused(at.client[name](used), 'OUT_TRADE_NO_USED', 403);
  },
});

const payOrders = async ({ gateway }, _answer, _whole, [{ out_trade_no }]) => gateway.payOrder({ out_trade_no });
const PAYER = { combine_payer_info: { openid: OPENID } };
const H5_SCENE = { scene_info: { payer_client_ip: '14.23.150.211', h5_info: { type: 'iOS' } } };

const COMBINED = {
  combinedJsapiOrder: combinedOf(
    'combinedJsapiOrder',
    async ({ client, gateway, own }, { prepay_id }) => {
      const payment = await client.requestPayment(prepay_id, own.appid);
      return gateway.pay({ appId: own.appid, openid: OPENID, ...payment });
    },
    PAYER,
  ),
  combinedAppOrder: combinedOf('combinedAppOrder', async ({ client, gateway, own }, { prepay_id }) => {
    const payee = { appid: own.appid, partnerid: own.mch_id };
    return gateway.payInApp(await client.appPayment(prepay_id, payee));
  }),
  combinedH5Order: combinedOf('combinedH5Order', payOrders, H5_SCENE),
  combinedNativeOrder: combinedOf('combinedNativeOrder', payOrders),
  combinedOrderQuery: {
    async round(at) {
      const order = combined(at, PAYER);
      await at.client.combinedJsapiOrder(order);
      const { combine_out_trade_no } = order;
      const { combine_appid, combine_mchid, sub_orders } = await at.client.combinedOrderQuery({ combine_out_trade_no });
      assert.deepEqual([combine_appid, combine_mchid], [at.own.appid, at.own.mch_id]);
      assert.deepEqual(
        sub_orders.map(({ trade_state }) => trade_state),
        ['NOTPAY', 'NOTPAY'],
      );
    },
    *bad({ client }) {
      yield [client.combinedOrderQuery({}), 'combine_out_trade_no'];
      yield [client.combinedOrderQuery({ combine_out_trade_no: 'x/../y' }), 'combine_out_trade_no'];
    },
    async refused(at) {
      const { client, of } = at;
      await assertRefused(client.combinedOrderQuery({ combine_out_trade_no: 'never-1' }), 'ORDER_NOT_EXIST', 404);
      // The ordinary query does not know the parts.
      const order = combined(at, PAYER);
      await client.combinedJsapiOrder(order);
      const [{ out_trade_no }] = order.sub_orders;
      await assertRefused(client.orderQuery({ out_trade_no, ...of }), 'ORDER_NOT_EXIST', 404);
    },
  },
  closeCombinedOrder: {
    async round(at) {
      const order = combined(at, PAYER);
      await at.client.combinedJsapiOrder(order);
      for (const _ of [1, 2]) assert.equal(await at.client.closeCombinedOrder(closing(order)), undefined);
      const { sub_orders } = await at.client.combinedOrderQuery({ combine_out_trade_no: order.combine_out_trade_no });
      assert.deepEqual([...new Set(sub_orders.map(({ trade_state }) => trade_state))], ['CLOSED']);
    },
    *bad({ client }) {
      yield [client.closeCombinedOrder({ combine_out_trade_no: 'whole-1' }), 'sub_orders'];
      yield [client.closeCombinedOrder({ combine_out_trade_no: 'whole-1', sub_orders: [{}] }), 'sub_orders[0].mchid'];
    },
    async refused(at) {
      const order = combined(at, PAYER);
      await at.client.combinedJsapiOrder(order);
      const { combine_out_trade_no, sub_orders } = closing(order);
      const [one, two] = sub_orders;
      const close = (...parts) => at.client.closeCombinedOrder({ combine_out_trade_no, sub_orders: parts });
      await assertRefused(close(one), 'TRADE_ERROR', 403);
      await assertRefused(close(one, { ...two, out_trade_no: 'another-1' }), 'TRADE_ERROR', 403);
      if (!at.isDirect) await assertRefused(close(one, { ...two, sub_mchid: undefined }), 'TRADE_ERROR', 403);
      assert.deepEqual(at.gateway.payOrder({ out_trade_no: one.out_trade_no }), ok);
      await assertRefused(close(two, one), 'ORDER_PAID', 400);
      // One part goes back by the ordinary refund.
      const out_refund_no = at.number('R');
      at.knows(one.out_trade_no, 10);
      const amount = { refund: 10, total: 10, currency: 'CNY' };
      await at.client.refund({ out_trade_no: one.out_trade_no, out_refund_no, amount, ...at.of });
      await at.clock.advance(60_000);
      assert.deepEqual(await heardOf(at, out_refund_no), [[at.name, 'refund', out_refund_no]]);
      const { sub_orders: asked } = await at.client.combinedOrderQuery({ combine_out_trade_no });
      assert.deepEqual(
        asked.map(({ trade_state }) => trade_state),
        ['REFUND', 'SUCCESS'],
      );
    },
  },
};

export const MONEY = { ...REFUNDS, ...COMBINED, ...BILLS, ...CERTIFICATES };
