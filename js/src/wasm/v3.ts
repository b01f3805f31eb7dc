// One typed function for each export of the module v3.wasm (src/wasm/v3.rs). Users of APIv2 never load it.
import * as glue from '../generated/v3.js';
import { Instance } from './instance.js';
import type { MerchantIds, RefusedReply, ResourceKind, SignatureHead } from './v3-data.js';

export type { CertificateData, RequestV3Data } from '../generated/v3.js';

/** The module. An entry file starts it. */
export const v3 = new Instance(glue.initSync, glue.__wbg_reset_state);

/** The text that is signed for a request. `timestamp` is in seconds. */
export function requestText(method: string, path: string, timestamp: number, nonce: string, body: string): string {
  return v3.run(() => glue.requestText(method, path, timestamp, nonce, body));
}

/** The text that is signed for `wx.requestPayment`. */
export function paymentText(appId: string, timeStamp: string, nonceStr: string, pack: string): string {
  return v3.run(() => glue.paymentText(appId, timeStamp, nonceStr, pack));
}

/** The value of the `Authorization` header. */
export function authorizationHeader(
  mchid: string,
  serial: string,
  timestamp: number,
  nonce: string,
  signature: string,
): string {
  return v3.run(() => glue.authorizationHeader(mchid, serial, timestamp, nonce, signature));
}

/** 32 random letters and digits, from the host's own source of random numbers. */
export function nonce(): string {
  return v3.run(() => glue.nonce());
}

/** Checks the ids of a merchant. */
export function checkMerchant(merchant: MerchantIds): void {
  v3.run(() => glue.checkMerchant(idsOf(merchant)));
}

const idsOf = ({ appid, mchid, sub_mchid = '', sub_appid = '' }: MerchantIds) => [appid, mchid, sub_mchid, sub_appid];

/** Makes the request of an API from its parameters as JSON. */
export function prepare(api: string, merchant: MerchantIds, params: string): glue.RequestV3Data {
  return v3.run(() => glue.prepare(api, idsOf(merchant), params));
}

/**
 * Judges a verified answer. Returns the places of encrypted texts in it, such as `download_bill_list/0/encrypt_key`, or undefined
 * where there is no answer to parse.
 */
export function complete(
  api: string,
  merchant: MerchantIds,
  { asked }: Pick<glue.RequestV3Data, 'asked'>,
  body: Uint8Array,
): string[] | undefined {
  return v3.run(() => glue.complete(api, idsOf(merchant), asked.flat(), body));
}

/** Checks the JSON of a body that no declaration describes. Throws `ERR_PARAM` with the path of the member. */
export function checkBody(text: string): void {
  v3.run(() => glue.checkBody(text));
}

/** Checks that a body is JSON with one meaning. `what` names it in the error. */
export function checkJson(body: Uint8Array, what: string): void {
  v3.run(() => glue.checkJson(body, what));
}

/** Checks the signature headers, and returns the canonical serial of the key. `seconds` is the clock, since 1970. */
export function checkHead(what: string, head: SignatureHead, seconds: number): string {
  const { timestamp, nonce, serial, signature, signatureType } = head;
  return v3.run(() => glue.checkHead(what, timestamp, nonce, serial, signature !== '', signatureType, seconds));
}

/** Throws the error for a signature that does not verify. `isKnown`: whether its key is. */
export function refuseSignature(what: string, { serial, signature }: SignatureHead, isKnown: boolean): never {
  return v3.run(() => glue.refuseSignature(what, serial, signature, isKnown)) as never;
}

/** Throws the error for an answer that is not a success. An empty `api` is a call by path. `signed` is the signed text. */
export function refuse(api: string, what: string, { status, request_id, body }: RefusedReply, signed: string): never {
  return v3.run(() => glue.refuse(api, what, status, request_id, body, signed)) as never;
}

/** Checks the envelope of a notice whose signature was verified. */
export function checkEnvelope(body: Uint8Array): void {
  v3.run(() => glue.checkEnvelope(body));
}

/** Throws the error for a notice that does not decrypt. */
export function refuseCipher(): never {
  return v3.run(() => glue.refuseCipher()) as never;
}

const KINDS: readonly ResourceKind[] = ['other', 'payment', 'refund', 'paid', 'combined'];

/** Judges a decrypted resource. */
export function readResource(
  event_type: string,
  plain: Uint8Array,
  { appid, mchid, sub_mchid = '', sub_appid = '' }: MerchantIds,
): ResourceKind {
  const kind = v3.run(() => glue.readResource(event_type, plain, appid, mchid, sub_mchid, sub_appid));
  return KINDS[kind] as ResourceKind;
}

/** The canonical form of a serial, or undefined for a text that is not one. */
export function canonicalSerial(text: string): string | undefined {
  return v3.run(() => glue.serial(text));
}

/** Reads an X.509 certificate from DER. */
export function readCertificate(der: Uint8Array): glue.CertificateData {
  return v3.run(() => glue.readCertificate(der));
}
