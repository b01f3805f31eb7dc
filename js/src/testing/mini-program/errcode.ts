// The answers of the mini program's server: JSON, with an errcode for a refusal (manual: 全局返回码).

import type { FaultyCall } from '../faults/on-demand.js';
import { makeAnswer } from '../wire/answer.js';
import type { RandomText } from '../wire/random.js';

/** The refusal of a call. */
export interface Failure {
  readonly errcode: number;
  readonly errmsg: string;
}

/** Returns a member that is text. Anything else counts as missing. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Makes the answer to a refused call, with the id that WeChat's support asks for. */
export function refusal({ errcode, errmsg }: Failure, random: RandomText): Record<string, unknown> {
  const rid = [8, 8, 8].map((length) => random.hex(length)).join('-');
  return { errcode, errmsg: `${errmsg}, rid: ${rid}` };
}

/** Makes a call that may fail. `refuse` records a refusal and returns its answer. */
export function faultyCall(
  about: string,
  answer: () => Record<string, unknown>,
  refuse: (failure: Failure) => Record<string, unknown>,
): FaultyCall {
  return {
    about: [about],
    answer: (change) => json({ ...answer(), ...change?.members }),
    fail: (fault) =>
      fault.kind === 'err_code'
        ? json(refuse({ errcode: Number(fault.err_code), errmsg: fault.err_code_des ?? 'system error' }))
        : json({ errmsg: fault.return_msg }),
  };
}

/** Makes an answer like WeChat's: JSON as plain text, always with status 200. */
function json(answer: Record<string, unknown>): Response {
  return makeAnswer(JSON.stringify(answer), { headers: { 'content-type': 'text/plain' } });
}
