// The till at the gateway: pay codes and their results, reversing, and reports.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway, createManualClock } from 'paysign/testing';
import {
  ACCEPT,
  assertDone,
  assertFailed,
  assertRefused,
  call,
  MINUTE_MS,
  order,
  otherShop,
  placeAndPay,
  placeOrder,
  readByHand,
  START_MS,
  shop,
  signByHand,
  xmlByHand,
} from './gateway-support.mjs';

const MICROPAY = '/pay/micropay';
const REVERSE = '/secapi/pay/reverse';
const { out_trade_no } = order();
const SECOND_MS = 1000;

function open(micropay) {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({
    merchants: [shop, otherShop],
    clock,
    fetch: async () => new Response(ACCEPT),
    ...(micropay && { micropay }),
  });
  return { clock, gateway };
}

const scan = (changes = {}) => ({
  body: '商家-超市',
  out_trade_no,
  total_fee: '88',
  spbill_create_ip: '127.0.0.1',
  auth_code: '120061098828009406',
  ...changes,
});

const stateOf = async (gateway) => (await call(gateway, '/pay/orderquery', { out_trade_no })).fields.trade_state;

test('over real HTTP a pay code is paid at once, signed as it was asked, and no notice follows', async (t) => {
  const gateway = createGateway({ merchants: [shop] });
  const { url } = await gateway.listen();
  t.after(() => gateway.close());
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    const number = out_trade_no + signType.slice(0, 3);
    const members = scan({ out_trade_no: number, attach: '说明' });
    const fields = { appid: shop.appid, mch_id: shop.mch_id, nonce_str: 'n', sign_type: signType, ...members };
    const body = xmlByHand({ ...fields, sign: signByHand(fields, shop.key, signType) });
    const response = await fetch(url + MICROPAY, { method: 'POST', body });
    const answer = assertDone({ status: response.status, fields: readByHand(await response.text()) }, { signType });
    assert.equal(answer.trade_type, 'MICROPAY', signType);
    assert.equal(answer.out_trade_no, number, signType);
    assert.equal(answer.total_fee, '88', signType);
    assert.equal(answer.cash_fee, '88', signType);
    assert.equal(answer.attach, '说明', signType);
    assert.equal(answer.is_subscribe, 'N', signType);
    assert.match(answer.openid, /^o[\w-]{27}$/, signType);
    assert.match(answer.transaction_id, /^4200\d{24}$/, signType);
    assert.match(answer.time_end, /^\d{14}$/, signType);
  }
  await gateway.idle();
  assert.deepEqual(gateway.notices(), []);
  const [first, second] = gateway.orders();
  assert.equal(first.trade_type, 'MICROPAY');
  assert.equal(first.prepay_id, '');
  assert.equal(first.openid, second.openid, 'the same pay code is the same payer');
});

test('each required parameter is missed by name, and a code that is no pay code is AUTH_CODE_INVALID', async () => {
  const { gateway } = open();
  for (const name of [...Object.keys(scan()), 'nonce_str']) {
    assertFailed(await call(gateway, MICROPAY, scan({ [name]: undefined })), `缺少参数 ${name}`);
  }
  const codes = [
    '12006109882800940',
    '1200610988280094061',
    '160061098828009406',
    '090061098828009406',
    '12006109882800940x',
  ];
  for (const auth_code of codes) {
    assertRefused(await call(gateway, MICROPAY, scan({ auth_code })), 'AUTH_CODE_INVALID');
  }
  assertFailed(await call(gateway, MICROPAY, scan({ total_fee: '0.88' })), 'invalid total_fee');
  assert.deepEqual(gateway.orders(), []);
  for (let first = 10; first <= 15; first += 1) {
    const good = scan({ auth_code: `${first}0061098828009406`, out_trade_no: `N${first}` });
    assertDone(await call(gateway, MICROPAY, good));
  }
});

