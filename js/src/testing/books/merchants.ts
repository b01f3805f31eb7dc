// The merchants of the gateway, which may call it.

import { randomBytes } from 'node:crypto';
import type { CallProblem } from '../calls-v2/call-problems.js';
import { checkSpelling } from '../names.js';
import { own } from '../own.js';
import { shown } from '../shown.js';
import { type KeyPhase, phaseFault } from './key-phases.js';

/** One mini program and its merchant number. */
export interface GatewayMerchant {
  /** The mini program's AppID. */
  appid: string;
  /** The merchant number, 商户号. Several mini programs may share one, with the same key. */
  mch_id: string;
  /** The API key, API密钥 (APIv2), which signs and verifies. A merchant has this key, `apiV3Key` or both. */
  key?: string;
  /** The APIv3 key, APIv3密钥, which decrypts notices: exactly 32 characters of ASCII. */
  apiV3Key?: string;
  /** Which of WeChat Pay's keys APIv3 signs with. Default `public key`. `gateway.keyPhase` changes it. */
  keyPhase?: KeyPhase;
  /** The AppSecret of the mini program, for code2Session. It signs nothing. */
  secret?: string;
  /**
   * The sub-merchants of a service provider (服务商). Its calls then name one of them in `sub_mch_id`, in APIv3 `sub_mchid`. In APIv2
   * only calls for bills, comments, reports and the sandbox key may leave it out.
   */
  sub_merchants?: readonly GatewaySubMerchant[];
  /** Whether WeChat opened pay codes in APIv3 for the merchant, which needs its permission. Default true. */
  codepay?: boolean;
}

/** A sub-merchant (特约商户) of a service provider, with one of its mini programs, if it has any. */
export interface GatewaySubMerchant {
  /** The sub-merchant's number. It is repeated for each of its mini programs. */
  sub_mch_id: string;
  /** The AppID of the sub-merchant's own mini program. */
  sub_appid?: string;
  /** The AppSecret of that mini program, for code2Session. */
  secret?: string;
}

/** A merchant in the register. */
export interface Merchant extends GatewayMerchant {
  /** The API key. A merchant without one has a key here that nobody knows, so that no call of APIv2 is his. */
  key: string;
  /** Whether the key was an option. */
  hasKey: boolean;
}

/** The register of merchants. */
export interface Merchants {
  /** Returns all merchants, in the order of the options. */
  all(): readonly Merchant[];
  /** Returns the merchant of this pair, or the problem (manual: 统一下单, error codes). */
  identify(appid: string, mch_id: string): { merchant: Merchant } | { problem: CallProblem };
  /** Returns the merchant of this number, for the only call without an AppID. */
  identifyByNumber(mch_id: string): { merchant: Merchant } | { problem: CallProblem };
  /** Returns the AppIDs of all mini programs, each once. */
  apps(): ReadonlySet<string>;
  /** Returns the AppSecret of the mini program, if it has one. */
  secretOf(appid: string): string | undefined;
}

/** Makes the register. Throws a TypeError for merchants that are incomplete or contradict each other. */
export function createMerchants(given: readonly GatewayMerchant[]): Merchants {
  const copies = given.map(copyMerchant);
  for (const [index, merchant] of copies.entries()) checkMerchant(merchant, copies.slice(0, index));
  const merchants = copies.map(register);
  const apps = merchants.flatMap((merchant) => [merchant, ...(merchant.sub_merchants ?? []).map(asApp)]);

  return {
    all: () => merchants,
    identify(appid, mch_id) {
      if (!merchants.some((merchant) => merchant.appid === appid)) return { problem: { kind: 'unknown appid' } };
      if (!merchants.some((merchant) => merchant.mch_id === mch_id)) return { problem: { kind: 'unknown mch_id' } };
      const merchant = merchants.find((one) => one.appid === appid && one.mch_id === mch_id);
      return merchant === undefined ? { problem: { kind: 'appid of another' } } : { merchant };
    },
    identifyByNumber(mch_id) {
      const merchant = merchants.find((one) => one.mch_id === mch_id);
      return merchant === undefined ? { problem: { kind: 'unknown mch_id' } } : { merchant };
    },
    apps: () => new Set(apps.flatMap(({ appid }) => appid ?? [])),
    secretOf: (appid) => apps.find((app) => app.appid === appid && app.secret)?.secret,
  };
}

