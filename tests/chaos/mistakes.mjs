// Shops with one mistake each, as real shops have them. The comparison has to find every one.

import { WxPayError } from 'paysign';
import { MINUTE_MS } from './clock.mjs';
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
    await super.refund({ ...refund, out_refund_no, tries: 0 });
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
    await this.clientOf(order)
      .closeOrder({ out_trade_no })
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
    const member = (name) => text.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]+)`))?.[1];
    const headers = { 'content-type': 'text/xml' };
    try {
      if (member('transaction_id')) this.bookPayment(member('out_trade_no'), member('transaction_id'), 'notice');
    } catch {
      return { status: 500, headers, body: '' };
    }
    return { status: 200, headers, body: '<xml><return_code>SUCCESS</return_code></xml>' };
  }
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

/** Each mistake, and the kinds of disagreement that show it. */
export const MISTAKES = [
  { Shop: RefundsAgainUnderANewNumber, shows: ['refunded twice'] },
  { Shop: BooksEveryNotice, shows: ['goods'] },
  { Shop: TrustsTheClosing, shows: ['can still be paid'] },
  { Shop: TrustsThePhone, shows: ['marked paid'] },
  { Shop: NeverAsks, shows: ['can still be paid', 'unresolved'] },
  { Shop: BelievesEveryNotice, shows: ['forged and accepted'] },
  { Shop: ForgetsRefunds, shows: ['refund lost', 'unresolved'] },
];
