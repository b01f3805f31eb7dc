// The options of a gateway and their check. Only the caller's own members are taken.

import type { GatewayMerchant } from './books/merchants.js';
import type { DecideMicropay } from './books/pay-codes.js';
import type { GatewayEvent } from './events.js';
import type { FaultRates } from './faults/by-chance.js';
import { checkNames } from './names.js';
import { own } from './own.js';
import type { Clock } from './wire/clock.js';

/** The options of a gateway. */
export interface GatewayOptions {
  /** The merchants that may call, at least one. */
  merchants: readonly GatewayMerchant[];
  /** The clock of every rule that depends on time. Default the real one. */
  clock?: Clock;
  /** Makes ids, nonces and failures by chance repeatable. Default a new one for each gateway. */
  seed?: string | number;
  /** The rates of failures by chance. Default zero. */
  faults?: FaultRates;
  /**
   * The fetch that delivers notices. Default `globalThis.fetch`. Redirects are not followed. It is called for allowed hosts only:
   * see `allowNotifyHosts`.
   */
  fetch?: typeof fetch;
  /**
   * Hosts besides this machine that may receive notices: `shop.test`, or `shop.test:8443` for one port. Default this machine only,
   * at any port. A notice to another host is not sent; its only attempt says so.
   */
  allowNotifyHosts?: readonly string[];
  /**
   * Origins whose pages may call from a browser, such as `http://localhost:3000`. Default the gateway's own page only. Programs send
   * no `Origin` and need no entry. The host of an origin is accepted as `Host` too.
   */
  allowOrigins?: readonly string[];
  /** The time limit of a merchant's answer to a notice, in milliseconds of real time. Default 5000. */
  notifyTimeoutMs?: number;
  /** The delay before each repeat of a notice, in milliseconds. Default WeChat's schedule: 15 repeats in 24 h 4 min. */
  retryDelaysMs?: readonly number[];
  /** The time from a refund to its success, in milliseconds of the gateway's clock. Default 1000. */
  refundDelayMs?: number;
  /**
   * The rows in each file of a sub-merchant's bill in APIv3. Default one file has all. Its files are one bill, in the sequence of
   * `bill_sequence`; the answer lists the last one first.
   */
  billPartRows?: number;
  /** Decides the result of each pay code. Default each is paid at once. It must not throw. */
  micropay?: DecideMicropay;
  /** Receives each event when it happens. */
  onEvent?: (event: GatewayEvent) => void;
}

/** Returns a copy of the options. Throws a TypeError for invalid ones. */
export function ownOptions(given: GatewayOptions): GatewayOptions {
  checkNames('createGateway', given, OPTIONS);
  const options = own(given, OPTIONS);
  check(options);
  return options;
}

/** The longest delay of a timer in Node. With a longer one it would run at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const OPTIONS = [
  ...(['merchants', 'clock', 'seed', 'faults', 'fetch', 'allowNotifyHosts', 'allowOrigins'] as const),
  ...(['notifyTimeoutMs', 'retryDelaysMs', 'refundDelayMs', 'billPartRows', 'micropay'] as const),
  'onEvent' as const,
];

function check(options: GatewayOptions): void {
  const { merchants, notifyTimeoutMs = 1, refundDelayMs = 1, retryDelaysMs = [], billPartRows = 1 } = options;
  if (!Array.isArray(merchants) || merchants.length === 0) {
    throw new TypeError('createGateway: merchants must be a list with at least one merchant');
  }
  for (const ms of [notifyTimeoutMs, refundDelayMs, ...retryDelaysMs]) {
    if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_TIMER_MS) {
      throw new TypeError(
        'createGateway: notifyTimeoutMs, refundDelayMs and retryDelaysMs must be whole milliseconds, at most 2 ** 31 - 1',
      );
    }
  }
  if (!Number.isSafeInteger(billPartRows) || billPartRows < 1) {
    throw new TypeError('createGateway: billPartRows must be a whole number above zero; leave it out for one file');
  }
  for (const name of ['allowOrigins', 'allowNotifyHosts'] as const) {
    const list: unknown = options[name] ?? [];
    if (!Array.isArray(list) || list.some((entry) => typeof entry !== 'string')) {
      throw new TypeError(`createGateway: ${name} must be a list of texts: [] or ['…']`);
    }
  }
}
