// Requested failures at the gateway: signed as WeChat signs them, before or after the work, in order.

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
  placeAndPay,
  START_MS,
  shop,
  signByHand,
} from './gateway-support.mjs';

function open() {
  const clock = createManualClock(START_MS);
  const events = [];
  const gateway = createGateway({
    merchants: [shop],
    clock,
    onEvent: (event) => events.push(event),
    fetch: async () => new Response(ACCEPT),
  });
  return { gateway, clock, events };
}

const { out_trade_no } = order();
const systemError = { kind: 'err_code', err_code: 'SYSTEMERROR', err_code_des: '系统超时' };
const refund = { out_trade_no, out_refund_no: 'R', total_fee: '88', refund_fee: '8' };
const { openid, trade_type, notify_url, ...till } = order({ auth_code: '120061098828009406' });

test('a failure is signed in the way of the call, and unsigned where its answers are', async () => {
  const { gateway } = open();
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    gateway.failNext(systemError);
    const answer = await call(gateway, '/pay/orderquery', { out_trade_no }, { signType });
    assertRefused(answer, 'SYSTEMERROR', { signType });
    assert.equal(answer.fields.err_code_des, '系统超时', signType);
  }
  gateway.failNext(systemError);
  const comments = { begin_time: '20240805000000', end_time: '20240806000000', offset: '0', limit: '1' };
  const { fields } = await call(gateway, '/billcommentsp/batchquerycomment', comments, { signType: 'HMAC-SHA256' });
  assert.deepEqual(Object.keys(fields), ['return_code', 'return_msg', 'result_code', 'err_code', 'err_code_des']);
  gateway.failNext({ kind: 'refused', return_msg: 'system error', error_code: '20003' });
  const bill = await call(gateway, '/pay/downloadbill', { bill_date: '20240801' });
  assert.deepEqual(bill.fields, { return_code: 'FAIL', return_msg: 'system error', error_code: '20003' });
  gateway.failNext({ kind: 'refused', return_msg: '签名错误' });
  assertFailed(await call(gateway, '/pay/orderquery', { out_trade_no }), '签名错误');
});

const LOST = [systemError, { kind: 'refused', return_msg: '系统繁忙' }, { kind: 'page' }, { kind: 'reset' }];
const WORK = {
  '/pay/unifiedorder': [(gateway) => gateway.orders().length, () => order()],
  '/pay/micropay': [(gateway) => gateway.orders().length, () => till],
  '/pay/closeorder': [(gateway) => Number(gateway.orders()[0].trade_state === 'CLOSED'), () => ({ out_trade_no })],
  '/secapi/pay/refund': [(gateway) => gateway.refunds().length, () => refund],
};

for (const [path, [done, members]] of Object.entries(WORK)) {
  test(`a failure of ${path} comes before its work and leaves nothing, or after it and leaves all`, async () => {
    for (const fault of LOST) {
      for (const [when, count] of [
        [undefined, 0],
        ['before', 0],
        ['after', 1],
      ]) {
        const { gateway, clock } = open();
        if (path === '/pay/closeorder') assertDone(await call(gateway, '/pay/unifiedorder', order()));
        if (path === '/secapi/pay/refund') await placeAndPay(gateway);
        await clock.advance(6 * MINUTE_MS);
        gateway.failNext({ path, ...fault, ...(when && { when }) });
        const answer = await call(gateway, path, members()).catch((error) => error);
        if (fault.kind === 'reset') assert.equal(answer.cause.code, 'ECONNRESET', `${fault.kind} ${when}`);
        else if (fault.kind === 'page')
          assert.deepEqual([answer.status, answer.type], [502, 'text/html'], `${fault.kind} ${when}`);
        else assert.notEqual(answer.fields.result_code, 'SUCCESS', `${fault.kind} ${when}`);
        assert.equal(done(gateway), count, `${fault.kind} ${when}`);
        await call(gateway, path, members());
        assert.equal(done(gateway), 1, 'the same call again is answered truly and does nothing twice');
      }
    }
  });
}

test('an answer is late by the clock: its work is done before or after the waiting', async () => {
  for (const [when, early] of [
    ['before', 0],
    ['after', 1],
  ]) {
    const { gateway, clock } = open();
    gateway.failNext({ kind: 'delay', ms: 500, when });
    let answered = false;
    const answer = call(gateway, '/pay/unifiedorder', order()).finally(() => {
      answered = true;
    });
    // The body is read in turns of the event loop, then the waiting begins.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    assert.equal(gateway.orders().length, early, when);
    await clock.advance(499);
    assert.equal(answered, false, when);
    await clock.advance(1);
    assertDone(await answer);
    assert.equal(gateway.orders().length, 1, when);
  }
});

