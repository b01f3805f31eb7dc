// Everything that the package offers for APIv3, for every host.
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type * from './generated/api-v3.js';
export type { CallOptions } from './http/call-options.js';
export type { ExchangeReport, OnExchange } from './http/report.js';
export type { Session } from './login/session.js';
export { WechatPay } from './v3/client.js';
export type { HeadersLike } from './v3/keys.js';
export type { NoticeMessage, NoticeV3, OtherNoticeV3, PaymentNoticeV3, RefundNoticeV3 } from './v3/notice.js';
export type { WechatPayOptions } from './v3/options.js';
export {
  type AuthorizationOptions,
  authorization,
  decryptResource,
  type EncryptedResource,
  type RequestPaymentV3,
  type SignatureOptions,
  verifySignature,
} from './v3/signing.js';
