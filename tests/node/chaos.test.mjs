// The chaos run, smaller than at night: 500 orders, the same seed twice, and shops with mistakes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_FAULTS, NOTICE_FAULTS } from 'paysign/testing';
import { booksDigest, digest, disagreements } from '../chaos/compare.mjs';
import { KINDS } from '../chaos/customers.mjs';
import { MISTAKES } from '../chaos/mistakes.mjs';
import { runWorld } from '../chaos/world.mjs';

/** Runs and compares; returns the copies that remain when the database is closed. */
async function chaos(options) {
  const run = await runWorld(options);
  try {
    const { diary, customers, gateway } = run;
    const found = disagreements(run);
    const calls = run.database.all('SELECT call, why, ended FROM calls');
    return { found, calls, diary, customers, gateway, books: booksDigest(run), faults: digest(diary.faults()) };
  } finally {
    run.database.close();
  }
}

test('500 orders through every fault: the books agree, and everything uncertain was resolved by a query', async () => {
  const { found, calls, diary, customers, gateway } = await chaos({ seed: 20240805, orders: 500 });
  assert.deepEqual(found, []);
  const uncertain = calls.filter(({ ended }) => !['answered', 'not-sent', 'rejected'].includes(ended));
  assert.ok(uncertain.length > 20, String(uncertain.length));
  for (const { ended } of uncertain) assert.match(ended, /^(orderQuery|refundQuery|settle) says \w+$/, ended);
  // A run in which nothing happened would agree as well.
  assert.deepEqual(Object.keys(diary.counted('fault')).sort(), [...CALL_FAULTS, ...NOTICE_FAULTS].sort());
  assert.ok(Object.keys(diary.counted('death')).length > 10);
  assert.deepEqual(
    new Set([...customers.values()].map(({ plan }) => plan.kind)),
    new Set([...Object.keys(KINDS), 'herald']),
  );
  assert.ok(gateway.refunds().length > 50);
  const forged = gateway.notices().filter((notice) => notice.forged);
  assert.ok(forged.length > 10 && forged.every(({ accepted }) => !accepted));
});

test('a seed replays the faults of each order and the final books; another seed is another run', async () => {
  const [first, again, other] = [
    await chaos({ seed: 7, orders: 60 }),
    await chaos({ seed: 7, orders: 60 }),
    await chaos({ seed: 8, orders: 60 }),
  ];
  assert.deepEqual(again.diary.faults(), first.diary.faults());
  assert.equal(again.books, first.books);
  assert.notEqual(other.faults, first.faults);
  assert.notEqual(other.books, first.books);
});

test('the comparison is tried on every kind of mistake', () => assert.ok(MISTAKES.length >= 7, `${MISTAKES.length}`));

for (const { Shop, shows } of MISTAKES) {
  const name = Shop.name.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase();
  test(`the comparison finds the shop that ${name}`, async () => {
    const { found } = await chaos({ seed: 4, orders: 120, shop: Shop });
    const kinds = new Set(found.map(({ kind }) => kind));
    assert.deepEqual(
      shows.filter((kind) => !kinds.has(kind)),
      [],
      JSON.stringify(found.slice(0, 5)),
    );
    assert.ok(!kinds.has('broken'), JSON.stringify(found));
  });
}
