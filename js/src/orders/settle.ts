// Settling an order: query, close after the deadline if it is unpaid, query until the final state is known.
import { paramError, WxPayError } from '../errors.js';
import type { CallOptions } from '../http/call-options.js';
import { CALL_OPTIONS, signalOf } from '../http/channel.js';
import { pause } from '../http/pause.js';
import type { Names } from '../names.js';
import { own } from '../own.js';

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
export type Settlement<Order> =
  | { state: 'paid'; order: Order }
  | { state: 'closed'; order: Order | undefined }
  | { state: 'missing'; order: undefined };

/** The members of an order that settling reads. */
export interface SettledOrder {
  trade_state: string;
  trade_type?: string | undefined;
}

/**
 * What an error of a call means. After `unknown`, the order is queried again. `by code` says that it is a payment by code, which is
 * reversed. `final` errors are thrown.
 */
export type Verdict = 'missing' | 'unknown' | 'by code' | 'final';

/** The calls that settling needs, each about the one order. */
export interface SettlingCalls<Order extends SettledOrder> {
  query(options: CallOptions): Promise<Order>;
  close(options: CallOptions): Promise<unknown>;
  /** Reverses a payment by code. Returns whether it is certain. */
  reverse?(options: CallOptions): Promise<boolean>;
  /** Judges an error of one of the calls. */
  verdict(error: WxPayError, call: 'query' | 'close' | 'reverse'): Verdict;
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
 * `longestCallMs`: the longest time that a call of this client may take, in milliseconds. `names`: those of its options.
 */
export async function settle<Order extends SettledOrder>(
  calls: SettlingCalls<Order>,
  options: SettleOptions = {},
  longestCallMs = 0,
  names: Names<SettleOptions> = SETTLE_OPTIONS,
): Promise<Settlement<Order>> {
  const signal = signalOf(options, names);
  const { deadlineMs, pausesMs, isPayCode, reverseMs, missingMs } = checked(options ?? {}, longestCallMs);
  // A change of the clock must not move the deadline.
  const startMs = performance.now();
  const passedMs = () => performance.now() - startMs;
  const openMs = deadlineMs === undefined ? 0 : deadlineMs - Date.now();
  const certain = judged(calls.verdict);
  let missingSince: number | undefined;
  const { reverse } = calls;
  let isByCode = reverse !== undefined && (isPayCode ?? false);
  let isReversed = false;
  for (let round = 0; ; round += 1) {
    const order = await certain('query', () => calls.query({ signal }));
    if (order === 'missing') missingSince ??= passedMs();
    else if (order !== 'unknown' && order !== 'by code') {
      missingSince = undefined;
      const { trade_state } = order;
      if (trade_state === 'SUCCESS' || trade_state === 'REFUND') return { state: 'paid', order };
      if (trade_state === 'CLOSED' || trade_state === 'REVOKED') return { state: 'closed', order };
      isByCode = reverse !== undefined && (isPayCode ?? (order.trade_type ? isCode(order) : isByCode || isCode(order)));
      // A closed order needs a query that says so: the payer may have been faster.
      if (!isByCode && isUnpaid(trade_state) && passedMs() >= openMs)
        isByCode = (await certain('close', () => calls.close({ signal }))) === 'by code' && reverse !== undefined;
    }
    if (isByCode && reverse && passedMs() >= Math.max(openMs, reverseMs)) {
      if (isReversed && missingSince !== undefined) return { state: 'closed', order: undefined };
      isReversed = (await certain('reverse', () => reverse({ signal }))) === true;
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
  return { deadlineMs, pausesMs, isPayCode, reverseMs, missingMs };
}

/** The names of the options. */
export const SETTLE_OPTIONS: Names<SettleOptions> = {
  ...CALL_OPTIONS,
  deadlineMs: true,
  pausesMs: true,
  isPayCode: true,
  reverseMs: true,
  missingMs: true,
};

const isUnpaid = (trade_state: string) => ['NOTPAY', 'NOPAY', 'PAYERROR'].includes(trade_state);

/** Only a payer who shows a code enters the password while the shop waits. An unpaid order has no `trade_type` yet. */
const isCode = ({ trade_type, trade_state }: SettledOrder) =>
  trade_type === 'MICROPAY' || trade_type === 'FACEPAY' || (!trade_type && trade_state === 'USERPAYING');

/** Returns the function that returns an answer, or else the verdict. Repeating would not help a final error. */
function judged(verdict: SettlingCalls<SettledOrder>['verdict']) {
  return async <T>(
    name: 'query' | 'close' | 'reverse',
    call: () => Promise<T>,
  ): Promise<T | Exclude<Verdict, 'final'>> => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof WxPayError)) throw error;
      const said = verdict(error, name);
      if (said === 'final') throw error;
      return said;
    }
  };
}

/** Whether the same call may succeed later: WeChat did not answer, or could not be reached. */
export const mayPass = ({ outcome, code }: WxPayError) => outcome === 'unknown' || code === 'ERR_NETWORK';

function givenUp(signal: AbortSignal): WxPayError {
  return new WxPayError({
    code: 'ERR_TIMEOUT',
    outcome: 'unknown',
    message: "settle: the caller's signal aborted it while the order was open; call settle again later",
    cause: signal.reason,
  });
}
