// What is known about WeChat's err_code.
import { ERR_CODES, type ErrCode, type ErrCodeFacts } from '../generated/constants.js';

/**
 * What WeChat's pages say about an `err_code` (错误码): its meaning in English and in Chinese, whether money may have moved, and what to
 * do. `undefined` for a code that no page names, since WeChat adds codes without notice.
 *
 * @example
 * ```js
 * errCode('ORDERPAID')?.meaning_zh // '订单已支付'
 * ```
 */
export function errCode(code: string | undefined): ErrCodeFacts | undefined {
  return code !== undefined && Object.hasOwn(ERR_CODES, code) ? ERR_CODES[code as ErrCode] : undefined;
}
