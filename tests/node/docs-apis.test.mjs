// The lines of js/docs/apis.md about the further calls of APIv3, against the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay } from 'paysign/v3';
import { functionsOf, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32) };
const { appid, mch_id } = SHOP;
const notify_url = 'http://127.0.0.1:9/';
/** Noon of 5 August 2024 in Beijing, whose bill the lines fetch. */
const THE_DAY_MS = Date.UTC(2024, 7, 5, 4);
const amount = { total: 2 };

const { blocks } = readPage('apis.md');

test('the lines about further calls of APIv3 do what their comments say', async () => {
  const [code] = blocks;
  const clock = createManualClock(THE_DAY_MS);
  // The payer types the password, which takes a second of the gateway's clock.
  const micropay = () => {
    setTimeout(() => clock.advance(1000), 20);
    return { result: 'USERPAYING', afterMs: 1000, trade_state: 'SUCCESS' };
  };
  const gateway = createGateway({ merchants: [SHOP], clock, micropay, refundDelayMs: 3_600_000, retryDelaysMs: [] });
  try {
    const options = await gateway.client(mch_id, { api: 'v3' });
    const pay = new WechatPay({ ...options, notify_url, nowMs: () => clock.now() });
    const order = { description: '茶', amount, notify_url, payer: { openid: 'o1' } };
    const payment = await pay.pay({ ...order, out_trade_no: 'paid-before' });
    assert.equal((await gateway.pay({ appId: appid, ...payment })).errMsg, 'requestPayment:ok');
    await clock.advance(86_400_000);
    const { refund_id } = await refunded(gateway, pay, 'paid-before');
    const printed = [];
    const sealed = await pay.encrypt('6222021234567890123');
    const scope = {
      ...{ pay, description: '茶', out_trade_no: 'scanned-code', total: 2, auth_code: '134567890123456789' },
      scanned: {
        description: '茶',
        out_trade_no: 'by-pay-code',
        amount,
        scene_info: { store_info: { out_id: '1' } },
      },
      ...{ print: (...values) => printed.push(values), combine_out_trade_no: 'combined-1', openid: 'o1' },
      sub_orders: ['a', 'b'].map((name) => ({
        ...{ mchid: mch_id, attach: name, description: name, out_trade_no: `combined-1-${name}` },
        amount: { total_amount: 1, currency: 'CNY' },
      })),
      path: `/v3/refund/domestic/refunds/${refund_id}/apply-abnormal-refund`,
      body: {
        ...{ out_refund_no: 'R1', type: 'USER_BANK_CARD', bank_type: 'ICBC_DEBIT' },
        bank_account: sealed.text,
      },
    };
    const [run] = await functionsOf([`{\n${code}\nreturn code_url;\n}`], Object.keys(scope));
    assert.match(await run(scope), /^weixin:/);
    assert.deepEqual(printed, [['paid-before', '0.02']]);
    const states = Object.fromEntries(
      gateway.orders().map(({ out_trade_no, trade_state }) => [out_trade_no, trade_state]),
    );
    assert.deepEqual(states, {
      ...{ 'paid-before': 'REFUND', 'scanned-code': 'NOTPAY', 'by-pay-code': 'SUCCESS' },
      ...{ 'combined-1-a': 'NOTPAY', 'combined-1-b': 'NOTPAY' },
    });
    const { status, secrets } = gateway.calls().at(-1);
    assert.deepEqual([status, secrets], [200, { '/bank_account': '6222021234567890123', '/real_name': '张三' }]);
  } finally {
    await gateway.close();
  }
});

test('the combined order is paid at once, and one part of it is refunded by its own client', async () => {
  const [, code] = blocks;
  const notices = [];
  const fetch = async (_url, { body }) =>
    notices.push(JSON.parse(body).event_type) && new Response(null, { status: 204 });
  const scope = {
    ...{ WechatPay, appid, apiV3Key: SHOP.apiV3Key, openid: 'o1', notify_url },
    createGateway: (options) => createGateway({ ...options, fetch }),
  };
  const [run] = await functionsOf([`{\n${code}\nreturn gateway;\n}`], Object.keys(scope));
  const gateway = await run(scope);
  try {
    await gateway.idle();
    assert.equal(notices.filter((type) => type === 'TRANSACTION.SUCCESS').length, 1);
    const states = gateway.orders().map(({ mch_id, trade_state }) => [mch_id, trade_state]);
    assert.deepEqual(states, [
      ['1900000109', 'SUCCESS'],
      ['1900000209', 'REFUND'],
    ]);
  } finally {
    await gateway.close();
  }
});

/** A refund whose money came back from the payer's bank. */
async function refunded(gateway, pay, out_trade_no) {
  const refund = { out_trade_no, out_refund_no: 'R1', amount: { ...amount, refund: 1, currency: 'CNY' } };
  const answer = await pay.refund(refund);
  assert.equal(gateway.failRefund({ out_trade_no, out_refund_no: 'R1' }).errMsg, 'failRefund:ok');
  return answer;
}
