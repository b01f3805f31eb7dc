// One run: the gateway on two ports with all faults on, the shop and its restarts, and the buyers.

import { nodeHandler } from 'paysign';
import { createGateway, createSkewedClock } from 'paysign/testing';
import { createMinuteClock, DELAY_MS, MINUTE_MS, PATIENCE_MS } from './clock.mjs';
import { Customer, planOf } from './customers.mjs';
import { openDatabase } from './database.mjs';
import { createDiary } from './diary.mjs';
import { between, createDraw, createThrows } from './dice.mjs';
import { createKeyTurns } from './keys.mjs';
import { merchantsOf, ofGateway, openAccounts } from './merchants.mjs';
import { openDoor, openGates } from './network.mjs';
import { Shop } from './shop.mjs';

/** Every fault there is, all at once: a sixth of all calls and half of all deliveries. */
export const FAULTS = {
  ...{ delay: 0.04, resetBefore: 0.02, resetAfter: 0.02, pageBefore: 0.02, pageAfter: 0.02 },
  ...{ html: 0.015, cut: 0.015, systemErrorBefore: 0.015, systemErrorAfter: 0.02, delayMs: DELAY_MS },
  ...{ noticeLost: 0.12, noticeDuplicated: 0.1, noticeLate: 0.1, noticeReordered: 0.1, noticeForged: 0.1 },
  // A late answer has arrived by the beginning of the next minute.
  noticeLateMs: [3000, 59_000],
};

/** While minutes advance nothing waits for the next notice: which one is next would depend on real time. */
const FAULTS_BETWEEN = { ...FAULTS, noticeReordered: 0 };

/** How often a process of the shop dies at each of its points. */
const DEATHS = 0.02;

/** How many orders are worked on at a time. */
const AT_A_TIME = 32;

/** How many buyers come in a minute. */
const BUYERS_A_MINUTE = 250;

/** About how many minutes after the last new buyer there is still traffic. */
const TRAFFIC_MINUTES = 20;

/** More minutes than any run takes: an endless run is a failure too. */
const LAST_MINUTE = 500;

/** After how many queries a settling ends: those answers cannot be verified, and the next minute is another one. */
const MOST_QUERIES = 8;

/** The one order that no buyer placed. */
const HERALD = 'herald';

/** Thrown where a process of the shop dies. */
class Death extends Error {}

/**
 * Runs the seed to its end; returns the books and the diary. `api` is `v2`, `v3` or `both`. `Shop` may be another one, with a
 * mistake.
 */
