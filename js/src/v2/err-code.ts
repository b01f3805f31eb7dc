// The documented meaning of WeChat's err_code.
import { ERR_CODES, type ErrCode, type ErrCodeFacts } from '../generated/constants.js';

/**
 * Looks up an `err_code` (错误码): its meaning in English and Chinese, whether money may have moved, and
 * what to do. `undefined` for an undocumented code, since WeChat adds codes without notice.
 *
 * @example
 * ```js
 * errCode('ORDERPAID')?.meaning_zh // '订单已支付'
 * ```
 */
export function errCode(code: ErrCode | (string & {}) | undefined): ErrCodeFacts | undefined {
  if (typeof code !== 'string' || code.length > 64) return undefined;
  const letters = (text: string) => text.replaceAll('_', '');
  // Pages and services disagree about underscores: SIGN_ERROR is SIGNERROR.
  const known = Object.hasOwn(ERR_CODES, code)
    ? code
    : Object.keys(ERR_CODES).find((own) => letters(own) === letters(code));
  // The result is a copy, so that a caller cannot change the next caller's value.
  return known === undefined ? undefined : { ...ERR_CODES[known as ErrCode] };
}
