// The shop that moves from APIv2 to APIv3, with lost notices: through its own switch and every key phase.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { emptyTables, openShop, placeOf } from '../../js/examples/moving/shop.mjs';
import { compareBooks } from '../../js/examples/shop/books.mjs';
import { otherShop } from './gateway-support.mjs';

const MERCHANT = { ...otherShop, apiV3Key: 'v'.repeat(32), keyPhase: 'certificate' };
const { appid, mch_id } = MERCHANT;
const SIX_MINUTES_MS = 360_000;
const HOUR_MS = 3_600_000;
const HALF_A_DAY_MS = 12 * HOUR_MS;
/** The gateway answers at once, so there is nothing to wait for. */
const QUICKLY = { pausesMs: [1] };

/** The days of the move. Each begins with a restart of the shop, which has the keys of its phase. */
const DAYS = [
  { phase: 'certificate', keys: 'download', share: 0, refundsByV3: false },
  { phase: 'certificate', keys: 'download', share: 0.5, refundsByV3: false },
  { phase: 'obtained', keys: 'download', share: 0.5, refundsByV3: false },
  { phase: 'switching', keys: 'download', share: 1, refundsByV3: true },
  { phase: 'switching', keys: 'pinned', share: 1, refundsByV3: true },
  { phase: 'public key', keys: 'pinned', share: 1, refundsByV3: true },
];
/** As many buyers on each side of the half, each once a day. */
const BUYERS = Array.from({ length: 200 }, (_, at) => `buyer-${at}`);
const early = BUYERS.filter((openid) => placeOf(openid) < 0.5).slice(0, 4);
const late = BUYERS.filter((openid) => placeOf(openid) >= 0.5).slice(0, 4);

const clock = createManualClock(Date.now());
const tables = emptyTables();
const rejected = [];
let gateway;
let port;

before(async () => {
  // A fifth of all notices is lost, and a fifth comes twice. A lost one is repeated when the clock moves.
  const faults = { noticeLost: 0.2, noticeDuplicated: 0.2 };
  gateway = createGateway({ merchants: [MERCHANT], clock, seed: 'moving', refundDelayMs: 0, faults });
  for (const [at, day] of DAYS.entries()) await live(at, day);
  const shop = await opened(DAYS.at(-1));
  await shop.close();
});
after(() => gateway.close());

/** Starts the shop again, with the keys of the day. Half a day later, what was sent during the restart has come. */
async function opened({ phase, keys, ...switches }) {
  gateway.keyPhase(mch_id, phase);
  const clients = {
    v2: new WechatPayV2(await gateway.client(mch_id)),
    v3: new WechatPayV3({ ...(await gateway.client(mch_id, { api: 'v3', keys })), nowMs: () => clock.now() }),
  };
  const log = (line) => rejected.push(line);
  const shop = await openShop({ clients, tables, port, log, ...switches });
  port = shop.port;
  await clock.advance(HALF_A_DAY_MS);
  await gateway.idle();
  return shop;
}

/** One day: buyers pay, leave, pay an order of the day before, or get money back. */
async function live(at, day) {
  const shop = await opened(day);
  const yesterday = [...tables.orders.keys()];
  const placed = [];
  for (const openid of [...early, ...late]) {
    const { out_trade_no, payment } = await shop.order({ openid, title: '茶', total_fee: 100 + at });
    placed.push({ out_trade_no, openid, payment });
  }
  const [paid, hurried, left] = [0, 1, 2].map((rest) => placed.filter((_, index) => index % 4 === rest));
  await Promise.all(paid.map(({ openid, payment }) => phone(openid, payment)));
  // One buyer of each half pays tomorrow, by an order of today.
  for (const number of waiting(yesterday)) {
    const { openid } = tables.orders.get(number);
    await phone(openid, await shop.payAgain(number));
  }
  await clock.advance(SIX_MINUTES_MS);
  for (const { out_trade_no } of left) assert.equal(await shop.settle(out_trade_no, QUICKLY), 'closed');
  assert.equal(await shop.settle(paid[0].out_trade_no, QUICKLY), 'paid', 'its notice may still be on its way');
  for (const number of refundable(yesterday)) await shop.refund(number, 60);
  // The last buyers pay just before the restart, and nobody receives their notices for an hour.
  await gateway.idle();
  await shop.close();
  for (const { openid, payment } of hurried) await phone(openid, payment);
  await gateway.idle();
  await clock.advance(HOUR_MS);
}

