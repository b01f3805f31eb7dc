// The entry of the signature doctor, for every host that compiles wasm. Its module is inside, so nothing is loaded.

export type { Cause, DiagnosedField, Diagnosis, Language } from './diagnosis.js';
export { explainSignature, type SignatureFacts } from './doctor/signature.js';
export {
  explainV3Notice,
  explainV3Payment,
  explainV3Request,
  type V3NoticeFacts,
  type V3PaymentFacts,
  type V3RequestFacts,
} from './doctor/v3.js';
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type { Params, Value } from './params.js';
export type { HeadersLike } from './v3/head.js';
