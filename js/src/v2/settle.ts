// Settling an order: query, close after the deadline if it is unpaid, query until the final state is known.
import { paramError, WxPayError } from '../errors.js';
import type {
  CloseOrder,
  CloseOrderAnswer,
  OrderQuery,
  OrderQueryAnswer,
  Reverse,
  ReverseAnswer,
} from '../generated/api.js';
import type { CallOptions } from '../http/call-options.js';
import { signalOf } from '../http/channel.js';
import { pause } from '../http/pause.js';
import { own } from '../own.js';
import { errCode } from './err-code.js';

/** Options of settling. */
export interface SettleOptions extends CallOptions {
  /** Until when the payer may pay, in milliseconds since 1970. An order that is unpaid then is closed. Default: it is closed at once. */
  deadlineMs?: number | undefined;
  /** The pauses between queries, in milliseconds; the last one is repeated. Default 1, 2, 5, 10 and 30 seconds. */
  pausesMs?: readonly number[] | undefined;
  /**
   * Whether this is a payment by code (`micropay`), which cannot be closed. It is queried for `reverseMs` and then reversed (撤销, with
   * the certificate). Otherwise a call that is still under way could take the money later. Default: as the query says, by `USERPAYING`
   * or a `trade_type`. Set it for an order that WeChat does not know yet.
   */
  isPayCode?: boolean | undefined;
  /** How long a payment by code is queried before it is reversed, in milliseconds. Default 30000, as in the manual. */
  reverseMs?: number | undefined;
  /**
   * How long WeChat must not know the order before it is `missing`, in milliseconds: longer than any call can take.
   * Default 60000, or twice the client's `timeoutMs` for each of its attempts if that is more.
   */
  missingMs?: number | undefined;
}

/**
 * How an order ended. `paid`: money was taken (a later refund does not change that). `closed`: the order can no longer be paid, or a
 * payment by code was reversed, and its money goes back. `missing`: WeChat has known no such order for `missingMs`.
 */
export type Settlement =
  | { state: 'paid'; order: OrderQueryAnswer }
  | { state: 'closed'; order: OrderQueryAnswer | undefined }
  | { state: 'missing'; order: undefined };

/** The calls that settling needs. */
export interface SettlingCalls {
  orderQuery(params: OrderQuery, options?: CallOptions): Promise<OrderQueryAnswer>;
  closeOrder(params: CloseOrder, options?: CallOptions): Promise<CloseOrderAnswer>;
  reverse(params: Reverse, options?: CallOptions): Promise<ReverseAnswer>;
}

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
/** How long an order is unknown before it is called missing, in milliseconds. */
const MISSING_MS = 60_000;
/** How long a payment by code is queried before it is reversed, in milliseconds (付款码支付: query for 30 seconds). */
const REVERSE_MS = 30_000;

/**
 * Settles an order, as the manual says for uncertain orders. Queries the order, and closes it if it is unpaid after the deadline.
 * While the result is unknown, queries again with growing pauses. Only the signal ends this early: an uncertain order is never
 * called unpaid.
 *
 * `longestCallMs`: the longest time that a call of this client may take, in milliseconds.
 */
export async function settle(
  calls: SettlingCalls,
  out_trade_no: string,
  options: SettleOptions = {},
  longestCallMs = 0,
): Promise<Settlement> {
  const { deadlineMs, pausesMs, isPayCode, reverseMs, missingMs, signal } = checked(options ?? {}, longestCallMs);
  // A change of the clock must not move the deadline.
  const startMs = performance.now();
  const passedMs = () => performance.now() - startMs;
  const openMs = deadlineMs === undefined ? 0 : deadlineMs - Date.now();
  let missingSince: number | undefined;
  let isByCode = isPayCode ?? false;
  let isReversed = false;
  for (let round = 0; ; round += 1) {
    const order = await certain(() => calls.orderQuery({ out_trade_no }, { signal }));
    if (order === 'missing') missingSince ??= passedMs();
    else if (order !== 'unknown') {
      missingSince = undefined;
      const { trade_state } = order;
      if (trade_state === 'SUCCESS' || trade_state === 'REFUND') return { state: 'paid', order };
      if (trade_state === 'CLOSED' || trade_state === 'REVOKED') return { state: 'closed', order };
      isByCode = isPayCode ?? (order.trade_type ? isCode(order) : isByCode || isCode(order));
      // A closed order needs a query that says so: the payer may have been faster.
      if (!isByCode && isUnpaid(trade_state) && passedMs() >= openMs)
        await certain(() => calls.closeOrder({ out_trade_no }, { signal }));
    }
    if (isByCode && passedMs() >= Math.max(openMs, reverseMs)) {
      if (isReversed && missingSince !== undefined) return { state: 'closed', order: undefined };
      const reversed = await certain(() => calls.reverse({ out_trade_no }, { signal }), CANNOT_REVERSE);
      isReversed = typeof reversed === 'object' && reversed.recall !== 'Y';
    }
    // A query without an answer proves nothing. The last answer must be that the order does not exist.
    const missedMs = order === 'missing' && missingSince !== undefined ? passedMs() - missingSince : 0;
    if (order === 'missing' && missedMs >= missingMs && passedMs() >= openMs)
      return { state: 'missing', order: undefined };
    await pause(pausesMs[Math.min(round, pausesMs.length - 1)] ?? 1_000, signal);
    if (signal?.aborted) throw givenUp(signal);
  }
}

