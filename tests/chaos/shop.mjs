// A small, correct shop: the records before and after each call, payments, and queries for uncertain calls.

import { notifyRouter, WxPayError } from 'paysign';
import { MINUTE_MS } from './clock.mjs';

/** A `prepay_id` is good for two hours; the last minute is left to the payer. */
const PREPAY_MS = 119 * MINUTE_MS;

/** How long an order waits that is too new to be closed. */
const CLOSING_MS = 5 * MINUTE_MS;

/**
 * One process of the shop. All its state is in the database: another process may take over at any moment. `die(point, number)` throws
 * where the process dies; the action after that point is not done, and nobody learns of it.
 */
export class Shop {
  /**
   * `accounts`, by `mch_id`: the calls `v2` and `v3` of a merchant. `api` says which of them new orders and refunds use.
   * `now()`: milliseconds since 1970. `limit(out_trade_no)` is the signal that ends a long settling. `onRejected` is called for
   * refused notices.
   */
  constructor({ database, accounts, notify_url, now, die, limit, onRejected }) {
    Object.assign(this, { database, accounts, notify_url, now, die, limit });
    const apis = [...accounts.values()].flatMap(({ v2, v3 }) => [v2, v3]).filter((api) => api !== undefined);
    // One address for the notices of both generations.
    const clients = apis.map(({ client }) => client);
    this.notify = notifyRouter(clients, {
      findOrder: (out_trade_no) => this.find(out_trade_no),
      onPaid: ({ out_trade_no, transaction_id }) => this.bookPayment(out_trade_no, transaction_id, 'notice'),
      onRefund: ({ out_refund_no }) => this.noteRefund(out_refund_no),
      onRejected,
    });
  }

  find(out_trade_no) {
    return this.database.get('SELECT * FROM orders WHERE out_trade_no = ?', out_trade_no);
  }

  /** The calls of the generation in which an order was placed, or in which a refund was taken down. */
  apiOf = ({ mch_id, api }) => this.accounts.get(mch_id)[api];

  /** The buyer's button: returns the arguments of `wx.requestPayment`, or undefined where he has to try again later. */
  async checkout({ out_trade_no, mch_id, openid, total_fee, deadlineMs, expires }) {
    // Written to the books before the call is made.
    this.database.run(
      `INSERT INTO orders (out_trade_no, mch_id, api, openid, total_fee, deadline_ms, expires_ms, state, due_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'new', ?) ON CONFLICT DO NOTHING`,
      ...[out_trade_no, mch_id, this.accounts.get(mch_id).api, openid, total_fee, deadlineMs],
      ...[expires ? deadlineMs : null, this.now() + MINUTE_MS],
    );
    this.die('an order is written down', out_trade_no);
    let order = this.find(out_trade_no);
    const isStale = order.prepay_id !== null && this.now() >= order.prepay_ms + PREPAY_MS;
    if (order.state === 'new' || (order.state === 'open' && isStale)) {
      await this.place(order);
      order = this.find(out_trade_no);
    }
    return order.state === 'open' ? this.apiOf(order).client.requestPayment(order.prepay_id) : undefined;
  }

  /** Creates the order at WeChat, always under the same number. The result of an earlier try is queried first. */
  async place(order) {
    const { out_trade_no, openid, total_fee, expires_ms, deadline_ms } = order;
    const api = this.apiOf(order);
    if (order.tries > 0 && !['NOTPAY', api.codes.missingOrder].includes(await this.ask(order))) return;
    // WeChat takes no order that ends within a minute.
    if (this.now() > deadline_ms - 2 * MINUTE_MS) return;
    this.database.run('UPDATE orders SET tries = tries + 1 WHERE out_trade_no = ?', out_trade_no);
    const { notify_url } = this;
    const prepay_id = await this.uncertain(api.placing, out_trade_no, api, () =>
      api.place({ out_trade_no, openid, total_fee, expires_ms, notify_url }),
    );
    if (prepay_id === undefined) return;
    this.database.run(
      "UPDATE orders SET state = 'open', prepay_id = ?, prepay_ms = ?, due_ms = deadline_ms WHERE out_trade_no = ? AND state IN ('new', 'open')",
      ...[prepay_id, this.now(), out_trade_no],
    );
  }

  /** The page that the buyer sees when he comes back. His phone proves nothing: unless the order is paid, it is queried. */
  async comeBack(out_trade_no, _phoneSays) {
    const order = this.find(out_trade_no);
    if (order.state === 'open') await this.ask(order);
  }

  /** A paid order of which some call is still uncertain. */
  async confirm(order) {
    const isKnown = (await this.ask(order)) !== undefined;
    if (isKnown) this.database.run('UPDATE orders SET due_ms = NULL WHERE out_trade_no = ?', order.out_trade_no);
  }

