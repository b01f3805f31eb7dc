// 仿真测试系统: the sandbox has keys of its own, paths of its own, and nothing else of the production's.

import { createMerchants, type GatewayMerchant, type Merchants } from '../books/merchants.js';
import type { Tell } from '../events.js';
import { createRandomText } from '../wire/random.js';
import { plain } from './outcome.js';
import type { PayEndpoint, PayRoute } from './pay-api.js';

/** The same merchants with the keys that the sandbox gives them: 32 characters, the same as long as the gateway lives. */
export function sandboxMerchants(merchants: readonly GatewayMerchant[], seed: string | number): Merchants {
  // A stream of its own: what the production draws does not depend on how many merchants there are.
  const random = createRandomText(`sandbox ${seed}`);
  const keys = new Map<string, string>();
  for (const { mch_id } of merchants) keys.set(mch_id, keys.get(mch_id) ?? random.hex(32));
  return createMerchants(merchants.map((merchant) => ({ ...merchant, key: keys.get(merchant.mch_id) ?? '' })));
}

/** The calls that give a merchant the key: signed with that of the production, MD5 only, answered unsigned. */
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
 * The path of the production that a path of the sandbox stands for, or undefined where it is no path of the sandbox.
 * Clients disagree whether the calls that need a certificate keep their `/secapi` there; both are understood.
 */
export function productionPath(path: string): string | undefined {
  const prefix = PREFIXES.find((one) => path.startsWith(`${one}/`));
  if (prefix === undefined) return undefined;
  const rest = path.slice(prefix.length);
  return SECURE.has(`/secapi${rest}`) ? `/secapi${rest}` : rest;
}

const PREFIXES = ['/sandboxnew', '/xdc/apiv2sandbox'];

const SECURE = new Set(['/secapi/pay/refund', '/secapi/pay/refundv2', '/secapi/pay/reverse']);
