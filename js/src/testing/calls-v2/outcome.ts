// The outcomes of a call: the shapes of WeChat's answers (manual: 协议规则, return_code and result_code).

import type { Fields } from '../wire/sign.js';

/** The outcome of a call. */
export type CallOutcome = SignedOutcome | FailedOutcome | PlainOutcome | FileOutcome;

/** The outcome of a valid call: `return_code` SUCCESS in a signed answer. */
export type SignedOutcome =
  /** `result_code` SUCCESS, with these members and the common ones. */
  | { kind: 'done'; fields: Fields }
  /** `result_code` FAIL. */
  | { kind: 'refused'; err_code: string; err_code_des: string; fields: Fields };

/** `return_code` FAIL, unsigned. Its other members are `return_msg`, and `error_code` for bills. */
export interface FailedOutcome {
  kind: 'failed';
  return_msg: string;
  error_code?: string;
}

/** `return_code` SUCCESS and these members, without the common ones, unsigned. */
export interface PlainOutcome {
  kind: 'plain';
  fields: Fields;
}

/** The text of a bill or of comments, not XML. It is compressed if the caller asks for that. */
export interface FileOutcome {
  kind: 'file';
  text: string;
  gzip: boolean;
}

/** Makes the outcome of a call that succeeded. */
export function done(fields: Fields = new Map()): CallOutcome {
  return { kind: 'done', fields };
}

/** Makes the outcome of a refused call. A few calls add members. */
export function refused(err_code: string, err_code_des: string, fields: Fields = new Map()): CallOutcome {
  return { kind: 'refused', err_code, err_code_des, fields };
}

/** Makes the outcome of a call that is malformed or has a wrong sender. */
export function failed(return_msg: string, error_code?: string): FailedOutcome {
  return { kind: 'failed', return_msg, ...(error_code !== undefined && { error_code }) };
}

/** Makes the unsigned outcome of a call that succeeded. */
export function plain(fields: Fields): CallOutcome {
  return { kind: 'plain', fields };
}

/** Makes the unsigned outcome of a refused call. */
export function plainlyRefused(err_code: string, err_code_des: string): CallOutcome {
  return plain(
    new Map([
      ['result_code', 'FAIL'],
      ['err_code', err_code],
      ['err_code_des', err_code_des],
    ]),
  );
}

/** Makes the outcome with a text. `tar_type` GZIP compresses it. */
export function file(text: string, tar_type: string | undefined): CallOutcome {
  return { kind: 'file', text, gzip: tar_type === 'GZIP' };
}
