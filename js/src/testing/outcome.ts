// How a call of a merchant ends: the three shapes of WeChat's answers (manual: 协议规则, return_code and result_code).

import type { Fields } from './sign.js';

/** What became of a call. */
export type Outcome = SignedOutcome | FailedOutcome;

/** An outcome of a call that was understood: `return_code` SUCCESS, and the answer is signed. */
export type SignedOutcome =
  /** `result_code` SUCCESS, with these members beside the common ones. */
  | { kind: 'done'; fields: Fields }
  /** `result_code` FAIL. */
  | { kind: 'refused'; err_code: string; err_code_des: string };

/** `return_code` FAIL: unsigned, and no other member but `return_msg`. */
export interface FailedOutcome {
  kind: 'failed';
  return_msg: string;
}

/** The call did what it was asked. */
export function done(fields: Fields = new Map()): Outcome {
  return { kind: 'done', fields };
}

/** The call was understood and refused. */
export function refused(err_code: string, err_code_des: string): Outcome {
  return { kind: 'refused', err_code, err_code_des };
}

/** The call was not understood, or its sender is not who he says. */
export function failed(return_msg: string): Outcome {
  return { kind: 'failed', return_msg };
}
