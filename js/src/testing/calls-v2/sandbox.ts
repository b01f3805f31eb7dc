// 仿真测试系统: the sandbox, with its own keys, paths and books.

import { createMerchants, type Merchant, type Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import { createRandomText } from '../wire/random.js';
import { plain } from './outcome.js';
import type { PayEndpoint, PayRoute } from './pay-api.js';

/** Returns the merchants with their sandbox keys: 32 characters, which do not change while the gateway runs. */
export function sandboxMerchants(merchants: readonly Merchant[], seed: string | number): Merchants {
  // A separate stream: the number of merchants must not change the ids of production.
  const random = createRandomText(`sandbox ${seed}`);
  const keys = new Map<string, string>();
  for (const { mch_id } of merchants) keys.set(mch_id, keys.get(mch_id) ?? random.hex(32));
  return createMerchants(merchants.map((merchant) => ({ ...merchant, key: keys.get(merchant.mch_id) ?? '' })));
}

/** The calls that return the sandbox key. They are signed with the production key, MD5 only. The answer is unsigned. */
export function signKeyRoutes(sandbox: Merchants, tell: Tell): [string, PayRoute][] {
  const endpoint: PayEndpoint = ({ merchant: { mch_id } }) => {
    const found = sandbox.identifyByNumber(mch_id);
    const sandbox_signkey = 'merchant' in found ? found.merchant.key : '';
    tell({ type: 'signkey', mch_id });
    return plain(
      new Map([
        ['mch_id', mch_id],
        ['sandbox_signkey', sandbox_signkey],
      ]),
    );
  };
  const route: PayRoute = { endpoint, onlySignType: 'MD5', withoutAppid: true, wholeMerchant: true, unsigned: true };
  return ['/sandboxnew/pay/getsignkey', '/xdc/apiv2getsignkey/sign/getsignkey'].map((path) => [path, route]);
}

/**
 * Returns the production path of a sandbox path, or undefined for any other path. Clients differ whether calls with a certificate
 * have `/secapi` there, so both are accepted.
 */
export function productionPath(path: string): string | undefined {
  const prefix = PREFIXES.find((one) => path.startsWith(`${one}/`));
  if (prefix === undefined) return undefined;
  const rest = path.slice(prefix.length);
  return SECURE.has(`/secapi${rest}`) ? `/secapi${rest}` : rest;
}

const PREFIXES = ['/sandboxnew', '/xdc/apiv2sandbox'];

const SECURE = new Set(['/secapi/pay/refund', '/secapi/pay/refundv2', '/secapi/pay/reverse']);
