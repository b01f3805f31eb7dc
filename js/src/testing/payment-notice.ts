// The notice of a payment: what it says, signed (manual: 支付结果通知).

import type { Notice } from './notices.js';
import { type Order, paymentFields, repeatedFields } from './orders.js';
import type { RandomText } from './random.js';
import { sign } from './sign.js';
import { writeXml } from './xml.js';

/**
 * The notice of a paid order. It is signed with the order's algorithm but does not name it: real notices carry no
 * `sign_type`, so a merchant has to know how he ordered.
 */
export function paymentNotice(order: Order, random: RandomText): Notice {
  const { merchant, request, signType, out_trade_no } = order;
  const fields = new Map<string, string | number>([
    ['return_code', 'SUCCESS'],
    ['result_code', 'SUCCESS'],
    ['appid', merchant.appid],
    ['mch_id', merchant.mch_id],
    ['nonce_str', random.hex(32)],
    ['out_trade_no', out_trade_no],
    ...paymentFields(order),
    ...repeatedFields(order, ['attach', 'device_info', 'sub_appid', 'sub_mch_id']),
  ]);
  return {
    out_trade_no,
    transaction_id: order.payment?.transaction_id ?? '',
    notify_url: request.get('notify_url') ?? '',
    body: writeXml(fields.set('sign', sign(fields, merchant.key, signType))),
  };
}
