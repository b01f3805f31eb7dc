// One set of books and all calls that use it: one for production, another for the sandbox.

import type { Merchants } from '../books/merchants.js';
import { createOrderBook, type OrderBook } from '../books/orders.js';
import type { DecideMicropay } from '../books/pay-codes.js';
import { createRefunding, type Refunding } from '../books/refunding.js';
import { createRefundBook, type RefundBook } from '../books/refunds.js';
import type { Tell } from '../events.js';
import type { Exchanges } from '../exchanges.js';
import type { Faults } from '../faults/on-demand.js';
import type { NoticeDesk } from '../notices/desk.js';
import type { Letters } from '../notices/letters.js';
import type { Clock } from '../wire/clock.js';
import type { RandomText } from '../wire/random.js';
import type { SignType } from '../wire/sign.js';
import type { Timers } from '../wire/timers.js';
import { failedBill } from './call-problems.js';
import { createCloseOrder } from './close-order.js';
import { type CommentDesk, createCommentDesk } from './comments.js';
import { createDownloadBill } from './download-bill.js';
import { createDownloadFundFlow } from './fund-flow.js';
import { createMicropay } from './micropay.js';
import { createOrderQuery } from './order-query.js';
import { createPayApi, type PayApi, type PayEndpoint, type PayRoute } from './pay-api.js';
import { createRefund } from './refund.js';
import { createRefundQuery } from './refund-query.js';
import { createReport } from './report.js';
import { createReverse } from './reverse.js';
import { createAuthCodeToOpenid, createShortUrl } from './tools.js';
import { createUnifiedOrder } from './unified-order.js';

/** The books and the calls. */
export interface Environment {
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly refunding: Refunding;
  readonly comments: CommentDesk;
  /** The endpoint for refunds, without the checks of a call. */
  readonly refund: PayEndpoint;
  readonly api: PayApi;
  /** All paths of this environment. */
  readonly paths: ReadonlySet<string>;
}

/** The parts of an environment. */
export interface EnvironmentParts {
  readonly merchants: Merchants;
  readonly notices: NoticeDesk;
  readonly letters: Letters;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomText;
  readonly tell: Tell;
  readonly faults: Faults;
  readonly exchanges: Exchanges;
  readonly refundDelayMs: number;
  readonly decideMicropay: DecideMicropay;
  /** Returns whether the payer has logged in to another mini program, but not to this one. */
  readonly isOfAnother: (appid: string, openid: string) => boolean;
  /** More calls than every environment has. */
  readonly moreRoutes: readonly (readonly [string, PayRoute])[];
  /** The only algorithm of the environment. Default both. */
  readonly onlySignType?: SignType;
}

/** Makes an environment with empty books. */
export function createEnvironment(parts: EnvironmentParts): Environment {
  const orders = createOrderBook(parts.clock);
  const refunds = createRefundBook();
  const refunding = createRefunding({ ...parts, refunds });
  const shared = { ...parts, orders, refunds, refunding };
  const refund = { endpoint: createRefund(shared), needsCertificate: true };
  const refundQuery = { endpoint: createRefundQuery(shared) };
  const comments = createCommentDesk(shared);
  const routes = new Map<string, PayRoute>([
    ['/pay/unifiedorder', { endpoint: createUnifiedOrder(shared) }],
    ['/pay/orderquery', { endpoint: createOrderQuery(shared) }],
    ['/pay/closeorder', { endpoint: createCloseOrder(shared) }],
    ['/secapi/pay/refund', refund],
    ['/secapi/pay/refundv2', refund],
    ['/pay/refundquery', refundQuery],
    ['/pay/refundqueryv2', refundQuery],
    ['/pay/micropay', { endpoint: createMicropay(shared) }],
    ['/secapi/pay/reverse', { endpoint: createReverse(shared), needsCertificate: true }],
    ['/pay/downloadbill', { endpoint: createDownloadBill(shared), ...WHOLE, fail: failedBill }],
    ['/pay/downloadfundflow', { endpoint: createDownloadFundFlow(shared), ...HMAC_FILE }],
    ['/billcommentsp/batchquerycomment', { endpoint: comments.endpoint, ...HMAC_FILE }],
    ['/tools/shorturl', { endpoint: createShortUrl(shared) }],
    ['/tools/authcodetoopenid', { endpoint: createAuthCodeToOpenid(shared) }],
    ['/payitil/report', { endpoint: createReport(shared), ...WHOLE }],
  ]);
  for (const [path, route] of parts.moreRoutes) routes.set(path, route);
  const open = restrict(routes, parts.onlySignType);
  const { endpoint } = refund;
  return {
    orders,
    refunds,
    refunding,
    comments,
    refund: endpoint,
    api: createPayApi({ ...parts, routes: open }),
    paths: new Set(open.keys()),
  };
}

/** Calls about a whole merchant number. Their answers are not signed. */
const WHOLE = { wholeMerchant: true, unsigned: true } as const;

/** Two calls that return a file. They need a certificate, and use HMAC-SHA256 without `sign_type` too. */
const HMAC_FILE = { ...WHOLE, needsCertificate: true, onlySignType: 'HMAC-SHA256' } as const;

/** Restricts the calls to one algorithm. Those that need the other are removed. */
function restrict(routes: ReadonlyMap<string, PayRoute>, only: SignType | undefined): ReadonlyMap<string, PayRoute> {
  if (only === undefined) return routes;
  const possible = [...routes].filter(([, route]) => (route.onlySignType ?? only) === only);
  return new Map(possible.map(([path, route]) => [path, { ...route, onlySignType: only }]));
}
