// The one door to the module `calls.wasm`: the calls of WeChat's API, bills, and the data of the log-in (src/wasm/calls.rs).
import { __wbg_reset_state, initSync } from '../generated/calls.js';
import { Instance } from './module.js';

/** The module, which a program that only signs and opens notices never loads. */
export const calls = new Instance<
  'checkMerchant' | 'complete' | 'decryptUserData' | 'prepare' | 'readBill' | 'readComments'
>(initSync, __wbg_reset_state);

/** A request as data. */
export interface RequestData {
  path: string;
  body: string;
  certificate: boolean;
  repeatable: boolean;
  /** Names and values in turn that the answer must repeat. */
  asked: string[];
}

/** A merchant as the core takes it. */
export interface MerchantData {
  appid: string;
  mch_id: string;
  key: string;
  signType: string;
  sub_appid: string;
  sub_mch_id: string;
}

/** Checks a merchant's configuration. */
export function checkMerchant(merchant: MerchantData): void {
  calls.call('checkMerchant', calls.writeText(texts(merchant).join('\0')), 0, 0);
}

/** Makes the request of an API as data, from names and values in turn. */
export function prepare(api: string, merchant: MerchantData, nonce: string, params: readonly string[]): RequestData {
  const text = [...texts(merchant), whole(api), nonce, ...params].join('\0');
  const result = calls.call('prepare', calls.writeText(text), 0, 0);
  return JSON.parse(calls.readText(0, result >> 1));
}

/** Judges an answer: `typed` holds the documented members, `packed` every field, names and values in turn with NUL behind each. */
export function complete(
  api: string,
  merchant: MerchantData,
  asked: readonly string[],
  body: Uint8Array,
): { packed: string; typed: Record<string, unknown> } {
  const text = calls.writeText([...texts(merchant), whole(api), ...asked].join('\0'));
  const result = calls.call('complete', text, calls.writeBytes(body, text), 0);
  const answer = calls.readText(0, result >> 1);
  // It may hold a key: that of the sandbox is an answer.
  calls.readBytes(result >> 1).fill(0);
  const end = answer.indexOf('\0');
  return { typed: JSON.parse(answer.slice(0, end)), packed: answer.slice(end + 1) };
}

function texts({ appid, mch_id, key, signType, sub_appid, sub_mch_id }: MerchantData): string[] {
  return [appid, mch_id, key, signType, sub_appid, sub_mch_id].map(whole);
}

/** A text that NUL does not part: where no NUL may stand, the core refuses a blank all the same. */
const whole = (text: string) => text.replaceAll('\0', ' ');
