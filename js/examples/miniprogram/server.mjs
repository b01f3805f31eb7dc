// The server of the example mini program, by APIv2 or APIv3: log-in, orders, results, refunds, notices. `node server.mjs v3`
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { nodeHandler, readBody, WechatPay as WechatPayV2 } from 'paysign';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { CALLS } from '../shop/calls.mjs';

/** The goods. Prices are in fen, and never come from the phone. */
const GOODS = { tea: { title: '示例商店-茶', total_fee: 8800 }, cake: { title: '示例商店-饼', total_fee: 1250 } };

/**
 * Starts the server. Its books are in memory; a real shop has a database.
 * @param {object} options
 * @param {'v2' | 'v3'} options.api
 * @param {import('paysign').WechatPay | import('paysign/v3').WechatPay} options.pay the client of that API
 * @param {string} [options.notify_url] the public address of `/notify`. Default the address of this server, for a local gateway
 * @param {number} [options.port]
 * @param {(line: string) => void} [options.log]
 */
export async function openServer({ api, pay, notify_url, port = 0, log = () => {} }) {
  const calls = CALLS[api](pay);
  /** The openid by the token of a log-in. The phone has the token alone. */
  const sessions = new Map();
  const orders = new Map();
  /** The order that a payer may still pay, by payer and goods. Two taps and each new attempt are one order. */
  const unpaid = new Map();

  const routes = {
    async 'POST /login'({ code }) {
      const { openid } = await pay.code2Session(code);
      const token = randomUUID();
      sessions.set(token, openid);
      return { token };
    },

    'GET /goods': () => Object.entries(GOODS).map(([id, item]) => ({ id, ...item })),

    async 'POST /orders'({ goods }, openid) {
      if (!Object.hasOwn(GOODS, goods)) throw new Refusal(400, '没有这个商品');
      const key = `${openid} ${goods}`;
      const before = unpaid.get(key);
      // A new payment of an order that is paid by now would be the second one. The phone shows it instead.
      if (before && (await refresh(before)) === 'SUCCESS') return seen(before);
      if (before) seen(before);
      const order = unpaid.get(key) ?? newOrder(key, openid, GOODS[goods]);
      return { ...seen(order), payment: await calls.order(order, notify_url) };
    },

    async 'GET /orders/:no'(_body, openid, out_trade_no) {
      const order = orderOf(openid, out_trade_no);
      await refresh(order);
      return seen(order);
    },

    /** A real shop lets its staff decide. This one refunds what was paid, once: the number is always the same. */
    async 'POST /orders/:no/refund'(_body, openid, out_trade_no) {
      const order = orderOf(openid, out_trade_no);
      const state = await refresh(order);
      if (state !== 'SUCCESS' && !state.startsWith('REFUND')) throw new Refusal(409, '这笔订单不能退款');
      if (state === 'SUCCESS') {
        await calls.refund(order, { out_refund_no: refundNo(order), refund_fee: order.total_fee }, notify_url);
        if (order.state === 'SUCCESS') order.state = 'REFUNDING';
      }
      return seen(order);
    },
  };

  /** The package verifies a notice and compares it with the order here, before a listener is called. */
  const notify = nodeHandler(
    pay.notifyHandler({
      findOrder: (out_trade_no) => orders.get(out_trade_no),
      onPaid: ({ out_trade_no, transaction_id }) => markPaid(orders.get(out_trade_no), transaction_id),
      onRefund: ({ out_trade_no }) => refreshRefund(orders.get(out_trade_no)),
      onRejected: ({ code, message }) => log(`${code}: ${message}`),
    }),
  );

  function newOrder(key, openid, item) {
    const out_trade_no = `${Date.now()}${String(orders.size + 1).padStart(6, '0')}`;
    const order = { out_trade_no, key, openid, mch_id: calls.mch_id, ...item, state: 'NOTPAY' };
    orders.set(out_trade_no, order);
    unpaid.set(key, order);
    return order;
  }

  /** What the phone may see of an order. Once it has seen the end of one, the next tap orders anew. */
  function seen({ key, out_trade_no, title, total_fee, state }) {
    if (state !== 'NOTPAY' && unpaid.get(key)?.out_trade_no === out_trade_no) unpaid.delete(key);
    return { out_trade_no, title, total_fee, state };
  }

  /** Each payer sees his own orders alone. */
  function orderOf(openid, out_trade_no) {
    const order = orders.get(out_trade_no);
    if (order?.openid !== openid) throw new Refusal(404, '没有这笔订单');
    return order;
  }

  /** Asks WeChat, since a notice may be late. Returns the state. */
  async function refresh(order) {
    if (order.state === 'REFUNDING') await refreshRefund(order);
    if (order.state !== 'NOTPAY') return order.state;
    const { trade_state, transaction_id, total_fee } = await calls.query(order.out_trade_no).catch((error) => {
      // WeChat has no such order while its placing is under way, or if that failed.
      if (/^ORDER_?NOT_?EXIST$/.test(error.err_code)) return {};
      throw error;
    });
    if (trade_state === 'SUCCESS' && total_fee === order.total_fee) markPaid(order, transaction_id);
    if (trade_state === 'CLOSED' && order.state === 'NOTPAY') order.state = 'CLOSED';
    return order.state;
  }

  /** Paid is final, whether the notice or the query was first: the goods leave once. */
  function markPaid(order, transaction_id) {
    if (order.state === 'NOTPAY') Object.assign(order, { state: 'SUCCESS', transaction_id });
  }

  /** The query confirms a notice: the cipher of APIv2 can be cut and pasted. */
  async function refreshRefund(order) {
    if ((await calls.refundState(refundNo(order))) === 'SUCCESS') order.state = 'REFUND';
  }

  async function answer(request) {
    const { method, url } = request;
    const [, out_trade_no] = /^\/orders\/(\d+)/.exec(url) ?? [];
    const route = routes[`${method} ${url.replace(/\d+/, ':no')}`];
    if (!route) throw new Refusal(404, '没有这个地址');
    const openid = sessions.get(request.headers.authorization?.replace('Bearer ', ''));
    if (openid === undefined && /^\/orders/.test(url)) throw new Refusal(401, '请先登录');
    const body = method === 'POST' ? await readJson(request) : {};
    return route(body, openid, out_trade_no);
  }

  const server = createServer(async (request, response) => {
    if (request.url === '/notify') return notify(request, response);
    const [status, body] = await answer(request).then(
      (value) => [200, value],
      (error) => {
        if (error instanceof Refusal) return [error.status, { error: error.message }];
        log(`${error.code ?? error.name}: ${error.message}`);
        return [502, { error: '请稍后再试' }];
      },
    );
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  notify_url ??= `${address}/notify`;
  return { address, close: () => new Promise((done) => server.close(done)) };
}

/** A question of the phone that the server does not answer. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function readJson(request) {
  const text = Buffer.from(await readBody(request)).toString('utf8');
  try {
    return Object(JSON.parse(text || '{}'));
  } catch {
    throw new Refusal(400, '请求不是 JSON');
  }
}

/** One refund for an order, so a repeated request is the same refund. */
const refundNo = ({ out_trade_no }) => `R${out_trade_no}`;

/** The client of a merchant whose settings are in the environment. PEM texts may have a literal `\n`. */
function clientOf(api) {
  const { WX_APPID: appid, WX_MCHID: mchid, WX_SECRET: secret, WX_KEY: key, WX_API_V3_KEY: apiV3Key } = process.env;
  const { WX_PRIVATE_KEY: privateKey, WX_CERTIFICATE: certificate, WX_PUB_KEY_ID: id, WX_PUB_KEY: pem } = process.env;
  if (api === 'v3')
    return new WechatPayV3({ appid, mchid, secret, privateKey, certificate, apiV3Key, wechatpayKeys: { [id]: pem } });
  return new WechatPayV2({ appid, mch_id: mchid, secret, key, certificate: { cert: certificate, key: privateKey } });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const api = process.argv[2] === 'v2' ? 'v2' : 'v3';
  const { PORT = '8080', NOTIFY_URL: notify_url } = process.env;
  const { address } = await openServer({ api, pay: clientOf(api), notify_url, port: Number(PORT), log: console.error });
  console.log(`${address}, by API${api}`);
}
