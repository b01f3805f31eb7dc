// The shop's database: a real SQLite in a file, its tables with their unique keys, and transactions.

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { Database } = createRequire(new URL('../node/frameworks/', import.meta.url))('node-sqlite3-wasm');

const TABLES = `
  CREATE TABLE orders (
    out_trade_no TEXT PRIMARY KEY, mch_id TEXT NOT NULL, api TEXT NOT NULL, openid TEXT NOT NULL,
    total_fee INTEGER NOT NULL, deadline_ms INTEGER NOT NULL, expires_ms INTEGER, state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    prepay_id TEXT, prepay_ms INTEGER, due_ms INTEGER, goods INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX orders_due ON orders (due_ms);
  CREATE TABLE paid (out_trade_no TEXT PRIMARY KEY, transaction_id TEXT NOT NULL UNIQUE);
  CREATE TABLE refunds (
    out_refund_no TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, mch_id TEXT NOT NULL, api TEXT NOT NULL,
    refund_fee INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due_ms INTEGER
  );
  CREATE INDEX refunds_due ON refunds (due_ms);
  CREATE INDEX refunds_of ON refunds (out_trade_no);
  CREATE TABLE calls (id INTEGER PRIMARY KEY, call TEXT NOT NULL, number TEXT NOT NULL, why TEXT NOT NULL, ended TEXT);
  CREATE INDEX calls_open ON calls (number) WHERE ended IS NULL;
`;

/** Opens an empty database. One process uses it, and a run is thrown away: nothing waits for the disk. */
export function openDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'paysign-chaos-'));
  const database = new Database(join(folder, 'shop.db'));
  for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', 'locking_mode = EXCLUSIVE'])
    database.exec(`PRAGMA ${pragma}`);
  database.exec(TABLES);
  const prepared = new Map();
  const statement = (sql) => {
    if (!prepared.has(sql)) prepared.set(sql, database.prepare(sql));
    return prepared.get(sql);
  };
  return {
    /** Runs a statement, and returns the number of changed rows. */
    run: (sql, ...values) => statement(sql).run(values).changes,
    // All rows and the first of them: a statement that is not read to its end keeps its transaction open.
    get: (sql, ...values) => statement(sql).all(values)[0],
    all: (sql, ...values) => statement(sql).all(values),
    /** All of the work, or nothing where it throws. */
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close() {
      for (const one of prepared.values()) one.finalize();
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
