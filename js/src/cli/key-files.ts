// The files of keys and certificates that `paysign gateway` writes for its clients, under WeChat's own names.

import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gateway, GatewayMerchant } from '../testing/index.js';

/**
 * Writes the authority, and a folder for each merchant number. If a merchant has an APIv3 key, WeChat Pay's keys of its phase are
 * written too. Those of an earlier start are removed. Only the owner can read a private key.
 */
export async function writeKeyFiles(
  gateway: Gateway,
  folder: string,
  merchants: readonly GatewayMerchant[],
): Promise<void> {
  const certificates = await gateway.certificates();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (WECHATPAY_FILE.test(name)) rmSync(join(folder, name));
  writeFileSync(join(folder, 'ca.pem'), certificates.ca);
  for (const { mch_id, cert, key } of certificates.merchants) {
    const own = join(folder, mch_id.replaceAll(/[^\w-]/g, '_'));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'apiclient_cert.pem'), cert);
    writePrivate(join(own, 'apiclient_key.pem'), key);
  }
  // All merchants of the command are in one phase, so they have the same keys of WeChat Pay's.
  const merchant = merchants.find(({ apiV3Key }) => apiV3Key !== undefined);
  if (merchant === undefined) return;
  for (const [id, pem] of Object.entries(await gateway.wechatpayKeys(merchant.mch_id))) {
    if (id.startsWith('PUB_KEY_ID_')) {
      writeFileSync(join(folder, 'pub_key.pem'), pem);
      writeFileSync(join(folder, 'pub_key_id.txt'), `${id}\n`);
    } else {
      writeFileSync(join(folder, `wechatpay_${id}.pem`), pem);
    }
  }
}

/** The names of WeChat Pay's keys. A client that found those of an earlier start would trust them. */
const WECHATPAY_FILE = /^(pub_key\.pem|pub_key_id\.txt|wechatpay_[0-9A-F]{40}\.pem)$/;

/** The mode of a new file does not change that of an older one. */
function writePrivate(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}