test('a call that waits for its late answer fails when the gateway closes, as a closed connection does', async () => {
  const { gateway } = open();
  gateway.failNext({ kind: 'delay', ms: 60_000, when: 'after', times: 2 });
  const waiting = call(gateway, '/pay/unifiedorder', order());
  const refused = assert.rejects(waiting, { name: 'TypeError', message: 'the connection was reset' });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  await gateway.close();
  await refused;
  await assert.rejects(call(gateway, '/pay/unifiedorder', order()), { message: 'the connection was reset' });
});

test('a changed answer is signed anew, with another key or not at all', async () => {
  const { gateway } = open();
  await placeAndPay(gateway);
  const changed = async (change) => {
    gateway.failNext({ kind: 'members', ...change });
    return (await call(gateway, '/pay/orderquery', { out_trade_no })).fields;
  };
  const members = { out_trade_no: 'another', attach: undefined, transaction_id: undefined, extra: '1' };
  const right = await changed({ members });
  assert.deepEqual([right.out_trade_no, right.extra, 'transaction_id' in right], ['another', '1', false]);
  assert.equal(right.sign, signByHand(right, shop.key));
  const wrong = await changed({ signature: 'wrong' });
  assert.match(wrong.sign, /^[0-9A-F]{32}$/);
  assert.notEqual(wrong.sign, signByHand(wrong, shop.key));
  assert.equal('sign' in (await changed({ signature: 'none' })), false);
});

test('a cut answer is the first half of the true one', async () => {
  const { gateway } = open();
  gateway.failNext({ kind: 'cut' });
  const { text, status } = await call(gateway, '/pay/unifiedorder', order());
  assert.match(text, /^<xml>/);
  assert.doesNotMatch(text, /<\/xml>/);
  assert.equal(status, 200);
  assert.equal(gateway.orders().length, 1);
});

test('failures wait in line, each for its own path and number of calls, and are reported', async () => {
  const { gateway, events } = open();
  gateway.failNext({ path: '/pay/closeorder', kind: 'err_code', err_code: 'ONE' });
  gateway.failNext({ path: '/pay/orderquery', kind: 'err_code', err_code: 'TWO', times: 2 });
  gateway.failNext({ kind: 'err_code', err_code: 'THREE' });
  const codes = [];
  for (const path of ['/pay/orderquery', '/pay/orderquery', '/pay/orderquery', '/pay/orderquery', '/pay/closeorder']) {
    codes.push((await call(gateway, path, { out_trade_no })).fields.err_code);
  }
  assert.deepEqual(codes, ['TWO', 'TWO', 'THREE', 'ORDERNOTEXIST', 'ONE']);
  const told = events.filter(({ type }) => type === 'fault').map(({ path, kind }) => `${path} ${kind}`);
  assert.equal(told.length, 4);
  assert.equal(told.at(-1), '/pay/closeorder err_code');
});

test('a call that is not signed by its merchant meets no failure that was meant for one that is', async () => {
  const { gateway } = open();
  gateway.failNext(systemError);
  const forged = { ...shop, key: 'x' };
  assertFailed(await call(gateway, '/pay/orderquery', { out_trade_no }, { merchant: forged }), '签名错误');
  assertRefused(await call(gateway, '/pay/orderquery', { out_trade_no }), 'SYSTEMERROR');
});

test('the sandbox fails by the same paths, and an invalid failure is refused when it is requested', async () => {
  const { gateway } = open();
  const nonsense = [
    { path: '/pay/order', kind: 'cut' },
    { path: '/sandboxnew/pay/orderquery', kind: 'cut' },
    { kind: 'cut', times: 0 },
    { kind: 'cut', times: 1.5 },
    { kind: 'delay', ms: -1 },
    { kind: 'delay' },
  ];
  for (const fault of nonsense) assert.throws(() => gateway.failNext(fault), TypeError, JSON.stringify(fault));
  const { fields } = await call(gateway, '/sandboxnew/pay/getsignkey', {});
  const merchant = { ...shop, key: fields.sandbox_signkey };
  gateway.failNext({ path: '/pay/orderquery', ...systemError });
  assertRefused(await call(gateway, '/sandboxnew/pay/orderquery', { out_trade_no }, { merchant }), 'SYSTEMERROR', {
    merchant,
  });
});
