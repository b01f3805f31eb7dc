// Every call of APIv3 that the gateway answers.

import { createCombinationBook } from '../books/combinations.js';
import type { TillParts } from '../books/pay-codes.js';
import { abnormalRefundRoute } from './abnormal-refund.js';
import { type BillRouteParts, billRoutes } from './bills.js';
import { type CertificateRouteParts, certificatesRoute } from './certificates.js';
import { codepayRoutes } from './codepay.js';
import { combineRoutes } from './combine.js';
import { combineOrderRoutes } from './combine-orders.js';
import { type OrderPlacingParts, orderPlacingRoutes } from './order-placing.js';
import { orderRoutes } from './orders.js';
import { type RefundRouteParts, refundRoutes } from './refunds.js';
import { reverseRoutes } from './reverse.js';
import type { V3Route } from './v3-api.js';

/** Makes the calls, on the books of the production. */
export function v3Routes(
  parts: OrderPlacingParts & RefundRouteParts & CertificateRouteParts & BillRouteParts & TillParts,
): V3Route[] {
  const combined = { ...parts, combinations: createCombinationBook() };
  return [
    ...orderPlacingRoutes(parts),
    ...orderRoutes(parts),
    ...refundRoutes(parts),
    ...codepayRoutes(parts),
    ...reverseRoutes(parts),
    ...combineRoutes(combined),
    ...combineOrderRoutes(combined),
    abnormalRefundRoute(parts),
    ...billRoutes(parts),
    certificatesRoute(parts),
  ];
}
