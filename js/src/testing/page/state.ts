// The state of the gateway for its page.

import type { KeyPhase } from '../books/key-phases.js';
import type { OrderRecord } from '../books/orders.js';
import type { RefundRecord } from '../books/refunds.js';
import type { V3CallRecord } from '../calls-v3/call-log.js';
import type { NoticeRecord } from '../notices/desk.js';
import type { RefusedSignature } from '../refusals.js';

/** The state that the page shows. */
export interface PageState {
  /** The gateway's clock, in milliseconds since 1970-01-01 UTC. */
  nowMs: number;
  seed: string | number;
  /** The mini programs for the log-in. */
  appids: string[];
  /** The newest first, as in the lists below. */
  orders: OrderRecord[];
  refunds: RefundRecord[];
  notices: NoticeRecord[];
  /** The calls of APIv3, without what was encrypted in them. */
  calls: V3CallRecord[];
  /** The calls with a wrong signature, and why each is wrong. */
  refused: RefusedSignature[];
  /** The key phase of each merchant number with an APIv3 key. */
  phases: Record<string, KeyPhase>;
}
