// Every order of arrival: the chaos run's shop and the real gateway, whose messages are delayed, reordered and lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WechatPay } from 'paysign';
import { createGateway, createManualClock } from 'paysign/testing';
import { apiV2 } from '../chaos/api-v2.mjs';
import { openDatabase } from '../chaos/database.mjs';
import { Shop } from '../chaos/shop.mjs';
import { ACCEPT, MINUTE_MS, START_MS, shop } from './gateway-support.mjs';
import { gate, hand } from './notices-support.mjs';

const NOTIFY_URL = 'http://127.0.0.1:9/notify';
const PAID = { out_trade_no: 'a1', mch_id: shop.mch_id, openid: 'buyer', total_fee: 88 };
const CLOSED = { ...PAID, out_trade_no: 'a2' };
const DEADLINE_MS = START_MS + 10 * MINUTE_MS;
const REFUND = { out_refund_no: 'r1', out_trade_no: 'a1', refund_fee: 30 };
const LOST = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET', syscall: 'read' } });

const clock = createManualClock(START_MS);
const gateway = createGateway({ merchants: [shop], clock, seed: 'arrivals', fetch: async () => new Response(ACCEPT) });
const database = openDatabase();
/** The calls that are still under way after an order of arrival. They end before the books are closed. */
const underway = [];
after(async () => {
  for (const { answer } of underway) answer.fail(LOST);
  await Promise.allSettled(underway.map(({ end }) => end));
  database.close();
  return gateway.close();
});

/** The messages that WeChat sent, by the moment of sending. */
const sent = {};

/** A client whose next call can be delayed; every other call goes to the gateway at once. */
function heldClient() {
  let waiting;
  const wire = (url, init) => {
    const held = waiting;
    waiting = undefined;
    held?.sent.open();
    return held ? held.answer.opened : gateway.fetch(new Request(url, init));
  };
  const client = new WechatPay({ ...shop, baseUrls: ['https://gateway'], fetch: wire, certFetch: wire, retries: 0 });
  /** Begins a call. Returns a function that delivers or loses its answer, and waits for the shop. */
  const hold = async (text, call) => {
    const [isSent, answer] = [gate(), gate()];
    waiting = { sent: isSent, answer };
    const end = call();
    underway.push({ answer, end });
    await isSent.opened;
    return {
      arrive: () => end.then(void answer.open(new Response(text))),
      lose: () => end.then(void answer.fail(LOST)),
    };
  };
  return { client, hold };
}

/** The text of a call's answer. */
async function textOf(call) {
  let text;
  const tee = async (url, init) => {
    text = await (await gateway.fetch(new Request(url, init))).text();
    return new Response(text);
  };
  await call(new WechatPay({ ...shop, baseUrls: ['https://gateway'], fetch: tee, certFetch: tee }));
  return text;
}

before(async () => {
  const what = { body: '茶', spbill_create_ip: '127.0.0.1', trade_type: 'JSAPI', notify_url: NOTIFY_URL };
  const place = ({ mch_id, ...order }) => textOf((pay) => pay.unifiedOrder({ ...what, ...order }));
  const query = ({ out_trade_no }) => textOf((pay) => pay.orderQuery({ out_trade_no }));
  const refundQuery = () => textOf((pay) => pay.refundQuery({ out_refund_no: 'r1' }));
  const forged = (forgery) => gateway.forgeNotice(PAID, forgery).then(({ body }) => body);
  const lastBody = () => gateway.notices().at(-1).body;
  sent.order = [await place(PAID), await place(CLOSED)];
  sent.unpaid = [await query(PAID), await query(CLOSED)];
  sent.forged = [await forged('another key'), await forged('changed amount'), await forged('no signature')];
  assert.equal(gateway.payOrder(PAID).errMsg, 'requestPayment:ok');
  await gateway.idle();
  [sent.notice, sent.paid] = [lastBody(), await query(PAID)];
  await clock.advance(6 * MINUTE_MS);
  await textOf((pay) => pay.closeOrder({ out_trade_no: CLOSED.out_trade_no }));
  sent.closed = await query(CLOSED);
  sent.forgedClosed = [(await gateway.forgeNotice(CLOSED, 'another key')).body];
  sent.refund = await textOf((pay) => pay.refund({ ...REFUND, total_fee: PAID.total_fee, notify_url: NOTIFY_URL }));
  sent.processing = await refundQuery();
  await clock.advance(1000);
  [sent.refundNotice, sent.refunded, sent.paidBack] = [lastBody(), await query(PAID), await refundQuery()];
  sent.forgedRefund = [(await gateway.forgeNotice({ ...PAID, out_refund_no: 'r1' }, 'another key')).body];
});

/** A shop with empty books, the calls of its listener, and the means to delay messages. */
function openShop() {
  for (const table of ['orders', 'paid', 'refunds', 'calls']) database.run(`DELETE FROM ${table}`);
  const { client, hold } = heldClient();
  const steps = [];
  const time = { ms: START_MS };
  const one = new Shop({
    ...{ database, notify_url: NOTIFY_URL, accounts: new Map([[shop.mch_id, { api: 'v2', v2: apiV2(client) }]]) },
    now: () => time.ms,
    limit: () => undefined,
    die: (step) => void steps.push(step),
    onRejected: () => {},
  });
  const notice = (body) => {
    const arrive = () => hand(one.notify, body);
    return { arrive, repeat: arrive, lose() {} };
  };
  return { one, hold, notice, steps, time };
}

