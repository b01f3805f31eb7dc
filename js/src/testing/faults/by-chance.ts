// Failures by chance: their rates, and the dice that decide about a call or the delivery of a notice.

import { own } from '../own.js';
import { shown } from '../shown.js';
import { MINI_PROGRAM_PATHS } from '../wire/paths.js';
import type { Dice } from '../wire/random.js';
import type { GatewayFault } from './kinds.js';

/**
 * The rates of failures by chance: a share of all calls or deliveries, from 0 (never, the default) to 1. A call has one failure at
 * most, and so has a delivery. So the rates of calls add up to 1 at most, and those of notices too.
 */
export interface FaultRates extends Partial<Record<CallFaultName | NoticeFaultName, number>> {
  /** The shortest and the longest `delay`, in milliseconds of the gateway's clock. Default 50 to 2000. */
  delayMs?: readonly [number, number];
  /** The shortest and the longest delay of a `noticeLate`, in milliseconds of the gateway's clock. Default 1000 to 60000. */
  noticeLateMs?: readonly [number, number];
}

/** The failures of a call. `Before`: nothing was done. `After`, `html` and `cut`: the work was done, and the answer is lost. */
export type CallFaultName =
  /** The true answer, but late. Its work is done before or after the delay. */
  | 'delay'
  /** The connection ends without an answer. */
  | 'resetBefore'
  | 'resetAfter'
  /** An operator's page with a status from 500 to 504. */
  | 'pageBefore'
  | 'pageAfter'
  /** An operator's page with status 200. */
  | 'html'
  /** The first half of the answer. */
  | 'cut'
  /** `err_code` SYSTEMERROR, signed. The mini program's server has `errcode` -1, and the trade bill its own `error_code`. */
  | 'systemErrorBefore'
  | 'systemErrorAfter';

/** The failures of the delivery of a notice. */
export type NoticeFaultName =
  /** It does not arrive. */
  | 'noticeLost'
  /** It arrives twice at the same time. */
  | 'noticeDuplicated'
  /** It arrives later. */
  | 'noticeLate'
  /** It arrives after the next notice, or `noticeLateMs` later if there is no next one. */
  | 'noticeReordered'
  /** A forged one arrives before it. */
  | 'noticeForged';

/** The failure of one delivery. */
export interface NoticeFault {
  readonly name: NoticeFaultName;
  /** The delay of a late notice, in milliseconds. */
  readonly lateMs: number;
  /** A number from 0 to below 1, for further choices. */
  readonly chance: number;
}

/** The current rates. */
export interface FaultChance {
  /** Replaces all rates. Throws a TypeError for invalid ones. */
  set(rates: FaultRates): void;
  /** Returns a copy of the rates. */
  rates(): FaultRates;
  /** Returns the failure of a call, if any. `about` names the order, refund or bill. */
  forCall(path: string, about: readonly string[]): { name: CallFaultName; fault: GatewayFault } | undefined;
  /** Returns the failure of one delivery about this order or refund, if any. */
  forNotice(about: readonly string[]): NoticeFault | undefined;
}

/** Every failure of a call. */
export const CALL_FAULTS: readonly CallFaultName[] = [
  'delay',
  'resetBefore',
  'resetAfter',
  'pageBefore',
  'pageAfter',
  'html',
  'cut',
  'systemErrorBefore',
  'systemErrorAfter',
];

/** Every failure of the delivery of a notice. */
export const NOTICE_FAULTS: readonly NoticeFaultName[] = [
  'noticeLost',
  'noticeDuplicated',
  'noticeLate',
  'noticeReordered',
  'noticeForged',
];

/** Makes the dice with these rates. Throws a TypeError for invalid ones. */
export function createFaultChance(dice: Dice, first: FaultRates): FaultChance {
  let rates = checked(first);

  return {
    set(next) {
      rates = checked(next);
    },
    rates: () => ({ ...rates }),
    forCall(path, about) {
      const [what = 1, where = 0, coin = 0] = dice(['call', path, ...about], 3);
      const name = choose(CALL_FAULTS, rates, what);
      if (name === undefined) return undefined;
      const ms = between(rates.delayMs ?? [50, 2000], where);
      return { name, fault: callFault(name, path, ms, coin) };
    },
    forNotice(about) {
      const [what = 1, where = 0, chance = 0] = dice(['notice', ...about], 3);
      const name = choose(NOTICE_FAULTS, rates, what);
      return name && { name, lateMs: between(rates.noticeLateMs ?? [1000, 60_000], where), chance };
    },
  };
}

function choose<Name extends keyof FaultRates>(names: readonly Name[], rates: FaultRates, chance: number) {
  let sum = 0;
  return names.find((name) => {
    sum += Number(rates[name] ?? 0);
    return chance < sum;
  });
}

function between([shortest, longest]: readonly [number, number], chance: number): number {
  return Math.round(shortest + (longest - shortest) * chance);
}

function callFault(name: CallFaultName, path: string, ms: number, coin: number): GatewayFault {
  const when = name.endsWith('Before') ? 'before' : 'after';
  switch (name) {
    case 'delay':
      return { kind: 'delay', ms, when: coin < 0.5 ? 'before' : 'after' };
    case 'cut':
      return { kind: 'cut' };
    case 'html':
      return { kind: 'page', status: 200, when };
    case 'pageBefore':
    case 'pageAfter':
      return { kind: 'page', status: STATUSES[Math.floor(coin * STATUSES.length)] ?? 502, when };
    case 'resetBefore':
    case 'resetAfter':
      return { kind: 'reset', when };
    default:
      return systemError(path, when);
  }
}

const STATUSES = [500, 502, 503, 504];

/** Makes the system error in the words of each call (manual: 小程序登录, 下载交易账单). */
function systemError(path: string, when: 'before' | 'after'): GatewayFault {
  if (MINI_PROGRAM_PATHS.has(path)) return { kind: 'err_code', err_code: '-1', when };
  if (path.startsWith('/v3/')) return { kind: 'err_code', err_code: 'SYSTEM_ERROR', when };
  if (path === '/pay/downloadbill') return { kind: 'refused', return_msg: 'system error', error_code: '20003', when };
  return { kind: 'err_code', err_code: 'SYSTEMERROR', err_code_des: '系统错误', when };
}

function checked(given: FaultRates): FaultRates {
  const rates = own(given, RATE_NAMES);
  for (const names of [CALL_FAULTS, NOTICE_FAULTS]) {
    let sum = 0;
    for (const name of names) {
      const rate = rates[name] ?? 0;
      if (!(rate >= 0 && rate <= 1)) throw new TypeError(`faults: ${name} must be a share, a number from 0 to 1`);
      sum += rate;
    }
    // In floating point, ten times 0.1 is not exactly 1.
    if (sum > 1 + 1e-9) throw new TypeError(`faults: ${names.join(', ')} must add up to 1 at most`);
  }
  for (const name of ['delayMs', 'noticeLateMs'] as const) {
    const [shortest, longest] = rates[name] ?? [0, 0];
    if (!(Number.isInteger(shortest) && Number.isInteger(longest) && shortest >= 0 && shortest <= longest)) {
      throw new TypeError(`faults: ${name} must be two whole numbers of milliseconds, the shorter one first`);
    }
  }
  const known: readonly string[] = RATE_NAMES;
  const strange = Object.keys(given).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new TypeError(`faults: there is no ${shown(strange)}; use one of ${known.join(', ')}`);
  }
  return rates;
}

const RATE_NAMES = [...CALL_FAULTS, ...NOTICE_FAULTS, 'delayMs', 'noticeLateMs'] as const;
