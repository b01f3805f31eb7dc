// One typed function for each export of the main module: messages, signatures and notices (src/wasm/messages.rs).
import { HMAC_FLAG, KEY_FLAG } from '../generated/constants.js';
import type { Fields } from '../params.js';
import { core } from './core.js';
import { isPaid, readFields } from './fields.js';
import { type PackedParams, pack } from './params.js';

/** The length of the last call's output, in bytes. */
const lengthOf = (result: number) => result >> 1;

/** Whether the last call set the flag. */
const isYes = (result: number) => (result & 1) === 1;

/** The string that is signed, without the key. */
export function signedText(params: PackedParams): string {
  return core.readText(0, lengthOf(run('signedText', params, undefined, false)));
}

/** The signature of the parameters, in upper case. */
export function sign(params: PackedParams, key: string, isHmac: boolean): string {
  return core.readPlain(0, lengthOf(run('sign', params, key, isHmac)));
}

/** Whether `sign` among the parameters is the signature of the others. */
export function verify(params: PackedParams, key: string, isHmac: boolean): boolean {
  return isYes(run('verify', params, key, isHmac));
}

/** The parameters as XML; with a key, signed. This function packs the parameters itself, because it needs their values again. */
export function writeXml(params: object, key: () => string | undefined, isHmac: boolean): string {
  const values: string[] = [];
  const packed = pack(params, values);
  const result = run('writeXml', packed, key(), isHmac);
  // Instead of a value that is not ASCII, wasm returns a mark. Reading such a value would take longer than all the rest. If wasm
  // wrote one of these values itself, the text is not ASCII, but may contain marks too.
  const text = isYes(result) ? core.readPlain(0, lengthOf(result)) : core.readText(0, lengthOf(result));
  const [begin = '', ...marked] = text.split('\0');
  let xml = begin;
  for (const part of marked) xml += values[part.charCodeAt(0) - 1] + part.slice(1);
  return xml;
}

/** The fields of an answer or of any other flat `<xml>`. */
export function parseXml(body: Uint8Array): Fields {
  return readFields(core.call('parseXml', core.writeBytes(body, 0), 0, 0));
}

/** The ids of the receiver of a notice. An empty id is not compared. No text has NUL. */
export interface NoticeReader {
  key: string;
  /** The accepted ways of signing, in the order MD5, HMAC-SHA256, with a comma between them. */
  signTypes: string;
  appid: string;
  mch_id: string;
  sub_appid: string;
  sub_mch_id: string;
}

/** Opens a notice. Returns its fields, for a refund the decrypted ones too; and whether a payment is paid. */
export function openNotify(
  { key, signTypes, appid, mch_id, sub_appid, sub_mch_id }: NoticeReader,
  body: Uint8Array,
): { fields: Fields; isRefund: boolean; isPaid: boolean } {
  const written = core.writeText(`${key}\0${signTypes}\0${appid}\0${mch_id}\0${sub_appid}\0${sub_mch_id}`);
  const result = core.call('openNotify', written, core.writeBytes(body, written), 0);
  const paid = isPaid();
  return { fields: readFields(result), isRefund: isYes(result), isPaid: paid };
}

/** The XML that answers a notice: accepted, or refused with a reason. */
export function replyNotify(reason: string | undefined): string {
  const written = core.writeText(reason ?? '');
  return core.readText(0, lengthOf(core.call('replyNotify', written, reason === undefined ? 0 : 1, 0)));
}

/** The parts of the second signature. An empty `nonceStr` asks for a fresh one. No text has NUL. */
export interface PrepayTexts {
  appId: string;
  prepay_id: string;
  timeStamp: string;
  nonceStr: string;
  key: string;
}

/** The second signature, and the nonce that was signed. */
export function requestPayment(
  { appId, prepay_id, timeStamp, nonceStr, key }: PrepayTexts,
  isHmac: boolean,
): { nonceStr: string; paySign: string } {
  const written = core.writeText(`${appId}\0${prepay_id}\0${timeStamp}\0${nonceStr}\0${key}`);
  const length = lengthOf(core.call('requestPayment', written, isHmac ? HMAC_FLAG : 0, 0));
  const texts = core.readPlain(0, length);
  const nonceEnd = length - (isHmac ? 64 : 32);
  return { nonceStr: texts.slice(0, nonceEnd), paySign: texts.slice(nonceEnd) };
}

/** 32 random letters and digits. */
export function nonce(): string {
  return core.readPlain(0, lengthOf(core.call('nonce', 0, 0, 0)));
}

/** Runs a call on parameters that were packed just before, with the key after their values if there is one. */
function run(
  operation: 'signedText' | 'sign' | 'verify' | 'writeXml',
  { list, values, count }: PackedParams,
  key: string | undefined,
  isHmac: boolean,
): number {
  let text = values;
  let flags = isHmac ? HMAC_FLAG : 0;
  if (key !== undefined) {
    text += key;
    core.fieldNumbers()[count] = text.length;
    flags += KEY_FLAG;
  }
  const written = core.writeUnits(text);
  return core.call(operation, written, core.writeBytes(list, written), flags);
}
