// A shop that may be killed at any moment: the README's listener on PostgreSQL, with a store in Redis.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeHandler, redisStore } from 'paysign';
import { pay } from './notices-support.mjs';
import { random } from './random-support.mjs';
import { mountOf, run } from './readme-support.mjs';

const { name, redis, postgres, seed, ...settings } = JSON.parse(process.argv[2]);
const frameworks = createRequire(new URL('./frameworks/', import.meta.url));
const pool = new (frameworks('pg').Pool)({ ...postgres, max: 20 });
// The library reports this of a connection that ended while it was idle.
pool.on('error', () => {});
const below = random(seed);

/** The functions that the README's lines call; the record of the call is part of the transaction. */
const db = {
  async transaction(work) {
    const client = await pool.connect();
    const changed = [];
    const tx = {
      async run(sql, values = []) {
        // A moment of other work, in which the shop can be killed.
        if (changed.length > 0) await pause(below(120));
        let at = 0;
        const { rowCount } = await client.query(
          sql.replaceAll('?', () => `$${++at}`),
          values,
        );
        changed.push({ order: values[1], changes: rowCount });
        return { changes: rowCount };
      },
    };
    try {
      await client.query('BEGIN');
      await work(tx);
      const [{ order, changes }] = changed;
      await client.query('INSERT INTO ended VALUES ($1, $2, $3)', [name, order, changes === 1]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  },
};
const { onPaid } = await run(`${mountOf('SQL').code}\nexport { onPaid };`, { db });

const handler = pay.notifyHandler({
  ...settings,
  store: redisStore(new (frameworks('ioredis').Redis)(redis, '127.0.0.1')),
  onPaid: async (notice) => {
    await pool.query('INSERT INTO started VALUES ($1, $2)', [name, notice.out_trade_no]);
    await onPaid(notice);
    // Booked, but not yet in the store.
    await pause(below(120));
  },
  // Busy is what is expected here, and late where a claim is waited for.
  onRejected: (error) => ['ERR_BUSY', 'ERR_TIMEOUT'].includes(error.code) || console.error(error),
});
const server = createServer(nodeHandler(handler));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
