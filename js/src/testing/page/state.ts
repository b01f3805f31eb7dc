// The state of the gateway for its page.

import type { OrderRecord } from '../books/orders.js';
import type { RefundRecord } from '../books/refunds.js';
import type { NoticeRecord } from '../notices/desk.js';

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
}
