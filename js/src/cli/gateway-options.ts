// The arguments of `paysign gateway`, parsed and checked. Each error names the flag and says what it should be.

import { parseArgs } from 'node:util';
import type { FaultRates, GatewayMerchant, KeyPhase } from '../testing/index.js';
import { flagName } from './gateway-help.js';
import { testing } from './packages.js';
import { UsageError } from './usage.js';

const { CALL_FAULTS, KEY_PHASES, NOTICE_FAULTS } = testing();

/** The parsed options. Times are in milliseconds. */
export interface GatewayArguments {
  readonly port: number;
  readonly backupPort: number | undefined;
  readonly tls: boolean;
  readonly certificates: string | undefined;
  /** The folder for the same files, also without TLS. */
  readonly keys: string | undefined;
  readonly keyPhase: KeyPhase | undefined;
  /** Empty for the test merchant. */
  readonly merchants: readonly GatewayMerchant[];
  /** The gateway checks this, and the hosts too. */
  readonly allowOrigins: readonly string[];
  readonly allowNotifyHosts: readonly string[];
  readonly seed: string | undefined;
  readonly clockSkewMs: number;
  readonly faults: FaultRates;
  readonly outage: { readonly everyMs: number; readonly forMs: number } | undefined;
  readonly quiet: boolean;
  /** Whether lines are printed as JSON. */
  readonly json: boolean;
}

/** Parses the arguments. Throws a `UsageError` if they are invalid. */
export function readGatewayArguments(args: readonly string[]): GatewayArguments {
  const values = parse(args);
  if (values.certificates !== undefined && !values.tls) throw wrong('--certificates', 'needs --tls');
  if (values.certificates !== undefined && values.keys !== undefined) {
    throw wrong('--keys', 'writes what --certificates writes; name one of them');
  }
  const merchants = readMerchants(values.merchant ?? [], values['api-v3-key'] ?? []);
  if (values['key-phase'] !== undefined && merchants.length > 0 && !merchants.some((one) => one.apiV3Key)) {
    throw wrong('--key-phase', 'needs a merchant with --api-v3-key');
  }
  return {
    port: readPort('--port', values.port ?? '8080'),
    backupPort: values['backup-port'] === undefined ? undefined : readPort('--backup-port', values['backup-port']),
    tls: values.tls ?? false,
    certificates: values.certificates,
    keys: values.keys,
    keyPhase: values['key-phase'] === undefined ? undefined : readKeyPhase(values['key-phase']),
    merchants,
    allowOrigins: values['allow-origin'] ?? [],
    allowNotifyHosts: values['allow-notify-host'] ?? [],
    seed: values.seed,
    clockSkewMs: readTime('--clock-skew', values['clock-skew'] ?? '0s', /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/),
    faults: readFaults(values.fault ?? [], values.delay, values['notice-late']),
    outage: values.outage === undefined ? undefined : readOutage(values.outage),
    quiet: values.quiet ?? false,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'backup-port': { type: 'string' },
        tls: { type: 'boolean' },
        certificates: { type: 'string' },
        merchant: { type: 'string', multiple: true },
        'api-v3-key': { type: 'string', multiple: true },
        'key-phase': { type: 'string' },
        keys: { type: 'string' },
        'allow-origin': { type: 'string', multiple: true },
        'allow-notify-host': { type: 'string', multiple: true },
        seed: { type: 'string' },
        'clock-skew': { type: 'string' },
        fault: { type: 'string', multiple: true },
        delay: { type: 'string' },
        'notice-late': { type: 'string' },
        outage: { type: 'string' },
        quiet: { type: 'boolean' },
        json: { type: 'boolean' },
        lang: { type: 'string' },
      },
    }).values;
  } catch (error) {
    // The first sentence of Node's own message names the flag.
    const [message = ''] = (error instanceof Error ? error.message : '').split('. ');
    throw new UsageError(message, HELP);
  }
}

const HELP = 'paysign gateway --help';

function wrong(flag: string, what: string): UsageError {
  return new UsageError(`${flag} ${what}`, HELP);
}

