// 转换短链接 and 授权码查询openid: /tools/shorturl and /tools/authcodetoopenid (manual: pages of Native and of the pay code).

import { PAY_CODE } from '../books/pay-codes.js';
import { openidOf } from '../books/payments.js';
import type { Tell } from '../events.js';
import type { RandomText } from '../wire/random.js';
import { done, refused } from './outcome.js';
import { always, checkParameters, NONCE_STR } from './parameters.js';
import type { PayEndpoint } from './pay-api.js';

/** Makes the endpoint that shortens the address of a Native code. */
export function createShortUrl({ random, tell }: { readonly random: RandomText; readonly tell: Tell }): PayEndpoint {
  return ({ merchant: { mch_id }, parameters }) => {
    const problem = checkParameters(parameters, [NONCE_STR, { name: 'long_url', required: always, longest: 512 }]);
    if (problem !== undefined) return problem;
    const short_url = `weixin://wxpay/s/${random.hex(7)}`;
    tell({ type: 'shorturl', mch_id, short_url });
    return done(new Map([['short_url', short_url]]));
  };
}

/** Makes the endpoint that returns the payer of a pay code: the same openid as `micropay` with this code. */
export function createAuthCodeToOpenid({ tell }: { readonly tell: Tell }): PayEndpoint {
  return ({ merchant: { appid, mch_id }, parameters }) => {
    const problem = checkParameters(parameters, [NONCE_STR, { name: 'auth_code', required: always, longest: 128 }]);
    if (problem !== undefined) return problem;
    const auth_code = parameters.get('auth_code') ?? '';
    if (!PAY_CODE.test(auth_code)) return refused('AUTH_CODE_INVALID', '请扫描微信支付被扫条码/二维码');
    const openid = openidOf(appid, auth_code);
    tell({ type: 'authcode', mch_id, openid });
    return done(new Map([['openid', openid]]));
  };
}