export async function runWorld({ seed, orders, api = 'v2', shop: ShopKind = Shop, onMinute = () => {} }) {
  const draw = createDraw(seed);
  const diary = createDiary();
  const clock = createMinuteClock();
  const startMs = clock.now();
  const customers = new Map();
  const merchants = merchantsOf(api);
  const ids = merchants.map(({ appid, mch_id }) => ({ appid, mch_id }));
  const startMinutes = Math.max(4, Math.ceil(orders / BUYERS_A_MINUTE));
  for (let number = 0; number < orders; number += 1) {
    const plan = planOf(draw, seed, number, startMinutes, ids);
    customers.set(plan.out_trade_no, new Customer(plan, startMs));
  }
  const gateway = createGateway({
    merchants: merchants.map(ofGateway),
    // The shop's clock and WeChat's are never the same.
    clock: createSkewedClock(between(draw('skew'), -40_000, 40_000), clock),
    seed,
    refundDelayMs: 90_000,
    notifyTimeoutMs: 30_000,
    onEvent(event) {
      diary.event(event);
      if (event.type !== 'query') return;
      settling.get(event.out_trade_no)?.();
      if (event.trade_state === 'NOTPAY') raceAt(event.out_trade_no);
    },
  });
  const settling = new Map();
  const gates = await openGates(gateway);
  const database = openDatabase();
  const throwDeath = createThrows(draw);
  const die = (point, number) => {
    if (number === HERALD || throwDeath('death', point, number) >= DEATHS) return;
    diary.death(point);
    throw new Death(point);
  };
  const door = await openDoor();
  let shop;
  let minute = 0;

  /** The signal that ends a settling whose queries have no end. */
  function limit(out_trade_no) {
    const end = new AbortController();
    let queries = 0;
    settling.set(out_trade_no, () => {
      queries += 1;
      if (queries >= MOST_QUERIES) end.abort();
    });
    return end.signal;
  }

  /** In the middle of a run of both generations, a merchant with both uses APIv3 for what is new. */
  const moveMinute = Math.floor(startMinutes * (0.25 + draw('the merchant moves') / 2));
  const apiOf = (merchant) => (merchant.key && merchant.apiV3Key && minute >= moveMinute ? 'v3' : merchant.api);
  const ofV3 = merchants.filter(({ apiV3Key }) => apiV3Key !== undefined);
  const keys = createKeyTurns({ gateway, draw, minutes: startMinutes + TRAFFIC_MINUTES, merchants: ofV3 });

  /** Starts a process of the shop: only the database is left of the one before. */
  async function startShop() {
    const network = {
      ...{ baseUrls: gates.urls, timeoutMs: PATIENCE_MS, probeMs: 50 },
      onExchange: (report) => diary.exchange(report),
    };
    const accounts = await openAccounts(merchants, { gateway, network, now: clock.now, api: apiOf });
    const onRejected = (error) => diary.rejected(error);
    shop = new ShopKind({ database, accounts, notify_url: door.url, now: clock.now, die, limit, onRejected });
    door.open(nodeHandler(shop.notify));
  }

  /** Pays once the answer of the query is on its way. */
  function raceAt(out_trade_no) {
    const customer = customers.get(out_trade_no);
    const { plan, paid } = customer;
    if (plan.kind !== 'races the closing' || paid > 0 || clock.now() < customer.deadlineMs) return;
    setImmediate(() => customer.race(gateway));
  }

  /** Does the work, this many pieces at a time. The shop survives deaths; any other error is thrown. */
  async function work(jobs) {
    if (jobs.length === 0) return;
    const left = jobs.values();
    const worker = async () => {
      for (const job of left) {
        try {
          await clock.work(job);
        } catch (error) {
          if (!(error instanceof Death)) diary.broke(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    await clock.settle();
    await gateway.idle();
    // The last notice of the minute: every delayed notice has been overtaken.
    await gateway.resendNotice({ out_trade_no: HERALD });
    await gateway.idle();
  }

  /** The newest orders of APIv3, for probes. */
  const probed = () =>
    database.all(
      "SELECT out_trade_no, mch_id FROM orders WHERE api = 'v3' AND prepay_id IS NOT NULL ORDER BY deadline_ms DESC, out_trade_no LIMIT 20",
    );

  /** An order that is paid before anything goes wrong, so that its notice can be sent again. */
  async function payHerald() {
    const plan = {
      ...ids[0],
      kind: 'herald',
      out_trade_no: HERALD,
      start: 0,
      life: 10,
      total_fee: 1,
      refunds: [],
    };
    const herald = new Customer({ ...plan, openid: 'herald', payAfter: 0 }, startMs);
    customers.set(HERALD, herald);
    await herald.act(0, { shop, gateway });
    await gateway.idle();
    gateway.faultRates(FAULTS);
  }

  async function turn() {
    const weather = (what, share) => draw('weather', what, minute) < share;
    const hasObtained = await keys.turn(minute);
    const isMoving = api === 'both' && minute === moveMinute;
    if (weather('the shop is started anew', 0.15) || hasObtained || isMoving) await startShop();
    const steps = shop.due();
    const due = [...customers.values()].filter((one) => !one.isDone && one.next <= minute);
    // Where nobody calls, no host need go down.
    if (steps.length + due.length > 0) await gates.main(!weather('the main host is down', 0.2));
    await work(steps);
    await keys.probe(minute, { orders: probed(), url: door.url });
    // WeChat is unreachable: the buyers of this minute have to try again.
    const isBlack = due.length > 0 && weather('both hosts are down', 0.08);
    if (isBlack) await gates.both(false);
    await work(due.map((one) => () => one.act(minute, { shop, gateway })));
    if (isBlack) await gates.both(true);
    // The shop refuses connections: a notice of the next minute reaches nobody.
    door.shut(weather('the shop is not reached', 0.1));
    gateway.faultRates(FAULTS_BETWEEN);
    await clock.advance(MINUTE_MS);
    gateway.faultRates(FAULTS);
    door.shut(false);
  }

  const isOver = () =>
    diary.broken.length > 0 || ([...customers.values()].every(({ isDone }) => isDone) && !shop.hasOpen());
  await startShop();
  try {
    await payHerald();
    for (; minute < LAST_MINUTE && !isOver(); minute += 1) {
      await turn();
      onMinute({ minute, customers, diary });
    }
    // WeChat's repeats come within a day, to a shop that has ended its work.
    gateway.faultRates(FAULTS_BETWEEN);
    await clock.advance(25 * 60 * MINUTE_MS);
    await gateway.idle();
    return { seed, api, minutes: minute, database, gateway, customers, diary, broken: diary.broken };
  } finally {
    await gateway.close();
    await door.close();
    clock.close();
  }
}
