// Probe traffic (探测流量): notices with a false signature, as WeChat Pay sends them to merchants (docs: 验签).

import type { Merchant, Merchants } from './books/merchants.js';
import { type Order, type OrderBook, payeeOf } from './books/orders.js';
import { asPaid } from './books/payments.js';
import type { NoticeDesk, NoticeRecord } from './notices/desk.js';
import { paymentNoticeV3 } from './notices/notice-v3.js';
import { own } from './own.js';
import type { V3KeyStore } from './server/v3-keys.js';
import { shown } from './shown.js';
import type { Clock } from './wire/clock.js';
import type { RandomText } from './wire/random.js';

/** What a probe is about. Without a number it is about an order that nobody placed, and needs `url`. */
export interface ProbeChoice {
  out_trade_no?: string;
  /** Whose order; the only merchant with an APIv3 key that fits by default. */
  mch_id?: string;
  /** Where it goes; to the order's `notify_url` by default. */
  url?: string;
}

/**
 * Posts a probe once. The record's `accepted` is true where the merchant answered 200 or 204, which is his mistake.
 * Rejects with a TypeError where nothing fits the choice.
 */
export type Probe = (choice: ProbeChoice) => Promise<NoticeRecord>;

/** Makes the sender of probes. */
export function createProbe(parts: {
  readonly merchants: Merchants;
  readonly orders: OrderBook;
  readonly notices: NoticeDesk;
  readonly v3Keys: V3KeyStore;
  readonly clock: Clock;
  readonly random: RandomText;
}): Probe {
  const { merchants, orders, notices, v3Keys, clock, random } = parts;
  return async (given) => {
    const { out_trade_no, mch_id, url } = own(given, ['out_trade_no', 'mch_id', 'url']);
    const merchant = merchants.all().find((one) => one.apiV3Key !== undefined && (mch_id ?? one.mch_id) === one.mch_id);
    const order =
      out_trade_no === undefined
        ? merchant && invented(merchant, clock, random)
        : orders
            .all()
            .find(
              (one) => one.out_trade_no === out_trade_no && (mch_id ?? one.merchant.mch_id) === one.merchant.mch_id,
            );
    const payee = order && payeeOf(order);
    const apiV3Key = payee?.apiV3Key;
    if (payee === undefined || order === undefined || apiV3Key === undefined) {
      throw new TypeError(`probe: no merchant with an apiV3Key has ${shown(out_trade_no ?? mch_id ?? 'a place here')}`);
    }
    const notify_url = url ?? order.request.get('notify_url');
    if (notify_url === undefined) throw new TypeError('probe: nobody placed this order; name the url');
    const signer = () => v3Keys.noticeSigner(payee.mch_id, [order.out_trade_no]);
    const seal = { signer, apiV3Key, clock, random };
    return notices.forge(paymentNoticeV3(asPaid(order, { clock, random }), notify_url, seal), 'probe');
  };
}

/** An order for a probe, which is in no book. */
function invented(merchant: Merchant, clock: Clock, random: RandomText): Order {
  return {
    merchant,
    sub_mch_id: undefined,
    signType: 'RSA',
    request: new Map([['openid', `o${random.hex(27)}`]]),
    trade_type: 'JSAPI',
    out_trade_no: random.digits(28),
    total_fee: 1,
    createdMs: clock.now(),
    expiresMs: undefined,
    prepay: undefined,
    trade_state: 'NOTPAY',
  };
}
