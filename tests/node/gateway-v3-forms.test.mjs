// The form of requests of APIv3 at the gateway: members, paths, queries and methods.

import assert from 'node:assert/strict';
import * as v2 from './gateway-support.mjs';
import { shop } from './gateway-support.mjs';
import {
  assertDone,
  assertRefused,
  byNumber,
  call,
  JSAPI,
  order,
  placeAndPay,
  placeOrder,
  query,
  REFUNDS,
  refundBody,
  withGateway,
} from './gateway-v3-support.mjs';

const NUMBER = order().out_trade_no;

withGateway(
  'each member that breaks its rule is named by a JSON Pointer, with the issue and its value',
  async (side) => {
    const cases = [
      [{ description: undefined }, '/description', 'is required', ''],
      [
        { description: '名'.repeat(128) },
        '/description',
        'should have at most 127 characters',
        '名'.repeat(128),
        268435464,
      ],
      [{ description: '红包🧧' }, '/description', 'should not have characters of four bytes in UTF-8', '红包🧧'],
      [{ description: '𠮷野家' }, '/description', 'should not have characters of four bytes in UTF-8', '𠮷野家'],
      [{ attach: null }, '/attach', 'should not be null', 'null'],
      [{ amount: null }, '/amount', 'should not be null', 'null'],
      [{ amount: { total: '88' } }, '/amount/total', 'should be integer', '88'],
      [{ amount: { total: 1.5 } }, '/amount/total', 'should be integer', '1.5'],
      [{ amount: { total: 2 ** 53 } }, '/amount/total', 'should be integer', String(2 ** 53)],
      [{ amount: { total: 0 } }, '/amount/total', 'should be at least 1', '0', 268435464],
      [{ amount: {} }, '/amount/total', 'is required', ''],
      [{ amount: { total: 88, currency: 'USD' } }, '/amount/currency', 'should be one of CNY', 'USD'],
      [{ amount: [88] }, '/amount', 'should be object', '[88]'],
      [{ payer: {} }, '/payer/openid', 'is required', ''],
      [{ payer: { openid: 7 } }, '/payer/openid', 'should be string', '7'],
      [{ out_trade_no: '12345' }, '/out_trade_no', 'should be 6 to 32 of 0-9A-Za-z_-|*', '12345'],
      [{ out_trade_no: '12345@' }, '/out_trade_no', 'should be 6 to 32 of 0-9A-Za-z_-|*', '12345@'],
      [{ notify_url: 'http://shop/notify?a=1' }, '/notify_url', 'should be an http or https URL without a query'],
      [
        { time_expire: '20240806000000' },
        '/time_expire',
        'should be a time of RFC 3339 such as 2018-06-08T10:34:56+08:00',
      ],
      [{ time_expire: '2024-02-30T00:00:00+08:00' }, '/time_expire', undefined],
      [{ support_fapiao: 'true' }, '/support_fapiao', 'should be boolean', 'true'],
      [{ settle_info: { profit_sharing: 1 } }, '/settle_info/profit_sharing', 'should be boolean', '1'],
      [{ scene_info: { payer_client_ip: 'here' } }, '/scene_info/payer_client_ip', 'should be an IPv4 or IPv6 address'],
      [{ scene_info: {} }, '/scene_info/payer_client_ip', 'is required', ''],
      [{ limit_pay: ['no_cash'] }, '/limit_pay/0', undefined, 'no_cash'],
      [{ limit_pay: 'no_credit' }, '/limit_pay', 'should be array', 'no_credit'],
      [
        { detail: { goods_detail: [{ merchant_goods_id: '1', quantity: 1 }] } },
        '/detail/goods_detail/0/unit_price',
        'is required',
      ],
      [{ total_fee: 88 }, '/total_fee', 'is no member of this request', '88', 270924358],
      [{ amount: { total: 88, fee: 1 } }, '/amount/fee', 'is no member of this request', '1', 270924358],
      [{ 'a/b~': 1 }, '/a~1b~0', 'is no member of this request', '1', 270924358],
    ];
    for (const [changes, field, issue, value, inner = 268435461] of cases) {
      const { detail } = assertRefused(await call(side, 'POST', JSAPI, order(changes)), 400, 'PARAM_ERROR', inner);
      assert.deepEqual(
        { field: detail.field, location: detail.location },
        { field, location: 'body' },
        JSON.stringify(changes),
      );
      if (issue !== undefined) assert.equal(detail.issue, issue);
      if (value !== undefined) assert.equal(detail.value, value);
    }
    assert.deepEqual(side.gateway.orders(), []);
  },
);

