// A shop's backend on plain node:http, by APIv2 and APIv3: log-in, order, notice, query, refund. It keeps its books in memory.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { nodeHandler, notifyRouter, readBody } from 'paysign';
import { CALLS } from './calls.mjs';

/** The goods of the shop; prices are in fen and never come from the client. */
const GOODS = { tea: { title: '示例商店-茶', total_fee: 8800 }, cake: { title: '示例商店-饼', total_fee: 1250 } };

/**
 * Starts the shop on a loopback port.
 * @param {{ v2?: import('paysign').WechatPay, v3?: import('paysign/v3').WechatPay }} clients the merchant, by one API or both
 * @param {(line: string) => void} log
 */
export async function openShop(clients, log = () => {}) {
  const calls = Object.fromEntries(Object.entries(clients).map(([api, pay]) => [api, CALLS[api](pay)]));
  /** Log-ins, by the token of the mini program; `session_key` would stay here too. */
  const sessions = new Map();
  /** The books: one entry for each order by `out_trade_no`, and one for each refund by `out_refund_no`. */
  const orders = new Map();
  const refunds = new Map();

  const routes = {
    // A real shop uses one API. This one lets its visitor choose, to show both.
    async 'POST /login'(request) {
      const { js_code, api } = await readJson(request);
      const pay = own(clients, api);
      if (!pay) return json({ error: 'choose an API of this shop' }, 400);
      const { openid } = await pay.code2Session(js_code);
      const token = randomUUID();
      sessions.set(token, { openid, api });
      return json({ token });
    },

    async 'POST /orders'(request) {
      const { token, goods } = await readJson(request);
      const [session, item] = [sessions.get(token), own(GOODS, goods)];
      if (!session || !item) return json({ error: 'log in first, and order what there is' }, 400);
      const { mch_id, order } = calls[session.api];
      const out_trade_no = `${Date.now()}${String(orders.size + 1).padStart(6, '0')}`;
      const entry = { out_trade_no, mch_id, ...session, ...item, state: 'NOTPAY', timesPaid: 0 };
      orders.set(out_trade_no, entry);
      return json({ out_trade_no, payment: await order(entry, notify_url) });
    },

    async 'POST /orders/query'(request) {
      const { out_trade_no } = await readJson(request);
      const order = orders.get(out_trade_no);
      if (!order) return json({ error: 'no such order' }, 404);
      const { trade_state, transaction_id, total_fee } = await calls[order.api].query(out_trade_no);
      if (trade_state === 'SUCCESS' && total_fee === order.total_fee) markPaid(order, transaction_id);
      return json({ out_trade_no, trade_state, state: order.state });
    },
  };

  /** One address for both generations. `onPaid` is called only for a genuine notice of an order here, with its amount and currency. */
  const notify = nodeHandler(
    notifyRouter(Object.values(clients), {
      findOrder: (out_trade_no) => orders.get(out_trade_no),
      onPaid: ({ out_trade_no, transaction_id }) => markPaid(orders.get(out_trade_no), transaction_id),
      onRefund: ({ out_refund_no }) => checkRefund(refunds.get(out_refund_no)),
      onRejected: ({ code, message }, { isProbe }) => log(`${isProbe ? 'probe' : code}: ${message}`),
    }),
  );

  /** A notice may come beside a query: paid is final, and the goods leave once. */
  function markPaid(order, transaction_id) {
    if (order.state !== 'NOTPAY') return;
    Object.assign(order, { state: 'SUCCESS', transaction_id, timesPaid: order.timesPaid + 1 });
  }

  /** For the shop's staff, never for the phone. Accepted is not done: the notice comes later. */
  async function refund(out_trade_no, refund_fee) {
    const order = orders.get(out_trade_no);
    const one = { out_refund_no: `R${out_trade_no}`, out_trade_no, refund_fee, state: 'PROCESSING' };
    refunds.set(one.out_refund_no, one);
    await calls[order.api].refund(order, one, notify_url);
    return one;
  }

  /** A notice of a refund is confirmed by a query: the cipher of APIv2 can be cut and pasted. */
  async function checkRefund(one) {
    const order = orders.get(one.out_trade_no);
    one.state = await calls[order.api].refundState(one.out_refund_no);
    if (one.state === 'SUCCESS') order.state = 'REFUND';
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
  const notify_url = `${address}/wxpay/notify`;
  return {
    address,
    refund,
    books: () => structuredClone({ orders: [...orders.values()], refunds: [...refunds.values()] }),
    close: () => new Promise((done) => server.close(done)),
  };
}

const readJson = async (request) => JSON.parse(Buffer.from(await readBody(request)).toString('utf8'));
const json = (value, status = 200) => [status, JSON.stringify(value)];
const own = (of, name) => (Object.hasOwn(of, name) ? of[name] : undefined);
