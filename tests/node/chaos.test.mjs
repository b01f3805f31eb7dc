// The chaos run, smaller than at night: some orders of each generation, a seed twice, and shops with mistakes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_FAULTS, NOTICE_FAULTS } from 'paysign/testing';
import { booksDigest, digest, disagreements } from '../chaos/compare.mjs';
import { KINDS } from '../chaos/customers.mjs';
import { MOVING } from '../chaos/merchants.mjs';
import { MISTAKES } from '../chaos/mistakes.mjs';
import { runWorld } from '../chaos/world.mjs';

/** Runs and compares; returns the copies that remain when the database is closed. */
async function chaos(options) {
  const run = await runWorld(options);
  try {
    const { diary, customers, gateway } = run;
    const found = disagreements(run);
    const calls = run.database.all('SELECT call, why, ended FROM calls');
    const apis = run.database.all(
      `SELECT DISTINCT orders.api || ' ' || refunds.api AS api FROM orders LEFT JOIN refunds USING (out_trade_no) ORDER BY api`,
    );
    const books = booksDigest(run);
    return { found, calls, diary, customers, gateway, apis, books, faults: digest(diary.faults()) };
  } finally {
    run.database.close();
  }
}

for (const { api, orders, generations } of [
  { api: 'v2', orders: 200, generations: [null, 'v2 v2'] },
  { api: 'v3', orders: 100, generations: [null, 'v3 v3'] },
  // Some orders of APIv2 are refunded by APIv3.
  { api: 'both', orders: 100, generations: [null, 'v2 v2', 'v2 v3', 'v3 v3'] },
]) {
  test(`${orders} orders through every fault, API ${api}: the books agree, and everything uncertain was resolved by a query`, async () => {
    const { found, calls, diary, customers, gateway, apis } = await chaos({ seed: 20240805, orders, api });
    assert.deepEqual(found, []);
    assert.deepEqual(
      apis.map((one) => one.api),
      generations,
    );
    const uncertain = calls.filter(({ ended }) => !['answered', 'not-sent', 'rejected'].includes(ended));
    assert.ok(uncertain.length > orders / 25, String(uncertain.length));
    for (const { ended } of uncertain) assert.match(ended, /^(orderQuery|refundQuery|settle) says \w+$/, ended);
    // A run in which nothing happened would agree as well.
    assert.deepEqual(Object.keys(diary.counted('fault')).sort(), [...CALL_FAULTS, ...NOTICE_FAULTS].sort());
    assert.ok(Object.keys(diary.counted('death')).length > 10);
    assert.deepEqual(
      new Set([...customers.values()].map(({ plan }) => plan.kind)),
      new Set([...Object.keys(KINDS), 'herald']),
    );
    assert.ok(gateway.refunds().length > orders / 10);
    const forged = gateway.notices().filter((notice) => notice.forged);
    assert.ok(forged.length > 10 && forged.every(({ accepted }) => !accepted));
    if (api !== 'v2') {
      assert.ok(forged.some((notice) => notice.forged === 'probe'));
      // One merchant moves from certificates to the public key.
      const moving = gateway.notices().filter(({ mch_id }) => mch_id === MOVING.mch_id);
      const serials = moving.flatMap(({ attempts }) => attempts.map((one) => one.headers?.['wechatpay-serial']));
      const keys = new Set(serials.filter((serial) => serial !== undefined));
      assert.ok(keys.size >= 2, `the keys were turned: ${[...keys]}`);
    }
  });
}

test('a seed replays the faults of each order and the final books; another seed is another run', async () => {
  const [first, again, other] = [
    await chaos({ seed: 7, orders: 30, api: 'both' }),
    await chaos({ seed: 7, orders: 30, api: 'both' }),
    await chaos({ seed: 8, orders: 30, api: 'both' }),
  ];
  assert.deepEqual(again.diary.faults(), first.diary.faults());
  assert.equal(again.books, first.books);
  assert.notEqual(other.faults, first.faults);
  assert.notEqual(other.books, first.books);
});

test('the comparison is tried on every kind of mistake', () => assert.ok(MISTAKES.length >= 7, `${MISTAKES.length}`));

for (const { Shop, shows, runs } of MISTAKES) {
  const name = Shop.name.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase();
  for (const run of runs) {
    test(`the comparison finds the shop that ${name}, API ${run.api}`, async () => {
      const { found } = await chaos({ ...run, shop: Shop });
      const kinds = new Set(found.map(({ kind }) => kind));
      assert.deepEqual(
        shows.filter((kind) => !kinds.has(kind)),
        [],
        JSON.stringify(found.slice(0, 5)),
      );
      assert.ok(!kinds.has('broken'), JSON.stringify(found));
    });
  }
}
