// The exports of paysign/testing: a local WeChat Pay for tests and demonstrations.

export type { AppPayParams } from './app-payment.js';
export { type ChangeKeyPhase, KEY_PHASES, type KeyPhase, type KeyPhaseOptions } from './books/key-phases.js';
export type { GatewayMerchant, GatewaySubMerchant } from './books/merchants.js';
export type { OrderRecord, OrderSignType, TradeState } from './books/orders.js';
export type { DecideMicropay, Micropay, MicropayDecision } from './books/pay-codes.js';
export type { RefundRecord, RefundStatus } from './books/refunds.js';
export type { ByHand, NoticeChoice, OrderChoice, RefundByHand, RefundResult } from './by-hand.js';
export type { OrderComment } from './calls-v2/comments.js';
export type { V3CallRecord } from './calls-v3/call-log.js';
export type {
  GatewayClientChoice,
  GatewayClientOptions,
  GatewayV3ClientChoice,
  GatewayV3ClientOptions,
  GatewayV3DownloadChoice,
  GatewayV3DownloadOptions,
  MakeClient,
} from './client-options.js';
export type { GatewayEvent, GatewayHappening } from './events.js';
export {
  CALL_FAULTS,
  type CallFaultName,
  type FaultRates,
  NOTICE_FAULTS,
  type NoticeFaultName,
} from './faults/by-chance.js';
export type {
  ChangedAnswer,
  CutAnswer,
  FailedAnswer,
  FaultyCalls,
  GatewayFault,
  LostAnswer,
  MemberChange,
} from './faults/kinds.js';
export { createGateway, type Gateway } from './gateway.js';
export type { PhoneNumberChoice } from './mini-program/phone-number.js';
export { type NoticeAttempt, type NoticeRecord, WECHAT_RETRY_DELAYS_MS } from './notices/desk.js';
export type { Fake, Forgery } from './notices/forgery.js';
export type { GatewayOptions } from './options.js';
export type { PayParams, PayResult, RequestPaymentParams } from './phone.js';
export type { Probe, ProbeChoice } from './probes.js';
export type { GatewayCertificates, MerchantCertificate } from './server/certificates.js';
export type { ListenOptions } from './server/listening.js';
export type { RenewalOptions, RenewedCertificate } from './server/platform-certificates.js';
export type { ListeningGateway } from './server/server.js';
export { type Clock, createManualClock, createSkewedClock, type ManualClock } from './wire/clock.js';
export type { SignType } from './wire/sign.js';
