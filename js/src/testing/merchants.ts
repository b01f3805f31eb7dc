// Who may call: the merchants that the gateway was made with.

/** One mini program and the merchant number it is bound to. */
export interface GatewayMerchant {
  /** The mini program's AppID. */
  appid: string;
  /** The merchant number, 商户号. Several mini programs may share one, with the same key. */
  mch_id: string;
  /** The API key, API密钥 (APIv2), which signs and verifies. */
  key: string;
  /** The AppSecret of the mini program, for code2Session. It signs nothing. */
  secret?: string;
}

/** The register of merchants. */
export interface Merchants {
  /** The merchant of this pair, or what WeChat puts into `return_msg` where there is none (manual: 统一下单, error codes). */
  identify(appid: string, mch_id: string): { merchant: GatewayMerchant } | { return_msg: string };
  /** Says whether the AppID is known. */
  hasApp(appid: string): boolean;
  /** The AppSecret of the mini program, where one was given. */
  secretOf(appid: string): string | undefined;
}

/** Makes the register; throws a TypeError where the merchants contradict each other or lack something. */
export function createMerchants(given: readonly GatewayMerchant[]): Merchants {
  const merchants = given.map((merchant) => ({ ...merchant }));
  for (const [index, merchant] of merchants.entries()) checkMerchant(merchant, merchants.slice(0, index));

  return {
    identify(appid, mch_id) {
      if (!merchants.some((merchant) => merchant.appid === appid)) return { return_msg: 'appid不存在' };
      if (!merchants.some((merchant) => merchant.mch_id === mch_id)) return { return_msg: 'mch_id不存在' };
      const merchant = merchants.find((one) => one.appid === appid && one.mch_id === mch_id);
      return merchant === undefined ? { return_msg: 'appid和mch_id不匹配' } : { merchant };
    },
    hasApp: (appid) => merchants.some((merchant) => merchant.appid === appid),
    secretOf: (appid) => merchants.find((merchant) => merchant.appid === appid && merchant.secret)?.secret,
  };
}

function checkMerchant(merchant: GatewayMerchant, earlier: readonly GatewayMerchant[]): void {
  for (const name of ['appid', 'mch_id', 'key'] as const) {
    if (typeof merchant[name] !== 'string' || merchant[name] === '') {
      throw new TypeError(`createGateway: every merchant needs ${name}, a text that is not empty`);
    }
  }
  const who = `appid ${merchant.appid}, mch_id ${merchant.mch_id}`;
  for (const other of earlier) {
    const sameApp = other.appid === merchant.appid;
    const sameMerchant = other.mch_id === merchant.mch_id;
    if (sameApp && sameMerchant) throw new TypeError(`createGateway: this merchant is given twice: ${who}`);
    if (sameMerchant && other.key !== merchant.key) {
      throw new TypeError(`createGateway: a mch_id has one key, here are two: ${who}`);
    }
    if (sameApp && other.secret && merchant.secret && other.secret !== merchant.secret) {
      throw new TypeError(`createGateway: an appid has one secret, here are two: ${who}`);
    }
  }
}
