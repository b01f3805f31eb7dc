// Every call of APIv3 that the gateway answers.

import type { TillParts } from '../books/pay-codes.js';
import { abnormalRefundRoute } from './abnormal-refund.js';
import { type BillRouteParts, billRoutes } from './bills.js';
import { type CertificateRouteParts, certificatesRoute } from './certificates.js';
import { codepayRoutes } from './codepay.js';
import { type OrderPlacingParts, orderPlacingRoutes } from './order-placing.js';
import { orderRoutes } from './orders.js';
import { type RefundRouteParts, refundRoutes } from './refunds.js';
import { reverseRoutes } from './reverse.js';
import type { V3Route } from './v3-api.js';

/** Makes the calls, on the books of the production. */
export function v3Routes(
  parts: OrderPlacingParts & RefundRouteParts & CertificateRouteParts & BillRouteParts & TillParts,
): V3Route[] {
  return [
    ...orderPlacingRoutes(parts),
    ...orderRoutes(parts),
    ...refundRoutes(parts),
    ...codepayRoutes(parts),
    ...reverseRoutes(parts),
    abnormalRefundRoute(parts),
    ...billRoutes(parts),
    certificatesRoute(parts),
  ];
}