withGateway('each member of a refund has its rule, and one number of the order is needed', async (side) => {
  await placeAndPay(side);
  const cases = [
    [{ out_trade_no: undefined }, ''],
    [{ transaction_id: '4200000000000000000000000000' }, ''],
    [{ out_refund_no: undefined }, '/out_refund_no'],
    [{ out_refund_no: 'R 1' }, '/out_refund_no'],
    [{ amount: { total: 88, refund: 1 } }, '/amount/currency'],
    [{ amount: { total: 88, refund: 0, currency: 'CNY' } }, '/amount/refund', 268435464],
    [{ reason: '退'.repeat(81) }, '/reason', 268435464],
    [{ refund_desc: 'v2' }, '/refund_desc', 270924358],
    [{ sub_mch_id: '1900000109' }, '/sub_mch_id', 270924358],
    [{ sub_mchid: '1'.repeat(33) }, '/sub_mchid', 268435464],
    [{ funds_account: 'BASIC' }, '/funds_account'],
  ];
  for (const [changes, field, inner = 268435461] of cases) {
    const answer = await call(side, 'POST', REFUNDS, refundBody(changes));
    assert.equal(assertRefused(answer, 400, 'PARAM_ERROR', inner).detail.field, field, JSON.stringify(changes));
  }
  assert.deepEqual(side.gateway.refunds(), []);
  const chosen = assertDone(side, await call(side, 'POST', REFUNDS, refundBody({ funds_account: 'AVAILABLE' })));
  assert.equal(chosen.funds_account, 'AVAILABLE');
});

withGateway('a body that is no JSON object is refused', async (side) => {
  for (const body of ['{"appid":', '[]', 'null', '"text"', '{} {}', '{"a":1,}']) {
    const { detail } = assertRefused(await call(side, 'POST', JSAPI, body), 400, 'PARAM_ERROR', 268435461);
    assert.equal(detail.issue, 'should be a JSON object');
  }
});

withGateway('a value in the path or the query is named without a slash', async (side) => {
  const short = await call(side, 'GET', byNumber('1.345'));
  const { detail } = assertRefused(short, 400, 'PARAM_ERROR', 268435461);
  assert.deepEqual(detail, {
    field: 'out_trade_no',
    issue: 'should be 1 to 32 of 0-9A-Za-z_-|*@',
    location: 'uri_template',
    value: '1.345',
  });
  const missing = await call(side, 'GET', `/v3/pay/transactions/out-trade-no/${NUMBER}`);
  const { field, location } = assertRefused(missing, 400, 'PARAM_ERROR', 268435461).detail;
  assert.deepEqual({ field, location }, { field: 'mchid', location: 'query' });
  assertRefused(await call(side, 'GET', `${byNumber(NUMBER)}&sub=1`), 400, 'PARAM_ERROR', 270924358);
});

withGateway('a number with | and * is found by its percent-encoding, which is signed as it is sent', async (side) => {
  await placeOrder(side, { out_trade_no: 'ORD|2026*07-25_1' });
  assert.equal((await query(side, 'ORD|2026*07-25_1')).out_trade_no, 'ORD|2026*07-25_1');
});

