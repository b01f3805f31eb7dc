// Signing, verifying and nonces: one crossing each.

import { configError, paramError } from '../errors.js';
import type { Params } from '../params.js';
import { core, type Operation } from '../wasm/messages.js';
import { type PackedParams, pack } from '../wasm/params.js';

/** How a message is signed. `MD5` is what WeChat means when `sign_type` is left out. */
export type SignType = 'MD5' | 'HMAC-SHA256';

/**
 * The string that is signed, without the key: every field but `sign` whose value is not empty, as `name=value`, by name in
 * byte order, joined by `&` (签名算法, chapter 4_3 of the manual).
 */
export function signedText(params: Params): string {
  return core.readText(0, packedCall('signedText', pack(params), undefined, 0) >> 1);
}

/**
 * The signature of the parameters: 32 (`MD5`) or 64 (`HMAC-SHA256`) hexadecimal digits in upper case. A `sign` among them is left out.
 *
 * @example
 * ```js
 * sign({ appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', device_info: '1000', body: 'test', nonce_str: 'ibuaiVcKdpRxkhJA' },
 *   '192006250b4c09247ec02edce69f6a2d') // '9A0A8659F005D6984697E2CA0A9CF3B7'
 * ```
 */
export function sign(params: Params, key: string, signType: SignType = 'MD5'): string {
  const hmac = isHmac(signType);
  return core.readPlain(0, packedCall('sign', pack(params), checkedKey(key), hmac) >> 1);
}

/** Whether `params.sign` is the signature of the others, compared in constant time. A missing one is wrong. */
export function verify(params: Params, key: string, signType: SignType = 'MD5'): boolean {
  const hmac = isHmac(signType);
  return (packedCall('verify', pack(params), checkedKey(key), hmac) & 1) === 1;
}

/** 32 random letters and digits, from the host's own source of random numbers. */
export function nonce(): string {
  return core.readPlain(0, core.call('nonce', 0, 0, 0) >> 1);
}

/** A key as the core takes it; the core itself refuses characters that no key has. */
export function checkedKey(key: string): string {
  if (typeof key !== 'string' || key === '') throw configError('key', 'the merchant key is missing');
  if (key.length > 64) throw configError('key', 'the merchant key is longer than 64 characters; it has 32');
  return key;
}

/** A key that can stand among other texts. */
export function plainKey(key: string): string {
  if (checkedKey(key).includes('\0') || !key.isWellFormed()) {
    throw configError(
      'key',
      'the merchant key holds a character that no key has; copy it again from the merchant platform',
    );
  }
  return key;
}

/** 1 for HMAC-SHA256, 0 for MD5. */
export function isHmac(signType: SignType): 0 | 1 {
  if (signType === 'MD5') return 0;
  if (signType === 'HMAC-SHA256') return 1;
  throw paramError('signType', "must be 'MD5' or 'HMAC-SHA256'");
}

/** Runs a call on parameters that were packed just before, with the key behind them where there is one; returns its result. */
export function packedCall(
  operation: Operation,
  { list, values, count }: PackedParams,
  key: string | undefined,
  hmac: 0 | 1,
): number {
  if (key === undefined) return run(operation, values, list, 0);
  const text = values + key;
  core.fieldNumbers()[count] = text.length;
  return run(operation, text, list, hmac + HAS_KEY);
}

function run(operation: Operation, text: string, list: Uint8Array, flags: number): number {
  const written = core.writeUnits(text);
  return core.call(operation, written, core.writeBytes(list, written), flags);
}

/** Tells the core that the key stands behind the values. */
const HAS_KEY = 2;
