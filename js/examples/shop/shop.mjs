// A shop's backend on plain node:http: log-in, order, notice, query. It keeps its books in memory.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { nodeHandler, readBody } from 'paysign';

/** The goods of the shop; prices are in fen and never come from the client. */
const GOODS = { tea: { body: '示例商店-茶', total_fee: 8800 }, cake: { body: '示例商店-饼', total_fee: 1250 } };

/**
 * Starts the shop on a loopback port.
 * @param {import('paysign').WechatPay} pay the merchant; its notify_url is set by the shop for each order
 * @param {(line: string) => void} log
 */
export async function openShop(pay, log = () => {}) {
  /** Log-ins, by the token of the mini program; `session_key` would stay here too. */
  const sessions = new Map();
  /** The books: one entry for each order, by `out_trade_no`. */
  const orders = new Map();

  const routes = {
    async 'POST /login'(request) {
      const { js_code } = await readJson(request);
      const { openid } = await pay.code2Session(js_code);
      const token = randomUUID();
      sessions.set(token, openid);
      return json({ token });
    },

    async 'POST /orders'(request) {
      const { token, goods } = await readJson(request);
      const [openid, item] = [sessions.get(token), Object.hasOwn(GOODS, goods) ? GOODS[goods] : undefined];
      if (!openid || !item) return json({ error: 'log in first, and order what there is' }, 400);
      const out_trade_no = `${Date.now()}${String(orders.size + 1).padStart(6, '0')}`;
      orders.set(out_trade_no, { out_trade_no, openid, ...item, state: 'NOTPAY', timesPaid: 0 });
      const notify_url = `${address}/wxpay/notify`;
      const payment = await pay.pay({ ...item, out_trade_no, openid, notify_url, spbill_create_ip: '127.0.0.1' });
      return json({ out_trade_no, payment });
    },

    async 'POST /orders/query'(request) {
      const { out_trade_no } = await readJson(request);
      const order = orders.get(out_trade_no);
      if (!order) return json({ error: 'no such order' }, 404);
      const { trade_state, transaction_id, total_fee } = await pay.orderQuery({ out_trade_no });
      if (trade_state === 'SUCCESS' && total_fee === order.total_fee) markPaid(order, transaction_id);
      return json({ out_trade_no, trade_state, state: order.state });
    },
  };

  /** `onPaid` is called only for a genuine notice of an order here, with its amount and currency. */
  const notify = nodeHandler(
    pay.notifyHandler({
      findOrder: (out_trade_no) => orders.get(out_trade_no),
      onPaid: ({ out_trade_no, transaction_id }) => markPaid(orders.get(out_trade_no), transaction_id),
      onRejected: ({ code, message }) => log(`${code}: ${message}`),
    }),
  );

  /** A notice may come beside a query: paid is final, and the goods leave once. */
  function markPaid(order, transaction_id) {
    if (order.state === 'SUCCESS') return;
    Object.assign(order, { state: 'SUCCESS', transaction_id, timesPaid: order.timesPaid + 1 });
  }

  const server = createServer(async (request, response) => {
    if (request.url === '/wxpay/notify') return notify(request, response);
    const route = routes[`${request.method} ${request.url}`];
    try {
      const [status, body] = route ? await route(request) : json({ error: 'not found' }, 404);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      log(`${error.code ?? error.name}: ${error.message}`);
      response.writeHead(500).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    books: () => structuredClone([...orders.values()]),
    close: () => new Promise((done) => server.close(done)),
  };
}

const readJson = async (request) => JSON.parse(Buffer.from(await readBody(request)).toString('utf8'));
const json = (value, status = 200) => [status, JSON.stringify(value)];
