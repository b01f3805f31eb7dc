// The code in the tables of js/docs, each cell in its own generation against the gateway.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { codesOf, functionsOf, isCall, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

/** The tables for those who come from another library are first: no service provider is in them. */
const TABLES = ['moving-from-other-libraries.md', 'from-v2-to-v3.md'].flatMap((name) => readPage(name).tables);
const CLIENTS = { v2: WechatPayV2, v3: WechatPayV3 };
const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32), keyPhase: 'obtained' };
const SUB = { sub_mch_id: '1900013511', sub_appid: 'wx2222222222222222', secret: 'sub-secret' };
const PROVIDER = {
  ...{ appid: 'wx1111111111111111', mch_id: '1900000109', key: '2'.repeat(32), apiV3Key: 'p'.repeat(32) },
  sub_merchants: [SUB],
};
/** Eleven in the morning in Beijing, when the bills of yesterday are made. */
const clock = createManualClock(Math.floor(Date.now() / 86_400_000) * 86_400_000 + 3 * 3_600_000);
const letters = [];
let gateway;
/** The options of a client of each generation, which the constructors name. */
const options = {};
before(async () => {
  const keep = async (url, init) => letters.push({ url, headers: init.headers, body: init.body }) && new Response();
  gateway = createGateway({ merchants: [SHOP, PROVIDER], clock, refundDelayMs: 60_000, fetch: keep });
  for (const api of ['v2', 'v3']) options[api] = await gateway.client(SHOP.mch_id, api === 'v3' ? { api } : {});
});
after(() => gateway.close());

