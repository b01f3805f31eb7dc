// Every call of APIv3 that the gateway answers.

import { type JsapiOrderParts, jsapiOrderRoute } from './jsapi-order.js';
import { orderRoutes } from './orders.js';
import { problem } from './problems.js';
import { type RefundRouteParts, refundRoutes } from './refunds.js';
import type { V3Route } from './v3-api.js';

/** Makes the calls, on the books of the production. */
export function v3Routes(parts: JsapiOrderParts & RefundRouteParts): V3Route[] {
  return [jsapiOrderRoute(parts), ...orderRoutes(parts), ...refundRoutes(parts), CERTIFICATES];
}

/** A new merchant has no platform certificate: the gateway signs with the public key alone (docs: 微信支付公钥). */
const CERTIFICATES: V3Route = {
  method: 'GET',
  path: '/v3/certificates',
  endpoint: () => problem('RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥'),
};