function readPort(flag: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw wrong(flag, `must be a port, 0 to 65535, not ${text}`);
  return Number(text);
}

/** The merchants, each with its key of APIv3. A merchant that has one needs no key of APIv2. */
function readMerchants(merchants: readonly string[], v3Keys: readonly string[]): GatewayMerchant[] {
  const keys = new Map(v3Keys.map(readV3Key));
  const all = merchants.map((text) => readMerchant(text, keys));
  for (const mch_id of keys.keys()) {
    if (!all.some((one) => one.mch_id === mch_id))
      throw wrong('--api-v3-key', `names ${mch_id}, which needs --merchant`);
  }
  return all;
}

/** No part contains a colon, the key neither: WeChat's are letters and digits. */
function readMerchant(text: string, v3Keys: ReadonlyMap<string, string>): GatewayMerchant {
  const [appid = '', mch_id = '', key = '', secret, ...more] = text.split(':');
  const apiV3Key = v3Keys.get(mch_id);
  if (appid === '' || mch_id === '' || (key === '' && apiV3Key === undefined) || more.length > 0) {
    // The argument contains the key, so it is not repeated.
    throw wrong('--merchant', 'must be appid:mch_id:key or appid:mch_id:key:secret');
  }
  return { appid, mch_id, ...(key && { key }), ...(apiV3Key && { apiV3Key }), ...(secret && { secret }) };
}

function readV3Key(text: string): [string, string] {
  const [mch_id = '', key = '', ...more] = text.split(':');
  if (mch_id === '' || key.length !== 32 || more.length > 0) {
    throw wrong('--api-v3-key', 'must be mch_id:key, with an APIv3 key of 32 characters');
  }
  return [mch_id, key];
}

/** A phase in the form of flags: `public-key`. */
function readKeyPhase(text: string): KeyPhase {
  const phase = KEY_PHASES.find((one) => one.replaceAll(' ', '-') === text);
  if (phase !== undefined) return phase;
  const known = KEY_PHASES.map((one) => one.replaceAll(' ', '-')).join(', ');
  throw wrong('--key-phase', `must be one of ${known}, not ${text}`);
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readTime(flag: string, text: string, form: RegExp): number {
  const [, number, unit = ''] = form.exec(text) ?? [];
  const ms = Number(number) * (UNITS_MS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(ms)) throw wrong(flag, `must be a time such as 90s, 5m or 2h, not ${text}`);
  return ms;
}

function readOutage(text: string): { everyMs: number; forMs: number } {
  const [every = '', forHow = '', ...more] = text.split('/');
  const form = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
  const [everyMs, forMs] = [readTime('--outage', every, form), readTime('--outage', forHow, form)];
  if (more.length > 0 || forMs === 0 || everyMs <= forMs || everyMs >= 2 ** 31) {
    throw wrong('--outage', `must be <every>/<for>, such as 60s/10s, with the first time longer, not ${text}`);
  }
  return { everyMs, forMs };
}

function readFaults(given: readonly string[], delay: string | undefined, late: string | undefined): FaultRates {
  const names = new Map([...CALL_FAULTS, ...NOTICE_FAULTS].map((name) => [flagName(name), name]));
  const rates: FaultRates = {};
  for (const text of given) {
    const [flag = '', share = ''] = text.split('=');
    const name = names.get(flag);
    if (name === undefined) throw wrong('--fault', `has no ${flag}; use one of ${[...names.keys()].join(', ')}`);
    const rate = share === '' ? Number.NaN : Number(share);
    if (!(rate >= 0 && rate <= 1)) throw wrong('--fault', `${flag} needs a share from 0 to 1, such as ${flag}=0.05`);
    rates[name] = rate;
  }
  if (delay !== undefined) rates.delayMs = readRange('--delay', delay);
  if (late !== undefined) rates.noticeLateMs = readRange('--notice-late', late);
  return rates;
}

function readRange(flag: string, text: string): [number, number] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) {
    throw wrong(flag, `must be two numbers of milliseconds such as 50-2000, not ${text}`);
  }
  return [Number(from), Number(to)];
}