/** The code of the cells that call something. */
const cells = TABLES.flatMap(({ head, rows }) =>
  ['v2', 'v3'].flatMap((api) => {
    const column = head.findIndex((title) => [`API${api}`, `ours, API${api}`].includes(title));
    return rows.flatMap((row) =>
      codesOf(row[column] ?? '')
        .filter(isCall)
        .map((code) => ({ api, code, method: /(\w+)\(/.exec(code)[1] })),
    );
  }),
);

test('each row for those who come from another library has one own call', () => {
  const { tables } = readPage('moving-from-other-libraries.md');
  const rows = tables.flatMap(({ head, rows }) =>
    rows.map((row) => row[head.findIndex((one) => one.startsWith('ours'))]),
  );
  assert.equal(tables.length, 3);
  for (const cell of rows) assert.equal(codesOf(cell).filter(isCall).length, 1, cell);
});

/** The client of a cell, and the one that places its order. */
async function clientOf(api, isPartner) {
  const how = api === 'v3' ? { api } : {};
  const now = api === 'v3' && { nowMs: () => clock.now() };
  if (!isPartner) return new CLIENTS[api]({ ...(await gateway.client(SHOP.mch_id, how)), ...now });
  const sub = api === 'v3' ? { sub_mchid: SUB.sub_mch_id } : { sub_mch_id: SUB.sub_mch_id };
  const options = await gateway.client(PROVIDER.mch_id, { ...how, ...sub, sub_appid: SUB.sub_appid });
  return new CLIENTS[api]({ ...options, ...now });
}

/** How far an order is before a method is called. Where a method is missing, it places the order itself, or needs none. */
const STATES = {
  ...{ requestPayment: 'placed', orderQuery: 'placed', closeOrder: 'placed', settle: 'placed', call: 'placed' },
  ...{ refund: 'paid', openNotify: 'paid', refundQuery: 'refunded', abnormalRefund: 'failed', reverse: 'by code' },
  ...{ downloadBill: 'billed', tradeBill: 'billed', downloadFundFlow: 'billed', fundFlowBill: 'billed' },
  ...{ subMerchantFundFlowBill: 'billed', batchQueryComment: 'commented', appPayment: 'for an app' },
};

const PLACE = {
  v2: (pay, of) => pay.pay({ body: 'b', total_fee: 2, spbill_create_ip: '::1', ...of.payer, ...of.ids }),
  v3: (pay, of) => pay.pay({ description: 'b', amount: { total: 2 }, payer: of.payer, ...of.ids }),
};
const PLACE_FOR_APP = (pay, { ids }) => pay.appOrder({ description: 'b', amount: { total: 2 }, ...ids });
const SCAN = {
  v2: (pay, { out_trade_no }) =>
    pay.micropay({ body: 'b', out_trade_no, total_fee: 2, spbill_create_ip: '::1', auth_code: AUTH_CODE }),
  v3: (pay, { out_trade_no }) =>
    pay.codepay({
      ...{ description: 'b', out_trade_no, amount: { total: 2 }, payer: { auth_code: AUTH_CODE } },
      scene_info: { store_info: { out_id: '1' } },
    }),
};
const AUTH_CODE = '134567890123456789';
const REFUND = {
  v2: (pay, ids) => pay.refund({ ...ids, total_fee: 2, refund_fee: 1 }),
  v3: (pay, ids) => pay.refund({ ...ids, amount: { total: 2, refund: 1, currency: 'CNY' } }),
};
const day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
const digits = (ms) => new Date(ms + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(0, 14);

let count = 0;

/** Brings an order so far, and returns what a cell may name. */
async function sceneOf({ api, code, method }, { pay, isPartner }) {
  count += 1;
  const out_trade_no = `docs-${api}-${count}`;
  const notify_url = 'http://127.0.0.1:9/';
  const ids = { out_trade_no, notify_url };
  const subs = isPartner ? { sub_openid: 's1' } : { openid: 'o1' };
  const of = { ids, payer: isPartner && code.includes('sp_openid') ? { sp_openid: 'p1' } : subs };
  const out_refund_no = `R${out_trade_no}`;
  const appid = isPartner ? SUB.sub_appid : SHOP.appid;
  const scene = {
    ...{ pay, out_trade_no, out_refund_no, notify_url, body: 'b', description: 'b', total: 2, total_fee: 2 },
    ...{
      refund: 1,
      refund_fee: 1,
      openid: isPartner ? 'p1' : 'o1',
      spbill_create_ip: '::1',
      payer_client_ip: '::1',
      product_id: '1',
    },
    ...{ auth_code: AUTH_CODE, out_id: '1', interface_url: 'https://api.mch.weixin.qq.com/pay/unifiedorder' },
    ...{
      user_ip: '127.0.0.1',
      trades: [{ out_trade_no: '1', state: 'OK' }],
      js_code: gateway.login({ appid, openid: 'o1' }),
      text: '张三',
      sub_openid: 's1',
    },
    ...{ code: gateway.phoneCode({ appid, phoneNumber: '13800138000' }), combine_payer_info: { openid: 'o1' } },
    ...{ combine_out_trade_no: out_trade_no, sub_mchid: SUB.sub_mch_id, findOrder() {}, onPaid() {}, onRefund() {} },
    ...{ api: 'orderQuery', params: { out_trade_no }, headers: {}, transaction_id: '', prepay_id: '', refund_id: '' },
    path: `/v3/pay/transactions/out-trade-no/${out_trade_no}?mchid=${SHOP.mch_id}`,
    sub_orders: ['a', 'b'].map((end) => ({
      ...{ mchid: SHOP.mch_id, out_trade_no: out_trade_no + end, attach: 'a', description: 'b' },
      amount: { total_amount: 1, currency: 'CNY' },
    })),
    ...{ bill_date: '', begin_time: '', end_time: '' },
    ...{ ...options[api], WechatPay: CLIENTS[api] },
  };
  const isByCode = code.includes('isPayCode') || STATES[method] === 'by code';
  const state = code.includes('transaction_id') ? 'paid' : isByCode ? 'by code' : STATES[method];
  if (state === undefined) return scene;
  if (state === 'by code') {
    await SCAN[api](pay, scene);
    // A payment by code can be reversed after fifteen seconds.
    await clock.advance(15_000);
  } else if (state === 'for an app') scene.prepay_id = (await PLACE_FOR_APP(pay, of)).prepay_id;
  else {
    const payment = await PLACE[api](pay, of);
    scene.prepay_id = payment.package.slice('prepay_id='.length);
    // An order of APIv2 can be closed after five minutes.
    await clock.advance(360_000);
    if (state === 'placed') return scene;
    assert.deepEqual(await gateway.pay({ appId: appid, ...payment }), { errMsg: 'requestPayment:ok' });
    await gateway.idle();
    Object.assign(scene, letters.at(-1));
    scene.transaction_id = gateway.orders().find((one) => one.out_trade_no === out_trade_no).transaction_id;
  }
  if (['refunded', 'failed'].includes(state)) await REFUND[api](pay, { out_trade_no, out_refund_no });
  if (state === 'failed') {
    scene.refund_id = gateway.refunds().at(-1).refund_id;
    assert.equal(gateway.failRefund({ out_trade_no, out_refund_no }).errMsg, 'failRefund:ok');
  }
  if (state === 'commented') {
    gateway.comment({ transaction_id: scene.transaction_id, stars: 5, comment: '好' });
    Object.assign(scene, { begin_time: digits(clock.now() - 1000), end_time: digits(clock.now()) });
  }
  if (state === 'billed') {
    const paidMs = clock.now();
    await clock.advance(86_400_000);
    scene.bill_date = api === 'v3' ? day(paidMs) : day(paidMs).replaceAll('-', '');
  }
  return scene;
}

const isPrepaid = ({ prepay_id }) => assert.match(prepay_id, /^\w{20,}$/);
const isSigned = ({ paySign }) => assert.match(paySign, /^[\w+/=]{32,}$/);
const rowsOf = async (bill) => {
  const rows = [];
  for await (const row of bill) rows.push(row);
  assert.ok(rows.length > 0);
};

/** What each method must have returned. */
const CHECKS = {
  WechatPay: (client, { appid }) => assert.equal(client.appid, appid),
  pay: isSigned,
  unifiedOrder: (answer, { code }) =>
    code.includes('NATIVE')
      ? assert.match(answer.code_url, /^weixin:/)
      : code.includes('MWEB')
        ? assert.match(answer.mweb_url, /^https:/)
        : isPrepaid(answer),
  jsapiOrder: isPrepaid,
  appOrder: isPrepaid,
  appPayment: async (answer) => assert.equal((await gateway.payInApp(answer)).errMsg, 'requestPayment:ok'),
  nativeOrder: ({ code_url }) => assert.match(code_url, /^weixin:/),
  h5Order: ({ h5_url }) => assert.match(h5_url, /^https:/),
  requestPayment: isSigned,
  orderQuery: ({ trade_state }, { code }) =>
    assert.equal(trade_state, code.includes('transaction_id') ? 'SUCCESS' : 'NOTPAY'),
  closeOrder: (_, { out_trade_no }) => assert.equal(stateOf(out_trade_no), 'CLOSED'),
  settle: ({ state }, { code }) => assert.equal(state, code.includes('isPayCode') ? 'paid' : 'closed'),
  micropay: ({ trade_type }) => assert.equal(trade_type, 'MICROPAY'),
  codepay: ({ trade_type }) => assert.equal(trade_type, 'MICROPAY'),
  reverse: (_, { out_trade_no }) => assert.equal(stateOf(out_trade_no), 'REVOKED'),
  refund: (_, { out_trade_no }) => assert.equal(stateOf(out_trade_no), 'REFUND'),
  refundQuery: (answer, { api }) =>
    assert.equal(api === 'v3' ? answer.status : answer.refunds[0].refund_status, 'PROCESSING'),
  abnormalRefund: ({ status }) => assert.equal(status, 'PROCESSING'),
  downloadBill: rowsOf,
  tradeBill: rowsOf,
  downloadFundFlow: rowsOf,
  fundFlowBill: rowsOf,
  subMerchantFundFlowBill: rowsOf,
  batchQueryComment: ({ comments }) => assert.equal(comments.length, 1),
  report: ({ result_code }) => assert.equal(result_code, 'SUCCESS'),
  sandboxSignKey: ({ sandbox_signkey }) => assert.equal(sandbox_signkey.length, 32),
  code2Session: ({ openid }) => assert.equal(openid, 'o1'),
  getPhoneNumber: ({ purePhoneNumber }) => assert.equal(purePhoneNumber, '13800138000'),
  notifyHandler: (handler) => assert.equal(typeof handler, 'function'),
  openNotify: (notice, { out_trade_no }) => assert.deepEqual([notice.paid, notice.out_trade_no], [true, out_trade_no]),
  combinedJsapiOrder: isPrepaid,
  call: (answer, { api }) => assert.equal((api === 'v3' ? answer.body : answer.fields).trade_state, 'NOTPAY'),
  encrypt: ({ text }) => assert.equal(Buffer.from(text, 'base64').length, 256),
};

const stateOf = (number) => gateway.orders().find((one) => one.out_trade_no === number).trade_state;

test('each call in the tables of both guides does its work in its own generation', async () => {
  const scenes = await Promise.all(['v2', 'v3'].map((api) => sceneOf({ api, code: '', method: '' }, {})));
  const names = [...new Set(scenes.flatMap(Object.keys))];
  const functions = await functionsOf(
    cells.map(({ code }) => code),
    [...names, 'everyone'],
  );
  const clients = {};
  for (const api of ['v2', 'v3'])
    for (const isPartner of [false, true]) clients[`${api} ${isPartner}`] = await clientOf(api, isPartner);
  const provider = await gateway.client(PROVIDER.mch_id, { api: 'v3' });
  const everyone = new WechatPayV3({ ...provider, nowMs: () => clock.now() });
  const firstOfPartner = cells.findIndex(({ code }) => code.includes('...provider'));
  let ran = 0;
  for (const [at, cell] of cells.entries()) {
    // The clients of the move are those of docs-keys.test.mjs.
    if (cell.code.includes('...')) continue;
    const isPartner = at > firstOfPartner;
    const pay = clients[`${cell.api} ${isPartner}`];
    const scene = { ...(await sceneOf(cell, { pay, isPartner })), everyone };
    assert.ok(CHECKS[cell.method], `${cell.method} has a check`);
    try {
      await CHECKS[cell.method](await functions[at](scene), { ...scene, ...cell });
    } catch (cause) {
      throw new Error(`API${cell.api}: ${cell.code}: ${cause.message}`, { cause });
    }
    ran += 1;
  }
  assert.ok(ran >= 80, `${ran} cells ran`);
});
