// The behaviour of buyers: the plan of each, drawn from the seed, and the step that is due.

import { MINUTE_MS } from './clock.mjs';
import { between, choose } from './dice.mjs';

/** How many buyers are of each kind. */
export const KINDS = {
  /** Pays at once; half of the time he comes back to the shop's page. */
  'pays at once': 0.44,
  /** Pays some minutes later. */
  'pays late': 0.1,
  /** Tries to pay after the deadline. */
  'pays too late': 0.06,
  /** Refuses on the phone, and half of the time pays after all. */
  'refuses first': 0.08,
  /** Pays and is never seen again. */
  'closes the app': 0.1,
  /** Opens the order on two phones and pays on both. */
  'pays on two phones': 0.05,
  /** Comes back after two hours, gets a second prepay_id, and pays with the second and the first. */
  'pays with two prepay_ids': 0.03,
  /** Pays at the moment when the shop is closing the order. */
  'races the closing': 0.05,
  /** Never pays. */
  'never pays': 0.06,
  /** Says that he has paid, and has not. */
  lies: 0.03,
};

/** How often a buyer tries the shop's button again, a minute apart. */
const TRIES = 12;

/** The plan of the buyer of this number. Minutes count from the beginning of the run, or from his order where noted. */
export function planOf(draw, seed, number, startMinutes, merchants) {
  const one = (what) => draw('buyer', number, what);
  const kind = choose(one('kind'), KINDS);
  const out_trade_no = `s${seed}n${String(number).padStart(6, '0')}`;
  const start = between(one('start'), 0, startMinutes - 1);
  const comesAfterTwoHours = kind === 'pays with two prepay_ids';
  const life = comesAfterTwoHours ? 180 : between(one('deadline'), 7, 20);
  const total_fee = between(one('total_fee'), 1, 50_000);
  const payAfter = {
    'pays late': between(one('pay'), 1, life - 1),
    'pays too late': life + between(one('pay'), 0, 3),
    'pays with two prepay_ids': between(one('pay'), 121, 150),
  };
  return {
    ...{ kind, number, out_trade_no, start, total_fee, life, payAfter: payAfter[kind] ?? 0 },
    ...merchants[between(one('merchant'), 0, merchants.length - 1)],
    openid: `buyer-${number}`,
    // WeChat closes such an order by itself.
    expires: !comesAfterTwoHours && kind !== 'races the closing' && one('expires') < 0.4,
    comesBack: kind === 'lies' || (kind !== 'closes the app' && one('comes back') < 0.5),
    paysAfterAll: one('after all') < 0.5,
    refunds: refundsOf(one, out_trade_no, total_fee),
  };
}

/** Nothing, all of it, a part, or two parts. */
function refundsOf(one, out_trade_no, total_fee) {
  const kind = choose(one('refund'), { none: 0.6, whole: 0.16, part: 0.12, 'two parts': 0.12 });
  if (kind === 'none') return [];
  const first = kind === 'whole' ? total_fee : between(one('part'), 1, total_fee);
  const second = kind === 'two parts' && first < total_fee ? between(one('second part'), 1, total_fee - first) : 0;
  const after = between(one('refund after'), 1, 10);
  return [
    { out_refund_no: `${out_trade_no}r1`, refund_fee: first, after },
    ...(second > 0
      ? [{ out_refund_no: `${out_trade_no}r2`, refund_fee: second, after: after + between(one('again'), 0, 3) }]
      : []),
  ];
}

/** One buyer. `paid` and `asked` are his own books: what his phone took, and what he wants back. */
export class Customer {
  next;
  paid = 0;
  asked = [];
  isDone = false;
  #tries = 0;
  #payments = [];
  #step = 'order';

  constructor(plan, startMs) {
    this.plan = plan;
    this.next = plan.start;
    this.deadlineMs = startMs + (plan.start + plan.life) * MINUTE_MS;
  }

  /** Does the actions of this minute. A failed action is tried again a minute later. */
  async act(minute, { shop, gateway }) {
    const { plan } = this;
    const { out_trade_no } = plan;
    const again = (minutes) => {
      this.next = minute + minutes;
    };
    again(1);
    if (this.#step === 'order') {
      this.#tries += 1;
      if (this.#tries > TRIES) return this.#leave();
      const payment = await shop.checkout({ ...plan, deadlineMs: this.deadlineMs });
      if (payment === undefined) return;
      this.#payments.push(payment);
      const second = plan.kind === 'pays on two phones' || plan.kind === 'pays with two prepay_ids';
      if (second && this.#payments.length === 1) return again(plan.payAfter);
      this.#step = 'pay';
      if (!second && plan.payAfter > 0) return again(plan.payAfter);
    }
    if (this.#step === 'pay') {
      const says = await this.#pay(gateway);
      this.#step = 'come back';
      if (plan.comesBack) {
        this.phoneSays = says;
        return;
      }
    }
    if (this.#step === 'come back') {
      if (this.phoneSays !== undefined) await shop.comeBack(out_trade_no, this.phoneSays);
      this.#step = 'refunds';
    }
    // The gateway itself pays for the buyer who races.
    if (plan.kind === 'races the closing' && minute < plan.start + plan.life + TRIES) return;
    if (this.paid === 0 || this.asked.length === plan.refunds.length) return this.#leave();
    const refund = plan.refunds[this.asked.length];
    this.refundAt ??= minute + refund.after;
    if (minute < this.refundAt) return again(this.refundAt - minute);
    if (shop.askRefund({ ...refund, out_trade_no })) {
      this.asked.push(refund);
      this.refundAt = undefined;
    }
  }

  /** The result on the phone at the end. The newest payment is tried first. */
  async #pay(gateway) {
    const { kind, out_trade_no, appid, mch_id, paysAfterAll } = this.plan;
    if (kind === 'lies') return 'requestPayment:ok';
    if (kind === 'never pays' || kind === 'races the closing') return 'requestPayment:fail cancel';
    if (kind === 'refuses first') {
      const { errMsg } = gateway.refuseOrder({ out_trade_no, mch_id });
      if (!paysAfterAll) return errMsg;
    }
    const said = [];
    for (const payment of [...this.#payments].reverse()) said.push(await gateway.pay({ appId: appid, ...payment }));
    this.paid += said.filter(({ errMsg }) => errMsg === 'requestPayment:ok').length;
    return said[0].errMsg;
  }

  /** Pays in the middle of another action. */
  race(gateway) {
    const { out_trade_no, mch_id } = this.plan;
    if (gateway.payOrder({ out_trade_no, mch_id }).errMsg === 'requestPayment:ok') this.paid += 1;
  }

  #leave() {
    this.isDone = true;
  }
}
