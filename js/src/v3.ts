// Everything that the package offers for APIv3, for every host.

export { type BillDifference, type BillRow, type BillStream, fen } from './bill/bill.js';
export type { Cause, DiagnosedField, Diagnosis } from './diagnosis.js';
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type * from './generated/api-v3.js';
export type { CallOptions } from './http/call-options.js';
export type { ExchangeHook, ExchangeReport, ExchangeStart, OnExchange, OnExchangeEnd } from './http/report.js';
export type { PhoneNumber } from './login/phone-number.js';
export { type RedisTokenCacheOptions, redisTokenCache } from './login/redis-token-cache.js';
export type { Session } from './login/session.js';
export type { AccessToken, AccessTokenCache } from './login/token-cache.js';
export type { NotifyHandler } from './notices/handler.js';
export type { FoundOrder, NoticeContext, RejectedRequest } from './notices/listeners.js';
export { type Claim, type MemoryStoreOptions, memoryStore, type NoticeStore } from './notices/memory-store.js';
export type { ExpectedOrder, NoticeIds, StoredId } from './notices/notice.js';
export { type RedisStoreOptions, redisStore } from './notices/redis-store.js';
export { type PathCallOptions, WechatPay } from './v3/client.js';
export type { HeadersLike } from './v3/head.js';
export type {
  CombinedNotice,
  Notice,
  NoticeMessage,
  NotifyListeners,
  OtherNotice,
  PaidNotice,
  PaidPart,
  PaymentNotice,
  RefundNotice,
} from './v3/notice.js';
export type { WechatPayOptions } from './v3/options.js';
export type { CombinedSettlement, SettledCombination, Settlement, SettleOptions } from './v3/settle.js';
export {
  type AppPayee,
  type AppPayment,
  type AuthorizationOptions,
  authorization,
  decryptResource,
  type EncryptedResource,
  type RequestPayment,
  type SignatureOptions,
  verifySignature,
} from './v3/signing.js';
