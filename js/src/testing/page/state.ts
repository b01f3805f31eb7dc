// What the page shows of its gateway.

import type { OrderRecord } from '../books/orders.js';
import type { RefundRecord } from '../books/refunds.js';
import type { NoticeRecord } from '../notices/desk.js';

/** What the page shows. */
export interface PageState {
  /** The gateway's clock, in milliseconds since 1970-01-01 UTC. */
  nowMs: number;
  seed: string | number;
  /** The mini programs that somebody can log in at. */
  appids: string[];
  /** The newest first, the same as everywhere below. */
  orders: OrderRecord[];
  refunds: RefundRecord[];
  notices: NoticeRecord[];
}
