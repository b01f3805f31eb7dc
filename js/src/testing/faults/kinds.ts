// The kinds of failures that a call can meet in place of its true answer.

/** A failure that the next call meets, told apart by `kind`. */
export type GatewayFault = FaultyCalls & (LostAnswer | ChangedAnswer | CutAnswer);

/** Which calls fail. A call that cannot be read, or is not signed by its merchant, meets none. */
export interface FaultyCalls {
  /** A path of the manual, such as `/pay/unifiedorder`, without the sandbox's prefix; any call by default. */
  path?: string;
  /** How many calls; one by default. */
  times?: number;
}

/** Another answer than the true one, or none. */
export type LostAnswer = FailedAnswer & {
  /** `before`: nothing was done (the default). `after`: all was done, and only its answer is lost. */
  when?: 'before' | 'after';
};

/** What comes in place of the answer. */
export type FailedAnswer =
  /** `result_code` FAIL, signed where the call's answers are; the log-in's `errcode` and `errmsg`. */
  | { kind: 'err_code'; err_code: string; err_code_des?: string }
  /** `return_code` FAIL, unsigned; with `error_code` as the bills have it. */
  | { kind: 'refused'; return_msg: string; error_code?: string }
  /** Text that is no answer, an operator's page by default, with this status; 502 by default. */
  | { kind: 'page'; status?: number; body?: string }
  /** The connection ends. */
  | { kind: 'reset' }
  /** The true answer, this many milliseconds of the gateway's clock later. */
  | { kind: 'delay'; ms: number };

/** The true answer, with other members: as another merchant's or another order's. Texts that are no XML stay as they are. */
export interface ChangedAnswer extends MemberChange {
  kind: 'members';
}

/** What is changed in an answer before it is signed. */
export interface MemberChange {
  /** Each replaces the member of its name; undefined takes it out. */
  members?: Readonly<Record<string, string | undefined>>;
  /** Signed as it should be by default, with another key, or not at all. */
  signature?: 'right' | 'wrong' | 'none';
}

/** The first half of the true answer. */
export interface CutAnswer {
  kind: 'cut';
}
