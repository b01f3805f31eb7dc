// Every failure in the manual, for every API: the error, whether money may have moved, and the advice.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CODE, errorOf, goodCalls, openShop, order, paid, refundOf, till } from './failures-support.mjs';
import { MINUTE_MS, shop } from './gateway-support.mjs';

const vectors = JSON.parse(readFileSync(new URL('../vectors/failures.json', import.meta.url), 'utf8'));
const known = new Map(vectors.codes.map((row) => [row.code, row]));
const DAY_MS = 24 * 60 * MINUTE_MS;
/** From half past five to eight in the morning, when the bill of the day before is not made yet. */
const NIGHT_MS = 14.5 * 60 * MINUTE_MS;

/** The failures that the gateway's own rules answer, and how; every other code is requested with `failNext`. */
const BY_RULE = {
  unifiedOrder: {
    ORDERPAID: async (world) => {
      await paid(world, 'a');
      return world.pay.unifiedOrder(order('a'));
    },
    ORDERCLOSED: async (world) => {
      await closed(world, 'b');
      return world.pay.unifiedOrder(order('b'));
    },
    INVALID_REQUEST: async ({ pay }) => {
      await pay.unifiedOrder(order('c'));
      return pay.unifiedOrder(order('c', { total_fee: 8801 }));
    },
    PARAM_ERROR: async ({ pay }) => pay.unifiedOrder(order('d', { time_expire: '20240805173300' })),
  },
  orderQuery: { ORDERNOTEXIST: async ({ pay }) => pay.orderQuery({ out_trade_no: 'never-made' }) },
  closeOrder: {
    ORDERPAID: async (world) => {
      await paid(world, 'a');
      return world.pay.closeOrder({ out_trade_no: 'a' });
    },
    ORDERCLOSED: async (world) => {
      await closed(world, 'b');
      return world.pay.closeOrder({ out_trade_no: 'b' });
    },
    ORDERNOTEXIST: async ({ pay }) => pay.closeOrder({ out_trade_no: 'never-made' }),
    TRADE_STATE_ERROR: async ({ pay }) => {
      await pay.unifiedOrder(order('c'));
      return pay.closeOrder({ out_trade_no: 'c' });
    },
  },
  refund: {
    ORDERNOTEXIST: async ({ pay }) => pay.refund(refundOf('never-made')),
    INVALID_TRANSACTIONID: async ({ pay }) => pay.refund({ ...refundOf(undefined), transaction_id: '4200' }),
    REFUND_FEE_MISMATCH: async (world) => {
      await paid(world, 'a');
      return world.pay.refund(refundOf('a', { total_fee: 8801 }));
    },
    ERROR: async (world) => {
      await paid(world, 'b');
      await world.pay.refund(refundOf('b', { refund_fee: 8800 }));
      return world.pay.refund(refundOf('b', { out_refund_no: 'r-b-2', refund_fee: 1 }));
    },
    PARAM_ERROR: async (world) => {
      await paid(world, 'c');
      await paid(world, 'd');
      await world.pay.refund(refundOf('c'));
      return world.pay.refund(refundOf('d', { out_refund_no: 'r-c' }));
    },
    TRADE_OVERDUE: async (world) => {
      await paid(world, 'e');
      await world.clock.advance(366 * DAY_MS);
      return world.pay.refund(refundOf('e'));
    },
  },
  refundQuery: { REFUNDNOTEXIST: async ({ pay }) => pay.refundQuery({ out_refund_no: 'never-made' }) },
  refundQueryV2: { REFUNDNOTEXIST: async ({ pay }) => pay.refundQueryV2({ out_refund_no: 'never-made' }) },
  micropay: {
    ...Object.fromEntries(
      ['BANKERROR', 'AUTHCODEEXPIRE', 'AUTH_CODE_ERROR', 'NOTENOUGH', 'NOTSUPORTCARD', 'BUYER_MISMATCH'].map((code) => [
        code,
        async ({ pay }) => pay.micropay(till(code)),
      ]),
    ),
    USERPAYING: async ({ pay }) => pay.micropay(till('USERPAYING')),
    ORDERPAID: async ({ pay }) => {
      await pay.micropay(till('a'));
      return pay.micropay(till('a'));
    },
    ORDERCLOSED: async (world) => {
      await closed(world, 'b');
      return world.pay.micropay(till('b'));
    },
    ORDERREVERSED: async ({ pay, clock }) => {
      await pay.micropay(till('c'));
      await clock.advance(MINUTE_MS);
      await pay.reverse({ out_trade_no: 'c' });
      return pay.micropay(till('c'));
    },
    OUT_TRADE_NO_USED: async ({ pay }) => {
      await errorOf(pay.micropay(till('NOTENOUGH-2')));
      return pay.micropay(till('NOTENOUGH-2', { auth_code: CODE.replace('6', '7') }));
    },
  },
  reverse: {
    TRADE_ERROR: async (world) => {
      await paid(world, 'a');
      return world.pay.reverse({ out_trade_no: 'a' });
    },
    SYSTEMERROR: async ({ pay }) => {
      await pay.micropay(till('b'));
      return pay.reverse({ out_trade_no: 'b' });
    },
    INVALID_TRANSACTIONID: async ({ pay }) => pay.reverse({ transaction_id: '4200' }),
    REVERSE_EXPIRE: async ({ pay, clock }) => {
      await pay.micropay(till('c'));
      await clock.advance(8 * DAY_MS);
      return pay.reverse({ out_trade_no: 'c' });
    },
  },
  downloadFundFlow: {
    NO_BILL_EXIST: async ({ pay }) => rows(pay.downloadFundFlow({ bill_date: '20240701', account_type: 'Basic' })),
    BILL_CREATING: async ({ pay, clock }) => {
      await clock.advance(NIGHT_MS);
      return rows(pay.downloadFundFlow({ bill_date: '20240806', account_type: 'Basic' }));
    },
    PARAM_ERROR: async ({ pay }) => rows(pay.downloadFundFlow({ bill_date: '20230701', account_type: 'Basic' })),
  },
  batchQueryComment: {
    NO_COMMENT: async ({ pay }) =>
      pay.batchQueryComment({ begin_time: '20240701000000', end_time: '20240702000000', offset: 0 }),
    PARAM_ERROR: async ({ pay }) =>
      pay.batchQueryComment({ begin_time: '20240702000000', end_time: '20240701000000', offset: 0 }),
    TIME_EXPIRE: async ({ pay }) =>
      pay.batchQueryComment({ begin_time: '20230701000000', end_time: '20230702000000', offset: 0 }),
  },
};

