// 交易账单: the rows of a trade bill and its summary, from the books (manual: 下载交易账单).

import { formatBeijingDateTime, parseBeijingTime } from '../wire/beijing-time.js';
import type { BillBooks } from './bill-books.js';
import type { BillDay } from './bill-day.js';
import { type BillRow, writeBill, yuan } from './bill-text.js';
import type { Order } from './orders.js';

/** The kinds of trade bills (manual: 下载交易账单, bill_type). Only older pages have REVOKED, with the columns of ALL. */
export type BillType = 'ALL' | 'SUCCESS' | 'REFUND' | 'RECHARGE_REFUND' | 'REVOKED';

/** Makes the bill of a day, or returns undefined if it would be empty. */
export function tradeBill(books: BillBooks, day: BillDay, type: BillType): { text: string; rows: number } | undefined {
  const entries = dayEntries(books, day).filter((entry) => isOf(entry, type));
  if (entries.length === 0) return undefined;
  entries.sort((left, right) => left.timeMs - right.timeMs);
  const rows = entries.map((entry) => billRow(entry, type));
  return { text: writeBill(columnsOf(type), rows, summary(entries)), rows: rows.length };
}

/** The fee of a payment: `0.60%`, rounded to whole fen, and returned with a refund. */
export function feeOf(fen: number): number {
  return Math.round((fen * 6) / 1000);
}

/** One line of a bill. Amounts are in fen. */
interface BillEntry {
  readonly kind: 'SUCCESS' | 'REFUND' | 'REVOKED';
  readonly order: Order;
  readonly timeMs: number;
  readonly paid: number;
  readonly back: number;
  readonly fee: number;
  /** The state of the refund when the bill was made. */
  readonly refund?: {
    readonly refund_id: string;
    readonly out_refund_no: string;
    readonly successMs: number | undefined;
    readonly status: 'PROCESSING' | 'SUCCESS' | 'CHANGE';
    readonly recharge: boolean;
  };
}

function dayEntries({ orders, refunds }: BillBooks, { startMs, endMs, issuedMs }: BillDay): BillEntry[] {
  const isOfDay = ({ timeMs }: BillEntry) => timeMs >= startMs && timeMs < endMs;
  const entries: BillEntry[] = [];
  for (const order of orders) {
    if (order.payment === undefined) continue;
    const { total_fee, reversal } = order;
    const timeMs = parseBeijingTime(order.payment.time_end) ?? 0;
    entries.push({ kind: 'SUCCESS', order, timeMs, paid: total_fee, back: 0, fee: feeOf(total_fee) });
    if (reversal === undefined) continue;
    const status = 'SUCCESS' as const;
    const refund = {
      refund_id: reversal.refund_id,
      out_refund_no: '0',
      successMs: reversal.timeMs,
      status,
      recharge: false,
    };
    const sums = { paid: 0, back: total_fee, fee: -feeOf(total_fee) };
    entries.push({ kind: 'REVOKED', order, timeMs: reversal.timeMs, ...sums, refund });
  }
  for (const one of refunds) {
    const { order, request, refund_id, out_refund_no, refund_fee, createdMs, successMs, abnormalMs = Infinity } = one;
    const recharge = request.get('refund_account') === 'REFUND_SOURCE_RECHARGE_FUNDS';
    const known = successMs !== undefined && successMs <= issuedMs ? successMs : undefined;
    const status: 'CHANGE' | 'PROCESSING' | 'SUCCESS' =
      known !== undefined ? 'SUCCESS' : abnormalMs <= issuedMs ? 'CHANGE' : 'PROCESSING';
    const refund = { refund_id, out_refund_no, successMs: known, status, recharge };
    const sums = { paid: 0, back: refund_fee, fee: -feeOf(refund_fee) };
    entries.push({ kind: 'REFUND', order, timeMs: createdMs, ...sums, refund });
  }
  return entries.filter(isOfDay);
}

