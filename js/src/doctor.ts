// The entry of the signature doctor, for every host that compiles wasm. Its module is inside, so nothing is loaded.

export type { Cause, DiagnosedField, Diagnosis, Language } from './doctor/diagnosis.js';
export { explainSignature, type SignatureFacts } from './doctor/signature.js';
export { type ErrorCode, type Outcome, WxPayError, type WxPayErrorDetails } from './errors.js';
export type { Params, Value } from './params.js';