async function closed({ pay, clock }, out_trade_no) {
  await pay.unifiedOrder(order(out_trade_no));
  await clock.advance(6 * MINUTE_MS);
  await pay.closeOrder({ out_trade_no });
}

async function rows(bill) {
  for await (const _row of await bill);
}

/** The result of a scanned code; the number of the order selects it. */
function micropay({ out_trade_no }) {
  if (out_trade_no === 'USERPAYING') return { result: 'USERPAYING', afterMs: 60_000, trade_state: 'SUCCESS' };
  const [err_code] = out_trade_no.split('-');
  return known.has(err_code) ? { result: 'FAIL', err_code } : { result: 'SUCCESS' };
}

test('the vectors are there', () => {
  const { apis, refused, bills, logins } = vectors;
  const counts = [apis, refused.return_msg, bills.errors, logins.errors].map(({ length }) => length);
  assert.ok(Math.min(...counts) >= 4 && apis.length >= 10, `${counts}`);
  for (const { api, err_codes } of apis) assert.ok(err_codes.length > 3, api);
});

for (const { api, path, err_codes } of vectors.apis) {
  test(`${api} reports each of its ${err_codes.length} documented failures, its outcome and what to do`, async (t) => {
    const world = await openShop(t, { micropay });
    const calls = await goodCalls(world);
    const readsText = ['downloadFundFlow', 'batchQueryComment'].includes(api);
    assert.equal(calls[api][0], path);
    for (const err_code of err_codes) {
      const rule = BY_RULE[api]?.[err_code];
      if (rule === undefined) world.gateway.failNext({ path, kind: 'err_code', err_code, err_code_des: '原因' });
      const error = await errorOf(rule ? rule(world) : calls[api][1](world.pay), err_code);
      const { outcome, says } = known.get(err_code);
      const code = readsText ? 'ERR_BILL' : 'ERR_FAILED';
      // Nothing moves when a text is fetched.
      const expected = [code, err_code, readsText ? 'rejected' : outcome];
      assert.deepEqual([error.code, error.err_code, error.outcome], expected, error.message);
      if (rule) assert.match(error.err_code_des, /[\u4e00-\u9fff]{2}/, err_code);
      else assert.equal(error.err_code_des, '原因', err_code);
      if (!readsText || !['NO_BILL_EXIST', 'BILL_CREATING'].includes(err_code)) {
        assert.ok(error.message.includes(says), `${err_code}: ${error.message}`);
      }
    }
    for (const err_code of Object.keys(BY_RULE[api] ?? {})) assert.ok(err_codes.includes(err_code), err_code);
  });
}

