// The exports that both entries share.

export { beijingTime } from './beijing.js';
export {
  type Bill,
  type BillDifference,
  type BillRow,
  type BillStream,
  type Comments,
  fen,
  type OrderComment,
  parseBill,
  parseComments,
  type ReadBillOptions,
  readBill,
} from './bill/bill.js';
export type { Cause, DiagnosedField, Diagnosis } from './diagnosis.js';
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type * from './generated/api.js';
export type { ErrCode, ErrCodeFacts } from './generated/constants.js';
export type { CallOptions } from './http/call-options.js';
export type { Certificate } from './http/certificate.js';
export type { ExchangeHook, ExchangeReport, ExchangeStart, OnExchange, OnExchangeEnd } from './http/report.js';
export type { PhoneNumber } from './login/phone-number.js';
export { type RedisTokenCacheOptions, redisTokenCache } from './login/redis-token-cache.js';
export type { Session } from './login/session.js';
export type { AccessToken, AccessTokenCache } from './login/token-cache.js';
export { decryptUserData, type EncryptedUserData } from './login/user-data.js';
export type { NotifyHandler } from './notices/handler.js';
export type { FoundOrder, NoticeContext, RejectedRequest, RoutedOrder, RouterListeners } from './notices/listeners.js';
export { type Claim, type MemoryStoreOptions, memoryStore, type NoticeStore } from './notices/memory-store.js';
export type { ExpectedOrder, NoticeIds, StoredId } from './notices/notice.js';
export { type RedisStoreOptions, redisStore } from './notices/redis-store.js';
export type { NoticeReply, NoticeRequest } from './notices/request.js';
export type { SettleOptions } from './orders/settle.js';
export type { Fields, Params, Value } from './params.js';
export type { RedisClient } from './redis.js';
export type { RoutedMerchant } from './router/members.js';
export { type ChooseMerchant, notifyRouter, type UnverifiedIds } from './router/notify-router.js';
export type { RoutedMerchantV3 } from './router/serials.js';
export { WechatPay } from './v2/client.js';
export { errCode } from './v2/err-code.js';
export {
  type FailedNotice,
  type Notice,
  type NotifyListeners,
  type NotifyOptions,
  openNotify,
  type PaidNotice,
  type PaymentNotice,
  type RefundNotice,
  replyNotify,
} from './v2/notice.js';
export type { WechatPayOptions } from './v2/options.js';
export {
  type BridgePayment,
  bridgePayment,
  type JssdkPayment,
  jssdkPayment,
  type PrepayOptions,
  type RequestPayment,
  requestPayment,
} from './v2/payment.js';
export type { Settlement } from './v2/settle.js';
export { nonce, type SignType, sign, signedText, verify } from './v2/signing.js';
export { buildXml, parseXml, signedXml } from './v2/xml.js';
