// The decryption of encryptedData, and the check that it is for this app.

import { atCaller } from '../caller.js';
import { paramError, WxPayError } from '../errors.js';
import { checkSpelling, type Names } from '../names.js';
import { own, ownMember } from '../own.js';
import * as core from '../wasm/calls.js';

/** The result of `wx.getUserInfo`, `wx.getPhoneNumber` and similar calls, and the key of the same log-in. */
export interface EncryptedUserData {
  /** The data, base64 or base64url. So are `iv` and `session_key`. */
  encryptedData: string;
  /** The initialization vector, base64. */
  iv: string;
  /** The key that `code2Session` returned for the same log-in, base64. It is for the server only. */
  session_key: string;
  /** The mini program's own id, which the data's watermark must name. Always pass it. */
  appid?: string | undefined;
}

const MEMBERS: Names<EncryptedUserData> = { encryptedData: true, iv: true, session_key: true, appid: true };

/** The longest encrypted data, in characters. */
const LONGEST = 65536;

/**
 * Decrypts the user's data (开放数据校验与解密). All failures to decrypt are the same `ERR_DECRYPT`. Data of another app is
 * `ERR_MISMATCH`.
 */
export const decryptUserData = atCaller(function decryptUserData(options: EncryptedUserData): Record<string, unknown> {
  if (typeof options !== 'object' || options === null) throw paramError('options', 'must be an object');
  // The result of a function of the mini program has more members.
  checkSpelling(options, MEMBERS, { error: paramError });
  const { encryptedData, iv, session_key, appid } = own(options);
  for (const [field, text] of Object.entries({ encryptedData, iv, session_key })) {
    const fault = base64Fault(text);
    if (fault !== undefined) throw paramError(field, fault);
  }
  if (appid !== undefined && (typeof appid !== 'string' || appid === ''))
    throw paramError('appid', 'must be the appid of your mini program, as text');
  const data = parse(core.decryptUserData(session_key, iv, encryptedData));
  const watermark = ownMember(data, 'watermark') as { appid?: unknown } | undefined;
  if (appid !== undefined && ownMember(watermark, 'appid') !== appid) {
    throw new WxPayError({
      code: 'ERR_MISMATCH',
      outcome: 'unknown',
      message: "watermark: the data is another app's; do not use it",
      field: 'watermark',
    });
  }
  return data;
});

/** Returns the fault of a text that must be base64. Damage is never repaired: the result could be another text. */
function base64Fault(text: unknown): string | undefined {
  if (text === undefined || text === null || text === '') return 'is missing';
  if (typeof text !== 'string') return 'must be text, as WeChat returned it';
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/^[\w+/=\r\n-]*$/.test(text)) return undefined;
  if (/%[0-9a-f]{2}/i.test(text)) return 'is percent-encoded; decode it once with decodeURIComponent';
  if (text.includes(' '))
    return 'has blanks where a form has probably replaced +; post it as JSON or with encodeURIComponent';
  return 'must be base64, as WeChat returned it';
}

function parse(text: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data as Record<string, unknown>;
  } catch {
    // Data that is not JSON was decrypted with another key; the error is below.
  }
  throw new WxPayError({
    code: 'ERR_DECRYPT',
    outcome: 'unknown',
    message:
      'encryptedData: cannot be decrypted with this session_key and iv; all three must come from the same log-in',
    field: 'encryptedData',
  });
}
