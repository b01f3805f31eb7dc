// One typed function for each export of the module calls.wasm (src/wasm/calls.rs), which a program that only signs never loads.
import * as glue from '../generated/calls.js';
import type { Fields } from '../params.js';
import { fieldsOf } from './fields.js';
import { Instance } from './instance.js';

export type { MerchantData, RequestData } from '../generated/calls.js';

/** The module. An entry file starts it. */
export const calls = new Instance(glue.initSync, glue.__wbg_reset_state);

/** Checks a merchant's configuration. */
export function checkMerchant(merchant: glue.MerchantData): void {
  calls.run(() => glue.checkMerchant(merchant));
}

/** Makes the request of an API as data, from names and values in turn. */
export function prepare(api: string, merchant: glue.MerchantData, nonce: string, params: string[]): glue.RequestData {
  return calls.run(() => glue.prepare(merchant, api, nonce, params));
}

/** Judges an answer to a request: its documented members, and every field as text. */
export function complete(
  api: string,
  merchant: glue.MerchantData,
  { asked }: Pick<glue.RequestData, 'asked'>,
  body: Uint8Array,
): Record<string, unknown> & { fields: Fields } {
  const { typed, fields } = calls.run(() => glue.complete(merchant, api, asked.flat(), body));
  return { ...typed, fields: fieldsOf(fields) };
}

/** Decrypts the data of the log-in, which should be JSON. */
export function decryptUserData(session_key: string, iv: string, encryptedData: string): string {
  return calls.run(() => glue.decryptUserData(session_key, iv, encryptedData));
}
