// The options of a client that calls this gateway: who it is, where the gateway listens, and whom to trust.

import type { GatewayMerchant, GatewaySubMerchant } from './books/merchants.js';
import { own } from './own.js';
import type { GatewayCertificates } from './server/certificates.js';
import { shown } from './shown.js';

/** Which client of a merchant number is meant, where there are several. */
export interface GatewayClientChoice {
  /** Its mini program, where several share the merchant number; the first one by default. */
  appid?: string;
  /** The sub-merchant that a service provider acts for; without it the client asks for bills, and opens the notices of all. */
  sub_mch_id?: string;
  /** The sub-merchant's mini program, where it has several; the first one by default. */
  sub_appid?: string;
}

/** What `new WechatPay(…)` of this package takes. */
export interface GatewayClientOptions {
  appid: string;
  mch_id: string;
  key: string;
  /** The AppSecret of the mini program that users log in to: the sub-merchant's where `sub_appid` is there. */
  secret?: string;
  sub_appid?: string;
  sub_mch_id?: string;
  /** Where the gateway listens, with TLS. */
  baseUrls: string[];
  loginUrl: string;
  /** The merchant's client certificate, for refunds, and the authority to trust. */
  certificate: { cert: string; key: string; ca: string };
  /** The gateway's authority as PEM, for all calls. */
  ca: string;
}

/** Who a client is. */
export type ClientIdentity = Omit<GatewayClientOptions, 'baseUrls' | 'loginUrl' | 'certificate' | 'ca'>;

/** The client of a merchant number. Throws a TypeError that lists what there is, where nobody fits. */
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

/** What shows who the client is, and whom it trusts. */
export function clientTrust(
  { ca, merchants }: GatewayCertificates,
  mch_id: string,
): Pick<GatewayClientOptions, 'certificate' | 'ca'> {
  const mine = merchants.find((one) => one.mch_id === mch_id);
  return { certificate: { cert: mine?.cert ?? '', key: mine?.key ?? '', ca }, ca };
}

/** The one with this id, or the first one where no id was said. */
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
