// Hundreds of orders, each with five notices at once, to four processes that are killed all the time.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ACCEPT, paidNotice, post } from './notices-support.mjs';
import { random } from './random-support.mjs';
import { mountOf } from './readme-support.mjs';
import { start, startPostgres, startRedis, stopAll } from './servers-support.mjs';

const { Pool } = createRequire(new URL('./frameworks/', import.meta.url))('pg');
const [ORDERS, TIMES, PROCESSES, KILLS, AT_ONCE] = [300, 5, 4, 20, 32];
const SHOP = new URL('./notify-killed-shop.mjs', import.meta.url).pathname;
const SEED = 20150806;

let pool;
after(async () => {
  await pool?.end();
  await stopAll();
});

/** Processes with one Redis and one PostgreSQL, each of which is started again when it was killed. */
async function openShops(below) {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  pool = new Pool(postgres);
  await pool.query(`${mountOf('SQL').title.replace('SQL: ', '')};
    CREATE TABLE stock (tea INTEGER); INSERT INTO stock VALUES (${ORDERS});
    CREATE TABLE started (process TEXT, out_trade_no TEXT);
    CREATE TABLE ended (process TEXT, out_trade_no TEXT, booked BOOLEAN)`);
  const killed = [];
  const restarts = [];
  let names = 0;
  const open = async () => {
    const name = `process ${++names}`;
    const settings = { name, redis, postgres, seed: below(1e9), timeoutMs: 1000, claimMs: 1000 };
    const { child, text } = await start(process.execPath, [SHOP, JSON.stringify(settings)], /^http\S+\n/);
    return { name, child, url: text.trim() };
  };
  const shops = await Promise.all(Array.from({ length: PROCESSES }, open));
  return {
    killed,
    urls: () => shops.map(({ url }) => url),
    kill() {
      const at = below(PROCESSES);
      const { name, child } = shops[at];
      // A process that is just starting is not killed: it has no notice yet.
      if (killed.includes(name)) return;
      killed.push(name);
      child.kill('SIGKILL');
      const restart = once(child, 'exit').then(async () => {
        shops[at] = await open();
      });
      restarts.push(restart);
    },
    restarted: () => Promise.all(restarts),
  };
}

/** Posts a notice as WeChat would, until it is acknowledged; returns the number of failed posts. */
async function repeat(body, url, below) {
  for (let failures = 0; ; failures++) {
    assert.ok(failures < 500, 'never acknowledged');
    const answer = await post(url(), body).catch(() => undefined);
    if (answer?.text === ACCEPT) return failures;
    await pause(50 + below(150));
  }
}

test(`${ORDERS} orders, each notified ${TIMES} times at once to ${PROCESSES} processes that are killed: each is booked once, then acknowledged`, async (t) => {
  const below = random(SEED);
  const shops = await openShops(below);
  const kills = new Set();
  while (kills.size < KILLS) kills.add(10 + below(ORDERS - 20));
  const figures = { acknowledged: 0, repeated: 0 };
  const unbooked = [];
  const begunMs = performance.now();

  async function notify(order) {
    const body = paidNotice(order, { transaction_id: `4200${order}` });
    const url = () => shops.urls()[below(PROCESSES)];
    const acknowledge = async () => {
      const failures = await repeat(body, url, below);
      figures.repeated += failures;
      figures.acknowledged += 1;
      const { rowCount } = await pool.query('SELECT FROM paid WHERE out_trade_no = $1', [order]);
      if (rowCount !== 1) unbooked.push(order);
    };
    await Promise.all(Array.from({ length: TIMES }, acknowledge));
  }

  let next = 0;
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    while (next < ORDERS) {
      const number = next++;
      const done = notify(`k${number}`);
      if (kills.has(number)) setTimeout(shops.kill, below(150));
      await done;
    }
  });
  await Promise.all(lanes);
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
  await shops.restarted();

  const { rows } = await pool.query(`SELECT
    (SELECT tea FROM stock) AS left, (SELECT count(*)::int FROM paid) AS paid,
    (SELECT count(*)::int FROM started) AS calls,
    (SELECT count(*)::int FROM ended WHERE booked) AS booked,
    (SELECT count(DISTINCT out_trade_no)::int FROM ended WHERE booked) AS orders,
    (SELECT count(*)::int FROM ended WHERE NOT booked) AS found`);
  const [{ left, paid, calls, booked, orders, found }] = rows;
  const { rows: broken } = await pool.query(`SELECT process, count(*)::int AS times FROM
    (SELECT process, out_trade_no FROM started EXCEPT ALL SELECT process, out_trade_no FROM ended) AS open GROUP BY process`);
  const brokenOff = broken.reduce((sum, { times }) => sum + times, 0);
  t.diagnostic(
    `seed ${SEED}, ${seconds} s: ${shops.killed.length} kills, ${broken.length} of them in a running listener; ${calls} calls of the ` +
      `listener = ${booked} committed + ${found} found it booked + ${brokenOff} broken off; ${figures.acknowledged} notices ` +
      `acknowledged, ${figures.acknowledged - ORDERS} of them duplicates; ${figures.repeated} refused or lost, and sent again`,
  );
  assert.deepEqual(unbooked, [], 'acknowledged and not booked');
  assert.deepEqual({ paid, booked, orders, left }, { paid: ORDERS, booked: ORDERS, orders: ORDERS, left: 0 });
  assert.equal(figures.acknowledged, ORDERS * TIMES);
  assert.equal(calls, booked + found + brokenOff);
  for (const { process } of broken) assert.ok(shops.killed.includes(process), `${process} was not killed`);
  assert.ok(shops.killed.length >= KILLS / 2 && broken.length >= 3 && found > 0, 'the kills have hit nothing');
});
