// encryptedData of the log-in: decrypted, and checked to be for this app.

import { paramError, WxPayError } from '../errors.js';
import { own } from '../own.js';
import * as core from '../wasm/calls.js';

/** What `wx.getUserInfo`, `wx.getPhoneNumber` and their like gave, and the key of the same log-in. */
export interface EncryptedUserData {
  /** The data, base64. */
  encryptedData: string;
  /** The first block, base64. */
  iv: string;
  /** The key that `code2Session` gave for the same log-in, base64. It never leaves the server. */
  session_key: string;
  /** The mini program's own id; the data's watermark must name it. Always give it. */
  appid?: string | undefined;
}

/** The most characters of encrypted data. */
const LONGEST = 65536;

/**
 * Decrypts the user's data (开放数据校验与解密). Every failure to decrypt is the same `ERR_DECRYPT`; data of another app is
 * `ERR_MISMATCH`.
 */
export function decryptUserData(options: EncryptedUserData): Record<string, unknown> {
  if (typeof options !== 'object' || options === null) throw paramError('options', 'must be an object');
  const { encryptedData, iv, session_key, appid } = own(options);
  for (const [field, text] of Object.entries({ encryptedData, iv, session_key })) {
    const right = typeof text === 'string' && text !== '' && text.length <= LONGEST && /^[\w+/=\r\n-]*$/.test(text);
    if (!right) throw paramError(field, 'must be base64, as WeChat gave it');
  }
  if (appid !== undefined && (typeof appid !== 'string' || appid === ''))
    throw paramError('appid', 'must be the own appid');
  const data = parse(core.decryptUserData(session_key, iv, encryptedData));
  const watermark = data.watermark as { appid?: unknown } | undefined;
  if (appid !== undefined && watermark?.appid !== appid) {
    throw new WxPayError({
      code: 'ERR_MISMATCH',
      outcome: 'unknown',
      message: "watermark: the data is another app's; do not use it",
      field: 'watermark',
    });
  }
  return data;
}

function parse(text: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data as Record<string, unknown>;
  } catch {
    // Told below: what is no JSON was decrypted with another key.
  }
  throw new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message:
      'encryptedData: cannot be decrypted with this session_key and iv; all three must come from the same log-in',
    field: 'encryptedData',
  });
}
