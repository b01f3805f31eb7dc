// Refunds at the gateway: their limits, their repetition, their way to the payer, and the encrypted notice.

import assert from 'node:assert/strict';
import { createDecipheriv, createHash } from 'node:crypto';
import { createServer } from 'node:http';
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

const REFUND = '/secapi/pay/refund';
const QUERY = '/pay/refundquery';
const { out_trade_no } = order();

async function openPaid(options = {}) {
  const clock = createManualClock(START_MS);
  const gateway = createGateway({
    merchants: [shop, otherShop, { ...shop, appid: 'wxsecondapp' }],
    clock,
    fetch: async () => new Response(ACCEPT),
    ...options,
  });
  return { clock, gateway, transaction_id: await placeAndPay(gateway) };
}

const refund = (changes = {}) => ({ out_trade_no, out_refund_no: 'R1', total_fee: '88', refund_fee: '88', ...changes });

/** Reads a notice as a merchant does: key text from the MD5 of the API key, AES-256-ECB, padding checked. */
function openByHand(req_info, key) {
  const decipher = createDecipheriv('aes-256-ecb', createHash('md5').update(key).digest('hex'), null);
  return decipher.update(req_info, 'base64', 'utf8') + decipher.final('utf8');
}

for (const path of [REFUND, '/secapi/pay/refundv2']) {
  test(`a whole refund at ${path} is taken at once, under way for a second, and then with the payer`, async () => {
    const { gateway, clock, transaction_id } = await openPaid();
    const fields = assertDone(await call(gateway, path, refund({ refund_desc: '商品已售完' })));
    assert.match(fields.refund_id, /^50\d{8}20240805\d{11}$/);
    const { sign, nonce_str, refund_id, ...rest } = fields;
    assert.ok(sign && nonce_str);
    assert.deepEqual(rest, {
      return_code: 'SUCCESS',
      return_msg: 'OK',
      appid: shop.appid,
      mch_id: shop.mch_id,
      result_code: 'SUCCESS',
      transaction_id,
      out_trade_no,
      out_refund_no: 'R1',
      refund_fee: '88',
      coupon_refund_fee: '0',
      coupon_refund_count: '0',
      total_fee: '88',
      fee_type: 'CNY',
      cash_fee: '88',
      cash_refund_fee: '88',
    });
    assert.equal((await call(gateway, '/pay/orderquery', { out_trade_no })).fields.trade_state, 'REFUND');
    await clock.advance(999);
    assert.equal(gateway.refunds()[0].refund_status, 'PROCESSING');
    assert.equal(gateway.refunds()[0].success_time, undefined);
    await clock.advance(1);
    assert.equal(gateway.refunds()[0].refund_status, 'SUCCESS');
    assert.equal(gateway.refunds()[0].success_time, '2024-08-05 17:33:42');
    assert.equal(gateway.refunds()[0].refund_desc, '商品已售完');
    assert.equal(gateway.orders()[0].trade_state, 'REFUND');
    assert.deepEqual(gateway.notices().length, 1, 'a refund without notify_url has no notice');
  });
}

test('HMAC-SHA256 signs a refund and its answer', async () => {
  const { gateway } = await openPaid();
  assertDone(await call(gateway, REFUND, refund(), { signType: 'HMAC-SHA256' }), { signType: 'HMAC-SHA256' });
});

test('partial refunds add up to the paid amount and never to more', async () => {
  const { gateway, transaction_id } = await openPaid();
  assertDone(await call(gateway, REFUND, refund({ refund_fee: '50' })));
  assertRefused(await call(gateway, REFUND, refund({ out_refund_no: 'R2', refund_fee: '39' })), 'ERROR');
  const last = { out_trade_no: undefined, transaction_id, out_refund_no: 'R2', refund_fee: '38' };
  assertDone(await call(gateway, REFUND, refund(last)));
  const answer = await call(gateway, REFUND, refund({ out_refund_no: 'R3', refund_fee: '1' }));
  assertRefused(answer, 'ERROR');
  assert.equal(answer.fields.err_code_des, '订单已全额退款');
  assert.equal(
    gateway.refunds().reduce((sum, one) => sum + one.refund_fee, 0),
    88,
  );
});

