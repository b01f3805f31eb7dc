// 发起异常退款: POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund (docs), for a refund whose money came back.

import type { Refunding } from '../books/refunding.js';
import type { RefundBook, RefundReceiver } from '../books/refunds.js';
import type { Tell } from '../events.js';
import { MCHID, OUT_REFUND_NO } from './common-fields.js';
import { form, object, oneOf, secret, text } from './fields.js';
import { fieldProblem, problem, type V3Problem } from './problems.js';
import { REFUNDS, refundObject } from './refunds.js';
import type { V3Route } from './v3-api.js';

/** What the call needs. */
export interface AbnormalRefundParts {
  readonly refunds: RefundBook;
  readonly refunding: Refunding;
  readonly tell: Tell;
}

/** The call that sends the money to a card of the payer, or to the merchant's own account. */
export function abnormalRefundRoute({ refunds, refunding, tell }: AbnormalRefundParts): V3Route {
  return {
    method: 'POST',
    path: `${REFUNDS}/{refund_id}/apply-abnormal-refund`,
    values: { refund_id: text(32, form(/^\w+$/, 'should be digits')) },
    body: BODY,
    endpoint({ merchant, path, body }) {
      const sent = body as unknown as AbnormalRefund;
      const refund = refunds.findById(path.refund_id ?? '');
      const { order } = refund ?? {};
      if (refund === undefined || order?.merchant.mch_id !== merchant.mch_id || order.sub_mch_id !== sent.sub_mchid) {
        return problem('RESOURCE_NOT_EXISTS', '退款单不存在');
      }
      const { out_refund_no } = refund;
      if (out_refund_no !== sent.out_refund_no) {
        return problem('INVALID_REQUEST', '商户退款单号与微信支付退款单号不匹配');
      }
      const receiver = receiverOf(sent);
      if ('code' in receiver) return receiver;
      if (refund.refund_status !== 'ABNORMAL') {
        return problem('INVALID_REQUEST', '退款单状态不是退款异常，不能发起异常退款');
      }
      refunding.redirect(refund, receiver);
      const { out_trade_no } = order;
      tell({ type: 'redirect', mch_id: merchant.mch_id, out_trade_no, out_refund_no, way: sent.type });
      return { body: refundObject(refund) };
    },
  };
}

/** The names of the banks whose debit cards may receive. */
const BANKS: Readonly<Record<string, string>> = {
  CMB_DEBIT: '招商银行',
  COMM_DEBIT: '交通银行',
  ABC_DEBIT: '农业银行',
  CCB_DEBIT: '建设银行',
  ICBC_DEBIT: '工商银行',
  BOC_DEBIT: '中国银行',
  PAB_DEBIT: '平安银行',
  SPDB_DEBIT: '浦发银行',
  CITIC_DEBIT: '中信银行',
  CEB_DEBIT: '光大银行',
  CMBC_DEBIT: '民生银行',
  CIB_DEBIT: '兴业银行',
  GDB_DEBIT: '广发银行',
  PSBC_DEBIT: '邮储银行',
  NBCB_DEBIT: '宁波银行',
};

const BODY = object(
  { out_refund_no: OUT_REFUND_NO, type: oneOf('USER_BANK_CARD', 'MERCHANT_BANK_CARD') },
  {
    sub_mchid: MCHID,
    bank_type: oneOf(...Object.keys(BANKS)),
    bank_account: secret(1024),
    real_name: secret(1024),
  },
);

/** The body, whose encrypted members are decrypted. */
interface AbnormalRefund {
  readonly sub_mchid?: string;
  readonly out_refund_no: string;
  readonly type: 'USER_BANK_CARD' | 'MERCHANT_BANK_CARD';
  readonly bank_type?: string;
  readonly bank_account?: string;
  readonly real_name?: string;
}

/** The account that receives. The facts do not say whether a merchant's own account may come with a card: it may here. */
function receiverOf(sent: AbnormalRefund): RefundReceiver | V3Problem {
  if (sent.type === 'MERCHANT_BANK_CARD') return { channel: 'OTHER_BANKCARD', account: '商户结算银行账户' };
  const missing = (['bank_type', 'bank_account', 'real_name'] as const).find((name) => sent[name] === undefined);
  if (missing !== undefined) {
    const issue = 'is required for USER_BANK_CARD';
    return fieldProblem({ field: `/${missing}`, issue, location: 'body', value: undefined });
  }
  const bank = BANKS[sent.bank_type ?? ''] ?? '';
  return { channel: 'OTHER_BANKCARD', account: `${bank}借记卡${(sent.bank_account ?? '').slice(-4)}` };
}
