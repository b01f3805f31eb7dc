// The recipe for SQL of js/docs/notices.md on a real SQLite: the listener's work happens once, however often it is called.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryStore } from 'paysign';
import { ACCEPT, assertRefusedWords, countingShop, hand, paidNotice } from './notices-support.mjs';
import { mounts, run } from './readme-support.mjs';

const { Database } = createRequire(new URL('./frameworks/', import.meta.url))('node-sqlite3-wasm');

/** A file with the recipe's table, and a shop's database functions over one connection. */
async function openSql(t, title, code) {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-sql-'));
  const connections = [];
  const connect = () => {
    const database = new Database(join(folder, 'shop.db'));
    connections.push(database);
    return {
      database,
      async transaction(work) {
        database.exec('BEGIN IMMEDIATE');
        try {
          await work({ run: async (sql, values) => database.run(sql, values) });
          database.exec('COMMIT');
        } catch (error) {
          database.exec('ROLLBACK');
          throw error;
        }
      },
    };
  };
  t.after(() => {
    for (const database of connections) database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const first = connect();
  first.database.exec(`${title.replace('SQL: ', '')}; CREATE TABLE stock (tea INTEGER); INSERT INTO stock VALUES (10)`);
  const listener = async (db) => (await run(`${code}\nexport { onPaid };`, { db })).onPaid;
  const books = () => {
    const [{ tea }] = first.database.all('SELECT tea FROM stock');
    return { tea, paid: first.database.all('SELECT out_trade_no FROM paid').map((row) => row.out_trade_no) };
  };
  return { first, connect, listener, books };
}

for (const file of ['notices.md', 'notices.zh-CN.md']) {
  const { title, code } = mounts(file).find((mount) => mount.title.startsWith('SQL'));

  test(`the SQL of ${file} books an order once, however many processes call the listener`, async (t) => {
    const { connect, listener, books } = await openSql(t, title, code);
    // A store for each connection, as two processes have that share only the database.
    const shops = [];
    for (let at = 0; at < 3; at++) {
      shops.push(countingShop({ store: memoryStore(), onPaid: await listener(connect()) }));
    }
    for (let round = 0; round < 2; round++) {
      await Promise.all(shops.flatMap(({ handler }) => [1, 2].map(() => hand(handler, paidNotice()))));
    }
    for (const { handler } of shops) assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
    assert.ok(
      shops.every(({ calls }) => calls.paid.length >= 1),
      'each process has called its listener',
    );
    assert.deepEqual(books(), { tea: 9, paid: ['a1'] });
  });

  test(`with the SQL of ${file} a listener that fails half-way books nothing, and the next one books all`, async (t) => {
    const { first, listener, books } = await openSql(t, title, code);
    const { handler, codes } = countingShop({ onPaid: await listener(first) });
    first.database.exec("CREATE TRIGGER full BEFORE UPDATE ON stock BEGIN SELECT RAISE(ABORT, 'no disk'); END");
    assertRefusedWords((await hand(handler, paidNotice())).text);
    assert.deepEqual([books(), codes()], [{ tea: 10, paid: [] }, ['ERR_LISTENER']]);
    first.database.exec('DROP TRIGGER full');
    assert.equal((await hand(handler, paidNotice())).text, ACCEPT);
    assert.deepEqual(books(), { tea: 9, paid: ['a1'] });
  });
}