test('an order has fifty refunds at most', async () => {
  const { gateway } = await openPaid();
  for (let n = 1; n <= 50; n += 1) {
    assertDone(await call(gateway, REFUND, refund({ out_refund_no: `R${n}`, refund_fee: '1' })));
  }
  assertRefused(await call(gateway, REFUND, refund({ out_refund_no: 'R51', refund_fee: '1' })), 'ERROR');
  assert.equal(gateway.refunds().length, 50);
});

test('the same refund again is answered with the same number and moves no more money', async () => {
  const { gateway, clock, transaction_id } = await openPaid();
  const first = assertDone(await call(gateway, REFUND, refund({ refund_fee: '60' })));
  await clock.advance(MINUTE_MS);
  const again = assertDone(await call(gateway, REFUND, refund({ refund_fee: '60', nonce_str: 'another' })));
  assert.equal(again.refund_id, first.refund_id);
  const byOther = refund({ refund_fee: '60', out_trade_no: undefined, transaction_id });
  assert.equal(assertDone(await call(gateway, REFUND, byOther)).refund_id, first.refund_id);
  assert.equal(gateway.refunds().length, 1);
});

test('a refund number that was used for another refund is refused', async () => {
  const { gateway } = await openPaid();
  await placeAndPay(gateway, { out_trade_no: 'second' });
  assertDone(await call(gateway, REFUND, refund({ refund_fee: '60' })));
  assertRefused(await call(gateway, REFUND, refund({ refund_fee: '61' })), 'REFUND_FEE_MISMATCH');
  assertRefused(await call(gateway, REFUND, refund({ refund_fee: '60', out_trade_no: 'second' })), 'PARAM_ERROR');
  assertRefused(await call(gateway, REFUND, refund({ refund_fee: '60', refund_desc: 'x' })), 'PARAM_ERROR');
  assert.equal(gateway.refunds().length, 1);
});

test('an order that is unknown, unpaid, another’s, of another amount or too old is not refunded', async () => {
  const { gateway, clock } = await openPaid();
  assertRefused(await call(gateway, REFUND, refund({ total_fee: '89' })), 'REFUND_FEE_MISMATCH');
  assertRefused(await call(gateway, REFUND, refund({ out_trade_no: 'nobody' })), 'ORDERNOTEXIST');
  assertRefused(await call(gateway, REFUND, refund({ transaction_id: '4200' })), 'INVALID_TRANSACTIONID');
  await placeOrder(gateway, { out_trade_no: 'unpaid' });
  assertRefused(await call(gateway, REFUND, refund({ out_trade_no: 'unpaid' })), 'ORDERNOTEXIST');
  for (const merchant of [otherShop, { ...shop, appid: 'wxsecondapp' }]) {
    assertRefused(await call(gateway, REFUND, refund(), { merchant }), 'ORDERNOTEXIST', { merchant });
  }
  await clock.advance(365 * 24 * 60 * MINUTE_MS);
  assertRefused(await call(gateway, REFUND, refund()), 'TRADE_OVERDUE');
  assert.deepEqual(gateway.refunds(), []);
  assert.equal(gateway.orders()[0].trade_state, 'SUCCESS');
});

test('each required parameter of a refund is missed by name, each malformed one is PARAM_ERROR', async () => {
  const { gateway } = await openPaid();
  for (const name of ['nonce_str', 'out_refund_no', 'total_fee', 'refund_fee']) {
    assertFailed(await call(gateway, REFUND, refund({ [name]: undefined })), `缺少参数 ${name}`);
  }
  const nameless = refund({ out_trade_no: undefined });
  assertFailed(await call(gateway, REFUND, nameless), '缺少参数 transaction_id 或 out_trade_no');
  const malformed = {
    out_refund_no: ['a b', '退'],
    refund_fee_type: ['USD'],
    refund_desc: ['x'.repeat(81)],
    refund_account: ['REFUND'],
    detail: ['{', '[]', '1', 'null'],
  };
  for (const [name, values] of Object.entries(malformed)) {
    for (const value of values) {
      const answer = await call(gateway, REFUND, refund({ [name]: value }));
      assertRefused(answer, 'PARAM_ERROR');
      assert.ok(answer.fields.err_code_des.startsWith(`${name} `), JSON.stringify(value));
    }
  }
  assert.deepEqual(gateway.refunds(), []);
});