withGateway('another path is 404 and another method 405, without a body and without a signature', async (side) => {
  for (const [method, target, status] of [
    ['GET', '/v3/pay/transactions/nothing', 404],
    ['GET', JSAPI, 405],
    ['POST', byNumber(NUMBER), 405],
  ]) {
    const answer = await call(side, method, target, method === 'POST' ? {} : undefined);
    assert.equal(answer.status, status);
    assert.equal(answer.text, '');
    assert.match(answer.headers.get('request-id'), /^[0-9A-F]{44}-0$/);
    assert.equal(answer.headers.get('wechatpay-signature'), null);
  }
});

withGateway('an order of APIv2 with a short number or an @ is queried, refunded and closed in APIv3', async (side) => {
  for (const out_trade_no of ['a1@', '7']) {
    await v2.placeAndPay(side.gateway, { out_trade_no });
    const target = byNumber(encodeURIComponent(out_trade_no));
    assert.equal(assertDone(side, await call(side, 'GET', target)).trade_state, 'SUCCESS');
    const refund = refundBody({ out_trade_no, out_refund_no: `R${out_trade_no}` });
    assert.equal(assertDone(side, await call(side, 'POST', REFUNDS, refund)).out_trade_no, out_trade_no);
    const close = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(out_trade_no)}/close`;
    assertRefused(await call(side, 'POST', close, { mchid: shop.mch_id }), 400, 'ORDER_PAID', 268449538);
    assertRefused(await call(side, 'POST', JSAPI, order({ out_trade_no })), 400, 'PARAM_ERROR', 268435461);
  }
});

withGateway('a payer’s identity has all three members, and a subsidy has a plan', async (side) => {
  const openid = order().payer.openid;
  const identity = { type: 'IDCARD', number: 'x', name: 'x' };
  const detail = {
    subsidy_period_type: 'PERIOD',
    subsidy_plan: [{ subsidy_installment_num: 3, subsidy_percent: 100 }],
  };
  for (const [changes, field] of [
    [{ payer: { openid, identity: { ...identity, type: 'PASSPORT' } } }, '/payer/identity/type'],
    [{ payer: { openid, identity: { ...identity, number: undefined } } }, '/payer/identity/number'],
    [{ payer: { openid, identity: { ...identity, name: undefined } } }, '/payer/identity/name'],
    [
      { subsidy_info: { subsidy_detail: [{ ...detail, subsidy_plan: undefined }] } },
      '/subsidy_info/subsidy_detail/0/subsidy_plan',
    ],
  ]) {
    const { detail: said } = assertRefused(
      await call(side, 'POST', JSAPI, order(changes)),
      400,
      'PARAM_ERROR',
      268435461,
    );
    assert.equal(said.field, field);
  }
  await placeOrder(side, { subsidy_info: { subsidy_detail: [detail] } });
});

const told = [];
withGateway(
  'a call to a path that nobody has is an event and in the list of calls',
  async (side) => {
    const answer = await call(side, 'GET', '/v3/strange/path');
    assert.deepEqual([answer.status, answer.text], [404, '']);
    const [{ path, status }] = side.gateway.calls();
    assert.deepEqual([path, status], ['/v3/strange/path', 404]);
    const { reason } = told.find(({ type }) => type === 'refused');
    assert.equal(reason, 'this gateway has no such path');
  },
  { onEvent: (event) => told.push(event) },
);

withGateway('a failure on demand has the words of its own code', async (side) => {
  for (const [err_code, words] of [
    ['NOT_ENOUGH', '余额不足，请充值后重试'],
    ['A_NEW_CODE', 'A_NEW_CODE'],
  ]) {
    side.gateway.failNext({ kind: 'err_code', err_code });
    assert.equal((await call(side, 'POST', JSAPI, order())).json.message, words);
  }
});

withGateway('a client is asked for by the name that its generation has for the sub-merchant', async ({ gateway }) => {
  await assert.rejects(gateway.client(shop.mch_id, { api: 'v3', sub_mch_id: '1' }), /in APIv3 it is sub_mchid/);
  await assert.rejects(gateway.client(shop.mch_id, { sub_mchid: '1' }), /in APIv2 it is sub_mch_id/);
});
