// How a call of a merchant ends: the shapes of WeChat's answers (manual: 协议规则, return_code and result_code).

import type { Fields } from '../wire/sign.js';

/** What became of a call. */
export type CallOutcome = SignedOutcome | FailedOutcome | PlainOutcome | FileOutcome;

/** An outcome of a call that was understood: `return_code` SUCCESS, and the answer is signed. */
export type SignedOutcome =
  /** `result_code` SUCCESS, with these members beside the common ones. */
  | { kind: 'done'; fields: Fields }
  /** `result_code` FAIL. */
  | { kind: 'refused'; err_code: string; err_code_des: string; fields: Fields };

/** `return_code` FAIL: unsigned, and no other member but `return_msg`, and `error_code` where a bill was asked for. */
export interface FailedOutcome {
  kind: 'failed';
  return_msg: string;
  error_code?: string;
}

/** `return_code` SUCCESS and these members, without the common ones and without a signature. */
export interface PlainOutcome {
  kind: 'plain';
  fields: Fields;
}

/** No XML at all: the text of a bill or of comments, compressed where that was asked for. */
export interface FileOutcome {
  kind: 'file';
  text: string;
  gzip: boolean;
}

/** The call did what it was asked. */
export function done(fields: Fields = new Map()): CallOutcome {
  return { kind: 'done', fields };
}

/** The call was understood and refused; a few calls have members that come with the refusal. */
export function refused(err_code: string, err_code_des: string, fields: Fields = new Map()): CallOutcome {
  return { kind: 'refused', err_code, err_code_des, fields };
}

/** The call was not understood, or its sender is not who he says. */
export function failed(return_msg: string, error_code?: string): FailedOutcome {
  return { kind: 'failed', return_msg, ...(error_code !== undefined && { error_code }) };
}

/** The call was understood, by one of those that answer unsigned. */
export function plain(fields: Fields): CallOutcome {
  return { kind: 'plain', fields };
}

/** The call was refused by one of those that answer unsigned. */
export function plainlyRefused(err_code: string, err_code_des: string): CallOutcome {
  return plain(
    new Map([
      ['result_code', 'FAIL'],
      ['err_code', err_code],
      ['err_code_des', err_code_des],
    ]),
  );
}

/** The call gives a text; `tar_type` GZIP asks for it compressed. */
export function file(text: string, tar_type: string | undefined): CallOutcome {
  return { kind: 'file', text, gzip: tar_type === 'GZIP' };
}
