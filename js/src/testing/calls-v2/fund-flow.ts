// 下载资金账单: /pay/downloadfundflow (manual: 下载资金账单), HMAC-SHA256 only; neither bill nor refusal is signed.

import { booksOf } from '../books/bill-books.js';
import { readBillDay } from '../books/bill-day.js';
import { fundFlowBill } from '../books/fund-flow-bill.js';
import type { BillParts } from './download-bill.js';
import { file, plainlyRefused } from './outcome.js';
import { always, checkParameters, formOf, NONCE_STR, type ParameterRule } from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint for the bill of the merchant's money. */
export function createDownloadFundFlow(parts: BillParts): PayEndpoint {
  return (call) => {
    const { merchant, parameters } = call;
    const problem = checkParameters(parameters, RULES);
    if (problem?.kind === 'refused') return plainlyRefused(problem.err_code, problem.err_code_des);
    if (problem !== undefined) return problem;
    const bill_date = parameters.get('bill_date') ?? '';
    const account_type = parameters.get('account_type') ?? '';
    const day = readBillDay(bill_date, parts.clock.now());
    if (day === 'invalid') return plainlyRefused('PARAM_ERROR', 'bill_date 参数错误：应为最近三个月内的 yyyyMMdd');
    if (day === 'creating') return plainlyRefused('BILL_CREATING', '账单正在生成中');
    // The Basic account has all money of these books.
    const bill = account_type === 'Basic' ? fundFlowBill(booksOf(call, parts), day) : undefined;
    parts.tell({ type: 'bill', mch_id: merchant.mch_id, bill_date, bill_type: account_type, rows: bill?.rows ?? 0 });
    return bill === undefined
      ? plainlyRefused('NO_BILL_EXIST', '账单不存在')
      : file(bill.text, parameters.get('tar_type'));
  };
}

const RULES: readonly ParameterRule[] = [
  NONCE_STR,
  { name: 'bill_date', required: always },
  {
    name: 'account_type',
    required: always,
    form: formOf((value) => ['Basic', 'Operation', 'Fees'].includes(value), '应为 Basic、Operation 或 Fees'),
  },
  { name: 'tar_type', required: () => false, form: formOf((value) => value === 'GZIP', '只支持 GZIP') },
];