  /** Queries the order and books its state; returns the state, or undefined where there was no answer. */
  async ask(order) {
    const { out_trade_no } = order;
    const { client, codes } = this.apiOf(order);
    const missing = (trade_state) => ({ trade_state });
    const answer = await client.orderQuery({ out_trade_no }).catch(orNothing(codes.missingOrder, missing));
    this.die('an order is asked for', out_trade_no);
    if (answer === undefined) return undefined;
    const { trade_state, transaction_id } = answer;
    this.resolve(out_trade_no, `orderQuery says ${trade_state}`);
    if (trade_state === 'SUCCESS' || trade_state === 'REFUND') this.bookPayment(out_trade_no, transaction_id, 'query');
    if (trade_state === 'CLOSED') this.bookClosing(out_trade_no);
    return trade_state;
  }

  /** Books a payment, from a notice or a query: once, in one transaction. */
  bookPayment(out_trade_no, transaction_id, from) {
    this.database.transaction(() => {
      const isNews = this.insertPayment(out_trade_no, transaction_id);
      if (isNews) {
        // A notice does not resolve an uncertain call: that is still queried.
        this.database.run(
          `UPDATE orders SET state = 'paid', goods = goods + 1, due_ms =
           (SELECT MAX(?) FROM calls WHERE number = orders.out_trade_no AND ended IS NULL) WHERE out_trade_no = ?`,
          ...[this.now(), out_trade_no],
        );
      }
      this.die(`a payment is half booked (${from})`, out_trade_no);
    });
    this.die(`a payment is booked (${from})`, out_trade_no);
  }

  /** The unique key says whether an earlier call has done all of this. */
  insertPayment(out_trade_no, transaction_id) {
    const sql = 'INSERT INTO paid VALUES (?, ?) ON CONFLICT (out_trade_no) DO NOTHING';
    return this.database.run(sql, out_trade_no, transaction_id) === 1;
  }

  bookClosing(out_trade_no) {
    this.database.run(
      "UPDATE orders SET state = 'closed', due_ms = NULL WHERE out_trade_no = ? AND state <> 'paid'",
      out_trade_no,
    );
  }

  /** After the deadline: queries and closes until the order is paid or closed. */
  async close(order) {
    const { out_trade_no } = order;
    const api = this.apiOf(order);
    try {
      const end = await this.uncertain('settle', out_trade_no, api, () =>
        api.client.settle(out_trade_no, { pausesMs: [1], signal: this.limit(out_trade_no) }),
      );
      if (end === undefined) return;
      this.resolve(out_trade_no, `settle says ${end.state}`);
      if (end.state === 'paid') this.bookPayment(out_trade_no, end.order.transaction_id, 'settle');
      else this.bookClosing(out_trade_no);
    } catch (error) {
      if (error.err_code === undefined || error.err_code !== api.codes.tooNew) throw error;
      this.database.run('UPDATE orders SET due_ms = ? WHERE out_trade_no = ?', this.now() + CLOSING_MS, out_trade_no);
    }
  }

  /** The buyer wants money back. Returns whether that was recorded; a repeat under the same number is the same refund. */
  askRefund({ out_refund_no, out_trade_no, refund_fee }) {
    const taken = this.database.transaction(() => {
      const order = this.find(out_trade_no);
      if (order.state !== 'paid') return false;
      const sum = this.database.get(
        'SELECT COALESCE(SUM(refund_fee), 0) AS fen FROM refunds WHERE out_trade_no = ? AND out_refund_no <> ?',
        ...[out_trade_no, out_refund_no],
      );
      if (sum.fen + refund_fee > order.total_fee) return false;
      this.database.run(
        `INSERT INTO refunds (out_refund_no, out_trade_no, mch_id, api, refund_fee, state, due_ms)
         VALUES (?, ?, ?, ?, ?, 'asked', ?) ON CONFLICT DO NOTHING`,
        // A merchant who has moved meanwhile refunds an order of APIv2 by APIv3.
        ...[out_refund_no, out_trade_no, order.mch_id, this.accounts.get(order.mch_id).api, refund_fee, this.now()],
      );
      this.die('a refund is half taken down', out_refund_no);
      return true;
    });
    this.die('a refund is taken down', out_refund_no);
    return taken;
  }

  /** Sends the refund, always under the same number. The result of an earlier try is queried first. */
  async refund(refund) {
    const { out_refund_no, out_trade_no, refund_fee } = refund;
    const api = this.apiOf(refund);
    if (refund.tries > 0 && (await this.askForRefund(refund)) !== api.codes.missingRefund) return;
    const { total_fee } = this.find(out_trade_no);
    this.database.run('UPDATE refunds SET tries = tries + 1 WHERE out_refund_no = ?', out_refund_no);
    const { notify_url } = this;
    const answer = await this.uncertain('refund', out_refund_no, api, () =>
      api.refund({ out_trade_no, out_refund_no, total_fee, refund_fee, notify_url }),
    );
    // Accepted is not done: the query will say.
    if (answer !== undefined) this.bookRefund(out_refund_no, 'accepted', 2);
  }

