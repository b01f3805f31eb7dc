// The options of a client that calls this gateway: its ids, the gateway's address, and the authority to trust.

import type { GatewaySubMerchant, Merchant, Merchants } from './books/merchants.js';
import { checkNames } from './names.js';
import { own } from './own.js';
import type { CertificateStore, GatewayCertificates } from './server/certificates.js';
import type { Listening } from './server/listening.js';
import type { V3KeyStore } from './server/v3-keys.js';
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

/** The same choice, for a client of APIv3. */
export interface GatewayV3ClientChoice {
  api: 'v3';
  /** Its mini program, where several share the merchant number; the first one by default. */
  appid?: string;
  /**
   * How the client gets WeChat Pay's keys. `pinned`, the default: all keys of the key phase are in the options. `download`: the client
   * downloads the platform certificates.
   */
  keys?: 'pinned' | 'download';
  /** The sub-merchant that a service provider acts for. */
  sub_mchid?: string;
  /** The sub-merchant's mini program, if it has several. Default the first one. */
  sub_appid?: string;
}

/** The same choice, for a client that downloads the platform certificates. */
export interface GatewayV3DownloadChoice extends GatewayV3ClientChoice {
  keys: 'download';
}

/** What `new WechatPay(…)` of `paysign/v3` takes. */
export interface GatewayV3ClientOptions {
  appid: string;
  mchid: string;
  /** The merchant's private key as PEM, PKCS#8. */
  privateKey: string;
  /** The merchant's certificate as PEM. Its serial is in it. */
  certificate: string;
  apiV3Key: string;
  /** WeChat Pay's public key as PEM by its `PUB_KEY_ID_…`, and platform certificates as PEM by their serials. */
  wechatpayKeys: Record<string, string>;
  /** The AppSecret of the mini program that users log in to: of `sub_appid`, if that is set. */
  secret?: string;
  sub_appid?: string;
  sub_mchid?: string;
  /** Where the gateway listens, with TLS. */
  baseUrls: string[];
  loginUrl: string;
  /** The gateway's authority as PEM, for all calls. */
  ca: string;
}

/** The same options for a client that downloads the platform certificates. It has the public key where its phase has one. */
export interface GatewayV3DownloadOptions extends Omit<GatewayV3ClientOptions, 'wechatpayKeys'> {
  downloadCertificates: true;
  wechatpayKeys?: Record<string, string>;
}

/** Makes the options of a client. */
export interface MakeClient {
  /**
   * The options of a client of this merchant: `new WechatPay(await gateway.client('1900000109'))` orders, and refunds too. Listens
   * with TLS on a free port where no server with TLS listens yet. Rejects with a TypeError that lists what there is, where
   * nobody has the number.
   */
  (mch_id: string, choice?: GatewayClientChoice): Promise<GatewayClientOptions>;
  /**
   * The same for APIv3, whose client is in `paysign/v3`: with the merchant's key and certificate, and WeChat Pay's keys. Rejects with
   * a TypeError for `download` where the merchant number has no platform certificates.
   */
  (mch_id: string, choice: GatewayV3DownloadChoice): Promise<GatewayV3DownloadOptions>;
  (mch_id: string, choice: GatewayV3ClientChoice): Promise<GatewayV3ClientOptions>;
}

/** Makes the maker. */
export function createClients(parts: {
  readonly merchants: Merchants;
  readonly listening: Listening;
  readonly certificates: CertificateStore;
  readonly v3Keys: V3KeyStore;
}): MakeClient {
  const { merchants, listening, certificates, v3Keys } = parts;
  function make(mch_id: string, choice?: GatewayClientChoice): Promise<GatewayClientOptions>;
  function make(mch_id: string, choice: GatewayV3DownloadChoice): Promise<GatewayV3DownloadOptions>;
  function make(mch_id: string, choice: GatewayV3ClientChoice): Promise<GatewayV3ClientOptions>;
  async function make(mch_id: string, choice: GatewayClientChoice | GatewayV3ClientChoice = {}) {
    const v3Choice = forV3(choice);
    const all = merchants.all();
    const identity = v3Choice ? v3ClientIdentity(all, mch_id, v3Choice) : clientIdentity(all, mch_id, choice);
    const keys = v3Choice && (await wechatpayKeys(v3Keys, mch_id, own(v3Choice, ['keys']).keys));
    const { url } = await listening.withTls();
    const where = { ...identity, baseUrls: [url], loginUrl: url };
    const { certificate, ca } = clientTrust(await certificates.forClients(), mch_id);
    if (keys === undefined) return { ...where, certificate, ca };
    return { ...where, privateKey: certificate.key, certificate: certificate.cert, ...keys, ca };
  }
  return make;
}

/** Returns WeChat Pay's keys as a client has them in its phase. */
async function wechatpayKeys(v3Keys: V3KeyStore, mch_id: string, way: GatewayV3ClientChoice['keys'] = 'pinned') {
  if (way !== 'pinned' && way !== 'download') {
    throw new TypeError(`client: keys is 'pinned' or 'download', not ${shown(way)}`);
  }
  const { publicKey, certificates } = await v3Keys.pemsOf(mch_id);
  if (way === 'pinned') return { wechatpayKeys: { ...publicKey, ...certificates } };
  if (Object.keys(certificates).length === 0) {
    throw new TypeError(
      `client: mch_id ${shown(mch_id)} has no platform certificates to download; take keys: 'pinned', or change its keyPhase`,
    );
  }
  const hasKey = Object.keys(publicKey).length > 0;
  return { downloadCertificates: true as const, ...(hasKey && { wechatpayKeys: publicKey }) };
}

