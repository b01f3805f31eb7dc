// A shop in its own process with its store in Redis, where it counts the payments of each order.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { nodeHandler, redisStore } from 'paysign';
import { pay } from './notices-support.mjs';

const { port, client: library, count, hang, ...settings } = JSON.parse(process.argv[2]);
const frameworks = createRequire(new URL('./frameworks/', import.meta.url));
const clients = {
  ioredis: () => new (frameworks('ioredis').Redis)(port, '127.0.0.1'),
  redis: () =>
    frameworks('redis')
      .createClient({ url: `redis://127.0.0.1:${port}` })
      .connect(),
};
const client = await clients[library]();
const increment = (order) => (library === 'redis' ? client.hIncrBy(count, order, 1) : client.hincrby(count, order, 1));

const handler = pay.notifyHandler({
  ...settings,
  store: redisStore(client),
  onPaid: async ({ out_trade_no }) => {
    await increment(out_trade_no);
    if (hang) await new Promise(() => {});
  },
  // Busy is what is expected here.
  onRejected: (error) => error.code === 'ERR_BUSY' || console.error(error),
});
const server = createServer(nodeHandler(handler));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
