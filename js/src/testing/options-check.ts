// The check of a gateway's options, of which only the caller's own members are taken.

import type { GatewayOptions } from './gateway.js';
import { own } from './own.js';

/** Returns a copy of the options. Throws a TypeError for invalid ones. */
export function ownOptions(given: GatewayOptions): GatewayOptions {
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
