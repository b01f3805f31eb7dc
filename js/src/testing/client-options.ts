// The options of a client that calls this gateway: its ids, the gateway's address, and the authority to trust.

import type { GatewayMerchant, GatewaySubMerchant } from './books/merchants.js';
import { own } from './own.js';
import type { GatewayCertificates } from './server/certificates.js';
import { shown } from './shown.js';

/** The choice of a client, if the merchant number has several. */
export interface GatewayClientChoice {
  /** Its mini program, if several share the merchant number. Default the first one. */
  appid?: string;
  /** The sub-merchant that a service provider acts for. Without it the client fetches bills and opens all notices. */
  sub_mch_id?: string;
  /** The sub-merchant's mini program, if it has several. Default the first one. */
  sub_appid?: string;
}

/** Options for `new WechatPay(…)` of this package. */
export interface GatewayClientOptions {
  appid: string;
  mch_id: string;
  key: string;
  /** The AppSecret of the mini program that users log in to: of `sub_appid`, if that is set. */
  secret?: string;
  sub_appid?: string;
  sub_mch_id?: string;
  /** The gateway's address, with TLS. */
  baseUrls: string[];
  loginUrl: string;
  /** The merchant's client certificate, for refunds, and the authority to trust. */
  certificate: { cert: string; key: string; ca: string };
  /** The gateway's authority as PEM, for all calls. */
  ca: string;
}

/** The ids and keys of a client. */
export type ClientIdentity = Omit<GatewayClientOptions, 'baseUrls' | 'loginUrl' | 'certificate' | 'ca'>;

/** Returns the ids of a merchant's client. Throws a TypeError that lists all merchants if no one matches. */
export function clientIdentity(
  merchants: readonly GatewayMerchant[],
  mch_id: string,
  given: GatewayClientChoice = {},
): ClientIdentity {
  const choice = own(given, ['appid', 'sub_mch_id', 'sub_appid']);
  const ofNumber = merchants.filter((one) => one.mch_id === mch_id);
  if (ofNumber.length === 0) throw unknown('mch_id', mch_id, merchants);
  const merchant = pick(ofNumber, 'appid', choice.appid);
  const { appid, key, secret } = merchant;
  const identity = { appid, mch_id, key };
  if (choice.sub_mch_id === undefined) return { ...identity, ...(secret !== undefined && { secret }) };
  const subs = (merchant.sub_merchants ?? []).filter((one) => one.sub_mch_id === choice.sub_mch_id);
  if (subs.length === 0) throw unknown('sub_mch_id', choice.sub_mch_id, merchant.sub_merchants ?? []);
  const { sub_mch_id, sub_appid, secret: sub_secret } = pick(subs, 'sub_appid', choice.sub_appid);
  const own_secret = sub_appid === undefined ? secret : sub_secret;
  return {
    ...identity,
    sub_mch_id,
    ...(sub_appid !== undefined && { sub_appid }),
    ...(own_secret !== undefined && { secret: own_secret }),
  };
}

/** Returns the client's certificate and the authority to trust. */
export function clientTrust(
  { ca, merchants }: GatewayCertificates,
  mch_id: string,
): Pick<GatewayClientOptions, 'certificate' | 'ca'> {
  const mine = merchants.find((one) => one.mch_id === mch_id);
  return { certificate: { cert: mine?.cert ?? '', key: mine?.key ?? '', ca }, ca };
}

/** Returns the entry with this id, or the first one without an id. */
function pick<Entry extends GatewayMerchant | GatewaySubMerchant, Name extends keyof Entry & string>(
  entries: readonly Entry[],
  name: Name,
  wanted: string | undefined,
): Entry {
  const found = wanted === undefined ? entries[0] : entries.find((one) => one[name] === wanted);
  if (found === undefined) throw unknown(name, wanted, entries);
  return found;
}

function unknown<Entry, Name extends keyof Entry & string>(
  name: Name,
  wanted: unknown,
  entries: readonly Entry[],
): TypeError {
  const known = [...new Set(entries.map((one) => String(one[name])))].join(', ');
  return new TypeError(`client: this gateway has no ${name} ${shown(wanted)}; it has ${known || 'none'}`);
}
