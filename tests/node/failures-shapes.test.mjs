// Answers of the wrong shape, for every API over real HTTP: a typed error with the right outcome.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf, goodCalls, openShop } from './failures-support.mjs';

const TEXTS = ['downloadBill', 'downloadFundFlow', 'batchQueryComment'];
const UNSIGNED = [...TEXTS, 'report', 'sandboxSignKey', 'code2Session'];
const page = (body, status = 200) => ({ kind: 'page', status, body });

/** What any server may send in place of an answer. */
const BODIES = {
  'an operator page with status 200': page('<html><body>Welcome to free WiFi</body></html>'),
  'an empty body with status 200': page(''),
  'white space': page(' \n '),
  'another XML': page('<?xml version="1.0"?><rss><channel/></rss>'),
  'an entity': page('<!DOCTYPE xml [<!ENTITY a "b">]><xml><return_code>&a;</return_code></xml>'),
  'half of the answer': { kind: 'cut' },
};
/** Failures of a transport. */
const TRANSPORT = {
  'a page of a broken proxy': { kind: 'page' },
  'status 500': page('<xml></xml>', 500),
  'an end of the connection before the work': { kind: 'reset' },
  'an end of the connection after the work': { kind: 'reset', when: 'after' },
};

/** Answers about something else: the members that are changed, and the field of the error. */
const OTHERS = {
  unifiedOrder: [[{ trade_type: 'NATIVE' }, 'trade_type']],
  orderQuery: [
    [{ out_trade_no: 'another' }, 'out_trade_no'],
    [{ out_trade_no: undefined }, 'out_trade_no'],
    [{ trade_state: undefined }, 'trade_state'],
  ],
  closeOrder: [[{ out_trade_no: 'another' }, 'out_trade_no']],
  refund: [
    [{ out_trade_no: 'another' }, 'out_trade_no'],
    [{ out_refund_no: 'another' }, 'out_refund_no'],
    [{ refund_fee: '801' }, 'refund_fee'],
    [{ total_fee: '8801' }, 'total_fee'],
    [{ refund_id: undefined }, 'refund_id'],
  ],
  refundQuery: [
    [{ out_refund_no_0: 'another' }, 'out_refund_no'],
    [{ refund_fee_0: '8.00' }, 'refund_fee_0'],
    [{ refund_count: '-1' }, 'refund_count'],
  ],
  refundQueryV2: [[{ out_refund_no_0: 'another' }, 'out_refund_no']],
  micropay: [
    [{ out_trade_no: 'another' }, 'out_trade_no'],
    [{ total_fee: '8801' }, 'total_fee'],
    [{ transaction_id: undefined }, 'transaction_id'],
  ],
  reverse: [
    [{ out_trade_no: 'another' }, 'out_trade_no'],
    [{ recall: undefined }, 'recall'],
  ],
  report: [[{ appid: 'wx0000000000000000' }, 'appid']],
  sandboxSignKey: [
    [{ mch_id: '99' }, 'mch_id'],
    [{ sandbox_signkey: undefined }, 'sandbox_signkey'],
    // The oddity of the old sandbox.
    [{ return_code: undefined, return_msg: undefined, retcode: '0', retmsg: 'ok' }, 'return_code'],
  ],
};

test('the calls that the spoilt ones are made of are good', async (t) => {
  const world = await openShop(t);
  for (const [api, [, call]] of Object.entries(await goodCalls(world))) assert.ok(await call(world.pay), api);
});

test('a body that is not an answer is an error of unknown outcome, for every API', async (t) => {
  const world = await openShop(t);
  for (const [api, [path, call]] of Object.entries(await goodCalls(world))) {
    const code = TEXTS.includes(api) ? 'ERR_BILL' : api === 'code2Session' ? 'ERR_HTTP' : 'ERR_XML';
    for (const [what, fault] of Object.entries(BODIES)) {
      world.gateway.failNext({ path, ...fault });
      const error = await errorOf(call(world.pay), `${api}: ${what}`);
      assert.deepEqual([error.code, error.outcome], [code, 'unknown'], `${api}: ${what}: ${error.message}`);
    }
  }
});

test('a broken transport is an error of unknown outcome that says to query, for every API', async (t) => {
  const world = await openShop(t);
  const hasty = world.client({ timeoutMs: 150 });
  for (const [api, [path, call]] of Object.entries(await goodCalls(world))) {
    for (const [what, fault] of Object.entries(TRANSPORT)) {
      world.gateway.failNext({ path, ...fault });
      const error = await errorOf(call(world.pay), `${api}: ${what}`);
      const code = fault.kind === 'reset' ? 'ERR_NETWORK' : 'ERR_HTTP';
      assert.deepEqual([error.code, error.outcome], [code, 'unknown'], `${api}: ${what}: ${error.message}`);
    }
    // The gateway's clock is stopped, so this answer never comes.
    world.gateway.failNext({ path, kind: 'delay', ms: 1 });
    const error = await errorOf(call(hasty), `${api}: too late`);
    assert.deepEqual([error.code, error.outcome], ['ERR_TIMEOUT', 'unknown'], api);
    // A log-in cannot be queried.
    assert.match(error.message, api === 'code2Session' ? /try again$/ : /query before anything else/, api);
  }
});

test('an answer that is not signed, or with another key, is refused where answers are signed', async (t) => {
  const world = await openShop(t);
  const calls = Object.entries(await goodCalls(world)).filter(([api]) => !UNSIGNED.includes(api));
  assert.equal(calls.length, 8);
  for (const [api, [path, call]] of calls) {
    for (const change of [
      { signature: 'wrong' },
      { signature: 'none' },
      { signature: 'none', members: { return_code: 'FAIL' } },
      { signature: 'wrong', members: { result_code: 'FAIL', err_code: 'ORDERNOTEXIST' } },
      { signature: 'wrong', members: { trade_state: 'NOTPAY' } },
    ]) {
      world.gateway.failNext({ path, kind: 'members', ...change });
      const error = await errorOf(call(world.pay), api);
      assert.deepEqual([error.code, error.outcome, error.err_code], ['ERR_SIGNATURE', 'unknown', undefined], api);
    }
  }
});

test('a rightly signed answer of another merchant, another app, another order or another refund is refused', async (t) => {
  const world = await openShop(t);
  for (const [api, [path, call]] of Object.entries(await goodCalls(world))) {
    const ids = [
      [{ appid: 'wx0000000000000000' }, 'appid'],
      [{ mch_id: '99' }, 'mch_id'],
      [{ sub_mch_id: '1900000201' }, 'sub_mch_id'],
      [{ result_code: 'MAYBE' }, 'result_code'],
    ];
    const rows = [...(UNSIGNED.includes(api) ? [] : ids), ...(OTHERS[api] ?? [])];
    assert.ok(rows.length > 0 || TEXTS.includes(api) || api === 'code2Session', api);
    for (const [members, field] of rows) {
      world.gateway.failNext({ path, kind: 'members', members });
      const what = `${api}: ${JSON.stringify(members)}`;
      const error = await errorOf(call(world.pay), what);
      assert.deepEqual([error.code, error.outcome, error.field], ['ERR_MISMATCH', 'unknown', field], what);
    }
  }
});