/** The orders of the day before, by what happens to them. */
const waiting = (numbers) => numbers.filter((number) => tables.orders.get(number).state === 'NOTPAY');
const refundable = (numbers) =>
  numbers.filter((number, at) => at % 4 === 0 && tables.orders.get(number).state === 'SUCCESS');

async function phone(openid, payment) {
  assert.deepEqual(await gateway.pay({ appId: appid, openid, ...payment }), { errMsg: 'requestPayment:ok' });
}

/** What signed each attempt of a notice that arrived. */
const signers = ({ attempts }) =>
  attempts.flatMap(({ headers, status }) => {
    if (status === undefined) return [];
    const serial = new Headers(headers).get('wechatpay-serial');
    if (serial === null) return 'the key of APIv2';
    return serial.startsWith('PUB_KEY_ID_') ? 'public key' : 'certificate';
  });

const rows = () => [...tables.orders.values()];
const books = () => ({ orders: rows(), refunds: [...tables.refunds.values()] });

test('a shop that moves loses no order and pays none twice: its books are those of the gateway', () => {
  assert.equal(rows().length, DAYS.length * 8);
  assert.deepEqual(compareBooks(books(), { orders: gateway.orders(), refunds: gateway.refunds() }), []);
  const counts = { CLOSED: 0, NOTPAY: 0, REFUND: 0, SUCCESS: 0 };
  for (const { state } of rows()) counts[state] += 1;
  // Of eight orders a day two are closed, and of the last day two wait for tomorrow.
  assert.deepEqual([counts.CLOSED, counts.NOTPAY], [2 * DAYS.length, 2]);
  assert.ok(counts.REFUND >= 5 && counts.SUCCESS >= 10, JSON.stringify(counts));
});

test('the switch moves the early half of the buyers first, and nobody back', () => {
  const expected = DAYS.flatMap(({ share }) =>
    [...early, ...late].map((openid) => (placeOf(openid) < share ? 'v3' : 'v2')),
  );
  assert.deepEqual(
    rows().map(({ api }) => api),
    expected,
  );
  for (const { out_trade_no, api } of rows()) {
    const { sign_type } = gateway.orders().find((order) => order.out_trade_no === out_trade_no);
    assert.equal(sign_type === 'RSA', api === 'v3', out_trade_no);
  }
});

test('orders of APIv2 are paid, closed and refunded after the switch, the last ones by APIv3', () => {
  const ways = books().refunds.map(({ out_trade_no, api }) => `${tables.orders.get(out_trade_no).api} by ${api}`);
  assert.deepEqual([...new Set(ways)].sort(), ['v2 by v2', 'v2 by v3', 'v3 by v3']);
  assert.ok(books().refunds.every(({ state }) => state === 'SUCCESS'));
});

test('each genuine notice is accepted in the end, in both generations and by both keys of WeChat Pay', () => {
  const notices = gateway.notices();
  assert.deepEqual(
    notices.filter(({ accepted }) => !accepted),
    [],
  );
  const tries = notices.map(({ attempts }) => attempts.length);
  assert.ok(Math.max(...tries) > 3, 'some waited for the restart');
  assert.deepEqual([...new Set(notices.flatMap(signers))].sort(), ['certificate', 'public key', 'the key of APIv2']);
  // Another delivery of the same notice, at the same time, is refused and sent again. Nothing else is.
  assert.deepEqual(
    rejected.filter((line) => !line.startsWith('ERR_BUSY')),
    [],
  );
});

test('during the gray switch notices are signed by both keys within one day', () => {
  const ofDay = gateway
    .notices()
    .filter(({ out_trade_no }) => rows().findIndex((row) => row.out_trade_no === out_trade_no) >> 3 === 3);
  assert.deepEqual([...new Set(ofDay.flatMap(signers))].sort(), ['certificate', 'public key']);
});
