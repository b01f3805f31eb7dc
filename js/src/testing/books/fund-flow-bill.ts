// 资金账单: the movements of money of a day, from the books (manual: 下载资金账单).

import { formatBeijingDateTime, parseBeijingTime } from '../wire/beijing-time.js';
import type { BillBooks } from './bill-books.js';
import type { BillDay } from './bill-day.js';
import { type BillRow, writeBill, yuan } from './bill-text.js';
import { feeOf } from './trade-bill.js';

/** Makes the bill of a day for the account that has all money. Undefined if it would be empty. */
export function fundFlowBill(books: BillBooks, day: BillDay): { text: string; rows: number } | undefined {
  return writeFlows(flowsUntil(books, day), day);
}

/** One movement of money. `amount` is in fen, above zero for income. */
interface Flow {
  readonly timeMs: number;
  readonly name: string;
  readonly amount: number;
  /** WeChat's number of the transaction, and the merchant's own. */
  readonly ids: readonly [string, string];
  readonly note: string;
}

/** Returns all movements before the end of the day, oldest first. The balance needs the earlier days too. */
function flowsUntil({ orders, refunds }: BillBooks, { endMs }: BillDay): Flow[] {
  const flows: Flow[] = [];
  const add = (timeMs: number, name: string, amount: number, ids: readonly [string, string], note = '') => {
    if (amount !== 0) flows.push({ timeMs, name, amount, ids, note });
  };
  for (const { payment, reversal, total_fee, out_trade_no } of orders) {
    if (payment === undefined) continue;
    const paidMs = parseBeijingTime(payment.time_end) ?? 0;
    const ids = [payment.transaction_id, out_trade_no] as const;
    add(paidMs, '交易', total_fee, ids);
    add(paidMs, '扣除交易手续费', -feeOf(total_fee), ids);
    if (reversal === undefined) continue;
    const back = [reversal.refund_id, out_trade_no] as const;
    add(reversal.timeMs, '退款', -total_fee, back, '撤销');
    add(reversal.timeMs, '退还交易手续费', feeOf(total_fee), back);
  }
  for (const { refund_id, out_refund_no, refund_fee, createdMs, request } of refunds) {
    const ids = [refund_id, out_refund_no] as const;
    add(createdMs, '退款', -refund_fee, ids, request.get('refund_desc') ?? '');
    add(createdMs, '退还交易手续费', feeOf(refund_fee), ids);
  }
  return flows.filter(({ timeMs }) => timeMs < endMs).sort((left, right) => left.timeMs - right.timeMs);
}

const COLUMNS = [
  ...['记账时间', '微信支付业务单号', '资金流水单号', '业务名称', '业务类型', '收支类型', '收支金额（元）'],
  ...['账户结余（元）', '资金变更提交申请人', '备注', '业务凭证号'],
];

function writeFlows(flows: readonly Flow[], { startMs }: BillDay): { text: string; rows: number } | undefined {
  const rows: BillRow[] = [];
  let balance = 0;
  const count = { in: 0, out: 0 };
  const total = { in: 0, out: 0 };
  for (const [index, { timeMs, name, amount, ids, note }] of flows.entries()) {
    balance += amount;
    if (timeMs < startMs) continue;
    const way = amount > 0 ? 'in' : 'out';
    count[way] += 1;
    total[way] += Math.abs(amount);
    const values = [
      ...[formatBeijingDateTime(timeMs), ids[0], `${ids[0]}${String(index + 1).padStart(6, '0')}`, name, name],
      ...[way === 'in' ? '收入' : '支出', yuan(Math.abs(amount)), yuan(balance), 'system', note, ids[1]],
    ];
    rows.push(new Map(COLUMNS.map((column, place) => [column, values[place] ?? ''])));
  }
  if (rows.length === 0) return undefined;
  // WeChat writes these counts with a decimal point.
  const summary = new Map([
    ['资金流水总笔数', `${rows.length}.0`],
    ['收入笔数', `${count.in}.0`],
    ['收入金额', yuan(total.in)],
    ['支出笔数', `${count.out}.0`],
    ['支出金额', yuan(total.out)],
  ]);
  return { text: writeBill(COLUMNS, rows, summary), rows: rows.length };
}