test('every API says in its own way that the request itself was refused, and that nothing was done', async (t) => {
  const world = await openShop(t);
  const calls = await goodCalls(world);
  delete calls.code2Session;
  for (const [api, [path, call]] of Object.entries(calls)) {
    const code = isText(api) ? 'ERR_BILL' : 'ERR_REFUSED';
    for (const return_msg of vectors.refused.return_msg) {
      world.gateway.failNext({ path, kind: 'refused', return_msg });
      const error = await errorOf(call(world.pay), `${api} ${return_msg}`);
      assert.deepEqual(
        [error.code, error.outcome, error.return_msg],
        [code, 'rejected', return_msg],
        `${api} ${return_msg}`,
      );
      // The words are followed by an advice: a sentence that says what to look at.
      assert.match(
        error.message.split(return_msg)[1],
        /(Check|Add|Correct|Set|Wait|The) [^.]{4,}/,
        `${api} ${return_msg}`,
      );
    }
    const strangers = {
      签名错误: { key: shop.key.replace('1', '2') },
      appid不存在: { appid: 'wx0000000000000000' },
      mch_id不存在: { mch_id: '99' },
    };
    if (api === 'sandboxSignKey') delete strangers.appid不存在;
    for (const [return_msg, changes] of Object.entries(strangers)) {
      const error = await errorOf(call(world.client(changes)), `${api} ${return_msg}`);
      const said = api === 'downloadBill' ? ENGLISH[return_msg] : return_msg;
      assert.deepEqual([error.code, error.outcome, error.return_msg], [code, 'rejected', said], api);
    }
  }
});

const isText = (api) => ['downloadBill', 'downloadFundFlow', 'batchQueryComment'].includes(api);
/** The trade bill's own words. */
const ENGLISH = { 签名错误: 'sign error', appid不存在: 'invalid appid', mch_id不存在: 'invalid parameter' };

test('the four calls that need the certificate are refused without it, and say so', async (t) => {
  const world = await openShop(t);
  const calls = await goodCalls(world);
  const bare = world.client({ certificate: undefined, certFetch: world.toPlain });
  for (const api of ['refund', 'reverse', 'downloadFundFlow', 'batchQueryComment']) {
    const error = await errorOf(calls[api][1](bare), api);
    assert.deepEqual([error.outcome, /证书/.test(error.return_msg)], ['rejected', true], api);
    const none = await errorOf(calls[api][1](world.client({ certificate: undefined })), api);
    assert.deepEqual([none.code, none.outcome, none.field], ['ERR_CONFIG', 'not-sent', 'certificate'], api);
  }
});

test('downloadBill has different errors for an empty day, an unfinished bill and a wrong request', async (t) => {
  const world = await openShop(t);
  const { downloadBill } = await goodCalls(world);
  for (const { error_code, return_msg, err_code } of vectors.bills.errors) {
    world.gateway.failNext({
      path: '/pay/downloadbill',
      kind: 'refused',
      return_msg,
      ...(error_code && { error_code }),
    });
    const error = await errorOf(downloadBill[1](world.pay), return_msg);
    const expected = ['ERR_BILL', 'rejected', err_code, return_msg];
    assert.deepEqual([error.code, error.outcome, error.err_code, error.return_msg], expected, error.message);
    const says = error_code === undefined ? 'without tar_type' : known.get(err_code).says;
    const shown = { NO_BILL_EXIST: 'empty day is no failure', BILL_CREATING: 'after 10:00' }[err_code] ?? says;
    assert.ok(error.message.includes(shown), error.message);
  }
  await world.clock.advance(NIGHT_MS);
  const byRule = { 20240701: 'NO_BILL_EXIST', 20240806: 'BILL_CREATING', 20230701: '20001' };
  for (const [bill_date, err_code] of Object.entries(byRule)) {
    const error = await errorOf(rows(world.pay.downloadBill({ bill_date })), bill_date);
    assert.deepEqual([error.code, error.outcome, error.err_code], ['ERR_BILL', 'rejected', err_code], bill_date);
  }
});

test('code2Session reports each documented errcode and what to do', async (t) => {
  const world = await openShop(t);
  const { gateway, clock, pay, client } = world;
  const code = () => gateway.login({ appid: shop.appid, openid: 'o' });
  const byRule = {
    40029: async () => {
      const js_code = code();
      await clock.advance(6 * MINUTE_MS);
      return pay.code2Session(js_code);
    },
    40163: async () => {
      const js_code = code();
      assert.equal((await pay.code2Session(js_code)).openid, 'o');
      return pay.code2Session(js_code);
    },
    40013: () => client({ appid: 'wx0000000000000000' }).code2Session(code()),
    40125: () => client({ secret: 'another' }).code2Session(code()),
  };
  for (const { errcode, errmsg, says } of vectors.logins.errors) {
    const rule = byRule[errcode];
    const fault = { path: '/sns/jscode2session', kind: 'err_code', err_code: String(errcode), err_code_des: errmsg };
    if (rule === undefined) gateway.failNext(fault);
    const error = await errorOf(rule ? rule() : pay.code2Session(code()), String(errcode));
    assert.deepEqual(
      [error.code, error.outcome, error.err_code],
      ['ERR_FAILED', 'rejected', String(errcode)],
      `${errcode}`,
    );
    assert.match(error.err_code_des, new RegExp(`^${errmsg}, rid: `), `${errcode}`);
    assert.ok(error.message.includes(says), error.message);
  }
});
