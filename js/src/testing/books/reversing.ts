// The reversing of pay-code orders in both generations, which closes them and returns the money.

import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { Order } from './orders.js';
import { newRefundId } from './payments.js';

/** Why an order cannot be reversed. `too early` ends by itself. */
export type ReverseObstacle = 'not by pay code' | 'refunded' | 'too late' | 'too early';

/** Reverses an order. Returns the obstacle, or undefined once the order is reversed. To reverse again is harmless. */
export function reverseOrder(
  order: Order,
  parts: { readonly clock: Clock; readonly random: RandomText },
): ReverseObstacle | undefined {
  if (order.trade_state === 'REVOKED') return undefined;
  const nowMs = parts.clock.now();
  const obstacle = judge(order, nowMs);
  if (obstacle !== undefined) return obstacle;
  if (order.trade_state === 'SUCCESS') order.reversal = { refund_id: newRefundId(parts), timeMs: nowMs };
  order.trade_state = 'REVOKED';
  return undefined;
}

function judge(order: Order, nowMs: number): ReverseObstacle | undefined {
  if (order.trade_type !== 'MICROPAY') return 'not by pay code';
  if (order.trade_state === 'REFUND') return 'refunded';
  const ageMs = nowMs - order.createdMs;
  if (ageMs > LATEST_MS) return 'too late';
  return ageMs < EARLIEST_MS ? 'too early' : undefined;
}

/**
 * An order can be reversed from 15 seconds to 7 days after the call that placed it (manual: 撤销订单). The pages of APIv3 name no
 * limit, and both generations reverse the same orders: APIv3 has the limit of APIv2. A payment of an earlier day is better refunded.
 */
const EARLIEST_MS = 15 * 1000;
const LATEST_MS = 7 * 24 * 60 * 60 * 1000;
