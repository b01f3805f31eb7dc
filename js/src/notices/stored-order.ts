// The comparison of a genuine notice with the shop's own order: merchant, number, amount and currency.
import { optionalTextFault, paramError, WxPayError } from '../errors.js';
import { own } from '../own.js';
import type { AnyNotice, ExpectedOrder, StoredId } from './notice.js';

/**
 * The stored order that a caller passed to `openNotify`, if any. Map.get and Array.find return undefined for a missing order. It must
 * not mean that nothing is compared.
 */
export function storedOrder(stored: readonly [order?: ExpectedOrder]): ExpectedOrder | undefined {
  if (stored.length === 0) return undefined;
  const [expect] = stored;
  if (expect?.total_fee === undefined || expect.total_fee === null)
    throw paramError('expect', 'must be the stored order with its total_fee; leave it out to compare nothing');
  return checkedOrder(expect);
}

/** The stored order. An order that was not found, or has other members, must not pass for a matching one. */
export function checkedOrder(given: ExpectedOrder): ExpectedOrder {
  const expect = typeof given === 'object' && given !== null ? own(given) : {};
  const { out_trade_no, total_fee } = expect;
  const fee_type = currencyOf(expect);
  if (out_trade_no === undefined && total_fee === undefined && fee_type === undefined) {
    throw paramError(
      'expect',
      'must be the stored order, with its out_trade_no or total_fee; leave it out to compare nothing',
    );
  }
  name('out_trade_no', out_trade_no);
  name('fee_type', fee_type);
  amount(total_fee);
  for (const field of IDS) id(field, expect[field]);
  return expect;
}

/** Refuses an order without its merchant if an order of another merchant may have the same number. */
export function checkNamed(order: ExpectedOrder, mustName: readonly ('mch_id' | 'sub_mch_id')[]): void {
  const field = mustName.find((name) => id(name, order[name]) === undefined);
  if (field === undefined) return;
  throw new WxPayError({
    code: 'ERR_PARAM',
    outcome: 'unknown',
    message: `${field}: the stored order has no ${field}; return it from findOrder, since another merchant may use the same number`,
    field,
  });
}

/**
 * Refuses a notice that is not about this order. `sub_mch_id` is from the client's configuration. A notice without `sub_mch_id`
 * counts as a notice of this sub-merchant.
 */
export function checkAgreement(notice: AnyNotice, expect: ExpectedOrder, sub_mch_id: string | undefined): void {
  if (notice.kind === 'other')
    throw mismatch('out_trade_no', 'the notice is about another event, not about one order; do not deliver');
  for (const field of IDS) {
    const stored = id(field, expect[field]);
    if (stored === undefined || stored === notice[field]) continue;
    // A refund notice of APIv3 names no app. Its merchant was compared.
    if (field === 'appid' && notice.appid === undefined) continue;
    // A provider's shop may know the order by the app of the sub-merchant.
    if (field === 'appid' && stored === notice.sub_appid) continue;
    if (field === 'sub_mch_id' && notice.sub_mch_id === undefined && stored === sub_mch_id) continue;
    throw mismatch(field, 'the notice is for another merchant or app than the stored order; do not deliver');
  }
  const { out_trade_no } = expect;
  if (out_trade_no !== undefined && out_trade_no !== notice.out_trade_no)
    throw mismatch('out_trade_no', 'the notice is about another order');
  const stored = amount(expect.total_fee);
  // Both texts are canonical, so equal amounts are equal texts.
  if (stored !== undefined && stored !== String(notice.total_fee))
    throw mismatch(
      'total_fee',
      `the notice of order ${notice.out_trade_no} says ${notice.total_fee} fen, the stored order ${stored}; do not deliver`,
    );
  // A missing fee_type means CNY, on both sides. A refund notice names no currency.
  const currency = currencyOf(expect) ?? (stored === undefined ? undefined : 'CNY');
  if (notice.kind !== 'refund' && currency !== undefined && currency !== (notice.fee_type || 'CNY'))
    throw mismatch(
      'fee_type',
      `the notice of order ${notice.out_trade_no} says ${notice.fee_type || 'CNY'}, the stored order ${currency}; do not deliver`,
    );
}

/** The stored currency. A database returns a missing currency as null. */
const currencyOf = ({ fee_type }: ExpectedOrder) => fee_type ?? undefined;

const IDS = ['mch_id', 'appid', 'sub_mch_id'] as const;

/** An id of the stored order as text; undefined if the order has no such id. */
function id(field: string, stored: StoredId): string | undefined {
  if (stored === undefined || stored === null || stored === '') return undefined;
  if (typeof stored === 'string' || typeof stored === 'bigint' || Number.isSafeInteger(stored)) return String(stored);
  throw paramError(field, 'of the stored order must be text or a whole number');
}

function name(field: string, stored: string | undefined): void {
  const fault = optionalTextFault(stored);
  if (fault !== undefined) throw paramError(field, `of the stored order ${fault}`);
  if (stored !== undefined && stored.length > 128)
    throw paramError(field, 'of the stored order is longer than 128 characters');
}

/** The stored amount as canonical text. */
function amount(stored: ExpectedOrder['total_fee']): string | undefined {
  if (stored === undefined) return undefined;
  const isOfType = ['number', 'string', 'bigint'].includes(typeof stored);
  const text = isOfType ? String(stored) : '';
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw paramError('total_fee', 'of the stored order must be a whole number of fen; 1.00 yuan is 100');
  return text;
}

function mismatch(field: string, what: string): WxPayError {
  return new WxPayError({ code: 'ERR_MISMATCH', outcome: 'unknown', message: `${field}: ${what}`, field });
}
