// The notices of both generations. Each order and each refund has a notice in the generation of its call.

import type { Merchant } from '../books/merchants.js';
import { type Order, payeeOf } from '../books/orders.js';
import type { Refund } from '../books/refunds.js';
import type { V3KeyStore } from '../server/v3-keys.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Notice } from './desk.js';
import { paymentNoticeV3, refundNoticeV3 } from './notice-v3.js';
import { paymentNotice } from './payment-notice.js';
import { refundNotice } from './refund-notice.js';

/** Writes notices. Each is undefined where none is sent: in APIv3, for a merchant without an APIv3 key. */
export interface Letters {
  payment(order: Order): Notice | undefined;
  refund(refund: Refund, notify_url: string): Notice | undefined;
}

/** Makes the writer. */
export function createLetters(parts: {
  readonly v3Keys: V3KeyStore;
  readonly random: RandomText;
  readonly clock: Clock;
}): Letters {
  const { v3Keys, random, clock } = parts;
  const signer = ({ mch_id }: Merchant, { out_trade_no }: Order, out_refund_no = '') => ({
    signer: () => v3Keys.noticeSigner(mch_id, [out_trade_no, out_refund_no]),
  });
  return {
    payment(order) {
      if (order.json === undefined) return paymentNotice(order, random);
      const payee = payeeOf(order);
      const { apiV3Key } = payee;
      const notify_url = order.request.get('notify_url') ?? '';
      if (apiV3Key === undefined) return undefined;
      return paymentNoticeV3(order, notify_url, { ...signer(payee, order), apiV3Key, random, clock });
    },
    refund(refund, notify_url) {
      if (refund.json === undefined) return refundNotice(refund, notify_url, random);
      const { merchant } = refund.order;
      const { apiV3Key } = merchant;
      if (apiV3Key === undefined) return undefined;
      return refundNoticeV3(refund, notify_url, {
        ...signer(merchant, refund.order, refund.out_refund_no),
        apiV3Key,
        random,
        clock,
      });
    },
  };
}