function checked(given: SettleOptions, longestCallMs: number) {
  const options = own(given);
  const { deadlineMs, pausesMs = PAUSES_MS, isPayCode, reverseMs = REVERSE_MS } = options;
  const { missingMs = Math.max(MISSING_MS, 2 * longestCallMs) } = options;
  const right =
    Array.isArray(pausesMs) && pausesMs.length > 0 && pausesMs.every((ms) => Number.isInteger(ms) && ms >= 0);
  if (!right) throw paramError('pausesMs', 'must be a list of whole milliseconds');
  if (deadlineMs !== undefined && !Number.isFinite(deadlineMs))
    throw paramError('deadlineMs', 'must be milliseconds since 1970');
  if (isPayCode !== undefined && typeof isPayCode !== 'boolean') throw paramError('isPayCode', 'must be true or false');
  for (const [name, ms] of Object.entries({ reverseMs, missingMs })) {
    if (!(Number.isInteger(ms) && ms >= 0)) throw paramError(name, 'must be a whole number of milliseconds');
  }
  return { deadlineMs, pausesMs, isPayCode, reverseMs, missingMs, signal: signalOf(options) };
}

/** WeChat's codes for an order that it cannot reverse now: unknown or refunded. The next query says which. */
const CANNOT_REVERSE = ['TRADE_ERROR', 'INVALID_TRANSACTIONID'];

const isUnpaid = (trade_state: string) => ['NOTPAY', 'NOPAY', 'PAYERROR'].includes(trade_state);

/** Only a payer who shows a code enters the password while the shop waits. An unpaid order has no `trade_type` yet. */
const isCode = ({ trade_type, trade_state }: OrderQueryAnswer) =>
  trade_type === 'MICROPAY' || trade_type === 'FACEPAY' || (!trade_type && trade_state === 'USERPAYING');

/** The answer; without an answer, `unknown` or `missing`. An error of the caller is thrown: repeating would not help. */
async function certain<T>(
  call: () => Promise<T>,
  mendable: readonly string[] = ['ORDERCLOSED'],
): Promise<T | 'unknown' | 'missing'> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof WxPayError)) throw error;
    // An attacker on the network can write the unsigned err_code of an ERR_REFUSED.
    const err_code = error.code === 'ERR_FAILED' ? (error.err_code ?? '') : '';
    if (err_code === 'ORDERNOTEXIST') return 'missing';
    const isAskedAgain = error.code === 'ERR_FAILED' && error.recall === 'Y';
    const mendsItself =
      error.outcome === 'unknown' ||
      error.code === 'ERR_NETWORK' ||
      isAskedAgain ||
      isPassing(error) ||
      mendable.includes(err_code);
    if (mendsItself) return 'unknown';
    throw error;
  }
}

/** Whether an unsigned refusal may pass: WeChat is busy, or its code is not documented. */
function isPassing({ code, err_code = '', return_msg = '' }: WxPayError): boolean {
  const isUndocumented = err_code !== '' && errCode(err_code) === undefined;
  return code === 'ERR_REFUSED' && (isUndocumented || /频率|频繁|frequen|too (fast|many)/i.test(err_code + return_msg));
}

function givenUp(signal: AbortSignal): WxPayError {
  return new WxPayError({
    code: 'ERR_TIMEOUT',
    outcome: 'unknown',
    message: "settle: the caller's signal aborted it while the order was open; call settle again later",
    cause: signal.reason,
  });
}
