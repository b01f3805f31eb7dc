// The kinds of failures on demand, which replace the true answer of a call.

/** A failure of the next call, by `kind`. */
export type GatewayFault = FaultyCalls & (LostAnswer | ChangedAnswer | CutAnswer);

/** The choice of calls that fail. Calls that are malformed or wrongly signed are not counted. */
export interface FaultyCalls {
  /** A path of the manual, such as `/pay/unifiedorder`, without the sandbox's prefix. Default any call. */
  path?: string;
  /** The number of calls. Default one. */
  times?: number;
}

/** Another answer than the true one, or no answer. */
export type LostAnswer = FailedAnswer & {
  /** `before` (the default): nothing was done. `after`: the work was done, and the answer is lost. */
  when?: 'before' | 'after';
};

/** The replacement of the answer. */
export type FailedAnswer =
  /** `result_code` FAIL, signed if the call's answers are. For the log-in, `errcode` and `errmsg`. */
  | { kind: 'err_code'; err_code: string; err_code_des?: string; status?: number }
  /** `return_code` FAIL, unsigned. Bills have `error_code` too. */
  | { kind: 'refused'; return_msg: string; error_code?: string }
  /** A page with this status. Default an operator's page with status 502. */
  | { kind: 'page'; status?: number; body?: string }
  /** The connection ends. */
  | { kind: 'reset' }
  /** The true answer, this many milliseconds of the gateway's clock later. */
  | { kind: 'delay'; ms: number };

/** The true answer with other members, such as those of another order. Bills, which are not XML, are unchanged. */
export interface ChangedAnswer extends MemberChange {
  kind: 'members';
}

/** The changes in an answer before it is signed. */
export interface MemberChange {
  /** Each replaces the member of its name. Undefined removes it. */
  members?: Readonly<Record<string, string | number | undefined>>;
  /** The signature: right (the default), made with another key, or missing. */
  signature?: 'right' | 'wrong' | 'none';
}

/** The first half of the true answer. */
export interface CutAnswer {
  kind: 'cut';
}