test('a payer who enters the password is waited for, and the order is then paid or failed', async () => {
  for (const trade_state of ['SUCCESS', 'PAYERROR']) {
    const asked = [];
    const { gateway, clock } = open((payment) => {
      asked.push(payment);
      return { result: 'USERPAYING', afterMs: 10 * SECOND_MS, trade_state };
    });
    assertRefused(await call(gateway, MICROPAY, scan()), 'USERPAYING');
    assertRefused(await call(gateway, MICROPAY, scan()), 'USERPAYING');
    assert.deepEqual(
      asked,
      [{ appid: shop.appid, mch_id: shop.mch_id, out_trade_no, total_fee: 88, auth_code: scan().auth_code }],
      trade_state,
    );
    assertRefused(await call(gateway, MICROPAY, scan({ auth_code: '130061098828009406' })), 'OUT_TRADE_NO_USED');
    await clock.advance(10 * SECOND_MS - 1);
    assert.equal(await stateOf(gateway), 'USERPAYING', trade_state);
    await clock.advance(1);
    assert.equal(await stateOf(gateway), trade_state, trade_state);
    const again = trade_state === 'SUCCESS' ? 'ORDERPAID' : 'OUT_TRADE_NO_USED';
    assertRefused(await call(gateway, MICROPAY, scan()), again);
  }
});

test('a refusal has the err_code that was decided, and a query returns the real state of the order', async () => {
  const cases = [
    [{ err_code: 'NOTENOUGH', err_code_des: '余额不足' }, 'PAYERROR'],
    [{ err_code: 'SYSTEMERROR', trade_state: 'SUCCESS' }, 'SUCCESS'],
    [{ err_code: 'BANKERROR', trade_state: 'NOTPAY' }, 'NOTPAY'],
  ];
  for (const [decision, state] of cases) {
    const { gateway } = open(() => ({ result: 'FAIL', ...decision }));
    const answer = await call(gateway, MICROPAY, scan());
    assertRefused(answer, decision.err_code);
    assert.equal(answer.fields.transaction_id, undefined, state);
    assert.equal(await stateOf(gateway), state, state);
  }
});

test('a paid code is reversed once 15 seconds are over, and the money is back', async () => {
  const { gateway, clock } = open();
  const { transaction_id } = assertDone(await call(gateway, MICROPAY, scan()));
  const early = await call(gateway, REVERSE, { out_trade_no });
  assertRefused(early, 'SYSTEMERROR');
  assert.equal(early.fields.recall, 'Y');
  await clock.advance(15 * SECOND_MS - 1);
  assert.equal((await call(gateway, REVERSE, { out_trade_no })).fields.recall, 'Y');
  assert.equal(await stateOf(gateway), 'SUCCESS');
  await clock.advance(1);
  for (const members of [{ transaction_id, out_trade_no: 'x' }, { out_trade_no }, { transaction_id }]) {
    assert.equal(assertDone(await call(gateway, REVERSE, members)).recall, 'N', JSON.stringify(members));
    assert.equal(await stateOf(gateway), 'REVOKED', JSON.stringify(members));
  }
  assertRefused(await call(gateway, MICROPAY, scan()), 'ORDERREVERSED');
  const refund = { out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '88' };
  assertRefused(await call(gateway, '/secapi/pay/refund', refund), 'ORDERNOTEXIST');
  assertRefused(await call(gateway, '/pay/closeorder', { out_trade_no }), 'TRADE_STATE_ERROR');
});

test('an order that is reversed while the payer enters the password is never paid', async () => {
  const { gateway, clock } = open(() => ({ result: 'USERPAYING', afterMs: MINUTE_MS, trade_state: 'SUCCESS' }));
  assertRefused(await call(gateway, MICROPAY, scan()), 'USERPAYING');
  await clock.advance(15 * SECOND_MS);
  assert.equal(assertDone(await call(gateway, REVERSE, { out_trade_no })).recall, 'N');
  await clock.advance(MINUTE_MS);
  assert.equal(await stateOf(gateway), 'REVOKED');
});

