// Answers of the mini program's own server: JSON with an errcode where something is wrong (manual: 全局返回码).

import type { FaultyCall } from '../faults/on-demand.js';
import type { RandomText } from '../wire/random.js';

/** The refusal of a call. */
export interface Failure {
  readonly errcode: number;
  readonly errmsg: string;
}

/** A member that is text; everything else counts as left out. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The answer to a call that is refused, with the id that WeChat's support asks for. */
export function refusal({ errcode, errmsg }: Failure, random: RandomText): Record<string, unknown> {
  const rid = [8, 8, 8].map((length) => random.hex(length)).join('-');
  return { errcode, errmsg: `${errmsg}, rid: ${rid}` };
}

/** A call as failures may meet it. `refuse` books a refusal, and returns its answer. */
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

/** JSON that calls itself plain text, status 200 whatever happened: that is how WeChat answers here. */
function json(answer: Record<string, unknown>): Response {
  return new Response(JSON.stringify(answer), { headers: { 'content-type': 'text/plain' } });
}
