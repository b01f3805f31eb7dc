// paysign/testing: a local WeChat Pay for tests and demonstrations. This file lists what it exports.

export type { ByHand, NoticeChoice, OrderChoice, RefundByHand, RefundResult } from './by-hand.js';
export type { GatewayCertificates, MerchantCertificate } from './certificates.js';
export { type Clock, createManualClock, createSkewedClock, type ManualClock } from './clock.js';
export type { OrderComment } from './comments.js';
export type { GatewayEvent, GatewayHappening } from './events.js';
export {
  CALL_FAULTS,
  type CallFaultName,
  type FaultRates,
  NOTICE_FAULTS,
  type NoticeFaultName,
} from './fault-rates.js';
export type {
  ChangedAnswer,
  CutAnswer,
  FailedAnswer,
  FaultyCalls,
  GatewayFault,
  LostAnswer,
  MemberChange,
} from './faults.js';
export { createGateway, type Gateway, type GatewayOptions, type ListenOptions } from './gateway.js';
export type { GatewayMerchant, GatewaySubMerchant } from './merchants.js';
export type { DecideMicropay, Micropay, MicropayDecision } from './micropay.js';
export { type Forgery, type NoticeAttempt, type NoticeRecord, WECHAT_RETRY_DELAYS_MS } from './notices.js';
export type { OrderRecord, TradeState } from './orders.js';
export type { PayParams, PayResult, RequestPaymentParams } from './phone.js';
export type { RefundRecord, RefundStatus } from './refunds.js';
export type { ListeningGateway } from './server.js';
export type { SignType } from './sign.js';
