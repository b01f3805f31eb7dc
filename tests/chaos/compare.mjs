// The comparison of the books for every order and every refund: the shop's, the gateway's, and the buyers' own.

import { createHash } from 'node:crypto';

/** Every disagreement, as `{ kind, number, what }`; none where all is well. */
export function disagreements({ database, gateway, customers, broken }) {
  const found = broken.map(({ number, error }) => ({ kind: 'broken', number, what: String(error?.stack ?? error) }));
  const tell = (kind, number, what) => found.push({ kind, number, what });
  const shop = rowsOf(database);
  const theirs = byNumber(gateway.orders(), 'out_trade_no');
  const theirRefunds = gateway.refunds();
  for (const customer of customers.values()) compareOrder(customer, shop, theirs, tell);
  for (const number of theirs.keys()) if (!shop.orders.has(number)) tell('unknown to the shop', number, 'an order');
  compareRefunds([...customers.values()], shop, theirRefunds, tell);
  for (const { number, call, why } of database.all('SELECT * FROM calls WHERE ended IS NULL'))
    tell('unresolved', number, `${call} (${why}) was never resolved by a query`);
  for (const notice of gateway.notices()) {
    if (notice.forged && notice.accepted) tell('forged and accepted', notice.out_trade_no, notice.forged);
  }
  return found;
}

const byNumber = (rows, name) => new Map(rows.map((row) => [row[name], row]));

function rowsOf(database) {
  return {
    orders: byNumber(database.all('SELECT * FROM orders'), 'out_trade_no'),
    paid: byNumber(database.all('SELECT * FROM paid'), 'out_trade_no'),
    refunds: byNumber(database.all('SELECT * FROM refunds'), 'out_refund_no'),
  };
}

const isPaidState = (order) => order?.trade_state === 'SUCCESS' || order?.trade_state === 'REFUND';

function compareOrder({ plan, paid: phonePaid }, shop, theirs, tell) {
  const { out_trade_no, total_fee } = plan;
  const ours = shop.orders.get(out_trade_no);
  const their = theirs.get(out_trade_no);
  const paid = isPaidState(their);
  if (phonePaid > 1) tell('charged twice', out_trade_no, `the phone paid ${phonePaid} times`);
  if (paid !== phonePaid > 0)
    tell('lost', out_trade_no, `the phone paid ${phonePaid} times, WeChat has ${their?.trade_state}`);
  if (ours === undefined) {
    if (their) tell('lost', out_trade_no, 'the shop has no such order');
    return;
  }
  if (paid && ours.state !== 'paid') tell('lost', out_trade_no, `paid, and the shop has ${ours.state}`);
  if (!paid && ours.state === 'paid')
    tell('marked paid', out_trade_no, `WeChat has ${their?.trade_state ?? 'no order'}`);
  if (!['paid', 'closed'].includes(ours.state)) tell('left open', out_trade_no, `the shop has ${ours.state}`);
  if (ours.state === 'closed' && their?.trade_state === 'NOTPAY')
    tell('can still be paid', out_trade_no, 'closed in the shop and not at WeChat');
  if (ours.goods !== (paid ? 1 : 0)) tell('goods', out_trade_no, `handed out ${ours.goods} times`);
  if (shop.paid.get(out_trade_no)?.transaction_id !== their?.transaction_id)
    tell('transaction', out_trade_no, 'the shop has another transaction_id');
  if (their && (their.total_fee !== total_fee || their.mch_id !== plan.mch_id))
    tell('amount', out_trade_no, `${their.total_fee} fen at ${their.mch_id}, not ${total_fee} at ${plan.mch_id}`);
}

/** The refunds that buyers requested, that the shop has, and that WeChat paid: the same, each once. */
function compareRefunds(customers, shop, theirRefunds, tell) {
  const wanted = new Map(
    customers.flatMap(({ plan, asked }) => asked.map((one) => [one.out_refund_no, { ...one, ...plan }])),
  );
  const theirs = byNumber(theirRefunds, 'out_refund_no');
  for (const { out_refund_no, out_trade_no, refund_fee } of theirRefunds) {
    if (!wanted.has(out_refund_no))
      tell('refunded twice', out_trade_no, `${refund_fee} fen as ${out_refund_no}, which nobody asked for`);
  }
  for (const [number, { out_trade_no, refund_fee }] of wanted) {
    const [ours, their] = [shop.refunds.get(number), theirs.get(number)];
    if (their?.refund_status !== 'SUCCESS' || their.refund_fee !== refund_fee || their.out_trade_no !== out_trade_no)
      tell('refund lost', out_trade_no, `${number}: ${refund_fee} fen asked for, WeChat has ${their?.refund_fee} fen`);
    if (ours?.state !== 'done' || ours.refund_fee !== refund_fee)
      tell('refund lost', out_trade_no, `${number}: the shop has ${ours?.state ?? 'no such refund'}`);
  }
  for (const [number, { out_trade_no }] of shop.refunds)
    if (!wanted.has(number)) tell('refund', out_trade_no, `${number} is in the shop's books and nobody asked for it`);
}

/** A digest of both books at the end, without WeChat's ids and times: equal for every run of a seed. */
export function booksDigest({ database, gateway }) {
  const ours = database.all(
    'SELECT out_trade_no, mch_id, total_fee, state, tries, goods FROM orders ORDER BY out_trade_no',
  );
  const our = database.all('SELECT out_refund_no, refund_fee, state, tries FROM refunds ORDER BY out_refund_no');
  const theirs = gateway
    .orders()
    .map(({ out_trade_no, trade_state, total_fee }) => [out_trade_no, trade_state, total_fee]);
  const their = gateway.refunds().map((one) => [one.out_refund_no, one.refund_fee, one.refund_status]);
  return digest([ours, our, theirs.sort(), their.sort()]);
}

/** A digest of any JSON value. */
export const digest = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