  /** Queries the refund and books its state; returns the state, or undefined where there was no answer. */
  async askForRefund(refund) {
    const { out_refund_no } = refund;
    const api = this.apiOf(refund);
    const state = await api.refundStatus(out_refund_no).catch(orNothing(api.codes.missingRefund, (code) => code));
    this.die('a refund is asked for', out_refund_no);
    if (state === undefined) return undefined;
    this.resolve(out_refund_no, `refundQuery says ${state}`);
    if (state === 'SUCCESS') this.bookRefund(out_refund_no, 'done', undefined);
    if (state === 'PROCESSING') this.bookRefund(out_refund_no, 'accepted', 1);
    return state;
  }

  bookRefund(out_refund_no, state, minutes) {
    const due_ms = minutes === undefined ? null : this.now() + minutes * MINUTE_MS;
    this.database.run(
      "UPDATE refunds SET state = ?, due_ms = ? WHERE out_refund_no = ? AND state <> 'done'",
      ...[state, due_ms, out_refund_no],
    );
    this.die('a refund is booked', out_refund_no);
  }

  /** A refund notice only triggers a query: its cipher can be cut and pasted. */
  noteRefund(out_refund_no) {
    const sql = "UPDATE refunds SET due_ms = ? WHERE out_refund_no = ? AND state <> 'done'";
    this.database.run(sql, this.now(), out_refund_no);
    this.die('a refund notice is noted', out_refund_no);
  }

  /** All work that is due, each as a function: unfinished steps, expired orders, and queries. */
  due() {
    const orders = this.database.all('SELECT * FROM orders WHERE due_ms <= ? ORDER BY out_trade_no', this.now());
    const refunds = this.database.all('SELECT * FROM refunds WHERE due_ms <= ? ORDER BY out_refund_no', this.now());
    return [
      ...orders.map((order) => () => {
        if (order.state === 'paid') return this.confirm(order);
        return this.now() < order.deadline_ms ? this.place(order) : this.close(order);
      }),
      ...refunds.map((one) => () => (one.state === 'asked' ? this.refund(one) : this.askForRefund(one))),
    ];
  }

  /** Whether anything is left to be done, now or later. */
  hasOpen() {
    const open = "SELECT (SELECT COUNT(*) FROM orders WHERE state IN ('new', 'open') OR due_ms IS NOT NULL) + ";
    return this.database.get(`${open}(SELECT COUNT(*) FROM refunds WHERE state <> 'done') AS left`).left > 0;
  }

  /**
   * Makes a call that may move money, and records it first. If the process dies, the call is as uncertain as one
   * without an answer. Returns the answer, or undefined where a query is needed later.
   */
  async uncertain(call, number, { codes }, send) {
    const { id } = this.database.get(
      "INSERT INTO calls (call, number, why) VALUES (?, ?, 'died') RETURNING id",
      call,
      number,
    );
    // A query may have booked a state meanwhile. It stays, though this answer is lost.
    const end = (why, ended) =>
      this.database.run('UPDATE calls SET why = ?, ended = COALESCE(?, ended) WHERE id = ?', why, ended, id);
    this.die(`${call} is about to be sent`, number);
    try {
      const answer = await send();
      this.die(`${call} is answered`, number);
      end('answered', 'answered');
      return answer;
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      const { code, err_code } = error;
      const outcome = isUnclear(error) ? 'unknown' : error.outcome;
      end(err_code ?? code, outcome === 'unknown' ? null : outcome);
      // It was closed meanwhile; the next query shows that.
      if (outcome === 'rejected' && err_code !== codes.closedOrder) throw error;
      return undefined;
    }
  }

  /** A query has resolved every uncertain call about this number. */
  resolve(number, ended) {
    this.database.run('UPDATE calls SET ended = ? WHERE number = ? AND ended IS NULL', ended, number);
  }
}

/** No answer, or a refusal of which the code was lost on the way. */
const isUnclear = ({ outcome, code }) => outcome === 'unknown' || (outcome === 'rejected' && code === 'ERR_HTTP');

/** WeChat, or its list of certificates, was not reached. Wrong parameters are not sent either, and are the shop's own mistake. */
const isNotSent = ({ outcome, code }) => outcome === 'not-sent' && code !== 'ERR_PARAM' && code !== 'ERR_CONFIG';

/** An unanswered query is repeated later; "not found" is an answer. Any other error is the shop's own mistake. */
const orNothing = (code, missing) => (error) => {
  if (error.err_code === code) return missing(code);
  if (error instanceof WxPayError && (isUnclear(error) || isNotSent(error))) return undefined;
  throw error;
};