test('what is unknown, too old, refunded, another’s or no pay-code order is not reversed', async () => {
  const { gateway, clock } = open();
  assertDone(await call(gateway, MICROPAY, scan()));
  const refund = { out_trade_no: 'B', out_refund_no: 'R', total_fee: '88', refund_fee: '8' };
  assertDone(await call(gateway, MICROPAY, scan({ out_trade_no: 'B' })));
  assertDone(await call(gateway, '/secapi/pay/refund', refund));
  await placeAndPay(gateway, { out_trade_no: 'JSAPI' });
  await placeOrder(gateway, { out_trade_no: 'unpaid' });
  await clock.advance(MINUTE_MS);
  assertFailed(await call(gateway, REVERSE, {}), '缺少参数 transaction_id 或 out_trade_no');
  const cases = [
    [{ out_trade_no: 'nobody' }, 'TRADE_ERROR'],
    [{ transaction_id: 'nobody' }, 'INVALID_TRANSACTIONID'],
    [{ out_trade_no: 'JSAPI' }, 'TRADE_ERROR'],
    [{ out_trade_no: 'unpaid' }, 'TRADE_ERROR'],
    [{ out_trade_no: 'B' }, 'TRADE_ERROR'],
  ];
  for (const [members, code] of cases) {
    const answer = await call(gateway, REVERSE, members);
    assertRefused(answer, code);
    assert.equal(answer.fields.recall, 'N', JSON.stringify(members));
  }
  const merchant = otherShop;
  assertRefused(await call(gateway, REVERSE, { out_trade_no }, { merchant }), 'TRADE_ERROR', { merchant });
  await clock.advance(7 * 24 * 60 * MINUTE_MS);
  assertRefused(await call(gateway, REVERSE, { out_trade_no }), 'REVERSE_EXPIRE');
  assert.equal(await stateOf(gateway), 'SUCCESS');
});

test('a report of one call or of a batch is taken and answered without a signature', async () => {
  const { gateway } = open();
  const common = { interface_url: 'https://api.mch.weixin.qq.com/pay/unifiedorder', user_ip: '127.0.0.1' };
  const single = { ...common, return_code: 'SUCCESS', result_code: 'SUCCESS' };
  const good = [
    { ...single, execute_time_: '1000' },
    { ...single, execute_time: '1000' },
    { ...common, trades: '[{"out_trade_no":"1","state":"OK"}]' },
  ];
  for (const members of good) {
    const { fields } = await call(gateway, '/payitil/report', members);
    assert.deepEqual(
      fields,
      { return_code: 'SUCCESS', return_msg: 'OK', result_code: 'SUCCESS' },
      JSON.stringify(members),
    );
  }
  assertFailed(await call(gateway, '/payitil/report', single), '缺少参数 execute_time_');
  for (const name of ['interface_url', 'user_ip', 'return_code', 'result_code', 'nonce_str']) {
    const members = { ...single, execute_time_: '1', [name]: undefined };
    assertFailed(await call(gateway, '/payitil/report', members), `缺少参数 ${name}`);
  }
  assertFailed(await call(gateway, '/payitil/report', { ...common, trades: '{}' }), 'trades 参数错误：应为 JSON 数组');
  const wrongKey = { merchant: { ...shop, key: otherShop.key } };
  assertFailed(await call(gateway, '/payitil/report', good[0], wrongKey), '签名错误');
});

test('an out_trade_no with @, which the pages of v2 allow, goes through every call', async () => {
  const { gateway, clock } = open();
  const done = async (path, members) => assertDone(await call(gateway, path, members));
  const ordered = order({ out_trade_no: 'a@1' });
  await done('/pay/unifiedorder', ordered);
  assert.equal((await done('/pay/orderquery', { out_trade_no: 'a@1' })).trade_state, 'NOTPAY');
  await clock.advance(5 * MINUTE_MS);
  await done('/pay/closeorder', { out_trade_no: 'a@1' });
  for (const number of ['a@2', '@']) await done(MICROPAY, scan({ out_trade_no: number }));
  await clock.advance(MINUTE_MS);
  await done(REVERSE, { out_trade_no: '@' });
  await done('/secapi/pay/refund', { out_trade_no: 'a@2', out_refund_no: 'r', total_fee: '88', refund_fee: '8' });
  assert.equal((await done('/pay/refundquery', { out_trade_no: 'a@2' })).refund_count, '1');
});
