// Shops with one mistake each, as real shops have them. The comparison has to find every one.

import { createDecipheriv } from 'node:crypto';
import { WxPayError } from 'paysign';
import { MINUTE_MS } from './clock.mjs';
import { API_V3_KEYS } from './merchants.mjs';
import { Shop } from './shop.mjs';

/** A refund without an answer is sent once more under a new number, without a query for the first. */
class RefundsAgainUnderANewNumber extends Shop {
  async refund(refund) {
    if (refund.tries === 0) return super.refund(refund);
    const out_refund_no = `${refund.out_refund_no}x`;
    this.database.run(
      'UPDATE refunds SET out_refund_no = ?, tries = 0 WHERE out_refund_no = ?',
      ...[out_refund_no, refund.out_refund_no],
    );
    await super.refund({ ...refund, out_refund_no, tries: 0 }).catch((error) => {
      // The first one was taken after all, and nothing is left for the second.
      if (!(error instanceof WxPayError)) throw error;
    });
    this.bookRefund(out_refund_no, 'done', undefined);
  }
}

/** Every notice of a payment delivers the goods again: there is no unique key. */
class BooksEveryNotice extends Shop {
  insertPayment(out_trade_no, transaction_id) {
    super.insertPayment(out_trade_no, transaction_id);
    return true;
  }
}

/** A close is believed, whatever the answer was: no query confirms it. */
class TrustsTheClosing extends Shop {
  async close(order) {
    const { out_trade_no } = order;
    await this.apiOf(order)
      .client.closeOrder({ out_trade_no })
      .catch((error) => {
        if (!(error instanceof WxPayError)) throw error;
      });
    this.bookClosing(out_trade_no);
  }

  /** A payment of a closed order is not looked for. */
  bookPayment(out_trade_no, transaction_id, from) {
    if (this.find(out_trade_no).state !== 'closed') super.bookPayment(out_trade_no, transaction_id, from);
  }
}

/** The phone decides whether an order is paid. */
class TrustsThePhone extends Shop {
  async comeBack(out_trade_no, phoneSays) {
    if (phoneSays === 'requestPayment:ok') this.bookPayment(out_trade_no, `phone ${out_trade_no}`, 'phone');
  }
}

/** An order without an answer is abandoned at once: no query asks for its state. */
class NeverAsks extends Shop {
  async ask() {
    return 'NOTPAY';
  }

  async close({ out_trade_no }) {
    this.bookClosing(out_trade_no);
  }
}

/** A notice is read without verifying its signature. */
class BelievesEveryNotice extends Shop {
  constructor(parts) {
    super(parts);
    this.notify = { answer: (request) => this.believe(request) };
  }

  async believe(request) {
    const text = new TextDecoder().decode(await request.read(64 * 1024));
    const isXml = text.startsWith('<');
    const { out_trade_no, transaction_id, out_refund_no } = isXml ? readXml(text) : readJson(text);
    const headers = { 'content-type': isXml ? 'text/xml' : 'application/json' };
    try {
      if (transaction_id && !out_refund_no) this.bookPayment(out_trade_no, transaction_id, 'notice');
    } catch {
      return { status: 500, headers, body: '' };
    }
    return { status: 200, headers, body: isXml ? '<xml><return_code>SUCCESS</return_code></xml>' : '' };
  }
}

/** Members of a notice of APIv2. */
function readXml(text) {
  const member = (name) => text.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]+)`))?.[1];
  return { out_trade_no: member('out_trade_no'), transaction_id: member('transaction_id') };
}

/** The resource of a notice of APIv3. Whoever knows the APIv3 key can encrypt one. */
function readJson(text) {
  const { nonce, ciphertext, associated_data } = JSON.parse(text).resource;
  const bytes = Buffer.from(ciphertext, 'base64');
  for (const key of API_V3_KEYS) {
    const cipher = createDecipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(associated_data)).setAuthTag(bytes.subarray(-16));
    try {
      return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString());
    } catch {
      // It is another merchant's.
    }
  }
  throw new Error('no merchant has the key of this notice');
}

/** A refund counts as done when WeChat has accepted it: after a lost answer it stays open for ever. */
class ForgetsRefunds extends Shop {
  async refund(refund) {
    await super.refund(refund);
    this.database.run(
      "UPDATE refunds SET state = 'done', due_ms = ? WHERE out_refund_no = ?",
      ...[this.now() + 10_000 * MINUTE_MS, refund.out_refund_no],
    );
  }
}

const V2 = { api: 'v2', seed: 4, orders: 60 };
const V3 = { api: 'v3', seed: 4, orders: 60 };

/** Each mistake, the kinds of disagreement that show it, and the runs that do. */
export const MISTAKES = [
  { Shop: RefundsAgainUnderANewNumber, shows: ['refunded twice'], runs: [V3] },
  { Shop: BooksEveryNotice, shows: ['goods'], runs: [V3] },
  {
    Shop: TrustsTheClosing,
    shows: ['can still be paid'],
    // APIv3 closes an order at any age, so few closes fail.
    runs: [
      { ...V2, orders: 120 },
      { ...V3, seed: 6, orders: 100 },
    ],
  },
  { Shop: TrustsThePhone, shows: ['marked paid'], runs: [V3] },
  { Shop: NeverAsks, shows: ['can still be paid', 'unresolved'], runs: [V3] },
  { Shop: BelievesEveryNotice, shows: ['forged and accepted'], runs: [V2, V3] },
  { Shop: ForgetsRefunds, shows: ['refund lost', 'unresolved'], runs: [V3] },
];