function isOf({ kind, refund }: BillEntry, type: BillType): boolean {
  if (type === 'ALL') return true;
  if (type === 'RECHARGE_REFUND') return kind === 'REFUND' && refund?.recharge === true;
  return kind === type;
}

const TRADE =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额';
const BACK = '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态';
const GOODS = '商品名称,商户数据包';
const TIMES = '退款申请时间,退款成功时间';

const WHOLE = `${TRADE},${BACK},${GOODS},手续费,费率,订单金额,申请退款金额,费率备注`;

const COLUMNS: Record<BillType, string> = {
  ALL: WHOLE,
  REVOKED: WHOLE,
  SUCCESS: `${TRADE},${GOODS},手续费,费率,订单金额,费率备注`,
  REFUND: `${TRADE},${TIMES},${BACK},${GOODS},手续费,费率,订单金额,申请退款金额,费率备注`,
  RECHARGE_REFUND: `${TRADE},${TIMES},${BACK},${GOODS},返还手续费,费率,订单金额,申请退款金额`,
};

function columnsOf(type: BillType): readonly string[] {
  return COLUMNS[type].split(',');
}

function billRow(entry: BillEntry, type: BillType): BillRow {
  const { order, refund, timeMs } = entry;
  const { request, payment } = order;
  const paidMs = parseBeijingTime(payment?.time_end ?? '') ?? timeMs;
  return new Map([
    // Bills of refunds have separate columns for their times. In the others a refund is a trade.
    ['交易时间', formatBeijingDateTime(COLUMNS[type].includes(TIMES) ? paidMs : timeMs)],
    ['公众账号ID', order.merchant.appid],
    ['商户号', order.merchant.mch_id],
    ['特约商户号', order.sub_mch_id ?? '0'],
    ['设备号', request.get('device_info') ?? ''],
    ['微信订单号', payment?.transaction_id ?? ''],
    ['商户订单号', order.out_trade_no],
    ['用户标识', payment?.openid ?? ''],
    ['交易类型', order.trade_type],
    ['交易状态', entry.kind],
    ['付款银行', payment?.bank_type ?? ''],
    ['货币种类', 'CNY'],
    ['应结订单金额', yuan(entry.paid)],
    ['代金券金额', yuan(0)],
    ['退款申请时间', formatBeijingDateTime(timeMs)],
    ['退款成功时间', refund?.successMs === undefined ? '' : formatBeijingDateTime(refund.successMs)],
    ['微信退款单号', refund?.refund_id ?? '0'],
    ['商户退款单号', refund?.out_refund_no ?? '0'],
    ['退款金额', yuan(entry.back)],
    ['充值券退款金额', yuan(0)],
    ['退款类型', refund === undefined ? '' : 'ORIGINAL'],
    ['退款状态', refund?.status ?? ''],
    ['商品名称', request.get('body') ?? ''],
    ['商户数据包', request.get('attach') ?? ''],
    ['手续费', feeText(entry.fee)],
    ['返还手续费', feeText(-entry.fee)],
    ['费率', '0.60%'],
    ['订单金额', yuan(entry.paid)],
    ['申请退款金额', yuan(entry.back)],
    ['费率备注', ''],
  ]);
}

/** Fees have five decimals. */
function feeText(fen: number): string {
  return `${yuan(fen)}000`;
}

/** Returns the sums of the columns, which are the same for all kinds. */
function summary(entries: readonly BillEntry[]): Map<string, string> {
  const sum = (member: 'paid' | 'back' | 'fee') => entries.reduce((total, entry) => total + entry[member], 0);
  return new Map([
    ['总交易单数', String(entries.length)],
    ['应结订单总金额', yuan(sum('paid'))],
    ['退款总金额', yuan(sum('back'))],
    ['充值券退款总金额', yuan(0)],
    ['手续费总金额', feeText(sum('fee'))],
    ['订单总金额', yuan(sum('paid'))],
    ['申请退款总金额', yuan(sum('back'))],
  ]);
}
