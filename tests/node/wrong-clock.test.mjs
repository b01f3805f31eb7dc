// A server with a wrong clock and another time zone: only the second of the second signature changes.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { beijingTime, memoryStore, requestPayment, WechatPay } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { MINUTE_MS, readByHand, START_MS, shop, signByHand } from './gateway-support.mjs';
import { requestOf } from './notices-support.mjs';

const { appid, key } = shop;
const ORDER = { body: '茶', out_trade_no: 'a1', total_fee: 88, spbill_create_ip: '127.0.0.1', openid: 'buyer' };
const TIMES = { time_start: '20240805173341', time_expire: '20240805180341' };
/** The moment `START_MS`, as it is written in Beijing. */
const BEIJING_START = TIMES.time_start;
const PREPAY = { appId: appid, prepay_id: 'wx1', key, nonceStr: 'n1' };

const { now } = Date;
const { TZ } = process.env;
/** Sets the server's clock and zone. */
function live(ms, zone = 'Asia/Shanghai') {
  Date.now = () => ms;
  process.env.TZ = zone;
}
afterEach(() => {
  Date.now = now;
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

/** The server's requests from order to refund, and the calls of its listeners, at a gateway with a right clock. */
async function wholeOrder() {
  const clock = createManualClock(START_MS);
  const [sent, heard] = [[], []];
  let handler;
  const post = (_url, { body }) => handler(requestOf(body));
  const gateway = createGateway({ merchants: [shop], clock, seed: 1, allowNotifyHosts: ['shop.example'], fetch: post });
  const wire = async (url, init) => {
    const { nonce_str, sign, ...fields } = readByHand(String(init.body));
    sent.push([new URL(url).pathname, fields]);
    return gateway.fetch(new Request(url, init));
  };
  const client = { ...shop, baseUrls: ['https://gateway'], notify_url: 'http://shop.example/', fetch: wire };
  const pay = new WechatPay({ ...client, certFetch: wire });
  handler = pay.notifyHandler({
    findOrder: () => ORDER,
    onPaid: ({ kind, total_fee, time_end }) => void heard.push([kind, total_fee, time_end]),
    onRefund: ({ kind, refund_fee, success_time }) => void heard.push([kind, refund_fee, success_time]),
  });
  const payment = await pay.pay({ ...ORDER, ...TIMES });
  const { errMsg } = await gateway.pay({ appId: appid, openid: ORDER.openid, ...payment });
  assert.equal(errMsg, 'requestPayment:ok');
  await gateway.idle();
  const { state } = await pay.settle('a1', { pausesMs: [1] });
  const { notify_url } = client;
  await pay.refund({ out_trade_no: 'a1', out_refund_no: 'r1', total_fee: 88, refund_fee: 8, notify_url });
  await clock.advance(MINUTE_MS);
  const { refunds } = await pay.refundQuery({ out_refund_no: 'r1' });
  const accepted = gateway.notices().map((notice) => notice.accepted);
  await gateway.close();
  return { payment, said: { sent, heard, state, refund: refunds[0].refund_status, accepted } };
}

/** Clocks of a server, in seconds since 1970: 2001, now, 2038, and the last of ten digits. */
const CLOCKS = [1_000_000_000, START_MS / 1000, 2 ** 31, 9_999_999_999];

test('M7: with any clock and zone an order is taken, paid, notified and refunded, and only timeStamp differs', async () => {
  live(START_MS);
  const right = await wholeOrder();
  assert.equal(right.said.state, 'paid');
  assert.deepEqual(right.said.accepted, [true, true]);
  assert.deepEqual(right.said.heard, [
    ['payment', 88, '20240805173341'],
    ['refund', 8, right.said.heard[1][2]],
  ]);
  assert.match(right.said.heard[1][2], /^2024-08-05 17:3\d:\d\d$/);
  const [[, { time_start, time_expire }]] = right.said.sent;
  assert.deepEqual({ time_start, time_expire }, TIMES);
  for (const seconds of CLOCKS) {
    for (const zone of ['America/New_York', 'Pacific/Kiritimati']) {
      live(seconds * 1000 + 999, zone);
      const { payment, said } = await wholeOrder();
      assert.deepEqual(said, right.said, `${seconds} in ${zone}`);
      assert.equal(payment.timeStamp, String(seconds), `${seconds} in ${zone}`);
    }
  }
});

test('M7: the time of the second signature is text of whole seconds, and the caller may set it', () => {
  for (const seconds of CLOCKS) {
    live(seconds * 1000 + 999);
    const { paySign, ...signed } = requestPayment(PREPAY);
    assert.strictEqual(signed.timeStamp, String(seconds));
    assert.equal(paySign, signByHand({ appId: appid, ...signed }, key), `${seconds}`);
    for (const timeStamp of [1_722_850_421, '1722850421']) {
      assert.strictEqual(requestPayment({ ...PREPAY, timeStamp }).timeStamp, '1722850421');
    }
  }
  // A clock without any sense is an error, not a signature that every phone refuses.
  for (const ms of [0, 999_999_999_999, 10_000_000_000_000, Number.NaN]) {
    live(ms);
    assert.throws(() => requestPayment(PREPAY), { code: 'ERR_PARAM', field: 'timeStamp' }, String(ms));
  }
});

test('M7: a time is sent as text, a Date as Beijing time in every zone, and anything else is refused', async () => {
  live(START_MS, 'America/New_York');
  const sent = [];
  const wire = async (_url, { body }) => {
    sent.push(readByHand(body).time_expire);
    return new Response('');
  };
  const pay = new WechatPay({ ...shop, notify_url: 'http://shop.example/', fetch: wire, retries: 0 });
  const { time_expire } = TIMES;
  await assert.rejects(pay.pay({ ...ORDER, time_expire }), { code: 'ERR_XML', outcome: 'unknown' });
  const wrong = [
    START_MS,
    START_MS / 1000,
    new Date(Number.NaN),
    new Date(START_MS).toISOString(),
    '2024-08-05 18:03:41',
  ];
  for (const time of wrong) {
    const refused = { code: 'ERR_PARAM', field: 'time_expire', outcome: 'not-sent' };
    await assert.rejects(pay.pay({ ...ORDER, time_expire: time }), refused, String(time));
  }
  assert.deepEqual(sent, [time_expire]);
  for (const zone of ['America/New_York', 'Asia/Shanghai', 'Pacific/Kiritimati', 'UTC']) {
    live(START_MS, zone);
    await assert.rejects(pay.pay({ ...ORDER, time_expire: new Date(START_MS) }), { code: 'ERR_XML' });
    assert.equal(sent.at(-1), BEIJING_START, zone);
    assert.equal(beijingTime(new Date(START_MS)), BEIJING_START, zone);
  }
});

test('M7: a claim ends after its time, not when somebody sets the clock', async () => {
  const store = memoryStore();
  for (const jump of [366 * 86_400_000, -366 * 86_400_000]) {
    live(START_MS);
    assert.equal(await store.claim(`paid ${jump}`, 'one', 60_000), 'claimed', `${jump}`);
    live(START_MS + jump);
    assert.equal(await store.claim(`paid ${jump}`, 'another', 60_000), 'busy', `${jump}`);
    await store.done(`paid ${jump}`);
    assert.equal(await store.claim(`paid ${jump}`, 'another', 60_000), 'done', `${jump}`);
    assert.equal(await store.claim(`short ${jump}`, 'one', 1), 'claimed', `${jump}`);
    await new Promise((done) => setTimeout(done, 5));
    assert.equal(await store.claim(`short ${jump}`, 'another', 1), 'claimed', `${jump}`);
  }
});