/** The order is under way; so are its answer, two queries, the closing, and the notice. */
async function payment({ one, hold, notice }) {
  const query = (text) => hold(text, () => one.ask(one.find('a1')));
  return {
    order: await hold(sent.order[0], () => one.checkout({ ...PAID, deadlineMs: DEADLINE_MS })),
    unpaid: await query(sent.unpaid[0]),
    paid: await query(sent.paid),
    // The first answer says that the order is not paid, so the shop closes it then.
    closing: await hold(sent.unpaid[0], () => one.close(one.find('a1'))),
    notice: notice(sent.notice),
  };
}

/** The same of an order that nobody pays. */
async function closing({ one, hold }) {
  const query = (text) => hold(text, () => one.ask(one.find('a2')));
  return {
    order: await hold(sent.order[1], () => one.checkout({ ...CLOSED, deadlineMs: DEADLINE_MS })),
    unpaid: await query(sent.unpaid[1]),
    closed: await query(sent.closed),
    closing: await hold(sent.unpaid[1], () => one.close(one.find('a2'))),
  };
}

/** The refund of a paid order is under way; so are its answer, earlier and later queries, and its notice. */
async function refund({ one, hold, notice }) {
  await (await hold(sent.order[0], () => one.checkout({ ...PAID, deadlineMs: DEADLINE_MS }))).arrive();
  await notice(sent.notice).arrive();
  assert.ok(one.askRefund(REFUND));
  const [row] = database.all('SELECT * FROM refunds');
  return {
    refund: await hold(sent.refund, () => one.refund(row)),
    processing: await hold(sent.processing, () => one.askForRefund(row)),
    paidBack: await hold(sent.paidBack, () => one.askForRefund(row)),
    refunded: await hold(sent.refunded, () => one.ask(one.find('a1'))),
    refundNotice: notice(sent.refundNotice),
  };
}

/** Every order of every subset of the names; the others are lost. */
function* arrivals(names) {
  yield [];
  for (const name of names) for (const rest of arrivals(names.filter((other) => other !== name))) yield [name, ...rest];
}

const books = () => ({
  orders: database.all('SELECT out_trade_no, state, goods FROM orders'),
  paid: database.all('SELECT * FROM paid'),
  refunds: database.all('SELECT out_refund_no, refund_fee, state FROM refunds'),
  open: database.all('SELECT call, why FROM calls WHERE ended IS NULL'),
});

/**
 * Lets the messages of a story arrive in every order. After each come a forged notice and a repeat of all earlier messages.
 * The shop then queries uncertain calls. Returns the number of orders.
 */
async function everyWay(begin, forged, expected) {
  let ways = 0;
  const names = Object.keys(await begin(openShop()));
  for (const way of arrivals(names)) {
    const { one, steps, time, ...means } = openShop();
    const messages = await begin({ one, ...means });
    const toldBefore = told(steps);
    let end;
    for (const [place, name] of ['nothing', ...way].entries()) {
      await messages[name]?.arrive();
      const { text } = await hand(one.notify, forged[(ways + place) % forged.length]);
      assert.notEqual(text, ACCEPT, `a forged notice, ${way}`);
      for (const again of way.slice(0, place)) await messages[again].repeat?.();
      const [{ state }] = database.all('SELECT state FROM orders');
      assert.equal(state, end ?? state, `paid and closed are final, ${way}`);
      if (state === 'paid' || state === 'closed') end = state;
    }
    if (way.length === names.length) assert.deepEqual({ ...books(), open: [] }, expected, way.join());
    for (const name of names) if (!way.includes(name)) await messages[name].lose();
    for (let round = 0; one.hasOpen() && round < 9; round++) {
      time.ms += 5 * MINUTE_MS;
      for (const job of one.due()) await job();
    }
    assert.deepEqual(books(), expected, way.join());
    assert.equal(told(steps) - toldBefore, Number(way.includes('notice')), `how often the listener was called, ${way}`);
    ways += 1;
  }
  return ways;
}

const told = (steps) => steps.filter((step) => step === 'a payment is booked (notice)').length;

const paidOnce = () => ({
  orders: [{ out_trade_no: 'a1', state: 'paid', goods: 1 }],
  paid: [{ out_trade_no: 'a1', transaction_id: gateway.orders()[0].transaction_id }],
  refunds: [],
  open: [],
});

test('M3: a paid order is paid once, in any order of its messages, whichever are lost', async () => {
  assert.equal(await everyWay(payment, sent.forged, paidOnce()), 326);
});

test('M3: an unpaid order is closed, in any order of its messages, whichever are lost', async () => {
  const orders = [{ out_trade_no: 'a2', state: 'closed', goods: 0 }];
  assert.equal(await everyWay(closing, sent.forgedClosed, { orders, paid: [], refunds: [], open: [] }), 65);
});

test('M3: a refund is done once, in any order of its messages, whichever are lost', async () => {
  const refunds = [{ out_refund_no: 'r1', refund_fee: 30, state: 'done' }];
  assert.equal(await everyWay(refund, sent.forgedRefund, { ...paidOnce(), refunds }), 326);
  const theirs = gateway.refunds().map(({ out_refund_no }) => out_refund_no);
  assert.deepEqual(theirs, ['r1'], 'no second refund at WeChat');
});
