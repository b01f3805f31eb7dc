// Signing, verifying and nonces: one call of wasm each.

import { atCaller } from '../caller.js';
import { configError, paramError, textFault } from '../errors.js';
import type { Params } from '../params.js';
import * as core from '../wasm/messages.js';
import { pack } from '../wasm/params.js';
import { isWellFormed } from '../well-formed.js';

/** The way of signing. WeChat uses `MD5` when `sign_type` is left out. */
export type SignType = 'MD5' | 'HMAC-SHA256';

/**
 * The string that is signed, without the key (签名算法, chapter 4_3 of the manual). It is `name=value` of all fields but `sign`
 * and empty ones, in byte order of the names, joined by `&`.
 */
export const signedText = atCaller(function signedText(params: Params): string {
  return core.signedText(pack(params));
});

/**
 * The signature of the parameters: 32 (`MD5`) or 64 (`HMAC-SHA256`) hexadecimal digits in upper case. A `sign` among them is left out.
 *
 * @example
 * ```js
 * sign({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', device_info: '1000', body: 'test', nonce_str: 'ibuaiVcKdpRxkhJA' },
 *   '192006250b4c09247ec02edce69f6a2d') // '9A0A8659F005D6984697E2CA0A9CF3B7'
 * ```
 */
export const sign = atCaller(function sign(params: Params, key: string, signType: SignType = 'MD5'): string {
  const hmac = isHmac(signType);
  return core.sign(pack(params), checkedKey(key), hmac);
});

/** Whether `params.sign` is the signature of the others, compared in constant time. A missing `sign` is wrong. */
export const verify = atCaller(function verify(params: Params, key: string, signType: SignType = 'MD5'): boolean {
  const hmac = isHmac(signType);
  return core.verify(pack(params), checkedKey(key), hmac);
});

/** 32 random letters and digits, from the host's own source of random numbers. */
export const nonce = atCaller(function nonce(): string {
  return core.nonce();
});

/** Checks that a key is text of a possible length. The Rust code refuses forbidden characters. */
export function checkedKey(key: string): string {
  const fault = textFault(key);
  if (fault !== undefined) throw configError('key', `the merchant key ${fault}`);
  if (key.length > 64) throw configError('key', 'the merchant key is longer than 64 characters; it has 32');
  return key;
}

/** A key that can be joined with other texts. */
export function plainKey(key: string): string {
  if (checkedKey(key).includes('\0') || !isWellFormed(key)) {
    throw configError(
      'key',
      'the merchant key has a character that is not allowed in a key; copy it again from the merchant platform',
    );
  }
  return key;
}

/** Whether the sign type is HMAC-SHA256. Refuses anything but the two sign types. */
export function isHmac(signType: SignType): boolean {
  if (signType === 'MD5') return false;
  if (signType === 'HMAC-SHA256') return true;
  throw paramError('signType', "must be 'MD5' or 'HMAC-SHA256'");
}
