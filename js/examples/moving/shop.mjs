// A shop that moves from APIv2 to APIv3: one table, one address for notices, one switch.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { memoryStore, nodeHandler, notifyRouter } from 'paysign';
import { CALLS } from '../shop/calls.mjs';

/** The tables of the shop. They outlive its process, as a database does: a change of keys is a restart. */
export const emptyTables = () => ({ orders: new Map(), refunds: new Map(), deliveries: memoryStore() });

/** Where a buyer is between 0 and 1. It never changes, so a growing share moves each buyer once. */
export const placeOf = (openid) => createHash('sha256').update(openid).digest().readUInt32BE() / 2 ** 32;

/**
 * Starts the shop on a loopback port.
 * @param {object} options
 * @param {{ v2: import('paysign').WechatPay, v3: import('paysign/v3').WechatPay }} options.clients one merchant, by both APIs
 * @param {ReturnType<typeof emptyTables>} options.tables
 * @param {number} [options.share] the share of buyers, from 0 to 1, whose new orders are of APIv3
 * @param {boolean} [options.refundsByV3] whether new refunds are of APIv3, also for orders of APIv2
 * @param {number} [options.port]
 * @param {(line: string) => void} [options.log]
 */
export async function openShop({ clients, tables, share = 0, refundsByV3 = false, port = 0, log = () => {} }) {
  const { orders, refunds, deliveries } = tables;
  const calls = Object.fromEntries(Object.entries(clients).map(([api, pay]) => [api, CALLS[api](pay)]));

  /** Places an order of `{ openid, title, total_fee }`. Its generation is in the table before the call, so that an uncertain order can be settled. */
  async function order(bought) {
    const api = placeOf(bought.openid) < share ? 'v3' : 'v2';
    const out_trade_no = `M${String(orders.size + 1).padStart(9, '0')}`;
    const row = { ...bought, out_trade_no, api, mch_id: calls[api].mch_id, state: 'NOTPAY', timesPaid: 0 };
    orders.set(out_trade_no, row);
    return { out_trade_no, payment: await payAgain(out_trade_no) };
  }

  /** Signs an order for the phone once more. An order never changes its generation, whatever the switch says now. */
  const payAgain = (out_trade_no) => {
    const row = orders.get(out_trade_no);
    return calls[row.api].order(row, notify_url);
  };

  /** Brings an order to its end: paid or closed. The options and the result of `settle` are the same in both generations. */
  async function settle(out_trade_no, options) {
    const row = orders.get(out_trade_no);
    const { state, order } = await clients[row.api].settle(out_trade_no, options);
    if (state === 'paid') markPaid(row, order.transaction_id);
    else row.state = 'CLOSED';
    return state;
  }

  /** Refunds an order. A refund has a generation of its own. Repeated after an uncertain answer, it keeps number and generation. */
  async function refund(out_trade_no, refund_fee) {
    const row = orders.get(out_trade_no);
    const out_refund_no = `R${out_trade_no}`;
    const one = { out_refund_no, out_trade_no, refund_fee, api: refundsByV3 ? 'v3' : row.api, state: 'PROCESSING' };
    if (!refunds.has(out_refund_no)) refunds.set(out_refund_no, one);
    const first = refunds.get(out_refund_no);
    await calls[first.api].refund(row, first, notify_url);
  }

  /** Asks how a refund ended, in the generation of the refund. */
  async function checkRefund(out_refund_no) {
    const one = refunds.get(out_refund_no);
    one.state = await calls[one.api].refundState(out_refund_no);
    if (one.state === 'SUCCESS') orders.get(one.out_trade_no).state = 'REFUND';
  }

  /** A notice may come beside `settle`, and in both key phases: paid is final, and the goods leave once. */
  function markPaid(row, transaction_id) {
    if (row.state !== 'NOTPAY') return;
    Object.assign(row, { state: 'SUCCESS', transaction_id, timesPaid: row.timesPaid + 1 });
  }

  /** One address for both generations. XML is a notice of APIv2, and JSON is one of APIv3. */
  const notify = nodeHandler(
    notifyRouter([clients.v3, clients.v2], {
      findOrder: (out_trade_no) => orders.get(out_trade_no),
      onPaid: ({ out_trade_no, transaction_id }) => markPaid(orders.get(out_trade_no), transaction_id),
      onRefund: ({ out_refund_no }) => checkRefund(out_refund_no),
      onRejected: ({ code, message }) => log(`${code}: ${message}`),
      store: deliveries,
    }),
  );

  const server = createServer((request, response) =>
    request.url === '/wxpay/notify' ? notify(request, response) : response.writeHead(404).end(),
  );
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const notify_url = `http://127.0.0.1:${server.address().port}/wxpay/notify`;
  return {
    port: server.address().port,
    ...{ order, payAgain, settle, refund, checkRefund },
    close: () => new Promise((done) => server.close(done)),
  };
}