/** Returns why a merchant may not act for this sub-merchant and mini program, or undefined. */
export function judgeSubMerchant(
  merchant: GatewayMerchant,
  sub_mch_id: string | undefined,
  sub_appid: string | undefined,
): CallProblem | undefined {
  if (sub_mch_id === undefined) {
    return sub_appid === undefined ? undefined : { kind: 'missing', name: 'sub_mch_id' };
  }
  const own = (merchant.sub_merchants ?? []).filter((one) => one.sub_mch_id === sub_mch_id);
  if (own.length === 0) return { kind: 'no sub-merchant' };
  if (sub_appid === undefined || own.some((one) => one.sub_appid === sub_appid)) return undefined;
  return { kind: 'sub_appid of another' };
}

/** A shop may pass a record of its own, with more members. */
function copyMerchant(given: GatewayMerchant): GatewayMerchant {
  checkSpelling('createGateway: merchants', given, MERCHANT);
  const merchant = own(given, MERCHANT);
  if (merchant.sub_merchants) {
    merchant.sub_merchants = merchant.sub_merchants.map((sub) => {
      checkSpelling('createGateway: sub_merchants', sub, SUB_MERCHANT);
      return own(sub, SUB_MERCHANT);
    });
  }
  return merchant;
}

const MERCHANT = ['appid', 'mch_id', 'key', 'apiV3Key', 'keyPhase', 'secret', 'sub_merchants', 'codepay'] as const;
const SUB_MERCHANT = ['sub_mch_id', 'sub_appid', 'secret'] as const;

/** The copy itself, completed: another copy would have a prototype again. */
function register(merchant: GatewayMerchant): Merchant {
  const { key = randomBytes(16).toString('hex') } = merchant;
  return Object.assign(merchant, { key, hasKey: merchant.key !== undefined });
}

function asApp({ sub_appid, secret }: GatewaySubMerchant): { appid: string | undefined; secret: string | undefined } {
  return { appid: sub_appid, secret };
}

function checkMerchant(merchant: GatewayMerchant, earlier: readonly GatewayMerchant[]): void {
  const { key, apiV3Key } = merchant;
  const needed = ['appid', 'mch_id', ...(key !== undefined || apiV3Key === undefined ? ['key'] : [])] as const;
  for (const name of needed as readonly ('appid' | 'mch_id' | 'key')[]) {
    if (typeof merchant[name] !== 'string' || merchant[name] === '') {
      const other = name === 'key' ? '; a merchant of APIv3 alone needs apiV3Key' : '';
      throw new TypeError(`createGateway: every merchant needs ${name}, a text that is not empty${other}`);
    }
  }
  if (apiV3Key !== undefined && (typeof apiV3Key !== 'string' || !/^[\x21-\x7e]{32}$/.test(apiV3Key))) {
    throw new TypeError(
      'createGateway: apiV3Key is not 32 characters of ASCII; copy the APIv3 key, not the API key of APIv2, without blanks',
    );
  }
  const fault = phaseFault(merchant.keyPhase, apiV3Key);
  if (fault !== undefined) throw new TypeError(`createGateway: keyPhase: ${fault}`);
  if (!['undefined', 'boolean'].includes(typeof merchant.codepay)) {
    throw new TypeError('createGateway: codepay must be true or false; leave it out to allow pay codes in APIv3');
  }
  for (const sub of merchant.sub_merchants ?? []) {
    if (typeof sub.sub_mch_id !== 'string' || sub.sub_mch_id === '') {
      throw new TypeError('createGateway: every sub-merchant needs sub_mch_id, as text that is not empty');
    }
  }
  const who = `appid ${shown(merchant.appid)}, mch_id ${shown(merchant.mch_id)}`;
  for (const other of earlier) {
    const sameApp = other.appid === merchant.appid;
    const sameMerchant = other.mch_id === merchant.mch_id;
    if (sameApp && sameMerchant) throw new TypeError(`createGateway: this merchant is listed twice: ${who}`);
    if (sameMerchant && other.key !== merchant.key) {
      throw new TypeError(`createGateway: two keys for one mch_id: ${who}`);
    }
    if (sameMerchant && other.apiV3Key !== apiV3Key) {
      throw new TypeError(`createGateway: a mch_id has one apiV3Key, here are two: ${who}`);
    }
    if (sameMerchant && other.keyPhase !== merchant.keyPhase) {
      throw new TypeError(`createGateway: a mch_id has one keyPhase, here are two: ${who}`);
    }
    if (sameApp && other.secret && merchant.secret && other.secret !== merchant.secret) {
      throw new TypeError(`createGateway: two secrets for one appid: ${who}`);
    }
  }
}
