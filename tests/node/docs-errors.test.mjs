// The codes of errors and the words of refunds in js/docs, each provoked at the gateway in both generations.
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { codesOf, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const { appid, mch_id } = otherShop;
const page = readPage('from-v2-to-v3.md');
const clock = createManualClock(Date.now());
const notify_url = 'http://127.0.0.1:9/';
const code = { auth_code: '134567890123456789' };
let gateway;
let sides;

before(async () => {
  const micropay = () => ({ result: 'USERPAYING', afterMs: 60_000, trade_state: 'SUCCESS' });
  const merchants = [{ ...otherShop, apiV3Key: 'v'.repeat(32) }];
  gateway = createGateway({ merchants, clock, micropay, refundDelayMs: 60_000, retryDelaysMs: [] });
  const [v2, v3] = [await gateway.client(mch_id), await gateway.client(mch_id, { api: 'v3' })];
  const nowMs = () => clock.now();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { certificate, ...others } = v3;
  const another = { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }), nowMs };
  const serial = new X509Certificate(certificate).serialNumber;
  sides = {
    v2: sideV2(new WechatPayV2(v2), new WechatPayV2({ ...v2, key: 'x'.repeat(32) })),
    v3: sideV3(new WechatPayV3({ ...v3, nowMs }), new WechatPayV3({ ...others, ...another, serial })),
  };
});
after(() => gateway.close());

/** What the mistakes need, in APIv2. */
const sideV2 = (pay, stranger) => ({
  ...{ pay, stranger },
  order: (out_trade_no, total_fee = 2) =>
    pay.pay({ out_trade_no, notify_url, body: 'b', total_fee, openid: 'o1', spbill_create_ip: '::1' }),
  refund: (out_trade_no, total_fee, refund_fee, out_refund_no = out_trade_no) =>
    pay.refund({ out_trade_no, out_refund_no, total_fee, refund_fee }),
  refundState: async (out_refund_no) => (await pay.refundQuery({ out_refund_no })).refunds[0].refund_status,
  // The first row is where APIv2 says that there is no bill.
  bill: async (day) => {
    const bill = await pay.downloadBill({ bill_date: day.replaceAll('-', '') });
    return bill[Symbol.asyncIterator]().next();
  },
  failNext: (err_code) => gateway.failNext({ path: '/secapi/pay/refund', kind: 'err_code', err_code }),
  scan: () => pay.micropay({ body: 'b', out_trade_no: 'v2-code', total_fee: 2, spbill_create_ip: '::1', ...code }),
});

/** The same in APIv3. */
const sideV3 = (pay, stranger) => ({
  ...{ pay, stranger },
  order: (out_trade_no, total = 2) =>
    pay.pay({ out_trade_no, notify_url, description: 'b', amount: { total }, payer: { openid: 'o1' } }),
  refund: (out_trade_no, total, refund, out_refund_no = out_trade_no) =>
    pay.refund({ out_trade_no, out_refund_no, amount: { total, refund, currency: 'CNY' } }),
  refundState: async (out_refund_no) => (await pay.refundQuery({ out_refund_no })).status,
  bill: (day) => pay.tradeBill({ bill_date: day }),
  failNext: (err_code) => gateway.failNext({ path: '/v3/refund/domestic/refunds', kind: 'err_code', err_code }),
  async scan() {
    const scene_info = { store_info: { out_id: '1' } };
    const order = { description: 'b', out_trade_no: 'v3-code', amount: { total: 2 }, payer: code, scene_info };
    assert.equal((await pay.codepay(order)).trade_state, 'USERPAYING');
  },
});

async function paid({ order }, number) {
  assert.equal((await gateway.pay({ appId: appid, ...(await order(number)) })).errMsg, 'requestPayment:ok');
  return number;
}

async function closed({ order, pay }, number) {
  await order(number);
  await clock.advance(360_000);
  await pay.closeOrder({ out_trade_no: number });
  return number;
}