/** The choice of a client of APIv3, or undefined where APIv2 is meant. */
function forV3(choice: GatewayClientChoice | GatewayV3ClientChoice): GatewayV3ClientChoice | undefined {
  if (!('api' in choice) || !Object.hasOwn(choice, 'api') || choice.api === undefined) return undefined;
  if (choice.api !== 'v3') throw new TypeError(`client: api is 'v3', or left out for APIv2, not ${shown(choice.api)}`);
  return choice;
}

/** Who a client is. */
type ClientIdentity = Omit<GatewayClientOptions, 'baseUrls' | 'loginUrl' | 'certificate' | 'ca'>;

const CHOICE = ['appid', 'sub_mch_id', 'sub_appid'] as const;
const V3_CHOICE = ['api', 'appid', 'keys', 'sub_mchid', 'sub_appid'] as const;

/** Who a client of APIv3 is. Throws a TypeError that lists what there is, where nobody fits or the merchant has no `apiV3Key`. */
function v3ClientIdentity(
  merchants: readonly Merchant[],
  mch_id: string,
  given: GatewayV3ClientChoice,
): Pick<GatewayV3ClientOptions, 'appid' | 'mchid' | 'apiV3Key' | 'secret' | 'sub_appid' | 'sub_mchid'> {
  const ofNumber = merchants.filter((one) => one.mch_id === mch_id);
  if (ofNumber.length === 0) throw unknown('mch_id', mch_id, merchants);
  if (Object.hasOwn(given, 'sub_mch_id')) throw new TypeError('client: sub_mch_id: in APIv3 it is sub_mchid');
  checkNames('client', given, V3_CHOICE);
  const choice = own(given, V3_CHOICE);
  const merchant = pick(ofNumber, 'appid', choice.appid);
  const { appid, apiV3Key } = merchant;
  if (apiV3Key === undefined) {
    throw new TypeError(`client: mch_id ${shown(mch_id)} has no apiV3Key; name one in createGateway`);
  }
  const { sub_mch_id, ...rest } = actsFor(merchant, choice.sub_mchid, choice.sub_appid);
  return { appid, mchid: mch_id, apiV3Key, ...(sub_mch_id !== undefined && { sub_mchid: sub_mch_id }), ...rest };
}

/** The client of a merchant number. Throws a TypeError that lists what there is, where nobody fits. */
function clientIdentity(
  merchants: readonly Merchant[],
  mch_id: string,
  given: GatewayClientChoice = {},
): ClientIdentity {
  if (Object.hasOwn(given, 'sub_mchid')) throw new TypeError('client: sub_mchid: in APIv2 it is sub_mch_id');
  checkNames('client', given, ['api', ...CHOICE]);
  const choice = own(given, CHOICE);
  const ofNumber = merchants.filter((one) => one.mch_id === mch_id);
  if (ofNumber.length === 0) throw unknown('mch_id', mch_id, merchants);
  const merchant = pick(ofNumber, 'appid', choice.appid);
  const { appid, key, hasKey } = merchant;
  if (!hasKey) {
    throw new TypeError(`client: mch_id ${shown(mch_id)} has no key of APIv2; ask for { api: 'v3' }`);
  }
  return { appid, mch_id, key, ...actsFor(merchant, choice.sub_mch_id, choice.sub_appid) };
}

/** Returns whom a client acts for, and the AppSecret of the mini program that its users log in to. */
function actsFor(
  { secret, sub_merchants = [] }: Merchant,
  wanted: string | undefined,
  wantedApp: string | undefined,
): Pick<ClientIdentity, 'secret' | 'sub_appid' | 'sub_mch_id'> {
  if (wanted === undefined) return { ...(secret !== undefined && { secret }) };
  const subs = sub_merchants.filter((one) => one.sub_mch_id === wanted);
  if (subs.length === 0) throw unknown('sub_mch_id', wanted, sub_merchants);
  const { sub_mch_id, sub_appid, secret: sub_secret } = pick(subs, 'sub_appid', wantedApp);
  const own_secret = sub_appid === undefined ? secret : sub_secret;
  return {
    sub_mch_id,
    ...(sub_appid !== undefined && { sub_appid }),
    ...(own_secret !== undefined && { secret: own_secret }),
  };
}

/** Returns the client's certificate and the authority to trust. */
function clientTrust(
  { ca, merchants }: GatewayCertificates,
  mch_id: string,
): Pick<GatewayClientOptions, 'certificate' | 'ca'> {
  const mine = merchants.find((one) => one.mch_id === mch_id);
  return { certificate: { cert: mine?.cert ?? '', key: mine?.key ?? '', ca }, ca };
}

/** Returns the entry with this id, or the first one without an id. */
function pick<Entry extends Merchant | GatewaySubMerchant, Name extends keyof Entry & string>(
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
