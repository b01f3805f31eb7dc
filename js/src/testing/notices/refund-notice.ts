// The notice of a refund: not signed, its content encrypted with the merchant's key (manual: 退款结果通知).

import { createCipheriv, createHash } from 'node:crypto';
import { repeatedFields } from '../books/orders.js';
import { type Refund, refundAccount, refundStatusV2 } from '../books/refunds.js';
import { formatBeijingDateTime } from '../wire/beijing-time.js';
import type { RandomText } from '../wire/random.js';
import type { Fields } from '../wire/sign.js';
import { writeXml } from '../wire/xml.js';
import type { Notice } from './desk.js';
import { XML_FORM } from './form.js';

/** Makes the notice of a finished refund, for the address in the refund itself. */
export function refundNotice(refund: Refund, notify_url: string, random: RandomText): Notice {
  const { order, out_refund_no } = refund;
  const { merchant, out_trade_no } = order;
  const fields = new Map<string, string>([
    ['return_code', 'SUCCESS'],
    ['appid', merchant.appid],
    ['mch_id', merchant.mch_id],
    ...repeatedFields(order, ['sub_appid', 'sub_mch_id']),
    ['nonce_str', random.hex(32)],
  ]);
  const write = (key: string, changed: Fields) =>
    writeXml(new Map([...fields, ['req_info', encrypt(writeXml(changed, 'root'), key)]]));
  const told = content(refund);
  return {
    mch_id: merchant.mch_id,
    out_trade_no,
    transaction_id: order.payment?.transaction_id ?? '',
    out_refund_no,
    notify_url,
    body: write(merchant.key, told),
    form: XML_FORM,
    forge(forgery) {
      if (forgery === 'no signature') return writeXml(fields);
      // Without the key the encrypted content cannot be changed, so this one has another key too.
      const amount = forgery === 'changed amount' ? refund.refund_fee + 1 : refund.refund_fee;
      return write(`not ${merchant.key}`, new Map([...told, ['refund_fee', amount]]));
    },
  };
}

function content(refund: Refund): Map<string, string | number> {
  const { order, out_refund_no, refund_id, refund_fee, successMs, receiver } = refund;
  const fields = new Map<string, string | number>([
    ['out_refund_no', out_refund_no],
    ['out_trade_no', order.out_trade_no],
    ['refund_account', refundAccount(refund)],
    ['refund_fee', refund_fee],
    ['refund_id', refund_id],
    ['refund_recv_accout', receiver?.account ?? '支付用户零钱'],
    ['refund_request_source', 'API'],
    ['refund_status', refundStatusV2(refund)],
    ['settlement_refund_fee', refund_fee],
    ['settlement_total_fee', order.total_fee],
    ['total_fee', order.total_fee],
    ['transaction_id', order.payment?.transaction_id ?? ''],
  ]);
  return successMs === undefined ? fields : fields.set('success_time', formatBeijingDateTime(successMs));
}

/** Encrypts with AES-256-ECB. The key is the API key's MD5 as 32 lower-case letters, not as 16 bytes. */
function encrypt(text: string, apiKey: string): string {
  const key = createHash('md5').update(apiKey, 'utf8').digest('hex');
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(key, 'ascii'), null);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}
