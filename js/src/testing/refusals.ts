// The latest calls with a wrong signature, and why each is wrong, for whoever looks at the page.

import type { Clock } from './wire/clock.js';

/** The doctor of the package. The gateway judges by itself; the doctor explains what it has refused. */
type Doctor = typeof import('../doctor.js');
type Diagnosis = import('../doctor.js').Diagnosis;

/** A call that was refused for its signature. */
export interface RefusedSignature {
  /** The time of its arrival, in milliseconds since 1970-01-01 UTC, by the gateway's clock. */
  timeMs: number;
  path: string;
  /** The mistake, such as `key-whitespace`. */
  code: string;
  message: string;
  fix: string;
  /** The text that WeChat would have verified, without a key. */
  signedText: string;
}

/** The list. */
export interface Refusals {
  /** Adds a call. `explain` runs when somebody looks. */
  add(path: string, explain: (doctor: Doctor) => Diagnosis | Promise<Diagnosis>): void;
  /** Returns the latest calls, the newest first. */
  all(): Promise<RefusedSignature[]>;
}

/** How many calls are kept. */
const MOST = 20;

/** Makes an empty list. */
export function createRefusals(clock: Clock): Refusals {
  const kept: (() => Promise<RefusedSignature>)[] = [];
  return {
    add(path, explain) {
      const timeMs = clock.now();
      let made: Promise<RefusedSignature> | undefined;
      kept.unshift(() => {
        made ??= explained(timeMs, path, explain);
        return made;
      });
      kept.length = Math.min(kept.length, MOST);
    },
    all: () => Promise.all(kept.map((one) => one())),
  };
}

async function explained(
  timeMs: number,
  path: string,
  explain: Parameters<Refusals['add']>[1],
): Promise<RefusedSignature> {
  const { causes, signedText } = await explain(require('../doctor.js') as Doctor);
  const { code, message, fix } = causes[0] ?? OTHER;
  return { timeMs, path, code, message, fix, signedText };
}

/** A signature that the doctor finds right. The gateway has refused it for its time, its serial or its header. */
const OTHER = { code: 'other', message: 'The signature itself is right.', fix: 'Read the message of the answer.' };
