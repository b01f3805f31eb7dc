// One typed function for each export of the doctor's module (src/wasm/doctor.rs).
import * as glue from '../generated/doctor.js';
import { Instance } from './instance.js';

export type { DiagnosisData } from '../generated/doctor.js';

/** The module. Its entry file starts it. */
export const doctor = new Instance(glue.initSync, glue.__wbg_reset_state);

/** The arguments of {@link explainSignature}. */
export interface SignatureData {
  /** The message as text, or `undefined` for fields. */
  text: string | undefined;
  /** Names and values in turn. */
  fields: string[];
  key: string;
  signature: string | undefined;
  signType: string;
  /** Names and keys in turn. */
  keys: string[];
  /** Characters beyond ASCII, and the two bytes of each in GBK. */
  letters: string;
  gbk: Uint8Array;
  isChinese: boolean;
}

/** Explains a signature of APIv2. */
export function explainSignature(data: SignatureData): glue.DiagnosisData {
  const { text, fields, key, signature, signType, keys, letters, gbk, isChinese } = data;
  return doctor.run(() => glue.explainSignature(text, fields, key, signature, signType, keys, letters, gbk, isChinese));
}
