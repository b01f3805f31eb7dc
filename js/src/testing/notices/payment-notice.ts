// The notice of a payment, signed (manual: 支付结果通知).

import { type Order, paymentFields, repeatedFields } from '../books/orders.js';
import type { RandomText } from '../wire/random.js';
import { readSignType, sign } from '../wire/sign.js';
import { writeXml } from '../wire/xml.js';
import type { Notice } from './desk.js';
import { XML_FORM } from './form.js';

/**
 * Makes the notice of a paid order. It is signed with the order's algorithm. Real notices have no `sign_type`, so the merchant
 * must know the algorithm.
 */
export function paymentNotice(order: Order, random: RandomText): Notice {
  const { merchant, request, out_trade_no } = order;
  // RSA is for orders of APIv3, and those have no notice of this form.
  const signType = readSignType(order.signType) ?? 'MD5';
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
  const write = (key: string, changes: [string, string | number][] = []) =>
    writeXml(new Map([...fields, ['sign', sign(fields, key, signType)], ...changes]));
  return {
    mch_id: merchant.mch_id,
    out_trade_no,
    transaction_id: order.payment?.transaction_id ?? '',
    notify_url: request.get('notify_url') ?? '',
    body: write(merchant.key),
    form: XML_FORM,
    forge(forgery) {
      if (forgery === 'no signature') return writeXml(fields);
      if (forgery === 'another key') return write(`not ${merchant.key}`);
      // A forger may have seen the signature of the true amount.
      const amount = order.total_fee + 1;
      return write(
        merchant.key,
        ['total_fee', 'cash_fee'].map((name) => [name, amount]),
      );
    },
  };
}
