// The merchants of a run, and their accounts in a process of the shop: the clients with their keys.

import { apiV2, clientV2 } from './api-v2.mjs';
import { apiV3, clientV3 } from './api-v3.mjs';

/** What a run may be about. */
export const APIS = ['v2', 'v3', 'both'];

const MD5 = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  key: '192006250b4c09247ec02edce69f6a2d',
  signType: 'MD5',
};
const HMAC = {
  appid: 'wx8888888888888888',
  mch_id: '1900000109',
  key: '0123456789abcdef0123456789ABCDEF',
  signType: 'HMAC-SHA256',
};
/** He has platform certificates at first. In a run of both generations he moves from APIv2 to APIv3. */
export const MOVING = { ...HMAC, apiV3Key: 'chaosV3key0123456789abcdefghijkl', keyPhase: 'certificate' };
/** He has had the public key from the beginning. */
const NEW = { appid: 'wx2421b1c4370ec43b', mch_id: '1900009191', apiV3Key: 'otherV3key0123456789abcdefghijkl' };

/** Every APIv3 key, for shops that misuse them. */
export const API_V3_KEYS = [MOVING.apiV3Key, NEW.apiV3Key];

/** The merchants of a run: `api` is the generation of new orders and refunds at the beginning. */
export function merchantsOf(api) {
  const one = (merchant, own) => ({ ...merchant, api: own });
  if (api === 'v2') return [one(MD5, 'v2'), one(HMAC, 'v2')];
  if (api === 'v3') return [one(NEW, 'v3'), one({ ...MOVING, key: undefined, signType: undefined }, 'v3')];
  return [one(MD5, 'v2'), one(MOVING, 'v2'), one(NEW, 'v3')];
}

/** The part of a merchant that the gateway knows. */
export function ofGateway({ appid, mch_id, key, apiV3Key, keyPhase }) {
  return { appid, mch_id, ...(key && { key }), ...(apiV3Key && { apiV3Key }), ...(keyPhase && { keyPhase }) };
}

/**
 * The accounts of a new process, by `mch_id`: the calls of each generation that the merchant has. `api(merchant)` is the
 * generation of new orders and refunds.
 */
export async function openAccounts(merchants, { gateway, network, now, api }) {
  const accounts = new Map();
  for (const merchant of merchants) {
    const v2 = merchant.key && apiV2(clientV2(merchant, network));
    const v3 = merchant.apiV3Key && apiV3(await openV3(merchant, { gateway, network, now }));
    accounts.set(merchant.mch_id, { api: api(merchant), ...(v2 && { v2 }), ...(v3 && { v3 }) });
  }
  return accounts;
}

/** How often a new process tries to fetch certificates before it opens. Afterwards its calls do so. */
const TRIES = 20;

/** A client with the keys of the merchant's phase. A merchant with certificates downloads them before the first order. */
async function openV3(merchant, { gateway, network, now }) {
  const { mch_id } = merchant;
  const hasMoved = Object.keys(await gateway.wechatpayKeys(mch_id)).every((id) => id.startsWith('PUB_KEY_ID_'));
  const options = await gateway.client(mch_id, { api: 'v3', keys: hasMoved ? 'pinned' : 'download' });
  const { privateKey, certificate, wechatpayKeys, downloadCertificates } = options;
  const keys = { privateKey, certificate, wechatpayKeys, downloadCertificates };
  const client = clientV3(merchant, keys, { ...network, nowMs: now });
  for (let tries = 0; tries < TRIES; tries += 1) {
    // Encrypting needs a key of WeChat Pay's, and no call of an order.
    if (await client.encrypt('a first text').catch(() => undefined)) break;
  }
  return client;
}
