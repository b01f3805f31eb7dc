// Settling an order: query, close what is unpaid after its deadline, and query again until the end is known.
import { paramError, WxPayError } from './errors.js';
import type { CallOptions, CloseOrder, CloseOrderAnswer, OrderQuery, OrderQueryAnswer } from './generated/api.js';
import { pause } from './pause.js';

/** How long to wait, and for what. */
export interface SettleOptions extends CallOptions {
  /** Until when the payer may pay, in milliseconds since 1970. An order that is unpaid then is closed. Default now. */
  deadlineMs?: number | undefined;
  /** The pauses between queries, in milliseconds; the last one is repeated. Default 1, 2, 5, 10 and 30 seconds. */
  pausesMs?: readonly number[] | undefined;
}

/**
 * How an order ended. `paid`: money was taken (a later refund does not change that). `closed`: nobody paid and nobody can any more.
 * `missing`: WeChat knows no such order, also after a pause.
 */
export type Settlement =
  | { state: 'paid'; order: OrderQueryAnswer }
  | { state: 'closed'; order: OrderQueryAnswer | undefined }
  | { state: 'missing'; order: undefined };

/** The two calls that settling needs. */
export interface SettlingCalls {
  orderQuery(params: OrderQuery, options?: CallOptions): Promise<OrderQueryAnswer>;
  closeOrder(params: CloseOrder, options?: CallOptions): Promise<CloseOrderAnswer>;
}

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
/** How often an order has to be missing before it is believed: a query can be faster than the order it asks for. */
const MISSES = 3;

/**
 * Brings an order to its end, as the manual says for uncertain ones: query; unpaid after the deadline, close; unknown, query again
 * with growing pauses. It gives up only with its signal: an uncertain order is never called unpaid.
 */
export async function settle(
  calls: SettlingCalls,
  out_trade_no: string,
  options: SettleOptions = {},
): Promise<Settlement> {
  const { deadlineMs = Date.now(), pausesMs = PAUSES_MS, signal } = options ?? {};
  const right =
    Array.isArray(pausesMs) && pausesMs.length > 0 && pausesMs.every((ms) => Number.isInteger(ms) && ms >= 0);
  if (!right) throw paramError('pausesMs', 'must be a list of whole milliseconds');
  if (!Number.isFinite(deadlineMs)) throw paramError('deadlineMs', 'must be milliseconds since 1970');
  let misses = 0;
  for (let round = 0; ; round += 1) {
    const order = await certain(() => calls.orderQuery({ out_trade_no }, { signal }));
    if (order === 'missing') misses += 1;
    else if (order !== 'unknown') {
      misses = 0;
      const { trade_state } = order;
      if (trade_state === 'SUCCESS' || trade_state === 'REFUND') return { state: 'paid', order };
      if (trade_state === 'CLOSED' || trade_state === 'REVOKED') return { state: 'closed', order };
      // A closed order is only believed once a query says so: the payer may have been faster.
      if (isUnpaid(trade_state) && Date.now() >= deadlineMs)
        await certain(() => calls.closeOrder({ out_trade_no }, { signal }));
    }
    if (misses >= MISSES && Date.now() >= deadlineMs) return { state: 'missing', order: undefined };
    await pause(pausesMs[Math.min(round, pausesMs.length - 1)] ?? 1_000, signal);
    if (signal?.aborted) throw givenUp(signal);
  }
}

const isUnpaid = (trade_state: string) => ['NOTPAY', 'NOPAY', 'PAYERROR'].includes(trade_state);

/** The answer, or what is certain without one. What the caller did wrong is thrown: no repetition mends it. */
async function certain<T>(call: () => Promise<T>): Promise<T | 'unknown' | 'missing'> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof WxPayError)) throw error;
    if (error.err_code === 'ORDERNOTEXIST') return 'missing';
    const mendsItself = error.outcome === 'unknown' || error.code === 'ERR_NETWORK' || error.err_code === 'ORDERCLOSED';
    if (mendsItself) return 'unknown';
    throw error;
  }
}

function givenUp(signal: AbortSignal): WxPayError {
  return new WxPayError({
    code: 'ERR_TIMEOUT',
    outcome: 'unknown',
    message: 'settle: given up while the order was still open; call it again later',
    cause: signal.reason,
  });
}