test('an order that went back is neither closed nor ordered nor paid again', async () => {
  const { gateway, clock } = await openPaid();
  assertDone(await call(gateway, REFUND, refund({ refund_fee: '1' })));
  await clock.advance(10 * MINUTE_MS);
  assertRefused(await call(gateway, '/pay/closeorder', { out_trade_no }), 'ORDERPAID');
  assertRefused(await call(gateway, '/pay/unifiedorder', order()), 'ORDERPAID');
});

test('a query by any of four numbers returns the refund, and the most exact number wins', async () => {
  const { gateway, clock, transaction_id } = await openPaid();
  const { refund_id } = assertDone(await call(gateway, REFUND, refund({ refund_fee: '60' })));
  await clock.advance(1000);
  assertDone(await call(gateway, REFUND, refund({ out_refund_no: 'R2', refund_fee: '28' })));
  const none = { refund_id: 'x', out_refund_no: 'x', transaction_id: 'x', out_trade_no: 'x' };
  const cases = [
    [{ refund_id }, 1, undefined],
    [{ out_refund_no: 'R1' }, 1, undefined],
    [{ transaction_id }, 2, '2'],
    [{ out_trade_no }, 2, '2'],
    [{ ...none, refund_id }, 1, undefined],
    [{ ...none, refund_id: undefined, out_refund_no: 'R1' }, 1, undefined],
    [{ transaction_id, out_trade_no: 'x' }, 2, '2'],
  ];
  for (const path of [QUERY, '/pay/refundqueryv2']) {
    for (const [members, count, total] of cases) {
      const fields = assertDone(await call(gateway, path, members));
      assert.equal(fields.refund_count, String(count), `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.total_refund_count, total, `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.out_refund_no_0, 'R1', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_id_0, refund_id, `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_fee_0, '60', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_status_0, 'SUCCESS', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_success_time_0, '2024-08-05 17:33:42', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_recv_accout_0, '支付用户零钱', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.refund_channel_0, 'ORIGINAL', `${path} ${JSON.stringify(members)}`);
      assert.equal(fields.total_fee, '88', `${path} ${JSON.stringify(members)}`);
      assert.equal(
        fields.refund_status_1,
        count === 2 ? 'PROCESSING' : undefined,
        `${path} ${JSON.stringify(members)}`,
      );
      assert.equal(fields.refund_success_time_1, undefined, `${path} ${JSON.stringify(members)}`);
    }
  }
  for (const members of [
    { ...none, out_refund_no: 'R1' },
    { transaction_id: 'x', out_trade_no },
    { out_trade_no: 'x' },
  ]) {
    assertRefused(await call(gateway, QUERY, members), 'REFUNDNOTEXIST');
  }
  assertRefused(await call(gateway, QUERY, { refund_id }, { merchant: otherShop }), 'REFUNDNOTEXIST', {
    merchant: otherShop,
  });
  assertFailed(await call(gateway, QUERY, {}), '缺少参数 refund_id 或 out_refund_no 或 transaction_id 或 out_trade_no');
});

test('a query returns ten refunds at a time and goes on at the offset', async () => {
  const { gateway } = await openPaid();
  assertRefused(await call(gateway, QUERY, { out_trade_no }), 'REFUNDNOTEXIST');
  for (let n = 0; n < 23; n += 1) {
    assertDone(
      await call(gateway, REFUND, refund({ out_refund_no: `R${n}`, refund_fee: String(n + 1 > 3 ? 1 : n + 1) })),
    );
  }
  const numbers = [];
  for (const [offset, count] of [
    [undefined, 10],
    ['10', 10],
    ['20', 3],
  ]) {
    const fields = assertDone(await call(gateway, QUERY, { out_trade_no, offset }));
    assert.equal(fields.total_refund_count, '23', `${offset}`);
    assert.equal(fields.refund_count, String(count), `${offset}`);
    for (let n = 0; n < count; n += 1) numbers.push(fields[`out_refund_no_${n}`]);
    assert.equal(fields[`out_refund_no_${count}`], undefined, `${offset}`);
  }
  assert.deepEqual(
    numbers,
    Array.from({ length: 23 }, (_, n) => `R${n}`),
  );
  assertRefused(await call(gateway, QUERY, { out_trade_no, offset: '23' }), 'REFUNDNOTEXIST');
  for (const offset of ['-1', '1.5', '01', 'x']) {
    assertRefused(await call(gateway, QUERY, { out_trade_no, offset }), 'PARAM_ERROR');
  }
});

test('over real HTTP a refund is followed by one encrypted notice that only the merchant’s key opens', async (t) => {
  const notices = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    notices.push({ url: incoming.url, body });
    outgoing.end(ACCEPT);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const gateway = createGateway({ merchants: [shop], refundDelayMs: 5 });
  const { url } = await gateway.listen();
  t.after(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
  });
  const transaction_id = await placeAndPay(gateway, { notify_url: `${address}/paid` });
  const fields = {
    appid: shop.appid,
    mch_id: shop.mch_id,
    nonce_str: 'n',
    ...refund({ notify_url: `${address}/back` }),
  };
  const body = xmlByHand({ ...fields, sign: signByHand(fields, shop.key) });
  const answer = readByHand(await (await fetch(url + REFUND, { method: 'POST', body })).text());
  assert.equal(answer.result_code, 'SUCCESS');
  while (notices.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await gateway.idle();

  const notice = readByHand(notices[1].body);
  assert.equal(notices[1].url, '/back');
  assert.deepEqual(Object.keys(notice), ['return_code', 'appid', 'mch_id', 'nonce_str', 'req_info']);
  const opened = openByHand(notice.req_info, shop.key);
  assert.match(opened, /^<root>.*<\/root>$/s);
  const inner = readByHand(opened.slice('<root>'.length, -'</root>'.length));
  const { success_time, ...rest } = inner;
  assert.match(success_time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.deepEqual(rest, {
    out_refund_no: 'R1',
    out_trade_no,
    refund_account: 'REFUND_SOURCE_UNSETTLED_FUNDS',
    refund_fee: '88',
    refund_id: answer.refund_id,
    refund_recv_accout: '支付用户零钱',
    refund_request_source: 'API',
    refund_status: 'SUCCESS',
    settlement_refund_fee: '88',
    settlement_total_fee: '88',
    total_fee: '88',
    transaction_id,
  });
  assert.throws(() => {
    if (!openByHand(notice.req_info, otherShop.key).startsWith('<root>')) throw new Error('not the text');
  });
  const [, record] = gateway.notices();
  assert.equal(record.out_refund_no, 'R1');
  assert.equal(record.accepted, true);
  const events = JSON.stringify(gateway.refunds());
  assert.ok(!events.includes(shop.key));
});

test('a refund notice that is not accepted is repeated on the same schedule, the same body each time', async () => {
  const sent = [];
  const { gateway, clock } = await openPaid({
    fetch: async (url, { body }) => {
      if (url.endsWith('/back')) sent.push(body);
      return new Response(sent.length < 3 && url.endsWith('/back') ? 'no' : ACCEPT);
    },
  });
  await gateway.idle();
  assertDone(await call(gateway, REFUND, refund({ notify_url: 'http://127.0.0.1:9/back' })));
  assert.equal(sent.length, 0, 'nothing is told before the money is back');
  await clock.advance(1000 + 48 * 60 * MINUTE_MS);
  const [, notice] = gateway.notices();
  assert.deepEqual(
    notice.attempts.map(({ timeMs, accepted }) => [timeMs - START_MS, accepted]),
    [
      [1000, false],
      [16_000, false],
      [31_000, true],
    ],
  );
  assert.equal(new Set(sent).size, 1);
});

test('a gateway that is closed sends no refund on its way', async () => {
  const { gateway, clock } = await openPaid();
  assertDone(await call(gateway, REFUND, refund({ notify_url: 'http://127.0.0.1:9/back' })));
  await gateway.close();
  await clock.advance(MINUTE_MS);
  assert.equal(gateway.refunds()[0].refund_status, 'PROCESSING');
  assert.equal(gateway.notices().length, 1);
});
