// Everything that the package offers, whatever way the bytes of the modules arrive.

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
} from './bill.js';
export { WechatPay } from './client.js';
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type { ExchangeReport, OnExchange } from './exchange-report.js';
export type * from './generated/api.js';
export {
  type ExpectedOrder,
  type FailedNotice,
  type Notice,
  type NoticeIds,
  type NotifyOptions,
  openNotify,
  type PaidNotice,
  type PaymentNotice,
  type RefundNotice,
  replyNotify,
  type StoredId,
} from './notify.js';
export type { NotifyHandler } from './notify-handler.js';
export type {
  FoundOrder,
  NoticeContext,
  NotifyListeners,
  RejectedRequest,
  RoutedOrder,
  RouterListeners,
} from './notify-listeners.js';
export type { NoticeReply, NoticeRequest } from './notify-request.js';
export { notifyRouter, type RoutedMerchant } from './notify-router.js';
export type { Certificate, WechatPayOptions } from './options.js';
export type { Fields, Params, Value } from './params.js';
export {
  type BridgePayment,
  bridgePayment,
  type JssdkPayment,
  jssdkPayment,
  type PrepayOptions,
  type RequestPayment,
  requestPayment,
} from './payment.js';
export { type RedisClient, type RedisStoreOptions, redisStore } from './redis-store.js';
export type { Session } from './session.js';
export type { Settlement, SettleOptions } from './settle.js';
export { nonce, type SignType, sign, signedText, verify } from './signing.js';
export { type Claim, type MemoryStoreOptions, memoryStore, type NoticeStore } from './store.js';
export { decryptUserData, type EncryptedUserData } from './user-data.js';
export { buildXml, parseXml, signedXml } from './xml.js';
