// Failures on demand: a queue of failures for the next calls.

import type { Tell } from '../events.js';
import { own } from '../own.js';
import { makeAnswer } from '../wire/answer.js';
import type { Timers } from '../wire/timers.js';
import type { FaultChance } from './by-chance.js';
import type { FailedAnswer, GatewayFault, MemberChange } from './kinds.js';

/** A call that may fail. */
export interface FaultyCall {
  /** The merchant's own ids and numbers in the call, for failures by chance. */
  readonly about: readonly string[];
  /** Does the work and returns the true answer, with changes if there are any. */
  readonly answer: (change?: MemberChange) => Response;
  /** Makes the answer to a call that fails with a code or a message. */
  readonly fail: (failure: Extract<FailedAnswer, { kind: 'err_code' | 'refused' }>) => Response;
}

/** The queue of failures. */
export interface Faults {
  /** Adds a failure at the end. Throws a TypeError for invalid `times` or `ms`. */
  add(fault: GatewayFault): void;
  /** Answers a call of the path: truly, with the first failure for it, or with a failure by chance. */
  answer(path: string, call: FaultyCall): Promise<Response>;
}

/** Returns a copy of a failure with its own members only. */
export function ownFault(fault: GatewayFault): GatewayFault {
  return own(fault, FAULT_MEMBERS);
}

const FAULT_MEMBERS = [
  ...(['kind', 'path', 'times', 'when', 'err_code', 'err_code_des', 'return_msg', 'error_code'] as const),
  ...(['status', 'body', 'ms', 'members', 'signature'] as const),
];

/** Makes an empty queue. */
export function createFaults({
  timers,
  tell,
  chance,
}: {
  readonly timers: Timers;
  readonly tell: Tell;
  readonly chance: FaultChance;
}): Faults {
  const queue: { readonly fault: GatewayFault; left: number }[] = [];

  function take(path: string): { readonly name: string; readonly fault: GatewayFault } | undefined {
    const next = queue.find(({ fault }) => fault.path === undefined || fault.path === path);
    if (next === undefined) return undefined;
    next.left -= 1;
    if (next.left === 0) queue.splice(queue.indexOf(next), 1);
    return { name: next.fault.kind, fault: next.fault };
  }

  async function spoil(fault: GatewayFault, { answer, fail }: FaultyCall): Promise<Response> {
    if (fault.kind === 'members') return answer(fault);
    if (fault.kind === 'cut') return firstHalf(answer());
    const lost = fault.when === 'after' ? answer() : undefined;
    switch (fault.kind) {
      case 'delay':
        await new Promise<void>((resolve, reject) => timers.after(fault.ms, resolve, () => reject(reset())));
        return lost ?? answer();
      case 'page':
        return makeAnswer(fault.body ?? PAGE, {
          status: fault.status ?? 502,
          headers: { 'content-type': 'text/html' },
        });
      case 'reset':
        throw reset();
      default:
        return fail(fault);
    }
  }

  return {
    add(fault) {
      const { times = 1 } = fault;
      const ms = fault.kind === 'delay' ? fault.ms : 0;
      if (!Number.isInteger(times) || times < 1)
        throw new TypeError('failNext: times must be a whole number above zero');
      if (!Number.isInteger(ms) || ms < 0) throw new TypeError('failNext: ms must be a whole number, 0 or more');
      queue.push({ fault, left: times });
    },
    async answer(path, call) {
      const met = take(path) ?? chance.forCall(path, call.about);
      if (met === undefined) return call.answer();
      tell({ type: 'fault', path, kind: met.name, about: call.about.filter((number) => number !== '') });
      return spoil(ownFault(met.fault), call);
    },
  };
}

/** Makes the error that `fetch` throws for a reset connection. */
function reset(): TypeError {
  return new TypeError('the connection was reset', { cause: { code: 'ECONNRESET', syscall: 'read' } });
}

async function firstHalf(response: Response): Promise<Response> {
  const whole = await response.clone().arrayBuffer();
  if (whole.byteLength === 0) return response;
  const { status, headers } = response;
  return makeAnswer(new Uint8Array(whole.slice(0, whole.byteLength / 2)), { status, headers });
}

const PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n';
