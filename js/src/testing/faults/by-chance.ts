// Failures by chance: how often each kind happens, and the dice that decide it for a call and for the delivery of a notice.

import { own } from '../own.js';
import { shown } from '../shown.js';
import { MINI_PROGRAM_PATHS } from '../wire/paths.js';
import type { Dice } from '../wire/random.js';
import type { GatewayFault } from './kinds.js';

/**
 * How often each kind of failure happens by itself: a share of all calls or deliveries, from 0 (never, the default) to 1.
 * A call meets one kind at most, and so does a delivery; the shares of each add up to 1 at most.
 */
export interface FaultRates extends Partial<Record<CallFaultName | NoticeFaultName, number>> {
  /** The shortest and the longest `delay`, in milliseconds of the gateway's clock; 50 to 2000 by default. */
  delayMs?: readonly [number, number];
  /** How much later a `noticeLate` comes, in milliseconds of the gateway's clock; 1000 to 60000 by default. */
  noticeLateMs?: readonly [number, number];
}

/** What a call may meet. `Before`: nothing was done. `After`, `html` and `cut`: all was done, and only its answer is lost. */
export type CallFaultName =
  /** The true answer, but late; its work is done before or after the waiting. */
  | 'delay'
  /** The connection ends without an answer. */
  | 'resetBefore'
  | 'resetAfter'
  /** An operator's page of a status from 500 to 504. */
  | 'pageBefore'
  | 'pageAfter'
  /** An operator's page of status 200. */
  | 'html'
  /** The first half of the answer. */
  | 'cut'
  /** `err_code` SYSTEMERROR, signed; at the mini program's own server `errcode` -1, and at the trade bill its own `error_code`. */
  | 'systemErrorBefore'
  | 'systemErrorAfter';

/** What the delivery of a notice may meet. */
export type NoticeFaultName =
  /** It does not arrive. */
  | 'noticeLost'
  /** It arrives twice at the same time. */
  | 'noticeDuplicated'
  /** It arrives later. */
  | 'noticeLate'
  /** It arrives only after the next notice has, and `noticeLateMs` later at most where there is none. */
  | 'noticeReordered'
  /** A forged one arrives before it. */
  | 'noticeForged';

/** What a delivery meets. */
export interface NoticeFault {
  readonly name: NoticeFaultName;
  /** How much later it comes, where it is late, in milliseconds. */
  readonly lateMs: number;
  /** A number from 0 up to but not 1, for whatever else is to be chosen. */
  readonly chance: number;
}

/** The rates in force. */
export interface FaultChance {
  /** Puts other rates in force, all of them. Throws a TypeError where they make no sense. */
  set(rates: FaultRates): void;
  /** What a call meets; `about` names the order, refund or bill. */
  forCall(path: string, about: readonly string[]): { name: CallFaultName; fault: GatewayFault } | undefined;
  /** What a delivery of the notice about this order or refund meets. */
  forNotice(about: readonly string[]): NoticeFault | undefined;
}

/** Every kind of failure that a call may meet. */
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

/** Every kind of failure that the delivery of a notice may meet. */
export const NOTICE_FAULTS: readonly NoticeFaultName[] = [
  'noticeLost',
  'noticeDuplicated',
  'noticeLate',
  'noticeReordered',
  'noticeForged',
];

/** Puts rates in force. Throws a TypeError where they make no sense. */
export function createFaultChance(dice: Dice, first: FaultRates): FaultChance {
  let rates = checked(first);

  return {
    set(next) {
      rates = checked(next);
    },
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

/** In the words of each call (manual: 小程序登录, 下载交易账单). */
function systemError(path: string, when: 'before' | 'after'): GatewayFault {
  if (MINI_PROGRAM_PATHS.has(path)) return { kind: 'err_code', err_code: '-1', when };
  if (path === '/pay/downloadbill') return { kind: 'refused', return_msg: 'system error', error_code: '20003', when };
  return { kind: 'err_code', err_code: 'SYSTEMERROR', err_code_des: '系统错误', when };
}

function checked(given: FaultRates): FaultRates {
  const rates = own(given, RATE_NAMES);
  for (const names of [CALL_FAULTS, NOTICE_FAULTS]) {
    let sum = 0;
    for (const name of names) {
      const rate = rates[name] ?? 0;
      if (!(rate >= 0 && rate <= 1)) throw new TypeError(`faults: ${name} is a share, a number from 0 to 1`);
      sum += rate;
    }
    // Ten times 0.1 is a little more than 1.
    if (sum > 1 + 1e-9) throw new TypeError(`faults: ${names.join(', ')} add up to 1 at most`);
  }
  for (const name of ['delayMs', 'noticeLateMs'] as const) {
    const [shortest, longest] = rates[name] ?? [0, 0];
    if (!(Number.isInteger(shortest) && Number.isInteger(longest) && shortest >= 0 && shortest <= longest)) {
      throw new TypeError(`faults: ${name} is two whole numbers of milliseconds, the shorter one first`);
    }
  }
  const known: readonly string[] = RATE_NAMES;
  const strange = Object.keys(given).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new TypeError(`faults: there is no ${shown(strange)}; there are ${known.join(', ')}`);
  }
  return rates;
}

const RATE_NAMES = [...CALL_FAULTS, ...NOTICE_FAULTS, 'delayMs', 'noticeLateMs'] as const;
