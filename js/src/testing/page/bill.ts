// The trade bill for the page: the same books and rules as the call of a merchant, without a signature.

import type { Merchants } from '../books/merchants.js';
import { type BillParts, createDownloadBill } from '../calls-v2/download-bill.js';
import type { ActionParts, BillChoice } from './actions.js';

/** Makes the action. */
export function createPageBill(parts: BillParts & { readonly merchants: Merchants }): ActionParts['bill'] {
  const endpoint = createDownloadBill(parts);
  return ({ mch_id = '', bill_date = '', bill_type = 'ALL' }: BillChoice) => {
    const found = parts.merchants.identifyByNumber(mch_id);
    if ('problem' in found) return { errMsg: 'bill:fail no merchant of this gateway has this mch_id' };
    const parameters = new Map(Object.entries({ nonce_str: 'page', bill_date, bill_type }));
    const outcome = endpoint({ merchant: found.merchant, sub_mch_id: undefined, signType: 'MD5', parameters });
    if (outcome.kind === 'file') return { bill: outcome.text };
    return { errMsg: `bill:fail ${outcome.kind === 'failed' ? outcome.return_msg : outcome.kind}` };
  };
}