/** A call of a paid order whose answer is the code of the row. */
const answered = async (side, number, row) => {
  await paid(side, number);
  side.failNext(row);
  return side.refund(number, 2, 1);
};

/** The mistakes, in the sequence of the table. Each rejects, or resolves where there is a dash. */
const MISTAKES = [
  async (side, number) => side.order(await paid(side, number)),
  async (side, number) => side.order(await closed(side, number)),
  async (side, number) => side.order(number).then(() => side.order(number, 3)),
  async ({ pay }, number) => pay.orderQuery({ out_trade_no: number }),
  async (side, number) => side.pay.closeOrder({ out_trade_no: await paid(side, number) }),
  async (side, number) => side.pay.closeOrder({ out_trade_no: await closed(side, number) }),
  async ({ order, pay }, number) => order(number).then(() => pay.closeOrder({ out_trade_no: number })),
  async ({ order, refund }, number) => order(number).then(() => refund(number, 2, 1)),
  async (side, number) => side.refund(await paid(side, number), 3, 1),
  async (side, number) => {
    await side.refund(await paid(side, number), 2, 1, `${number}-1`);
    return side.refund(number, 2, 2, `${number}-2`);
  },
  async ({ pay }, number) => pay.refundQuery({ out_refund_no: number }),
  async ({ bill }) => bill(new Date(clock.now() - 9 * 86_400_000).toISOString().slice(0, 10)),
  ...Array(5).fill(answered),
  async ({ scan }) => scan(),
  async ({ stranger }, number) => stranger.orderQuery({ out_trade_no: number }),
];

test('each row of the table of errors has the code and the outcome of both generations', async () => {
  const { rows } = page.tables.find(({ head }) => head.includes('outcome'));
  assert.equal(rows.length, MISTAKES.length);
  for (const [at, [what, codeV2, outcomeV2, codeV3, outcomeV3]] of rows.entries())
    for (const [api, code, outcome] of [
      ['v2', ...[codeV2, outcomeV2].map((cell) => codesOf(cell)[0])],
      ['v3', ...[codeV3, outcomeV3].map((cell) => codesOf(cell)[0])],
    ]) {
      const call = MISTAKES[at](sides[api], `${api}-mistake-${at}`, code);
      if (outcome === undefined) await call;
      else
        await assert.rejects(call, (error) => {
          assert.deepEqual([error.err_code, error.outcome], [code, outcome], `API${api}: ${what}: ${error.message}`);
          return true;
        });
    }
});

test('each word for the state of a refund is that of its generation', async () => {
  const { rows } = page.tables.find(({ head }) => head.some((title) => title.startsWith('words')));
  const words = rows.map((row) => row.map((cell) => codesOf(cell)[0]));
  for (const [column, api] of ['v2', 'v3'].entries()) {
    const side = sides[api];
    const state = async (number, change) => {
      await side.refund(await paid(side, number), 2, 2);
      await change(number);
      return side.refundState(number);
    };
    const back = (number) => gateway.failRefund({ out_trade_no: number, out_refund_no: number });
    assert.equal(await state(`${api}-way`, () => {}), words[0][column]);
    assert.equal(await state(`${api}-done`, () => clock.advance(60_000)), words[1][column]);
    assert.equal(await state(`${api}-back`, back), words[2][column]);
  }
  // The gateway closes no refund.
  assert.deepEqual(words[3].slice(0, 2), ['REFUNDCLOSE', 'CLOSED']);
});

test('an empty member is left out in APIv2, and refused in APIv3', async () => {
  const { v2, v3 } = sides;
  const order = { out_trade_no: 'empty-member', notify_url, attach: '', goods_tag: '' };
  await v2.pay.pay({ ...order, body: 'b', total_fee: 2, openid: 'o1', spbill_create_ip: '::1' });
  await assert.rejects(v3.pay.pay({ ...order, description: 'b', amount: { total: 2 }, payer: { openid: 'o1' } }), {
    code: 'ERR_PARAM',
    outcome: 'not-sent',
    field: 'attach',
  });
});
